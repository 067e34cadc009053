#include "wire/origin.hpp"

#include <algorithm>
#include <array>
#include <boost/url/encode.hpp>
#include <boost/url/parse.hpp>
#include <boost/url/rfc/unreserved_chars.hpp>
#include <boost/url/url_view.hpp>
#include <cstdint>
#include <vector>

#include "wire/api_limits.hpp"
#include "wire/control_characters.hpp"

namespace nunu::wire {
namespace {

namespace urls = boost::urls;

std::string encoded(std::string_view text) {
  // Boost 1.81 has a form that gives a string, but it is noexcept: without memory it would end the
  // process.
  std::string out(urls::encoded_size(text, urls::unreserved_chars), '\0');
  urls::encode(out.data(), out.size(), text, urls::unreserved_chars);
  return out;
}

void append_segment(std::string& path, std::string_view text) {
  // Most are UUIDs, which are their own encoding.
  if (std::ranges::all_of(text, urls::unreserved_chars) && !text.starts_with('.')) {
    path += text;
  } else if (text.find_first_not_of('.') != std::string_view::npos) {
    path += encoded(text);
  } else {
    // "." and ".." would be resolved as steps of the path, by a proxy or by the server.
    for (std::size_t i = 0; i < text.size(); ++i) path += "%2E";
  }
}

/// Fills in all but the path, or says what is wrong.
std::string read_authority(urls::url_view url, origin& o) {
  if (url.scheme_id() != urls::scheme::http && url.scheme_id() != urls::scheme::https) {
    return "is not an http or https URL";
  }
  if (url.has_userinfo()) return "has user info";
  o.tls = url.scheme_id() == urls::scheme::https;
  const std::uint16_t default_port = o.tls ? 443 : 80;
  if (std::string problem = read_endpoint(url, default_port, o); !problem.empty()) return problem;
  o.authority = o.port == std::to_string(default_port) ? host_in_url(o) : host_and_port(o);
  return {};
}

bool is_loopback(urls::url_view url, const origin& o) {
  switch (url.host_type()) {
    case urls::host_type::ipv4:
      return url.host_ipv4_address().is_loopback();
    case urls::host_type::ipv6:
      return url.host_ipv6_address().is_loopback();
    default:
      return o.host == "localhost";
  }
}

/// As they are in the URL, percent-encoded.
std::vector<std::string> segments_of(urls::url_view url) {
  std::vector<std::string> segments;
  for (const urls::pct_string_view segment : url.encoded_segments()) {
    if (!segment.empty()) segments.emplace_back(segment.data(), segment.size());
  }
  return segments;
}

bool is_step(std::string_view encoded_segment) {
  const std::string segment = urls::pct_string_view(encoded_segment).decode();
  return segment == "." || segment == "..";
}

/// Takes `/project/<id>` off the end, and says the id; empty when there is none.
std::string take_project(std::vector<std::string>& segments) {
  constexpr std::ptrdiff_t length = 2;
  if (std::ssize(segments) < length || segments.end()[-length] != "project") return {};
  std::string id = urls::pct_string_view(segments.back()).decode();
  segments.erase(segments.end() - length, segments.end());
  return id;
}

std::string target_of(std::vector<std::string> segments, std::string_view project_id) {
  if (segments.empty() || (segments.back() != "api" && segments.back() != "v1")) {
    segments.emplace_back("api");
  }
  if (segments.back() != "v1") segments.emplace_back("v1");
  std::string target;
  for (const std::string& segment : segments) target += '/' + segment;
  if (!project_id.empty()) append_segment(target += "/project/", project_id);
  return target;
}

void append_parameter(std::string& target, std::string_view name, std::string_view encoded_value) {
  target += target.find('?') == std::string::npos ? '?' : '&';
  target += name;
  target += '=';
  target += encoded_value;
}

/// `collection` begins and ends with a slash.
std::string target_in(const origin& o, std::string_view collection, std::string_view id) {
  std::string target;
  target.reserve(o.base_target.size() + collection.size() + id.size());
  target.append(o.base_target).append(collection);
  append_segment(target, id);
  return target;
}

std::string_view name_of(job_query::status_filter filter) noexcept {
  using enum job_query::status_filter;
  switch (filter) {
    case queued:
      return "queued";
    case running:
      return "running";
    case completed:
      return "completed";
    case all:
      break;
  }
  return "all";
}

std::string encoded_list(const std::vector<std::string>& values) {
  std::string list;
  for (const std::string& value : values) {
    if (!list.empty()) list += ',';
    list += encoded(value);
  }
  return list;
}

decoded<origin> wrong(std::string problem) {
  return {boost::system::in_place_error, std::move(problem)};
}

}  // namespace

decoded<origin> parse_base_url(std::string_view base_url, std::string_view project_id,
                               bool allow_plain_http) {
  const auto parsed = urls::parse_uri(base_url);
  if (!parsed) return wrong("base_url is not a URL");
  if (parsed->has_query()) return wrong("base_url has a query");
  if (parsed->has_fragment()) return wrong("base_url has a fragment");

  origin o;
  if (std::string problem = read_authority(*parsed, o); !problem.empty()) {
    return wrong("base_url " + problem);
  }
  if (!o.tls && !allow_plain_http && !is_loopback(*parsed, o)) {
    return wrong("base_url is plain http, to a host that is not loopback");
  }

  std::vector<std::string> segments = segments_of(*parsed);
  if (std::ranges::any_of(segments, is_step)) {
    return wrong("base_url has . or .. in its path");
  }
  std::string project = take_project(segments);
  if (!segments.empty() && segments.back() == "project") {
    return wrong("base_url ends with /project, without an id");
  }
  if (!project.empty() && !project_id.empty() && project != project_id) {
    return wrong("base_url and project_id name two projects");
  }
  if (project.empty()) project = project_id;
  if (has_control_character(project)) {
    return wrong("project_id has a control character");
  }
  o.base_target = target_of(std::move(segments), project);
  return o;
}

std::string job_target(const origin& o, std::string_view job_id) {
  return target_in(o, "/jobs/", job_id);
}

std::string jobs_target(const origin& o, const job_query& query) {
  std::string target = o.base_target + "/jobs";
  if (query.status != job_query::status_filter::all) {
    append_parameter(target, "status", name_of(query.status));
  }
  if (!query.test_plan_execution_id.empty()) {
    append_parameter(target, "test_plan_execution_id", encoded(query.test_plan_execution_id));
  }
  if (!query.multiplayer_test_id.empty()) {
    append_parameter(target, "multiplayer_test_id", encoded(query.multiplayer_test_id));
  }
  if (!query.tags.empty()) append_parameter(target, "tags", encoded_list(query.tags));
  // Said even where they are the service's defaults, which could change.
  append_parameter(target, "page", std::to_string(query.page));
  append_parameter(target, "page_size", std::to_string(query.page_size));
  return target;
}

std::string runs_target(const origin& o) {
  return o.base_target + "/runs";
}

std::string stop_target(const origin& o) {
  return o.base_target + "/runs/stop";
}

std::string run_target(const origin& o, std::string_view run_id) {
  return target_in(o, "/runs/", run_id);
}

std::string bugs_target(const origin& o, std::string_view run_id, std::int64_t page) {
  std::string target = run_target(o, run_id) + "/bugs";
  append_parameter(target, "page", std::to_string(page));
  append_parameter(target, "page_size", std::to_string(kMostBugsOnAPage));
  return target;
}

}  // namespace nunu::wire
