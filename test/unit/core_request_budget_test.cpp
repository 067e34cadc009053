#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "core/request_budget.hpp"
#include "support/shared_limit.hpp"

namespace nunu::core {
namespace {

using namespace std::chrono_literals;

const time_point kStart{1h};

/// Sends polls as fast as the budget allows for this long, and gives how many there were.
int send_all(request_budget& budget, time_point& now, duration length) {
  int count = 0;
  for (const auto end = now + length; now < end;) {
    if (budget.ready_at() > now) {
      budget.held_back();
      now = std::min(end, budget.ready_at());
      continue;
    }
    budget.sent(now);
    budget.accepted(now);
    now += 100us;
    ++count;
  }
  return count;
}

TEST(RequestBudget, ThereIsNoneUntilTheServiceSays429) {
  request_budget budget;
  auto now = kStart;
  EXPECT_EQ(send_all(budget, now, 1s), 10'000);
  EXPECT_FALSE(budget.rate());
}

TEST(RequestBudget, BeginsBelowWhatTheServiceHasJustLetThrough) {
  request_budget budget;
  auto now = kStart;
  send_all(budget, now, 100ms);
  budget.rejected(now, now, 0s, 0.0);
  ASSERT_TRUE(budget.rate());
  EXPECT_GE(*budget.rate(), 700.0);
  EXPECT_LT(*budget.rate(), 1'000.0) << "a thousand were let through in the last second";
}

TEST(RequestBudget, SpacesPollsEvenly) {
  request_budget budget;
  auto now = kStart;
  send_all(budget, now, 100ms);
  budget.rejected(now, now, 0s, 0.0);
  const double rate = *budget.rate();
  for (int second = 0; second < 5; ++second)
    EXPECT_NEAR(send_all(budget, now, 1s), rate * (1.0 + 0.03 * (second + 0.5)), rate * 0.15);
}

TEST(RequestBudget, RetryAfterIsAFloorForEveryKindOfRequest) {
  request_budget budget;
  budget.rejected(kStart, kStart, 20s, 0.0);
  EXPECT_EQ(budget.floor(), kStart + 20s);
  EXPECT_GE(budget.ready_at(), kStart + 20s);
  budget.rejected(kStart, kStart, 5s, 0.0);
  EXPECT_EQ(budget.floor(), kStart + 20s) << "a shorter one does not lower it";
}

TEST(RequestBudget, AServiceThatIsNotThereIsLeftAloneAndTheRateStays) {
  request_budget budget;
  budget.unavailable(kStart, 20s, 0.0);
  EXPECT_EQ(budget.floor(), kStart + 20s);
  EXPECT_EQ(budget.ready_at(), kStart + 20s);
  EXPECT_FALSE(budget.rate());
  budget.unavailable(kStart, 5s, 0.0);
  EXPECT_EQ(budget.floor(), kStart + 20s) << "a shorter one does not lower it";
  budget.unavailable(kStart, 20s, 1.0);
  EXPECT_EQ(budget.floor(), kStart + 25s) << "clients come back one by one";
}

TEST(RequestBudget, WithoutRetryAfterThePausesGrow) {
  request_budget budget;
  auto now = kStart;
  duration last{};
  for (int i = 0; i < 5; ++i) {
    budget.rejected(now, now, std::nullopt, 1.0);
    EXPECT_GT(budget.floor() - now, last);
    last = budget.floor() - now;
    now = budget.floor();
  }
}

TEST(RequestBudget, RequestsThatWereUnderWayTogetherAreOneMessage) {
  request_budget budget;
  auto now = kStart;
  send_all(budget, now, 100ms);
  budget.rejected(now, now + 10ms, 1s, 0.0);
  const double once = *budget.rate();
  for (int i = 0; i < 63; ++i) budget.rejected(now, now + 10ms, 1s, 0.0);
  EXPECT_EQ(*budget.rate(), once);
  budget.rejected(now + 2s, now + 2s, 1s, 0.0);
  EXPECT_LT(*budget.rate(), once);
}

TEST(RequestBudget, IsNeverBelowOneRequestInTwoSeconds) {
  request_budget budget;
  auto now = kStart;
  for (int i = 0; i < 1'000; ++i) budget.rejected(now, now, 0s, 0.0), now += 1ms;
  EXPECT_EQ(*budget.rate(), request_budget::kLowestRate);
}

TEST(RequestBudget, GrowsOnlyWhileItHoldsRequestsBack) {
  request_budget budget;
  budget.rejected(kStart, kStart, 0s, 0.0);
  const double rate = *budget.rate();
  auto now = kStart;
  for (int i = 0; i < 100; ++i, now += 10s) budget.sent(now);
  EXPECT_EQ(*budget.rate(), rate);
  send_all(budget, now, 5s);
  EXPECT_GT(*budget.rate(), rate);
}

TEST(RequestBudget, StartsAndStopsTakeFromWhatPollsMayUse) {
  request_budget budget;
  budget.rejected(kStart, kStart, 0s, 0.0);
  auto now = kStart + 1s;
  const auto before = budget.ready_at();
  for (int i = 0; i < 100; ++i) budget.sent(now);
  EXPECT_GT(budget.ready_at(), before + 2s);
}

TEST(RequestBudget, APauseDoesNotKeepTheRateFromGrowing) {
  request_budget budget;
  budget.rejected(kStart, kStart, 1s, 0.0);
  const double rate = *budget.rate();
  budget.held_back();
  budget.sent(kStart + 1s);
  EXPECT_GT(*budget.rate(), rate);
}

/// The middle of twenty runs.
test::shared_limit_result median(std::size_t clients, double limit, duration late = {}) {
  std::vector<double> rejected, used, fairness;
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    const auto r = test::shared_limit(clients, limit, seed, late).measure();
    rejected.push_back(r.rejected);
    used.push_back(r.used);
    fairness.push_back(r.slowest_of_fastest);
  }
  const auto middle = [](std::vector<double>& values) {
    std::nth_element(values.begin(), values.begin() + 10, values.end());
    return values[10];
  };
  return {middle(rejected), middle(used), middle(fairness)};
}

TEST(RequestBudget, ClientsThatShareALimitUseItFairlyAndRunIntoItSeldom) {
  struct {
    std::size_t clients;
    double limit;
    duration late;
    double most_rejected, least_used, least_fairness;
  } const cases[] = {
      {2, 100.0, 0s, 0.03, 0.85, 0.80},  {4, 100.0, 0s, 0.03, 0.85, 0.70},
      {4, 100.0, 60s, 0.03, 0.85, 0.70}, {4, 500.0, 0s, 0.03, 0.85, 0.70},
      {8, 500.0, 0s, 0.03, 0.85, 0.55},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(testing::Message() << c.clients << " clients, " << c.limit << " req/s");
    const auto r = median(c.clients, c.limit, c.late);
    EXPECT_LT(r.rejected, c.most_rejected);
    EXPECT_GE(r.used, c.least_used);
    EXPECT_GE(r.slowest_of_fastest, c.least_fairness);
  }
}

TEST(RequestBudget, OneClientAloneRunsIntoALowLimitSeldomToo) {
  EXPECT_LT(median(1, 20.0).rejected, 0.05);
  EXPECT_LT(median(1, 5.0).rejected, 0.06);
  EXPECT_GE(median(1, 5.0).used, 0.85);
  EXPECT_LT(median(1, 1.0, 60s).rejected, 0.20);
}

}  // namespace
}  // namespace nunu::core
