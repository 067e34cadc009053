#include <gtest/gtest.h>

#include "admission.hpp"
#include "example_results.hpp"
#include "run_page.hpp"

namespace {

using cli::admission;
using namespace std::chrono_literals;

nunu::run_request a_test(int instances = 1) {
  nunu::run_request request;
  request.multiplayer_test_id = "t";
  request.instances = instances;
  return request;
}

nunu::run_request a_plan() {
  nunu::run_request request;
  request.test_plan_id = "p";
  return request;
}

TEST(Admission, HasNoBoundButThatOfStartsWhenNoneIsGiven) {
  admission a(std::nullopt);
  for (std::size_t i = 0; i < admission::kMostStarts; ++i) {
    ASSERT_TRUE(a.may_start(a_plan()));
    a.sent(a_plan());
  }
  EXPECT_FALSE(a.may_start(a_test()));
  a.answered(a_plan(), 1000);
  EXPECT_TRUE(a.may_start(a_test()));
}

TEST(Admission, CountsStartsAsTheirJobs) {
  admission a(5);
  a.sent(a_test(3));
  EXPECT_FALSE(a.may_start(a_test(3)));
  EXPECT_TRUE(a.may_start(a_test(2)));
  a.answered(a_test(3), 3);
  EXPECT_FALSE(a.may_start(a_test(3)));
  a.job_ended();
  EXPECT_TRUE(a.may_start(a_test(3)));
}

TEST(Admission, ForgetsAStartThatFailed) {
  admission a(1);
  a.sent(a_test());
  EXPECT_FALSE(a.may_start(a_test()));
  a.answered(a_test(), 0);
  EXPECT_TRUE(a.may_start(a_test()));
}

TEST(Admission, LetsARunThatIsLargerThanTheBoundGoAlone) {
  admission a(2);
  EXPECT_TRUE(a.may_start(a_test(10)));
  a.sent(a_test(1));
  EXPECT_FALSE(a.may_start(a_test(10)));
}

TEST(Admission, WaitsUntilItIsKnownHowManyJobsAPlanHas) {
  admission a(10);
  a.sent(a_plan());
  EXPECT_FALSE(a.may_start(a_test()));
  EXPECT_FALSE(a.may_start(a_plan()));
  a.answered(a_plan(), 9);
  EXPECT_TRUE(a.may_start(a_plan()));
  a.sent(a_test());
  EXPECT_FALSE(a.may_start(a_plan()));
}

nunu::job_run a_run(std::string id, nunu::run_result result, std::chrono::seconds after_noon) {
  nunu::job_run run;
  run.multiplayer_run_id = std::move(id);
  run.result = result;
  run.started_at = example::noon + after_noon;
  return run;
}

TEST(DecidingRun, IsTheWorstOfThoseThatCount) {
  nunu::job job;
  EXPECT_EQ(cli::deciding_run(job), nullptr);
  job.runs = {a_run("good", nunu::run_result::success, 30s),
              a_run("late failure", nunu::run_result::failed, 20s),
              a_run("early failure", nunu::run_result::failed, 10s),
              a_run("retried", nunu::run_result::error, 0s)};
  job.retries = {.total = 1, .remaining = 0};
  ASSERT_NE(cli::deciding_run(job), nullptr);
  EXPECT_EQ(cli::deciding_run(job)->multiplayer_run_id, "late failure");
}

TEST(DecidingRun, IsTheLastWhenMoreRetriesAreUsedThanThereAreRuns) {
  nunu::job job;
  job.runs = {a_run("first", nunu::run_result::error, 0s),
              a_run("last", nunu::run_result::success, 10s)};
  job.retries = {.total = 9, .remaining = 0};
  EXPECT_EQ(cli::deciding_run(job)->multiplayer_run_id, "last");
}

TEST(RunPage, IsAtTheOriginOfTheApi) {
  EXPECT_EQ(cli::run_page("https://nunu.ai/api/v1", "p", "r"),
            "https://nunu.ai/nexus/p/runs/m/r/details");
  EXPECT_EQ(cli::run_page("http://localhost:80", "p", "r"),
            "http://localhost:80/nexus/p/runs/m/r/details");
  EXPECT_EQ(cli::run_page("https://nunu.ai/api/v1", "", "r"), "");
  EXPECT_EQ(cli::run_page("nunu.ai", "p", "r"), "");
}

}  // namespace
