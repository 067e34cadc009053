#include <gtest/gtest.h>

#include <vector>

#include <nunu/job.hpp>
#include "core/verdict.hpp"

namespace nunu::core {
namespace {

job_run run(run_result result, int started_at_second) {
  job_run r;
  r.result = result;
  r.started_at = timestamp(std::chrono::seconds(started_at_second));
  return r;
}

TEST(Verdict, EachResultHasItsOwn) {
  const std::pair<run_result, verdict> rows[] = {{run_result::success, verdict::passed},
                                                 {run_result::skipped, verdict::skipped},
                                                 {run_result::failed, verdict::failed},
                                                 {run_result::blocked, verdict::blocked},
                                                 {run_result::timeout, verdict::execution_failure},
                                                 {run_result::error, verdict::execution_failure},
                                                 {run_result::stopped, verdict::stopped},
                                                 {run_result::none, verdict::unknown},
                                                 {run_result::unknown, verdict::unknown}};
  for (const auto& [result, expected] : rows)
    EXPECT_EQ(judge(std::vector{run(result, 1)}, {}, absence::none), expected) << to_string(result);
}

TEST(Verdict, TheWorstInstanceCounts) {
  const std::vector runs{run(run_result::success, 1), run(run_result::failed, 2),
                         run(run_result::skipped, 3)};
  EXPECT_EQ(judge(runs, {}, absence::none), verdict::failed);
}

TEST(Verdict, AttemptsThatTheServiceRetriedDoNotCount) {
  const std::vector runs{run(run_result::error, 1), run(run_result::timeout, 2),
                         run(run_result::success, 3)};
  EXPECT_EQ(judge(runs, {.total = 3, .remaining = 1}, absence::none), verdict::passed);
}

TEST(Verdict, AttemptsAreOrderedByStartTimeNotByPosition) {
  const std::vector runs{run(run_result::success, 3), run(run_result::error, 1)};
  EXPECT_EQ(judge(runs, {.total = 1, .remaining = 0}, absence::none), verdict::passed);
}

TEST(Verdict, ARunThatNeverStartedIsTheLast) {
  job_run never = run(run_result::stopped, 0);
  never.started_at.reset();
  const std::vector runs{never, run(run_result::error, 1)};
  EXPECT_EQ(judge(runs, {.total = 1, .remaining = 0}, absence::none), verdict::stopped);
}

TEST(Verdict, OneRunCountsAtLeastWhateverTheRetriesSay) {
  const std::vector runs{run(run_result::error, 1), run(run_result::success, 2)};
  EXPECT_EQ(judge(runs, {.total = 10, .remaining = 0}, absence::none), verdict::passed);
}

TEST(Verdict, MoreRetriesRemainingThanThereWereCountsAllRuns) {
  const std::vector runs{run(run_result::failed, 1), run(run_result::success, 2)};
  EXPECT_EQ(judge(runs, {.total = 0, .remaining = 5}, absence::none), verdict::failed);
}

TEST(Verdict, WithoutRunsTheReasonDecides) {
  EXPECT_EQ(judge({}, {}, absence::rejected), verdict::rejected);
  EXPECT_EQ(judge({}, {}, absence::stopped), verdict::stopped);
  EXPECT_EQ(judge({}, {}, absence::none), verdict::unknown);
}

TEST(Verdict, OfAJobThatIsNotCompletedIsUnknown) {
  job j;
  j.status = job_status::running;
  j.runs.push_back(run(run_result::success, 1));
  EXPECT_EQ(verdict_of(j), verdict::unknown);
  j.status = job_status::completed;
  EXPECT_EQ(verdict_of(j), verdict::passed);
}

TEST(Verdict, OfAJobWithoutRunsReadsTheReasonFromTheJob) {
  job j;
  j.status = job_status::completed;
  EXPECT_EQ(verdict_of(j), verdict::unknown);
  j.stopped_by = {{"user", "somebody"}};
  EXPECT_EQ(verdict_of(j), verdict::stopped);
  j.queue_rejection_reason = "no device";
  EXPECT_EQ(verdict_of(j), verdict::rejected);
}

}  // namespace
}  // namespace nunu::core
