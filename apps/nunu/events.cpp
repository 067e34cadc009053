#include "events.hpp"

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/string.hpp>

#include "evidence.hpp"
#include "plain_text.hpp"
#include "report_json.hpp"
#include "time_text.hpp"

namespace cli {
namespace {

namespace json = boost::json;

json::object event(std::string_view name, nunu::timestamp at) {
  json::object object;
  object["event"] = name;
  object["at"] = rfc3339(at);
  return object;
}

std::string line(const json::object& object) {
  std::string text = json::serialize(object);
  text += '\n';
  return text;
}

json::string text(std::string_view from_outside) {
  return json::string(valid_utf8(from_outside));
}

}  // namespace

std::string started_event(nunu::timestamp at, std::string_view key, const nunu::started_run& run,
                          bool adopted) {
  json::object object = event("started", at);
  object["key"] = text(key);
  object["launch_id"] = text(run.launch_id);
  json::array ids;
  for (const std::string& id : run.job_ids) ids.emplace_back(text(id));
  object["job_ids"] = std::move(ids);
  object["adopted"] = adopted;
  object["test_plan_execution_id"] = text(run.test_plan_execution_id);
  object["build_id"] = text(run.build_id);
  object["message"] = text(run.message);
  return line(object);
}

std::string state_event(nunu::timestamp at, std::string_view key, const nunu::job& job) {
  json::object object = event("state", at);
  object["key"] = text(key);
  object["job_id"] = text(job.job_id);
  object["status"] = text(job.status_text);
  object["test_name"] = text(job.test_name);
  return line(object);
}

std::string finished_event(nunu::timestamp at, const result& r) {
  json::object object = event("finished", at);
  object["result"] = json_of(r);
  return line(object);
}

std::string done_event(nunu::timestamp at, int exit_code, const tally& endings) {
  json::object object = event("done", at);
  object["exit_code"] = exit_code;
  json::object counts;
  for (const ending e : worst_first)
    if (endings.count(e) > 0) counts[to_string(e)] = endings.count(e);
  object["counts"] = std::move(counts);
  return line(object);
}

}  // namespace cli
