#include <gtest/gtest.h>

#include "core/health.hpp"

namespace nunu::core {
namespace {

using namespace std::chrono_literals;
using state = health::state;

const time_point kStart{1h};
/// Draws that give the longest delay.
constexpr double kWhole = 1.0;

void open(health& h, time_point now) {
  for (int i = 0; i < 3; ++i) h.failed(now, kWhole);
}

TEST(Health, OneBrokenConnectionIsNoOutage) {
  health h;
  for (int i = 0; i < 100; ++i) {
    h.failed(kStart, kWhole);
    h.failed(kStart, kWhole);
    h.succeeded(kStart);
  }
  EXPECT_EQ(h.now_in(), state::closed);
  EXPECT_LE(h.ready_at(), kStart);
}

TEST(Health, FailuresInARowOpenItAndThoseThatWereUnderWaySayNothingNew) {
  health h;
  open(h, kStart);
  EXPECT_EQ(h.now_in(), state::open);
  const auto first = h.ready_at();
  EXPECT_EQ(first, kStart + backoff{}.first);
  for (int i = 0; i < 61; ++i) h.failed(kStart + 100ms, kWhole);
  EXPECT_EQ(h.ready_at(), first);
}

TEST(Health, OneProbeAtATimeWithGrowingDelays) {
  health h;
  open(h, kStart);
  auto now = kStart;
  duration last{};
  for (int i = 0; i < 20; ++i) {
    now = h.ready_at();
    h.sent(now);
    EXPECT_EQ(h.now_in(), state::probing);
    EXPECT_EQ(h.ready_at(), time_point::max()) << "a second probe beside the first";
    h.failed(now, kWhole);
    EXPECT_EQ(h.now_in(), state::open);
    EXPECT_GE(h.ready_at() - now, last);
    last = h.ready_at() - now;
  }
  EXPECT_EQ(last, backoff{}.cap);
}

TEST(Health, RecoversByWayOfARampThatDoublesEachSecond) {
  health h;
  open(h, kStart);
  h.sent(h.ready_at());
  h.succeeded(kStart);
  EXPECT_EQ(h.now_in(), state::ramping);
  std::vector<int> sent_in_second(4);
  for (auto now = kStart; now < kStart + 4s; now = h.ready_at()) {
    ++sent_in_second[static_cast<std::size_t>((now - kStart) / 1s)];
    h.sent(now);
  }
  EXPECT_NEAR(sent_in_second[0], 14, 2) << "10 a second that become 20";
  for (std::size_t i = 1; i < 4; ++i)
    EXPECT_NEAR(sent_in_second[i], 2 * sent_in_second[i - 1], 3 + sent_in_second[i - 1] / 10);
  h.caught_up();
  EXPECT_EQ(h.now_in(), state::closed);
  EXPECT_LE(h.ready_at(), kStart);
}

TEST(Health, AFailureDuringTheRampOpensItAgain) {
  health h;
  open(h, kStart);
  h.sent(h.ready_at());
  h.succeeded(kStart);
  h.failed(kStart + 1s, kWhole);
  EXPECT_EQ(h.now_in(), state::open);
  EXPECT_EQ(h.ready_at(), kStart + 1s + backoff{}.first);
  h.caught_up();
  EXPECT_EQ(h.now_in(), state::open) << "nothing was due, which proves nothing";
}

}  // namespace
}  // namespace nunu::core
