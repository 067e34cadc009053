#include "wire/stop_json.hpp"

#include <algorithm>
#include <array>
#include <boost/json/serialize.hpp>
#include <set>
#include <string>
#include <utility>

#include "wire/json_fields.hpp"

namespace nunu::wire {
namespace {

constexpr std::array<std::string_view, 9> known_keys{"job_ids",       "ok",      "status",
                                                     "message",       "data",    "received_count",
                                                     "stopped_count", "results", "job_id"};

stop_result read_result(const object_reader& in) {
  stop_result result;
  in.read("job_id", result.job_id);
  in.read("ok", result.ok);
  in.read("status", result.status);
  in.read("message", result.message);
  in.read("error", result.error);
  return result;
}

/// What was read around `in` may be said in it once more: a job has one result.
void read_report(const object_reader& in, stop_report& report) {
  in.read("message", report.message);
  in.read("stopped_count", report.stopped_count);
  if (report.stopped_count < 0) in.reject("stopped_count", "is negative");
  std::set<std::string> known;
  for (const stop_result& result : report.results) known.insert(result.job_id);
  in.for_each_object("results", [&](const object_reader& element) {
    stop_result result = read_result(element);
    if (!known.contains(result.job_id)) report.results.push_back(std::move(result));
  });
}

boost::json::object to_json(const stop_result& result) {
  boost::json::object json{{"job_id", result.job_id}, {"ok", result.ok}, {"status", result.status}};
  if (!result.message.empty()) json["message"] = result.message;
  if (!result.error.empty()) json["error"] = result.error;
  return json;
}

}  // namespace

std::string encode_stop_request(std::span<const std::string> ids) {
  boost::json::array job_ids(ids.begin(), ids.end());
  return boost::json::serialize(boost::json::object{{"job_ids", std::move(job_ids)}});
}

decoded<std::vector<std::string>> decode_stop_request(std::string_view body) {
  const auto document = parse_object(body, known_keys);
  if (!document) return {boost::system::in_place_error, document.error()};
  std::string problem;
  std::vector<std::string> ids;
  object_reader(*document, "", problem).read("job_ids", ids);
  if (!problem.empty()) return {boost::system::in_place_error, problem};
  if (ids.empty()) return {boost::system::in_place_error, "job_ids is missing or empty"};
  return ids;
}

decoded<stop_report> decode_stop_report(std::string_view body) {
  const auto document = parse_object(body, known_keys);
  if (!document) return {boost::system::in_place_error, document.error()};
  std::string problem;
  stop_report report;
  const object_reader in(*document, "", problem);
  read_report(in, report);
  bool speaks_of_jobs = document->contains("results") || document->contains("stopped_count");
  if (const boost::json::object* data = in.object("data")) {
    read_report(object_reader(*data, "data", problem), report);
    speaks_of_jobs |= data->contains("results") || data->contains("stopped_count");
  }
  if (problem.empty() && !speaks_of_jobs) problem = "there is neither results nor stopped_count";
  if (!problem.empty()) return {boost::system::in_place_error, problem};
  return report;
}

std::string encode_stop_report(const stop_report& report, std::size_t received) {
  boost::json::array results;
  for (const stop_result& result : report.results) results.push_back(to_json(result));
  const bool all_stopped =
      !report.results.empty() && std::ranges::all_of(report.results, &stop_result::ok);
  return boost::json::serialize(boost::json::object{{"ok", all_stopped},
                                                    {"message", report.message},
                                                    {"received_count", received},
                                                    {"stopped_count", report.stopped_count},
                                                    {"results", std::move(results)}});
}

}  // namespace nunu::wire
