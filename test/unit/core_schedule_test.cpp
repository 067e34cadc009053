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
using batching = schedule::batching;

const time_point kStart{1h};

poll_cadence cadence() {
  return {.first = 1s, .growth = 2.0, .queued = 60s, .running = 30s, .ending = 5s};
}

/// Draws that give the nominal delay.
constexpr double kWhole = 1.0;

TEST(Schedule, WithoutJobsThereIsNothingToDo) {
  schedule s(cadence(), batching::off);
  EXPECT_EQ(s.next(kStart).what, what_next::nothing);
}

TEST(Schedule, TheFirstPollComesWithinItsTime) {
  schedule s(cadence(), batching::off);
  s.add(kStart, 0.5);
  const auto wait = s.next(kStart);
  ASSERT_EQ(wait.what, what_next::wait_until);
  EXPECT_EQ(wait.when, kStart + 500ms);
  EXPECT_EQ(s.next(kStart + 500ms).what, what_next::poll);
}

TEST(Schedule, AJobInFlightIsNotHandedOutAgain) {
  schedule s(cadence(), batching::off);
  const auto job = s.add(kStart, 0.0);
  ASSERT_EQ(s.next(kStart).what, what_next::poll);
  EXPECT_TRUE(s.in_flight(job));
  EXPECT_EQ(s.next(kStart + 1h).what, what_next::nothing);
}

TEST(Schedule, JobsAreHandedOutByDueTime) {
  schedule s(cadence(), batching::off);
  const auto late = s.add(kStart, 0.9);
  const auto early = s.add(kStart, 0.1);
  const auto middle = s.add(kStart, 0.5);
  EXPECT_EQ(s.next(kStart + 1s).job, early);
  EXPECT_EQ(s.next(kStart + 1s).job, middle);
  EXPECT_EQ(s.next(kStart + 1s).job, late);
}

TEST(Schedule, DelaysGrowToTheBoundOfTheState) {
  schedule s(cadence(), batching::off);
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
  schedule s(cadence(), batching::off);
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

/// Lets three polls fail, which opens the circuit.
void fail_three(schedule& s, time_point now) {
  std::vector<schedule::slot> in_flight;
  for (int i = 0; i < 3; ++i) in_flight.push_back(s.next(now).job);
  for (const auto job : in_flight) s.failed(job, now, kWhole);
}

TEST(Schedule, AFailureByAccidentIsAskedForAgainSoon) {
  schedule s(cadence(), batching::off);
  const auto job = s.add(kStart, 0.0);
  auto now = kStart;
  for (int i = 0; i < 8; ++i) {
    ASSERT_EQ(s.next(now).what, what_next::poll);
    s.observed(job, job_status::running, now, kWhole);
    now = s.next(now).when;
  }
  ASSERT_EQ(s.next(now).what, what_next::poll);
  s.failed(job, now, kWhole);
  EXPECT_EQ(s.next(now).when - now, 1s) << "not after the whole interval";
}

TEST(Schedule, AJobThatAlwaysFailsFallsBackToItsInterval) {
  schedule s(cadence(), batching::off);
  const auto bad = s.add(kStart, 0.0);
  const auto good = s.add(kStart, 0.0);
  auto now = kStart;
  std::vector<duration> delays;
  time_point last = kStart;
  while (delays.size() < 8) {
    const auto action = s.next(now);
    if (action.what == what_next::wait_until) {
      now = action.when;
    } else if (action.job == bad) {
      if (now != kStart) delays.push_back(now - last);
      last = now;
      s.failed(bad, now, kWhole);
    } else {
      s.observed(good, job_status::running, now, kWhole);
    }
  }
  EXPECT_EQ(delays, (std::vector<duration>{1s, 2s, 4s, 8s, 16s, 30s, 30s, 30s}));
}

TEST(Schedule, WhileDownOnePollAtATimeProbes) {
  schedule s(cadence(), batching::off);
  for (int i = 0; i < 100; ++i) s.add(kStart, 0.0);
  fail_three(s, kStart);
  const auto wait = s.next(kStart);
  ASSERT_EQ(wait.what, what_next::wait_until);
  EXPECT_EQ(wait.when, kStart + backoff{}.first);
  ASSERT_EQ(s.next(wait.when).what, what_next::poll);
  EXPECT_EQ(s.next(wait.when).what, what_next::nothing) << "a second probe beside the first";
}

TEST(Schedule, NoProbeIsSentBesideAPollFromBefore) {
  schedule s(cadence(), batching::off);
  for (int i = 0; i < 100; ++i) s.add(kStart, 0.0);
  const auto hanging = s.next(kStart).job;
  fail_three(s, kStart);
  EXPECT_EQ(s.next(kStart + 1h).what, what_next::nothing);
  s.failed(hanging, kStart + 1h, kWhole);
  EXPECT_EQ(s.next(kStart + 1h).what, what_next::poll);
}

TEST(Schedule, A429HoldsBackAllJobsUntilTheServiceAllows) {
  schedule s(cadence(), batching::off);
  const auto a = s.add(kStart, 0.0);
  s.add(kStart, 0.0);
  ASSERT_EQ(s.next(kStart).job, a);
  s.rejected(a, kStart, kStart, 20s, 0.0);
  EXPECT_EQ(s.next(kStart + 19s).what, what_next::wait_until);
  EXPECT_EQ(s.next(kStart + 20s).what, what_next::poll);
  EXPECT_EQ(s.health().now_in(), health::state::closed) << "a service that answers 429 is up";
}

TEST(Schedule, WhatWasHandedOutAndNotSentIsHandedOutAgain) {
  schedule s(cadence(), batching::off);
  const auto a = s.add(kStart, 0.0);
  const auto first = s.next(kStart);
  const auto b = s.add(kStart, 0.0);
  const auto second = s.next(kStart);
  ASSERT_EQ(second.job, b);
  s.rejected(a, first.when, kStart, 20s, 0.0);
  s.take_back(second, kStart);
  EXPECT_FALSE(s.in_flight(b));
  EXPECT_EQ(s.next(kStart + 19s).what, what_next::wait_until);
  const auto again = s.next(kStart + 20s);
  EXPECT_EQ(again.what, what_next::poll);
  EXPECT_NE(s.next(kStart + 21s).job, again.job);
}

TEST(Schedule, InPlaceOfAProbeThatWasNotSentAnotherIs) {
  schedule s(cadence(), batching::off);
  for (int i = 0; i < 100; ++i) s.add(kStart, 0.0);
  fail_three(s, kStart);
  const auto probe = s.next(kStart + 10s);
  ASSERT_EQ(probe.what, what_next::poll);
  s.take_back(probe, kStart + 10s);
  ASSERT_EQ(s.next(kStart + 10s).what, what_next::poll);
  EXPECT_EQ(s.next(kStart + 10s).what, what_next::nothing) << "a second probe beside the first";
}

TEST(Schedule, AServiceThatIsNotThereForATimeIsLeftAloneForItAndThenProbed) {
  schedule s(cadence(), batching::off);
  for (int i = 0; i < 100; ++i) s.add(kStart, 0.0);
  const auto refused = s.next(kStart).job;
  const auto late = s.next(kStart).job;
  s.unavailable(20s, kStart, 0.0);
  s.failed(refused, kStart, kWhole);
  EXPECT_EQ(s.next(kStart + 19s).what, what_next::nothing) << "a poll from before is under way";
  s.observed(late, job_status::running, kStart + 1s, kWhole);
  const auto wait = s.next(kStart + 19s);
  ASSERT_EQ(wait.what, what_next::wait_until) << "what was sent before says nothing new";
  EXPECT_EQ(wait.when, kStart + 20s);
  const auto probe = s.next(kStart + 20s);
  ASSERT_EQ(probe.what, what_next::poll);
  EXPECT_EQ(s.next(kStart + 20s).what, what_next::nothing) << "a second probe beside the first";
  s.observed(probe.job, job_status::running, kStart + 20s, kWhole);
  EXPECT_EQ(s.next(kStart + 20s).what, what_next::poll);
  EXPECT_EQ(s.next(kStart + 20s).what, what_next::wait_until) << "a burst when it is back";
}

TEST(Schedule, AServiceThatAsksAgainToBeLeftAloneIsLeftAloneUntilTheLaterTime) {
  schedule s(cadence(), batching::off);
  s.add(kStart, 0.0);
  s.unavailable(20s, kStart, 0.0);
  s.unavailable(10s, kStart + 1s, 0.0);
  EXPECT_EQ(s.next(kStart + 11s).when, kStart + 20s);
  s.unavailable(10s, kStart + 19s, 0.0);
  EXPECT_EQ(s.next(kStart + 20s).when, kStart + 29s);
  EXPECT_EQ(s.next(kStart + 29s).what, what_next::poll);
}

TEST(Schedule, WhenNothingIsOverdueAServiceThatWasNotThereIsProbedAllTheSame) {
  schedule s(cadence(), batching::off);
  const auto refused = s.add(kStart, 0.0);
  const auto late = s.add(kStart, 0.0);
  ASSERT_EQ(s.next(kStart).what, what_next::poll);
  ASSERT_EQ(s.next(kStart).what, what_next::poll);
  s.unavailable(1s, kStart, 0.0);
  s.failed(refused, kStart, kWhole);
  s.observed(late, job_status::running, kStart, kWhole);
  // Both are due much later, and together.
  ASSERT_EQ(s.next(kStart).what, what_next::wait_until);
  ASSERT_EQ(s.next(kStart + 1h).what, what_next::poll);
  EXPECT_EQ(s.next(kStart + 1h).what, what_next::nothing) << "a burst when it is back";
}

TEST(Schedule, ARemovedJobLeavesNothingBehind) {
  schedule s(cadence(), batching::off);
  const auto a = s.add(kStart, 0.0);
  const auto b = s.add(kStart, 0.5);
  s.remove(a);
  EXPECT_EQ(s.size(), 1U);
  EXPECT_EQ(s.next(kStart + 1s).job, b);
  s.answered_for_good(b, kStart);
  EXPECT_EQ(s.size(), 0U);
  EXPECT_EQ(s.next(kStart + 1h).what, what_next::nothing);
}

}  // namespace
}  // namespace nunu::core
