/// \file
/// Base URLs, and the targets of requests below them.
///
/// Input, in lines: the base URL, a project id, and a text to ask for by each part of a request.

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <string>
#include <string_view>

#include "property.hpp"
#include "simulator/route.hpp"
#include "wire/origin.hpp"
#include "wire/validation.hpp"

namespace nunu::fuzz {
namespace {

using wire::origin;
using wire::parse_base_url;

struct url_input {
  std::string_view base_url;
  std::string_view project_id;
  std::string_view asked_for;
};

std::string_view take_line(std::string_view& text) {
  const std::size_t end = text.find('\n');
  const std::string_view line = text.substr(0, end);
  text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  return line;
}

url_input split(std::string_view text) {
  url_input in;
  in.base_url = take_line(text);
  in.project_id = take_line(text);
  in.asked_for = text;
  return in;
}

bool is_printable(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return c > ' ' && c <= '~'; });
}

/// What may stand in the first line of a request, and be a path there.
void require_is_path(std::string_view target) {
  require(target.starts_with('/'), "a target begins with a slash", target);
  require(is_printable(target), "a target has no blank and no control character", target);
  require(target.find_first_of("?#\\") == std::string_view::npos, "a path is but a path", target);
  require(target.find("//") == std::string_view::npos, "no segment is empty", target);
  for (const std::string_view step : {"/./", "/../"})
    require((std::string(target) + '/').find(step) == std::string::npos,
            "a path has no steps that would be resolved", target);
}

void require_plausible(const origin& o) {
  const auto allowed = [&](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '-' || c == '_' ||
           (c == ':' && o.host_is_address);
  };
  require(!o.host.empty() && std::ranges::all_of(o.host, allowed), "a host is a host", o.host);
  std::uint16_t port = 0;
  const auto [end, ec] = std::from_chars(o.port.data(), o.port.data() + o.port.size(), port);
  require(ec == std::errc() && end == o.port.data() + o.port.size() && port != 0,
          "a port is a port", o.port);
  const bool brackets = o.host.find(':') != std::string::npos;
  const std::string host = brackets ? '[' + o.host + ']' : o.host;
  const bool usual_port = port == (o.tls ? 443 : 80);
  require(o.authority == (usual_port ? host : host + ':' + o.port),
          "the authority is made of host and port", o.authority);
  require_is_path(o.base_target);
}

void require_read_as_rewritten(const origin& o) {
  const std::string url = (o.tls ? "https://" : "http://") + o.authority + o.base_target;
  const auto again = parse_base_url(url, "", true);
  require(again.has_value(), "a base URL that was read can be written and read again", url);
  require(*again == o, "and is the same then", url);
}

bool is_loopback(const origin& o) {
  return o.host == "localhost" ||
         (o.host_is_address && (o.host.starts_with("127.") || o.host == "::1"));
}

/// The simulator finds the job that the client asks for.
void check_job_target(const origin& o, std::string_view id) {
  const std::string target = wire::job_target(o, id);
  require_is_path(target);
  const std::string prefix = o.base_target + "/jobs/";
  require(target.starts_with(prefix), "a job's target is below the base", target);
  require(target.find('/', prefix.size()) == std::string::npos, "an id is one segment", target);

  origin plain;
  plain.base_target = "/api/v1";
  const std::string plain_target = wire::job_target(plain, id);
  const simulation::route found = simulation::find_route(plain_target);
  if (!std::ranges::all_of(id, [](char c) { return c >= ' ' && c <= '~'; })) return;
  require(found.to == simulation::endpoint::get_job, "a job's target is found", plain_target);
  require(found.id == id, "with the id that was asked for", plain_target);
}

void check_query(const origin& o, const job_query& query) {
  const std::string target = wire::jobs_target(o, query);
  require(is_printable(target), "a target has no blank and no control character", target);
  require(target.starts_with(o.base_target + "/jobs?"), "a listing is below the base", target);
  job_query read;
  const auto problem =
      simulation::parse_job_query(std::string_view(target).substr(target.find('?') + 1), read);
  require(!problem, "a query is understood", target);
  require(read.status == query.status && read.tags == query.tags && read.page == query.page &&
              read.page_size == query.page_size &&
              read.test_plan_execution_id == query.test_plan_execution_id &&
              read.multiplayer_test_id == query.multiplayer_test_id,
          "as it was meant", target);
}

void check_requests(const origin& o, std::string_view asked_for) {
  const std::string text(asked_for);
  if (wire::problem_with_job_ids({&text, 1}).empty()) check_job_target(o, text);
  job_query query;
  query.tags = {"nunu-group-x", text};
  query.test_plan_execution_id = text;
  query.status = job_query::status_filter::running;
  query.page = 3;
  if (wire::problem_with(query).empty()) check_query(o, query);
}

void check(const url_input& in) {
  const auto lenient = parse_base_url(in.base_url, in.project_id, true);
  const auto strict = parse_base_url(in.base_url, in.project_id, false);
  if (!lenient) {
    require(!strict, "plain http is all that can be allowed");
    require(!lenient.error().empty(), "a refusal says why");
    return;
  }
  require(strict.has_value() == (lenient->tls || is_loopback(*lenient)),
          "plain http is for loopback alone", in.base_url);
  if (strict) require(*strict == *lenient, "what is allowed does not change where it goes");
  require_plausible(*lenient);
  // A project may have such an id, but in a base URL it would be taken for a step.
  if (in.project_id != "." && in.project_id != "..") require_read_as_rewritten(*lenient);
  check_requests(*lenient, in.asked_for);
}

}  // namespace
}  // namespace nunu::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  nunu::fuzz::check(nunu::fuzz::split(nunu::fuzz::text_of(bytes, size)));
  return 0;
}
