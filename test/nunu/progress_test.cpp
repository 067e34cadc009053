#include "progress.hpp"

#include <gtest/gtest.h>

#include "pace.hpp"

namespace {

using cli::ending;
using cli::pace;
using cli::progress;
using nunu::job_status;
using namespace std::chrono_literals;

const progress::time_point start{1000s};

/// `count` jobs of one run, all of which were seen running.
progress with_running_jobs(std::size_t count) {
  progress p(start);
  p.run_planned(count);
  p.run_sent();
  p.run_answered(count);
  p.jobs_known(count);
  for (std::size_t i = 0; i < count; ++i) p.job_moved(job_status::unknown, job_status::running);
  return p;
}

TEST(Progress, ExpectsTheJobsOfRunsUntilTheyAreKnown) {
  progress p(start);
  p.run_planned(1);
  p.run_planned(3);
  EXPECT_EQ(p.jobs_in_all(), 4U);
  p.run_sent();
  EXPECT_EQ(p.runs_to_start(), 1U);
  EXPECT_EQ(p.runs_starting(), 1U);
  p.run_answered(1);
  p.jobs_known(25);
  EXPECT_EQ(p.runs_starting(), 0U);
  EXPECT_EQ(p.jobs_in_all(), 28U);
  p.run_given_up(3);
  EXPECT_EQ(p.runs_to_start(), 0U);
  EXPECT_EQ(p.jobs_in_all(), 25U);
}

TEST(Progress, CountsJobsByTheStatusThatWasSeenLast) {
  progress p(start);
  p.jobs_known(3);
  p.job_moved(job_status::unknown, job_status::queued);
  p.job_moved(job_status::unknown, job_status::queued);
  p.job_moved(job_status::queued, job_status::running);
  EXPECT_EQ(p.jobs_in(job_status::unknown), 1U);
  EXPECT_EQ(p.jobs_in(job_status::queued), 1U);
  EXPECT_EQ(p.jobs_in(job_status::running), 1U);
  p.job_ended(job_status::running, ending::failed, start);
  EXPECT_EQ(p.jobs_in(job_status::running), 0U);
  EXPECT_EQ(p.jobs_ended(), 1U);
  EXPECT_EQ(p.endings().count(ending::failed), 1U);
}

TEST(Progress, KnowsNoEndWhileNothingHasEnded) {
  const progress p = with_running_jobs(5);
  EXPECT_EQ(p.per_minute(start + 30s), 0.0);
  EXPECT_FALSE(p.time_left(start + 30s));
}

TEST(Progress, EstimatesTheEndFromTheLastMinute) {
  progress p = with_running_jobs(100);
  // One a second at first, then one every ten seconds.
  for (int i = 1; i <= 30; ++i) p.job_ended(job_status::running, ending::passed, start + i * 1s);
  EXPECT_DOUBLE_EQ(p.per_minute(start + 30s), 60.0);
  EXPECT_EQ(p.time_left(start + 30s), progress::duration(70s));
  for (int i = 1; i <= 12; ++i)
    p.job_ended(job_status::running, ending::passed, start + 30s + i * 10s);
  EXPECT_NEAR(p.per_minute(start + 150s), 6.5, 0.6);
}

TEST(Progress, FallsBackToTheWholeTimeWhenNothingEndedOfLate) {
  progress p = with_running_jobs(10);
  p.job_ended(job_status::running, ending::passed, start + 10s);
  EXPECT_DOUBLE_EQ(p.per_minute(start + 10min), 0.1);
}

TEST(Pace, SpeaksAfterTenSecondsThenLessAndLessOften) {
  pace p(start);
  EXPECT_FALSE(p.due(start + 9s, 0, 100));
  std::vector<std::chrono::seconds> told;
  for (auto t = 0s; t <= 300s; ++t)
    if (p.due(start + t, 0, 100)) told.push_back(t);
  EXPECT_EQ(told, (std::vector<std::chrono::seconds>{10s, 25s, 48s, 82s, 133s, 193s, 253s}));
}

TEST(Pace, SpeaksWhenAnotherTenthHasEndedButNotTwiceInASecond) {
  pace p(start);
  EXPECT_FALSE(p.due(start + 2s, 9, 100));
  EXPECT_TRUE(p.due(start + 2s, 10, 100));
  EXPECT_FALSE(p.due(start + 2500ms, 30, 100));
  EXPECT_TRUE(p.due(start + 3s, 30, 100));
  EXPECT_FALSE(p.due(start + 5s, 39, 100));
}

TEST(Pace, HasNoTenthsOfNothing) {
  pace p(start);
  EXPECT_FALSE(p.due(start + 2s, 0, 0));
  EXPECT_TRUE(p.due(start + 10s, 0, 0));
}

}  // namespace
