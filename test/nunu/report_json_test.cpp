#include "report_json.hpp"

#include <gtest/gtest.h>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>
#include <fstream>
#include <iterator>

#include "example_results.hpp"
#include "json_schema.hpp"

namespace cli {
namespace {

namespace json = boost::json;
using example::finished;
using nunu::verdict;

std::string read_documentation(const std::string& name) {
  std::ifstream file(NUNU_DOCS_DIR "/" + name);
  EXPECT_TRUE(file) << name;
  return {std::istreambuf_iterator<char>(file), {}};
}

const json::object& schema() {
  static const json::value parsed = json::parse(read_documentation("nunu-result.schema.json"));
  return parsed.as_object();
}

json::object report_of(const results& all) {
  return json::parse(json_report(all)).as_object();
}

TEST(JsonReport, FollowsItsSchemaWhateverHappened) {
  std::vector<result> jobs = example::every_ending();
  jobs.push_back(example::hostile_result());
  jobs.push_back(example::hostile_error());
  jobs.push_back(example::not_sent());
  jobs.push_back(example::asked_to_stop(true, 200));
  jobs.push_back(example::asked_to_stop(false, 404));
  jobs.emplace_back();
  EXPECT_EQ("", test::fault_in(report_of(example::of(jobs)), schema()));
  EXPECT_EQ("", test::fault_in(report_of(example::of({})), schema()));
}

TEST(JsonReport, IsOneLine) {
  const std::string report =
      json_report(example::of({example::hostile_result(), example::hostile_error()}));
  EXPECT_EQ(report.size() - 1, report.find('\n'));
}

TEST(JsonReport, TellsWhatWasAskedForAndWhatCameOfIt) {
  json::object report = report_of(example::of(
      {finished(verdict::passed), finished(verdict::failed), finished(verdict::passed)}));
  EXPECT_EQ("launch", report["command"]);
  EXPECT_EQ("nightly", report["group"]);
  EXPECT_EQ("2026-03-03T12:00:00.000000Z", report["began"]);
  EXPECT_EQ("2026-03-03T12:02:05.000000Z", report["ended"]);
  EXPECT_EQ(1, report["exit_code"]);
  EXPECT_EQ(3, report["counts"].as_object()["total"]);
  EXPECT_EQ(2, report["counts"].as_object()["passed"]);
  EXPECT_EQ(1, report["counts"].as_object()["failed"]);
  EXPECT_EQ(0, report["counts"].as_object()["skipped"]);
  EXPECT_EQ(3U, report["jobs"].as_array().size());
}

TEST(JsonReport, OfAJobHasItsRunsStepsAndBugs) {
  result r = example::failed_at_a_step();
  r.key = "smoke";
  r.suite = "plan";
  json::object job = json_of(r);
  EXPECT_EQ("smoke", job["key"]);
  EXPECT_EQ("plan", job["suite"]);
  EXPECT_EQ("failed", job["ending"]);
  EXPECT_EQ("job-of-Login", job["job_id"]);
  EXPECT_EQ("test-1", job["test_id"]);
  EXPECT_EQ("Login", job["test_name"]);
  EXPECT_EQ("COMPLETED", job["status"]);
  EXPECT_EQ("2026-03-03T12:00:00.000000Z", job["created"]);
  EXPECT_EQ("2026-03-03T12:00:10.000000Z", job["started"]);
  EXPECT_EQ("2026-03-03T12:01:40.500000Z", job["completed"]);
  EXPECT_EQ(json::value(nullptr), job["error"]);
  EXPECT_EQ(json::parse(R"([{"id":"run-1","state":"COMPLETED","result":"FAILED",
                             "started":"2026-03-03T12:00:10.000000Z",
                             "completed":"2026-03-03T12:01:40.000000Z","players":1}])"),
            job["runs"]);
  EXPECT_EQ(json::parse(R"([{"player":1,"platform":"android","step":2,
                             "goal":"Open the inventory",
                             "report":"The button does\nnot react.","result":"FAILED"}])"),
            job["failed_steps"]);
  EXPECT_EQ("Inventory is dead", job["bugs"].as_array().at(0).at("title"));
  EXPECT_EQ("high", job["bugs"].as_array().at(0).at("severity"));
}

TEST(JsonReport, OfAStartThatFailedHasTheServicesWords) {
  EXPECT_EQ(json::parse(R"({"code":"start_outcome_unknown",
                            "message":"it is not known whether the run was started",
                            "request":"POST /api/v1/runs","http_status":400,
                            "service_message":"no such deployment","service_code":"BAD",
                            "launch_id":"launch-7","job_ids":[]})"),
            json_of(example::not_started(nunu::errc::start_outcome_unknown))["error"]);
}

TEST(JsonReport, NamesAResultThatIsNewAsTheServiceWritesIt) {
  result r = finished(verdict::unknown);
  nunu::job job = *r.outcome.job;
  job.runs.front().result_text = "Abandoned";
  job.runs.push_back(job.runs.front());
  job.runs.back().result = nunu::run_result::timeout;
  job.runs.back().result_text = "max_steps";
  r.outcome.job = std::make_shared<nunu::job>(job);
  const json::object report = json_of(r);
  EXPECT_EQ("Abandoned", report.at("runs").at(0).at("result"));
  EXPECT_EQ("TIMEOUT", report.at("runs").at(1).at("result"));
}

void collect_names(const json::value& schema, std::vector<std::string>& names) {
  const json::object& object = schema.as_object();
  if (const json::value* const items = object.if_contains("items")) collect_names(*items, names);
  const json::value* const properties = object.if_contains("properties");
  if (properties == nullptr) return;
  for (const auto& [name, member] : properties->as_object()) {
    names.emplace_back(name);
    collect_names(member, names);
  }
}

TEST(JsonReport, EveryMemberIsInTheManual) {
  const std::string manual = read_documentation("nunu-json.md");
  std::vector<std::string> names;
  collect_names(schema(), names);
  EXPECT_LT(50U, names.size());
  for (const std::string& name : names) {
    const std::string quoted = '`' + name + '`';
    EXPECT_NE(std::string::npos, manual.find(quoted)) << name;
  }
}

TEST(JsonSchema, FindsWhatIsWrong) {
  const json::value parsed = json::parse(R"({
    "type": "object", "required": ["a"],
    "properties": {"a": {"type": ["integer", "null"]}, "b": {"enum": ["x", 1]},
                   "c": {"type": "array", "items": {"type": "string"}}}})");
  const json::object& of = parsed.as_object();
  const std::pair<const char*, const char*> cases[] = {
      {R"({"a": 1, "b": "x", "c": ["", "y"]})", ""},
      {R"({"a": null, "b": 1, "c": []})", ""},
      {R"([])", R"($ is no "object")"},
      {R"({"b": 1})", R"($ lacks "a")"},
      {R"({"a": "1"})", R"($.a is no ["integer","null"])"},
      {R"({"a": 1.5})", R"($.a is no ["integer","null"])"},
      {R"({"a": 1, "b": "y"})", R"($.b is none of ["x",1])"},
      {R"({"a": 1, "c": ["", 2]})", R"($.c[1] is no "string")"},
      {R"({"a": 1, "d": 1})", "$.d is not in the schema"},
  };
  for (const auto& [text, fault] : cases)
    EXPECT_EQ(fault, test::fault_in(json::parse(text), of)) << text;
}

}  // namespace
}  // namespace cli
