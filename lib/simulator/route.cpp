#include "simulator/route.hpp"

#include <algorithm>
#include <array>
#include <boost/url/params_view.hpp>
#include <boost/url/parse.hpp>
#include <boost/url/parse_query.hpp>
#include <charconv>
#include <span>
#include <string>
#include <vector>

#include "wire/api_limits.hpp"

namespace nunu::simulation {
namespace {

namespace urls = boost::urls;

struct endpoint_facts {
  std::string_view name;
  std::string_view method;
};

// In the order of the enumerators.
constexpr std::array<endpoint_facts, endpoint_count> facts{{
    {"start_run", "POST"},
    {"start_plan", "POST"},
    {"get_job", "GET"},
    {"list_jobs", "GET"},
    {"stop_jobs", "POST"},
    {"get_run", "GET"},
    {"list_bugs", "GET"},
    {"stats", "GET"},
    {"unknown", ""},
}};

using segments = std::span<const std::string>;

// No id of the service has other characters, and what is not UTF-8 could not be told in JSON.
bool is_printable(char c) {
  return c >= ' ' && c <= '~';
}

bool take(segments& path, std::string_view segment) {
  if (path.empty() || path.front() != segment) {
    return false;
  }
  path = path.subspan(1);
  return true;
}

endpoint find_endpoint(segments path, std::string& id) {
  if (take(path, "simulator")) {
    return take(path, "stats") && path.empty() ? endpoint::stats : endpoint::unknown;
  }
  if (take(path, "jobs")) {
    if (path.empty()) {
      return endpoint::list_jobs;
    }
    id = path.front();
    return path.size() == 1 ? endpoint::get_job : endpoint::unknown;
  }
  if (take(path, "runs")) {
    if (path.empty()) {
      return endpoint::start_run;
    }
    id = path.front();
    path = path.subspan(1);
    if (path.empty()) {
      return id == "stop" ? endpoint::stop_jobs : endpoint::get_run;
    }
    return take(path, "bugs") && path.empty() ? endpoint::list_bugs : endpoint::unknown;
  }
  if (take(path, "test-plans") && !path.empty()) {
    id = path.front();
    path = path.subspan(1);
    return take(path, "runs") && path.empty() ? endpoint::start_plan : endpoint::unknown;
  }
  return endpoint::unknown;
}

std::optional<int> parse_int(std::string_view text) {
  int number = 0;
  const auto [end, ec] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (ec != std::errc() || end != text.data() + text.size()) {
    return std::nullopt;
  }
  return number;
}

void add_tags(std::string_view list, std::vector<std::string>& tags) {
  while (!list.empty()) {
    const auto comma = list.find(',');
    if (comma != 0) {
      tags.emplace_back(list.substr(0, comma));
    }
    list.remove_prefix(comma == std::string_view::npos ? list.size() : comma + 1);
  }
}

std::optional<job_query::status_filter> parse_filter(std::string_view text) {
  using enum job_query::status_filter;
  if (text == "all") return all;
  if (text == "queued") return queued;
  if (text == "running") return running;
  if (text == "completed") return completed;
  return std::nullopt;
}

std::optional<rejection> read_param(std::string_view key, std::string_view value, job_query& out) {
  if (key == "status") {
    const auto filter = parse_filter(value);
    if (!filter) {
      return invalid("status", "must be queued, running, completed or all");
    }
    out.status = *filter;
  } else if (key == "page") {
    out.page = parse_int(value).value_or(-1);
    if (out.page < 0) {
      return invalid("page", "must be 0 or more");
    }
  } else if (key == "page_size") {
    out.page_size = parse_int(value).value_or(0);
    if (out.page_size < 1 || out.page_size > wire::kMostJobsOnAPage) {
      return invalid("page_size", "must be from 1 to " + std::to_string(wire::kMostJobsOnAPage));
    }
  } else if (key == "tags") {
    add_tags(value, out.tags);
  } else if (key == "test_plan_execution_id") {
    out.test_plan_execution_id = value;
  } else if (key == "multiplayer_test_id") {
    out.multiplayer_test_id = value;
  }
  return std::nullopt;
}

}  // namespace

std::string_view to_string(endpoint e) noexcept {
  return facts[static_cast<std::size_t>(e)].name;
}

std::string_view method_of(endpoint e) noexcept {
  return facts[static_cast<std::size_t>(e)].method;
}

route find_route(std::string_view target) {
  route found;
  const auto url = urls::parse_origin_form(target);
  if (!url) {
    return found;
  }
  if (const auto mark = target.find('?'); mark != std::string_view::npos) {
    found.query = target.substr(mark + 1);
  }
  std::vector<std::string> decoded;
  for (const urls::pct_string_view segment : url->encoded_segments()) {
    decoded.push_back(segment.decode());
    if (!std::all_of(decoded.back().begin(), decoded.back().end(), is_printable)) {
      return found;
    }
  }
  segments path(decoded);
  const bool below_base = take(path, "api") && take(path, "v1");
  if (below_base && path.size() >= 2 && path.front() == "project") {
    found.project_id = path[1];
    path = path.subspan(2);
  }
  found.to = find_endpoint(path, found.id);
  if (!below_base && found.to != endpoint::stats) {
    found.to = endpoint::unknown;
  }
  return found;
}

std::optional<rejection> parse_job_query(std::string_view query, job_query& out) {
  // Boost.URL 1.81 reads the address of an empty view, which may be null.
  if (query.empty()) {
    return std::nullopt;
  }
  const auto params = urls::parse_query(query);
  if (!params) {
    return rejection{400, "VALIDATION_ERROR", "the query cannot be understood", {}};
  }
  urls::encoding_opts decoding;
  decoding.space_as_plus = true;
  for (const auto& param : *params) {
    const std::string key = param.key.decode(decoding);
    const std::string value = param.value.decode(decoding);
    if (auto broken = read_param(key, value, out)) {
      return broken;
    }
  }
  return std::nullopt;
}

}  // namespace nunu::simulation
