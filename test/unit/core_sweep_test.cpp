// Sweeping the pages of a group instead of polling its jobs one by one.
#include <gtest/gtest.h>

#include <vector>

#include "core/schedule.hpp"

namespace nunu::core {
namespace {

using namespace std::chrono_literals;
using what_next = schedule::what_next;
using batching = schedule::batching;
using slot = schedule::slot;

const time_point kStart{1h};
constexpr double kWhole = 1.0;

poll_cadence cadence() {
  return {.first = 1s, .growth = 2.0, .queued = 60s, .running = 30s, .ending = 5s};
}

class Sweep : public testing::Test {
 protected:
  schedule s{cadence(), batching::on};
  schedule::group g = s.add_group();
  time_point now = kStart;

  std::vector<slot> add(std::size_t count) {
    std::vector<slot> jobs;
    for (std::size_t i = 0; i < count; ++i) {
      jobs.push_back(s.add(now, 0.0));
      s.assign(jobs.back(), g, now, 0.0);
    }
    return jobs;
  }

  schedule::action next() {
    auto action = s.next(now);
    while (action.what == what_next::wait_until) {
      now = action.when;
      action = s.next(now);
    }
    return action;
  }

  /// One whole sweep, whose pages tell of these jobs.
  void sweep(std::uint32_t pages, const std::vector<slot>& seen) {
    for (std::uint32_t page = 0; page < pages; ++page) {
      const auto action = next();
      ASSERT_EQ(action.what, what_next::sweep);
      EXPECT_EQ(action.page, page);
      for (std::size_t i = page * 100; i < seen.size() && i < (page + 1) * 100; ++i)
        s.found(g, seen[i], job_status::running);
      s.page_landed(g, pages, now, kWhole);
    }
  }
};

TEST_F(Sweep, OnePageForAGroupInsteadOfAPollForEachJob) {
  const auto jobs = add(50);
  sweep(1, jobs);
  EXPECT_EQ(s.next(now).what, what_next::wait_until);
}

TEST_F(Sweep, AJobAloneIsPolled) {
  add(1);
  EXPECT_EQ(next().what, what_next::poll);
}

TEST_F(Sweep, IsNotBegunWhenBatchingIsOff) {
  s = schedule(cadence(), batching::off);
  g = s.add_group();
  add(50);
  EXPECT_EQ(next().what, what_next::poll);
}

TEST_F(Sweep, PagesAreApartSoThatASweepIsNoBurst) {
  const auto jobs = add(350);
  sweep(4, jobs);
  const auto began = next();
  ASSERT_EQ(began.page, 0U);
  const auto wait = s.next(now);
  ASSERT_EQ(wait.what, what_next::wait_until) << "the second page at the same time";
  EXPECT_EQ(wait.when - now, 20ms);
}

TEST_F(Sweep, TheFirstSweepOfAGroupIsNoBurstEither) {
  add(10'000);
  ASSERT_EQ(next().page, 0U);
  s.page_landed(g, 100, now, kWhole);
  auto last = now;
  for (std::uint32_t page = 1; page < 100; ++page) {
    ASSERT_EQ(next().page, page);
    EXPECT_EQ(now - last, 20ms);
    last = now;
    s.page_landed(g, 100, now, kWhole);
  }
}

TEST_F(Sweep, ASweepOfManyPagesTakesHalfTheIntervalTheFirstOneToo) {
  add(200'000);
  const auto began = now;
  for (std::uint32_t page = 0; page < 2'000; ++page) {
    ASSERT_EQ(next().page, page);
    s.page_landed(g, 2'000, now, kWhole);
  }
  EXPECT_GT(now - began, 14s);
  EXPECT_LE(now - began, 15s);
}

TEST_F(Sweep, SweepsComeAtTheIntervalHoweverManyJobsThereAre) {
  const auto jobs = add(50);
  std::vector<duration> delays;
  for (int i = 0; i < 8; ++i) {
    const auto before = now;
    sweep(1, jobs);
    delays.push_back(now - before);
  }
  EXPECT_EQ(delays[0], 0s) << "the draw for the first";
  EXPECT_EQ(delays[1], 1750ms);
  EXPECT_EQ(delays[7], 26250ms) << "sooner than most single jobs";
}

TEST_F(Sweep, MorePagesThanJobsAreNotWorthIt) {
  const auto jobs = add(3);
  const auto action = next();
  ASSERT_EQ(action.what, what_next::sweep);
  // The group has had many more jobs, which have ended and are listed all the same.
  s.page_landed(g, 10, now, kWhole);
  for (int i = 0; i < 3; ++i) EXPECT_EQ(next().what, what_next::poll);
}

TEST_F(Sweep, EndsWhenTooFewJobsAreLeft) {
  const auto jobs = add(250);
  sweep(3, jobs);
  for (std::size_t i = 3; i < jobs.size(); ++i) s.remove(jobs[i]);
  ASSERT_EQ(next().what, what_next::sweep);
  s.page_landed(g, 3, now, kWhole);
  EXPECT_EQ(next().what, what_next::poll);
}

TEST_F(Sweep, WhenItEndsHalfwayTheFirstJobItHasNotSeenIsAskedForAtOnce) {
  const auto jobs = add(250);
  sweep(3, jobs);
  for (std::size_t i = 2; i < 249; ++i) s.remove(jobs[i]);
  ASSERT_EQ(next().what, what_next::sweep);
  s.found(g, jobs[0], job_status::running);
  s.found(g, jobs[1], job_status::running);
  s.page_landed(g, 3, now, kWhole);
  const auto action = s.next(now);
  EXPECT_EQ(action.what, what_next::poll);
  EXPECT_EQ(action.job, jobs[249]);
  EXPECT_EQ(s.next(now).what, what_next::wait_until) << "the others were seen just now";
}

TEST_F(Sweep, WhenItEndsHalfwayThoseItHasNotSeenAreAskedForAtThePaceOfItsPages) {
  const auto jobs = add(10'000);
  sweep(100, jobs);
  for (std::size_t i = 90; i < jobs.size(); ++i) s.remove(jobs[i]);
  ASSERT_EQ(next().what, what_next::sweep);
  s.page_landed(g, 100, now, kWhole);
  const auto ended = now;
  for (int i = 0; i < 90; ++i) {
    ASSERT_EQ(next().what, what_next::poll);
    EXPECT_EQ(now - ended, i * 20ms);
  }
}

TEST_F(Sweep, WhenAListingIsGivenUpAtOnceNoBurstOfPollsFollows) {
  add(10'000);
  ASSERT_EQ(next().what, what_next::sweep);
  s.page_useless(g, now, 0.5);
  const auto given_up = now;
  std::vector<int> polls_in_second(31);
  for (int i = 0; i < 10'000; ++i) {
    ASSERT_EQ(next().what, what_next::poll);
    ASSERT_LE(now - given_up, 30s) << "later than the cadence allows";
    ++polls_in_second[static_cast<std::size_t>((now - given_up) / 1s)];
  }
  for (const int polls : polls_in_second) EXPECT_LE(polls, 334);
}

TEST_F(Sweep, AJobMissingOnceIsNotAskedForTwiceItIs) {
  const auto jobs = add(50);
  const std::vector<slot> all_but_one(jobs.begin() + 1, jobs.end());
  sweep(1, all_but_one);
  sweep(1, all_but_one);
  const auto action = s.next(now);
  EXPECT_EQ(action.what, what_next::poll);
  EXPECT_EQ(action.job, jobs[0]);
}

TEST_F(Sweep, AJobThatWasAskedForIsSweptAgain) {
  const auto jobs = add(50);
  const std::vector<slot> all_but_one(jobs.begin() + 1, jobs.end());
  sweep(1, all_but_one);
  sweep(1, all_but_one);
  ASSERT_EQ(next().job, jobs[0]);
  s.observed(jobs[0], job_status::running, now, kWhole);
  sweep(1, jobs);
}

TEST_F(Sweep, AListingThatKeepsMissingJobsIsGivenUp) {
  const auto jobs = add(50);
  const std::vector<slot> half(jobs.begin(), jobs.begin() + 25);
  int sweeps = 0;
  for (auto action = next(); s.groups_given_up() == 0; action = next()) {
    ASSERT_LT(sweeps, 20);
    if (action.what == what_next::poll) {
      s.observed(action.job, job_status::running, now, kWhole);
      continue;
    }
    ++sweeps;
    for (const slot job : half) s.found(g, job, job_status::running);
    s.page_landed(g, 1, now, kWhole);
  }
  for (int i = 0; i < 100; ++i) {
    const auto action = next();
    ASSERT_EQ(action.what, what_next::poll);
    s.observed(action.job, job_status::running, now, kWhole);
  }
}

TEST_F(Sweep, WhereListingIsForbiddenEveryGroupIsPolledOneByOne) {
  add(50);
  const auto action = next();
  ASSERT_EQ(action.what, what_next::sweep);
  s.listing_refused(g, now, kWhole);
  g = s.add_group();
  add(50);
  for (int i = 0; i < 100; ++i) ASSERT_EQ(next().what, what_next::poll);
}

TEST_F(Sweep, APageThatFailsIsAskedForAgainAndNoOther) {
  const auto jobs = add(250);
  sweep(3, jobs);
  std::vector<std::uint32_t> pages;
  for (int i = 0; i < 3; ++i) pages.push_back(next().page);
  EXPECT_EQ(pages, (std::vector<std::uint32_t>{0, 1, 2}));
  s.page_landed(g, 3, now, kWhole);
  s.page_failed(g, 1, now, kWhole);
  s.page_landed(g, 3, now, kWhole);
  const auto again = next();
  EXPECT_EQ(again.what, what_next::sweep);
  EXPECT_EQ(again.page, 1U);
}

TEST_F(Sweep, APageThatWasNotSentIsAskedForAgain) {
  const auto jobs = add(250);
  sweep(3, jobs);
  std::vector<schedule::action> pages;
  for (int i = 0; i < 3; ++i) pages.push_back(next());
  s.page_landed(g, 3, now, kWhole);
  s.take_back(pages[1], now);
  s.page_landed(g, 3, now, kWhole);
  EXPECT_EQ(next().page, 1U);
}

TEST_F(Sweep, AListingThatGrowsIsReadToItsEnd) {
  add(250);
  ASSERT_EQ(next().page, 0U);
  s.page_landed(g, 3, now, kWhole);
  for (std::uint32_t page = 1; page < 5; ++page) {
    ASSERT_EQ(next().page, page);
    s.page_landed(g, 5, now, kWhole);
  }
}

TEST_F(Sweep, AGroupIsVacantWhenItsLastPageHasLanded) {
  const auto jobs = add(50);
  ASSERT_EQ(next().what, what_next::sweep);
  for (const slot job : jobs) s.remove(job);
  EXPECT_FALSE(s.vacant(g));
  s.page_landed(g, 1, now, kWhole);
  ASSERT_TRUE(s.vacant(g));
  s.remove_group(g);
  EXPECT_EQ(s.next(now + 1h).what, what_next::nothing);
}

}  // namespace
}  // namespace nunu::core
