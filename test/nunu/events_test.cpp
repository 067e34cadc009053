#include "events.hpp"

#include <gtest/gtest.h>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "example_results.hpp"
#include "report_json.hpp"

namespace {

namespace json = boost::json;

/// Of an event, which must be one line.
json::object parsed(const std::string& line) {
  EXPECT_EQ(line.find('\n'), line.size() - 1);
  return json::parse(line).as_object();
}

TEST(Events, StartedNamesEveryJob) {
  nunu::started_run run;
  run.job_ids = {"a", "b"};
  run.launch_id = "l";
  run.build_id = "build";
  EXPECT_EQ(parsed(cli::started_event(example::noon, "smoke", run, true)),
            json::parse(R"({"event": "started", "at": "2026-03-03T12:00:00.000000Z",
                            "key": "smoke", "launch_id": "l", "job_ids": ["a", "b"],
                            "adopted": true, "test_plan_execution_id": "", "build_id": "build",
                            "message": ""})"));
}

TEST(Events, StateHasTheWordOfTheService) {
  nunu::job job;
  job.job_id = "a";
  job.status_text = "PAUSED";
  job.test_name = "Login";
  EXPECT_EQ(parsed(cli::state_event(example::noon, "", job)),
            json::parse(R"({"event": "state", "at": "2026-03-03T12:00:00.000000Z", "key": "",
                            "job_id": "a", "status": "PAUSED", "test_name": "Login"})"));
}

TEST(Events, FinishedHasWhatTheReportHas) {
  for (const cli::result& r : example::every_ending()) {
    const json::object event = parsed(cli::finished_event(example::noon, r));
    EXPECT_EQ(event.at("event"), "finished");
    EXPECT_EQ(event.at("result"), json::value(cli::json_of(r)));
  }
}

TEST(Events, DoneCountsWhatThereWas) {
  const cli::results all =
      example::of({example::finished(nunu::verdict::passed),
                   example::finished(nunu::verdict::passed), example::still_running()});
  const json::object event = parsed(cli::done_event(example::noon, 6, cli::tally(all)));
  EXPECT_EQ(event.at("exit_code"), 6);
  EXPECT_EQ(event.at("counts"), json::parse(R"({"still_running": 1, "passed": 2})"));
}

TEST(Events, AreValidWhateverTheServiceWrites) {
  nunu::started_run run;
  run.job_ids = {example::hostile};
  run.message = example::hostile;
  nunu::job job;
  job.job_id = job.status_text = job.test_name = example::hostile;
  parsed(cli::started_event(example::noon, example::hostile, run, false));
  parsed(cli::state_event(example::noon, example::hostile, job));
  parsed(cli::finished_event(example::noon, example::hostile_result()));
}

}  // namespace
