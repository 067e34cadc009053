#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>
#include <vector>

#include "core/schedule.hpp"

namespace nunu::core {
namespace {

using namespace std::chrono_literals;
using what_next = schedule::what_next;

const time_point kStart{1h};

poll_cadence cadence() {
  return {.first = 1s, .growth = 2.0, .queued = 60s, .running = 30s, .ending = 5s};
}

/// Draws that give the nominal delay.
constexpr double kWhole = 1.0;

TEST(Schedule, WithoutJobsThereIsNothingToDo) {
  schedule s(cadence());
  EXPECT_EQ(s.next(kStart).what, what_next::nothing);
}

TEST(Schedule, TheFirstPollComesWithinItsTime) {
  schedule s(cadence());
  s.add(kStart, 0.5);
  const auto wait = s.next(kStart);
  ASSERT_EQ(wait.what, what_next::wait_until);
  EXPECT_EQ(wait.when, kStart + 500ms);
  EXPECT_EQ(s.next(kStart + 500ms).what, what_next::poll);
}

TEST(Schedule, AJobInFlightIsNotHandedOutAgain) {
  schedule s(cadence());
  const auto job = s.add(kStart, 0.0);
  ASSERT_EQ(s.next(kStart).what, what_next::poll);
  EXPECT_TRUE(s.in_flight(job));
  EXPECT_EQ(s.next(kStart + 1h).what, what_next::nothing);
}

TEST(Schedule, JobsAreHandedOutByDueTime) {
  schedule s(cadence());
  const auto late = s.add(kStart, 0.9);
  const auto early = s.add(kStart, 0.1);
  const auto middle = s.add(kStart, 0.5);
  EXPECT_EQ(s.next(kStart + 1s).job, early);
  EXPECT_EQ(s.next(kStart + 1s).job, middle);
  EXPECT_EQ(s.next(kStart + 1s).job, late);
}

TEST(Schedule, DelaysGrowToTheBoundOfTheState) {
  schedule s(cadence());
  const auto job = s.add(kStart, 0.0);
  auto now = kStart;
  std::vector<duration> delays;
  for (int i = 0; i < 7; ++i) {
    ASSERT_EQ(s.next(now).what, what_next::poll);
    s.observed(job, job_status::running, now, kWhole);
    const auto next = s.next(now);
    ASSERT_EQ(next.what, what_next::wait_until);
    delays.push_back(next.when - now);
    now = next.when;
  }
  EXPECT_EQ(delays, (std::vector<duration>{2s, 4s, 8s, 16s, 30s, 30s, 30s}));
}

TEST(Schedule, AnEndingJobIsAskedForSooner) {
  schedule s(cadence());
  const auto job = s.add(kStart, 0.0);
  auto now = kStart;
  for (int i = 0; i < 10; ++i) {
    ASSERT_EQ(s.next(now).what, what_next::poll);
    s.observed(job, job_status::queued, now, kWhole);
    now = s.next(now).when;
  }
  ASSERT_EQ(s.next(now).what, what_next::poll);
  s.observed(job, job_status::cleaning_up, now, kWhole);
  EXPECT_EQ(s.next(now).when - now, 5s);
}

TEST(Schedule, WhileDownOnePollAtATimeProbes) {
  schedule s(cadence());
  for (int i = 0; i < 100; ++i) s.add(kStart, 0.0);
  const auto first = s.next(kStart);
  ASSERT_EQ(first.what, what_next::poll);
  s.failed(first.job, kStart, {}, kWhole);

  const auto wait = s.next(kStart);
  ASSERT_EQ(wait.what, what_next::wait_until);
  EXPECT_EQ(wait.when, kStart + backoff{}.first);
  ASSERT_EQ(s.next(wait.when).what, what_next::poll);
  EXPECT_EQ(s.next(wait.when).what, what_next::nothing) << "a second probe beside the first";
}

TEST(Schedule, PollsThatFailTogetherAreOneFailure) {
  schedule s(cadence());
  for (int i = 0; i < 17; ++i) s.add(kStart, 0.0);
  std::vector<schedule::slot> in_flight;
  for (int i = 0; i < 16; ++i) in_flight.push_back(s.next(kStart).job);
  for (const auto job : in_flight) s.failed(job, kStart, {}, kWhole);
  EXPECT_EQ(s.next(kStart).when, kStart + backoff{}.first);
}

TEST(Schedule, OneAnswerEndsTheOutage) {
  schedule s(cadence());
  for (int i = 0; i < 10; ++i) s.add(kStart, 0.0);
  const auto probe = s.next(kStart).job;
  s.failed(probe, kStart, {}, 0.0);
  const auto again = s.next(kStart).job;
  s.observed(again, job_status::running, kStart, kWhole);
  EXPECT_EQ(s.next(kStart).what, what_next::poll);
  EXPECT_EQ(s.next(kStart).what, what_next::poll) << "polls are not concurrent again";
}

TEST(Schedule, RetryAfterIsAFloorForAllJobs) {
  schedule s(cadence());
  const auto a = s.add(kStart, 0.0);
  s.add(kStart, 0.0);
  ASSERT_EQ(s.next(kStart).job, a);
  s.failed(a, kStart, duration(20s), 0.0);
  EXPECT_EQ(s.next(kStart + 19s).what, what_next::wait_until);
  EXPECT_EQ(s.next(kStart + 20s).what, what_next::poll);
}

TEST(Schedule, ARemovedJobLeavesNothingBehind) {
  schedule s(cadence());
  const auto a = s.add(kStart, 0.0);
  const auto b = s.add(kStart, 0.5);
  s.remove(a);
  EXPECT_EQ(s.size(), 1U);
  EXPECT_EQ(s.next(kStart + 1s).job, b);
  s.answered_for_good(b);
  EXPECT_EQ(s.size(), 0U);
  EXPECT_EQ(s.next(kStart + 1h).what, what_next::nothing);
}

TEST(Schedule, AJobThatAlwaysFailsComesInItsTurn) {
  schedule s(cadence());
  const auto bad = s.add(kStart, 0.0);
  ASSERT_EQ(s.next(kStart).job, bad);
  s.failed(bad, kStart, {}, kWhole);
  const auto good = s.add(kStart, 0.0);
  const auto wait = s.next(kStart);
  ASSERT_EQ(wait.what, what_next::wait_until);
  EXPECT_EQ(s.next(wait.when).job, good) << "the job that failed is the probe again";
}

/// A random history in virtual time, against a plain model of what is due when.
TEST(Schedule, NoJobStarvesAndNoneIsPolledTwiceAtOnce) {
  std::mt19937 random(7);
  const auto draw = [&] { return std::uniform_real_distribution<double>(0, 1)(random); };
  schedule s(cadence());
  std::map<schedule::slot, time_point> last_polled;
  std::vector<schedule::slot> in_flight;
  auto now = kStart;
  duration longest{};
  for (int step = 0; step < 100'000; ++step) {
    const double choice = draw();
    if (choice < 0.05 && last_polled.size() < 300) {
      last_polled[s.add(now, draw())] = now;
    } else if (choice < 0.08 && !last_polled.empty()) {
      auto any = std::next(last_polled.begin(),
                           static_cast<std::ptrdiff_t>(random() % last_polled.size()));
      if (!s.in_flight(any->first)) {
        s.remove(any->first);
        last_polled.erase(any);
      }
    } else if (choice < 0.5 && !in_flight.empty()) {
      std::swap(in_flight[random() % in_flight.size()], in_flight.back());
      const auto job = in_flight.back();
      in_flight.pop_back();
      longest = std::max(longest, now - last_polled[job]);
      last_polled[job] = now;
      if (draw() < 0.05) {
        s.answered_for_good(job);
        last_polled.erase(job);
      } else {
        s.observed(job, draw() < 0.5 ? job_status::queued : job_status::running, now, draw());
      }
    } else if (const auto action = s.next(now); action.what == what_next::poll) {
      ASSERT_EQ(std::count(in_flight.begin(), in_flight.end(), action.job), 0);
      ASSERT_TRUE(last_polled.contains(action.job));
      in_flight.push_back(action.job);
    } else if (action.what == what_next::wait_until) {
      ASSERT_GT(action.when, now);
      now = std::min(action.when, now + 100ms);
    }
    ASSERT_EQ(s.size(), last_polled.size());
  }
  EXPECT_LE(longest, 60s + 10s) << "the bound of QUEUED, and the longest time in flight";
}

}  // namespace
}  // namespace nunu::core
