// An outage with as many waiters as a client may have, in virtual time.
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cstddef>

#include "support/virtual_polling.hpp"

namespace nunu::test {
namespace {

using namespace std::chrono_literals;
using core::schedule;

TEST(Fault17, AHundredThousandWaitersProbeOneAtATimeAndComeBackWithoutABurst) {
  constexpr std::size_t jobs = 100'000;
  constexpr std::size_t connections = 1'024;
  const poll_cadence cadence{
      .first = 1s, .growth = 2.0, .queued = 30s, .running = 30s, .ending = 30s};
  // Delays are drawn between three quarters of the interval and the whole.
  constexpr double usual_rate = jobs / (0.875 * 30);
  schedule s(cadence, schedule::batching::off);
  virtual_polling polling(s, {}, connections, 1);
  const auto began = polling.now();
  for (std::size_t i = 0; i < jobs; ++i) polling.watch(began + 20min);
  polling.run(began + 3min);
  ASSERT_EQ(s.health().now_in(), core::health::state::closed);

  polling.service().down_from = polling.now();
  polling.service().down_until = polling.now() + 10min;
  polling.run(polling.now() + 1min);
  EXPECT_NE(s.health().now_in(), core::health::state::closed);
  polling.requests = polling.most_in_flight = 0;
  polling.run(polling.now() + 8min);
  EXPECT_EQ(polling.most_in_flight, 1U);
  // Pauses are half of the longest, 30 s, on average.
  EXPECT_GE(polling.requests, 16U);
  EXPECT_LE(polling.requests, 80U);

  polling.run(polling.service().down_until);
  polling.peak_requests_per_second = 0;
  polling.run(polling.now() + 3min);
  EXPECT_EQ(s.health().now_in(), core::health::state::closed);
  EXPECT_LE(static_cast<double>(polling.peak_requests_per_second), 2 * usual_rate);
  EXPECT_EQ(s.size(), jobs) << "a waiter was lost";

  polling.run(began + 22min);
  EXPECT_TRUE(std::ranges::all_of(polling.jobs(),
                                  [](const virtual_job& j) { return j.delivered.has_value(); }));
}

}  // namespace
}  // namespace nunu::test
