#include <gtest/gtest.h>

#include "core/backoff.hpp"
#include "core/cadence.hpp"

namespace nunu::core {
namespace {

using namespace std::chrono_literals;

TEST(Backoff, DoublesUpToItsCap) {
  const backoff b{.first = 1s, .cap = 10s};
  const duration expected[] = {1s, 2s, 4s, 8s, 10s, 10s};
  for (unsigned failures = 1; failures <= 6; ++failures)
    EXPECT_EQ(b.delay(failures, 1.0), expected[failures - 1]);
  EXPECT_EQ(b.delay(4'000'000'000U, 1.0), 10s);
}

TEST(Backoff, TheDrawSpreadsOverTheWholeRange) {
  const backoff b{.first = 8s, .cap = 10s};
  EXPECT_EQ(b.delay(1, 0.0), 0s);
  EXPECT_EQ(b.delay(1, 0.25), 2s);
}

TEST(Backoff, RetryAfterIsAFloorWithJitterOnTop) {
  const backoff b{.first = 1s, .cap = 10s};
  EXPECT_EQ(delay_after(b, 1, 30s, 0.0), 30s);
  EXPECT_EQ(delay_after(b, 2, 30s, 0.5), 31s);
}

TEST(Cadence, EachStateHasItsBound) {
  const poll_cadence c{.first = 1s, .growth = 1000.0, .queued = 60s, .running = 30s, .ending = 5s};
  EXPECT_EQ(next_delay(c, job_status::queued, 1s), 60s);
  EXPECT_EQ(next_delay(c, job_status::starting, 1s), 30s);
  EXPECT_EQ(next_delay(c, job_status::running, 1s), 30s);
  EXPECT_EQ(next_delay(c, job_status::unknown, 1s), 30s);
  EXPECT_EQ(next_delay(c, job_status::stopping, 1s), 5s);
  EXPECT_EQ(next_delay(c, job_status::cleaning_up, 1s), 5s);
}

TEST(Cadence, ADelayOfNothingStillGrows) {
  const poll_cadence c{.first = 0s, .growth = 2.0, .queued = 60s, .running = 30s, .ending = 5s};
  auto delay = next_delay(c, job_status::running, 0ms);
  EXPECT_GT(delay, 0ms);
  for (int i = 0; i < 30; ++i) delay = next_delay(c, job_status::running, delay);
  EXPECT_EQ(delay, 30s);
}

TEST(Cadence, JitterNeverExceedsTheNominalDelay) {
  EXPECT_EQ(jittered(30s, 0.0), 22500ms);
  EXPECT_EQ(jittered(30s, 1.0), 30s);
}

}  // namespace
}  // namespace nunu::core
