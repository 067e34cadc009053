#include <gtest/gtest.h>

#include "core/backoff.hpp"
#include "core/exchange.hpp"
#include "core/retry_budget.hpp"

namespace nunu::core {
namespace {

using namespace std::chrono_literals;

const time_point kStart{1h};
constexpr int kMost = static_cast<int>(retry_budget::kMost);

int take_all(retry_budget& budget, time_point now) {
  int taken = 0;
  while (budget.take(now)) ++taken;
  return taken;
}

TEST(RetryBudget, RunsOutWhenNothingSucceeds) {
  retry_budget budget;
  EXPECT_EQ(take_all(budget, kStart), kMost);
  EXPECT_FALSE(budget.take(kStart));
}

TEST(RetryBudget, TenSuccessesEarnOneRetry) {
  retry_budget budget;
  take_all(budget, kStart);
  for (int i = 0; i < 9; ++i) budget.succeeded();
  EXPECT_FALSE(budget.take(kStart));
  for (int i = 0; i < 2; ++i) budget.succeeded();
  EXPECT_TRUE(budget.take(kStart));
  EXPECT_FALSE(budget.take(kStart));
}

TEST(RetryBudget, TimeEarnsRetriesSlowly) {
  retry_budget budget;
  take_all(budget, kStart);
  EXPECT_FALSE(budget.take(kStart + 4s));
  EXPECT_EQ(take_all(budget, kStart + 10s + 1ms), 2);
  EXPECT_FALSE(budget.take(kStart + 5s)) << "a moment that is past earns nothing";
  EXPECT_EQ(take_all(budget, kStart + 24h), kMost) << "it holds only so many";
}

TEST(RetryBudget, IsNeverFullerThanItWas) {
  retry_budget budget;
  for (int i = 0; i < 10'000; ++i) budget.succeeded();
  EXPECT_EQ(take_all(budget, kStart), kMost);
}

TEST(RetryBudget, AnOutageDoesNotMultiplyTheLoad) {
  retry_budget budget;
  int retries = 0;
  // A hundred requests a second fail for a minute, and each would like nine retries.
  for (int i = 0; i < 6'000; ++i)
    for (int attempt = 0; attempt < 9; ++attempt)
      retries += static_cast<int>(budget.take(kStart + i * 10ms));
  EXPECT_LE(retries, kMost + 12);
  EXPECT_GE(retries, kMost);
}

TEST(RetryBudget, IsEnoughForOneOperationInItsDefaultTime) {
  retry_budget budget;
  auto now = kStart;
  for (unsigned failures = 1; now < kStart + 120s; ++failures) {
    ASSERT_TRUE(budget.take(now));
    now += backoff{}.delay(failures, 0.15);
  }
}

TEST(RetryCost, OnlyWhatSpeaksOfTroubleCosts) {
  const auto answered = [](int status) {
    return exchange_outcome{.progress = progress::answered, .status = status};
  };
  EXPECT_TRUE(costs_retry({.progress = progress::not_sent}));
  EXPECT_TRUE(costs_retry({.progress = progress::broken}));
  EXPECT_FALSE(costs_retry(answered(429)));
  for (const int status : {408, 500, 502, 503, 504}) EXPECT_TRUE(costs_retry(answered(status)));
}

TEST(RetryCost, AnAnswerWithoutTroubleEarns) {
  const auto answered = [](int status) {
    return exchange_outcome{.progress = progress::answered, .status = status};
  };
  for (const int status : {200, 201, 207, 301, 400, 401, 403, 404, 413})
    EXPECT_TRUE(earns_retry(answered(status))) << status;
  for (const int status : {408, 429, 500, 502, 503, 504})
    EXPECT_FALSE(earns_retry(answered(status))) << status;
  EXPECT_FALSE(earns_retry({.progress = progress::broken}));
  EXPECT_FALSE(earns_retry({.progress = progress::not_sent}));
}

}  // namespace
}  // namespace nunu::core
