#include <gtest/gtest.h>

#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include <nunu/job.hpp>
#include "simulated_world.hpp"

namespace nunu::simulation {
namespace {

using namespace test;
using enum job_status;

TEST(SimulatedJob, PassesThroughEveryStatus) {
  world w(steady_config(), kEpoch);
  const std::string id = w.start(test_request(), 10s).job_ids.at(0);
  const std::vector<std::pair<model_time, job_status>> expected{
      {10s, queued},           {10'999'999us, queued},
      {11s, starting},         {11'099'999us, starting},
      {11'100ms, running},     {11'899'999us, running},
      {11'900ms, cleaning_up}, {11'999'999us, cleaning_up},
      {12s, completed},        {1h, completed}};
  for (const auto& [now, status] : expected) {
    const job j = describe(w, id, now);
    EXPECT_EQ(j.status, status) << now.count();
    EXPECT_EQ(j.status_text, to_string(status));
    EXPECT_EQ(j.completed_at.has_value(), status == completed);
  }
}

TEST(SimulatedJob, IsNeverLongInStartingOrCleaningUp) {
  simulator_config c = steady_config();
  c.run_time = {1h, 1h};
  world w(c, kEpoch);
  const std::string id = w.start(test_request(), 0s).job_ids.at(0);
  EXPECT_EQ(describe(w, id, 1'999ms).status, starting);
  EXPECT_EQ(describe(w, id, 2s).status, running);
  EXPECT_EQ(describe(w, id, 1h - 1us).status, running);
  EXPECT_EQ(describe(w, id, 1h).status, cleaning_up);
  w.stop(id, 60s);
  EXPECT_EQ(describe(w, id, 60'999ms).status, stopping);
  EXPECT_EQ(describe(w, id, 61s).status, completed);
}

TEST(SimulatedJob, TellsWhatItWasStartedWith) {
  world w(steady_config(), kEpoch);
  run_request r = test_request({"ci", "nightly"});
  r.build_id = "build";
  r.template_data = {{"country", "Switzerland"}};
  r.player_deployment_configs[1] = {"first", ""};
  r.player_deployment_configs[2] = {"second", ""};
  const started_run started = w.start(r, 0s);
  EXPECT_EQ(started.build_id, "build");
  const job j = describe(w, started.job_ids.at(0), 3s);
  EXPECT_EQ(j.job_id, started.job_ids[0]);
  EXPECT_EQ(j.project_id, "simulated-project");
  EXPECT_EQ(j.multiplayer_test_id, "test");
  EXPECT_EQ(j.build_id, "build");
  EXPECT_TRUE(j.templating_enabled);
  EXPECT_EQ(j.template_data.at("country"), "Switzerland");
  EXPECT_TRUE(j.stopped_by.is_null());
  EXPECT_EQ(j.tags, (ids{"ci", "nightly"}));
  EXPECT_EQ(j.created_at, kEpoch);
  EXPECT_EQ(j.completed_at, kEpoch + 2s);
  ASSERT_EQ(j.runs.size(), 1U);
  EXPECT_EQ(j.runs[0].players, 2);
}

TEST(SimulatedJob, OverwritesWhatWasThereBefore) {
  world w(steady_config(), kEpoch);
  run_request rich = test_request({"a", "b"});
  rich.build_id = "build";
  rich.template_data = {{"k", "v"}};
  const started_run first = w.start(rich, 0s);
  const started_run second = w.start(test_request(), 0s);
  w.stop(first.job_ids[0], 1'500ms);
  job j;
  w.describe(*w.find_job(first.job_ids[0]), 2s, j);
  w.describe(*w.find_job(second.job_ids[0]), 0s, j);
  EXPECT_EQ(j, describe(w, second.job_ids[0], 0s));
}

TEST(SimulatedJob, ItsRunIsShownFromItsBeginning) {
  world w(steady_config(), kEpoch);
  const std::string id = w.start(test_request(), 0s).job_ids.at(0);
  EXPECT_TRUE(describe(w, id, 999ms).runs.empty());
  const job_run begun = describe(w, id, 1'500ms).runs.at(0);
  EXPECT_EQ(begun.state, "RUNNING");
  EXPECT_EQ(begun.result, run_result::none);
  EXPECT_EQ(begun.result_text, "");
  EXPECT_EQ(begun.started_at, kEpoch + 1s);
  EXPECT_FALSE(begun.completed_at);
  for (const model_time now : {model_time(1'900ms), model_time(5s)}) {
    const job_run done = describe(w, id, now).runs.at(0);
    EXPECT_EQ(done.multiplayer_run_id, begun.multiplayer_run_id);
    EXPECT_EQ(done.state, "COMPLETED");
    EXPECT_EQ(done.result, run_result::success);
    EXPECT_EQ(done.result_text, "SUCCESS");
    EXPECT_EQ(done.completed_at, kEpoch + 1'900ms);
  }
}

TEST(SimulatedRetries, FollowFailuresToExecuteUntilNoneIsLeft) {
  simulator_config c = steady_config();
  c.execution_failure_rate = 1.0;
  world w(c, kEpoch);
  run_request r = test_request();
  r.retries = 2;
  const std::string id = w.start(r, 0s).job_ids.at(0);
  const std::vector<std::tuple<model_time, job_status, std::size_t, int>> expected{
      {500ms, queued, 0, 2},     {1'500ms, running, 1, 2}, {1'950ms, cleaning_up, 1, 2},
      {2'050ms, starting, 2, 1}, {2'500ms, running, 2, 1}, {3'500ms, running, 3, 0},
      {4s, completed, 3, 0}};
  for (const auto& [now, status, runs, remaining] : expected) {
    const job j = describe(w, id, now);
    EXPECT_EQ(j.status, status) << now.count();
    EXPECT_EQ(j.runs.size(), runs) << now.count();
    EXPECT_EQ(j.retries, (retry_count{2, remaining})) << now.count();
  }
  const job done = describe(w, id, 4s);
  EXPECT_EQ(verdict_of(done), verdict::execution_failure);
  for (std::size_t i = 0; i < 3; ++i) {
    const std::chrono::seconds began(1 + static_cast<int>(i));
    EXPECT_EQ(done.runs[i].started_at, kEpoch + began);
    EXPECT_EQ(done.runs[i].completed_at, kEpoch + began + 900ms);
    EXPECT_TRUE(done.runs[i].result == run_result::error ||
                done.runs[i].result == run_result::timeout);
  }
}

TEST(SimulatedRetries, NeverFollowAVerdict) {
  simulator_config c = steady_config();
  c.pass_rate = 0.0;
  world w(c, kEpoch);
  run_request r = test_request();
  r.retries = 10;
  r.instances = 10;
  std::set<run_result> results;
  for (int i = 0; i < 10; ++i) {
    for (const std::string& id : w.start(r, 0s).job_ids) {
      const job j = describe(w, id, 1h);
      ASSERT_EQ(j.runs.size(), 1U);
      EXPECT_EQ(j.retries.remaining, 10);
      results.insert(j.runs[0].result);
    }
  }
  EXPECT_EQ(results, (std::set{run_result::failed, run_result::blocked}));
}

TEST(SimulatedRetries, TheLastAttemptGivesTheVerdict) {
  simulator_config c = steady_config();
  c.execution_failure_rate = 0.5;
  world w(c, kEpoch);
  run_request r = test_request();
  r.retries = 10;
  std::size_t retried = 0;
  for (int i = 0; i < 50; ++i) {
    const job j = describe(w, w.start(r, 0s).job_ids.at(0), 1h);
    EXPECT_EQ(j.runs.back().result, run_result::success);
    EXPECT_EQ(verdict_of(j), verdict::passed);
    EXPECT_EQ(j.retries.remaining, 11 - static_cast<int>(j.runs.size()));
    retried += j.runs.size() > 1 ? 1 : 0;
  }
  EXPECT_GT(retried, 0U);
}

TEST(SimulatedStart, GivesAJobForEachInstance) {
  world w(steady_config(), kEpoch);
  run_request r = test_request();
  r.instances = 10;
  const started_run started = w.start(r, 0s);
  EXPECT_EQ(started.job_ids.size(), 10U);
  EXPECT_EQ(std::set(started.job_ids.begin(), started.job_ids.end()).size(), 10U);
  EXPECT_EQ(w.job_count(), 10U);
  EXPECT_EQ(w.run_count(), 1U);
}

TEST(SimulatedStart, GivesAJobForEachTestOfAPlan) {
  world w(steady_config(), kEpoch);
  const started_run first = w.start(plan_request(), 0s);
  const started_run again = w.start(plan_request(), 0s);
  ASSERT_EQ(first.job_ids.size(), 3U);
  EXPECT_NE(first.test_plan_execution_id, again.test_plan_execution_id);
  std::set<std::string> tests;
  for (std::size_t i = 0; i < 3; ++i) {
    const job j = describe(w, first.job_ids[i], 0s);
    EXPECT_EQ(j.test_plan_execution_id, first.test_plan_execution_id);
    EXPECT_EQ(j.multiplayer_test_id, describe(w, again.job_ids[i], 0s).multiplayer_test_id);
    tests.insert(j.multiplayer_test_id);
  }
  EXPECT_EQ(tests.size(), 3U);
}

TEST(SimulatedStart, MakesATestOfInstructions) {
  world w(steady_config(), kEpoch);
  run_request r = instructions_request();
  r.additional_tags = {"mine"};
  const started_run unnamed = w.start(r, 0s);
  r.name = "shop";
  const started_run named = w.start(r, 0s);
  const job j = describe(w, unnamed.job_ids.at(0), 0s);
  EXPECT_EQ(j.multiplayer_test_id, unnamed.test_id);
  EXPECT_NE(unnamed.test_id, named.test_id);
  EXPECT_EQ(j.tags, (ids{"api", "mine"}));
  EXPECT_EQ(j.test_name, "[api] ephemeral test");
  EXPECT_EQ(describe(w, named.job_ids.at(0), 0s).test_name, "shop");
  EXPECT_EQ(unnamed.test_plan_execution_id, "");
}

TEST(SimulatedStart, CountsLaunchesSeenTwice) {
  world w(steady_config(), kEpoch);
  const auto seen_twice_after = [&w](std::vector<std::string> tags) {
    w.start(test_request(std::move(tags)), 0s);
    return w.launches_seen_twice();
  };
  EXPECT_EQ(seen_twice_after({"nunu-launch-a", "ci"}), 0U);
  EXPECT_EQ(seen_twice_after({"nunu-launch-b", "ci"}), 0U);
  EXPECT_EQ(seen_twice_after({"nunu-launch-c", "nunu-launch-c"}), 0U);
  EXPECT_EQ(seen_twice_after({"ci", "nunu-launch-a"}), 1U);
  EXPECT_EQ(seen_twice_after({"nunu-launch-a", "nunu-launch-b"}), 2U);
}

TEST(SimulatedStop, TakesEffectWhereverTheJobIs) {
  struct expectation {
    model_time stopped;
    job_status right_after;
    std::size_t runs;
    run_result result;
    model_time completes;
  };
  const std::vector<expectation> cases{
      {500ms, completed, 0, run_result::none, 500ms},
      {1'050ms, stopping, 1, run_result::stopped, 1'150ms},
      {1'500ms, stopping, 1, run_result::stopped, 1'600ms},
      {1'950ms, completed, 1, run_result::success, 1'950ms},
  };
  for (const expectation& e : cases) {
    world w(steady_config(), kEpoch);
    const std::string id = w.start(test_request(), 0s).job_ids.at(0);
    EXPECT_EQ(w.stop(id, e.stopped), stop_outcome::stopped);
    const job after = describe(w, id, e.stopped);
    EXPECT_EQ(after.status, e.right_after) << e.stopped.count();
    EXPECT_EQ(after.stopped_by.at("type"), "api");
    const job done = describe(w, id, 1h);
    EXPECT_EQ(done.status, completed);
    EXPECT_EQ(done.completed_at, kEpoch + e.completes) << e.stopped.count();
    ASSERT_EQ(done.runs.size(), e.runs) << e.stopped.count();
    if (e.runs > 0) {
      EXPECT_EQ(done.runs[0].result, e.result) << e.stopped.count();
    }
  }
}

TEST(SimulatedStop, EndsTheRetries) {
  simulator_config c = steady_config();
  c.execution_failure_rate = 1.0;
  world w(c, kEpoch);
  run_request r = test_request();
  r.retries = 5;
  const std::string id = w.start(r, 0s).job_ids.at(0);
  w.stop(id, 2'500ms);
  const job done = describe(w, id, 1h);
  ASSERT_EQ(done.runs.size(), 2U);
  EXPECT_EQ(done.runs[1].result, run_result::stopped);
  EXPECT_EQ(done.retries, (retry_count{5, 4}));
  EXPECT_EQ(verdict_of(done), verdict::stopped);
}

TEST(SimulatedStop, TwiceIsTheSameAsOnce) {
  world w(steady_config(), kEpoch);
  const std::string id = w.start(test_request(), 0s).job_ids.at(0);
  EXPECT_EQ(w.stop(id, 1'500ms), stop_outcome::stopped);
  EXPECT_EQ(w.stop(id, 1'550ms), stop_outcome::stopped);
  EXPECT_EQ(describe(w, id, 1h).completed_at, kEpoch + 1'600ms);
  EXPECT_EQ(w.stop(id, 1'600ms), stop_outcome::already_completed);
}

TEST(SimulatedStop, CannotStopWhatIsNotThereOrOver) {
  world w(steady_config(), kEpoch);
  const std::string id = w.start(test_request(), 0s).job_ids.at(0);
  EXPECT_EQ(w.stop("nothing", 0s), stop_outcome::no_such_job);
  EXPECT_EQ(w.stop(id, 2s), stop_outcome::already_completed);
  EXPECT_TRUE(describe(w, id, 2s).stopped_by.is_null());
}

TEST(SimulatedRun, IsFoundOnceItHasBegun) {
  world w(steady_config(), kEpoch);
  run_request r = test_request();
  r.instances = 3;
  const started_run started = w.start(r, 0s);
  const job j = describe(w, started.job_ids[1], 1s);
  const std::string run_id = j.runs.at(0).multiplayer_run_id;
  EXPECT_EQ(run_id.size(), 11U);
  EXPECT_FALSE(w.find_run(run_id, 999ms));
  const auto found = w.find_run(run_id, 1s);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->job, *w.find_job(started.job_ids[1]));
  EXPECT_EQ(found->index, 0U);
  EXPECT_FALSE(w.find_run("lkkg6t5612m", 1h));
  EXPECT_FALSE(w.find_run("LKKG6T5612M", 1h));
  EXPECT_FALSE(w.find_run("", 1h));
}

/// Everything that can be seen of a world with some of everything in it.
std::vector<job> history(std::uint64_t seed) {
  simulator_config c;
  c.seed = seed;
  c.execution_failure_rate = 0.2;
  world w(c, kEpoch);
  run_request r = test_request({"ci"});
  r.retries = 3;
  r.instances = 10;
  w.start(r, 0s);
  w.start(plan_request(), 1s);
  w.start(instructions_request(), 2s);
  job_query everything;
  everything.page_size = 100;
  return list(w, everything, 5s).jobs;
}

TEST(SimulatedWorld, TheSameSeedGivesTheSameWorld) {
  EXPECT_EQ(history(7), history(7));
  EXPECT_NE(history(7), history(8));
}

TEST(SimulatedWorld, DrawsWhatTheConfigurationAsksFor) {
  simulator_config c;
  c.queue_time = {10ms, 12ms};
  c.run_time = {100ms, 102ms};
  c.pass_rate = 0.9;
  c.execution_failure_rate = 0.25;
  world w(c, kEpoch);
  run_request r = test_request();
  r.instances = 10;
  std::set<std::chrono::microseconds> queue_times;
  std::set<std::chrono::microseconds> run_times;
  int passed = 0;
  int not_executed = 0;
  constexpr int jobs = 10'000;
  for (int i = 0; i < jobs / 10; ++i) {
    for (const std::string& id : w.start(r, 0s).job_ids) {
      const job j = describe(w, id, 1h);
      queue_times.insert(*j.runs.at(0).started_at - *j.created_at);
      run_times.insert(*j.completed_at - *j.runs.at(0).started_at);
      const verdict v = verdict_of(j);
      passed += v == verdict::passed ? 1 : 0;
      not_executed += v == verdict::execution_failure ? 1 : 0;
    }
  }
  EXPECT_EQ(queue_times, (std::set<std::chrono::microseconds>{10ms, 11ms, 12ms}));
  EXPECT_EQ(run_times, (std::set<std::chrono::microseconds>{100ms, 101ms, 102ms}));
  // Five standard deviations.
  EXPECT_NEAR(not_executed, jobs * 0.25, 220);
  EXPECT_NEAR(passed, jobs * 0.75 * 0.9, 235);
}

}  // namespace
}  // namespace nunu::simulation
