#include <gtest/gtest.h>

#include <vector>

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

/// Polls that all succeed, at this rate, for a minute.
void poll_as_usual(health& h, time_point& now, int rate) {
  for (int i = 0; i < 60 * rate; ++i) {
    h.sent(now);
    h.succeeded(now);
    now += 1'000'000us / rate;
  }
}

void go_down_and_come_back(health& h, time_point now) {
  open(h, now);
  h.sent(h.ready_at());
  h.succeeded(now);
}

/// How many polls it lets through in each second from now on.
std::vector<int> send_all(health& h, time_point begin, duration length) {
  std::vector<int> sent_in_second(static_cast<std::size_t>(length / 1s));
  for (auto now = begin; now < begin + length; now = h.ready_at()) {
    ++sent_in_second[static_cast<std::size_t>((now - begin) / 1s)];
    h.sent(now);
  }
  return sent_in_second;
}

TEST(Health, RecoversByWayOfARampThatDoublesEachSecond) {
  health h;
  auto now = kStart;
  poll_as_usual(h, now, 1'000);
  go_down_and_come_back(h, now);
  EXPECT_EQ(h.now_in(), state::ramping);
  const auto sent_in_second = send_all(h, now, 4s);
  EXPECT_NEAR(sent_in_second[0], 14, 2) << "10 a second that become 20";
  for (std::size_t i = 1; i < 4; ++i)
    EXPECT_NEAR(sent_in_second[i], 2 * sent_in_second[i - 1], 3 + sent_in_second[i - 1] / 10);
  h.caught_up();
  EXPECT_EQ(h.now_in(), state::closed);
  EXPECT_LE(h.ready_at(), kStart);
}

TEST(Health, TheRampGoesNoHigherThanAHalfAboveTheUsualRate) {
  health h;
  auto now = kStart;
  poll_as_usual(h, now, 1'000);
  for (int outages = 0; outages < 3; ++outages, now += 10min) {
    go_down_and_come_back(h, now);
    const auto sent_in_second = send_all(h, now, 30s);
    for (const int sent : sent_in_second) EXPECT_LE(sent, 1'600);
    EXPECT_NEAR(sent_in_second.back(), 1'500, 100)
        << "and no lower, after " << outages << " others";
    h.caught_up();
    // The time of the outage and the ramp is no pause between polls.
    h.sent(now += 30s);
  }
}

TEST(Health, HoweverLittleWasSentBeforeTheRampEndsInTime) {
  health h;
  go_down_and_come_back(h, kStart);
  const auto sent_in_second = send_all(h, kStart, 2min);
  for (std::size_t i = 0; i < 30; ++i) EXPECT_LE(sent_in_second[i], 52);
  int all = 0;
  for (const int sent : sent_in_second) all += sent;
  EXPECT_GE(all, 100'000);
}

TEST(Health, FailuresInARowDuringTheRampOpenItAgain) {
  health h;
  go_down_and_come_back(h, kStart);
  open(h, kStart + 1s);
  EXPECT_EQ(h.now_in(), state::open);
  EXPECT_EQ(h.ready_at(), kStart + 1s + backoff{}.first);
  h.caught_up();
  EXPECT_EQ(h.now_in(), state::open) << "nothing was due, which proves nothing";
}

TEST(Health, ABrokenConnectionNowAndThenDoesNotEndTheRamp) {
  health h;
  go_down_and_come_back(h, kStart);
  int sent = 0;
  for (auto now = kStart; now < kStart + 10s; now = h.ready_at()) {
    h.sent(now);
    if (++sent % 10 == 0)
      h.failed(now, kWhole);
    else
      h.succeeded(now);
    ASSERT_EQ(h.now_in(), state::ramping) << "after " << sent;
  }
  EXPECT_GT(sent, 300);
}

}  // namespace
}  // namespace nunu::core
