#include <gtest/gtest.h>

#include "core/connection_reuse.hpp"

namespace nunu::core {
namespace {

using namespace std::chrono_literals;

constexpr auto kAnyFreshness = duration::max();

TEST(ConnectionReuse, EndsWithTheShortestOfWhatRequestClientAndHalfOfWhatTheServerAllow) {
  const struct {
    duration unused;
    duration freshness;
    std::optional<duration> server_keeps_for;
    bool expected;
  } rows[] = {
      {30s, kAnyFreshness, std::nullopt, true},
      {31s, kAnyFreshness, std::nullopt, false},
      {1s, 1s, std::nullopt, true},
      {1001ms, 1s, std::nullopt, false},
      {2500ms, kAnyFreshness, 5s, true},
      {2501ms, kAnyFreshness, 5s, false},
      {500ms, 1s, 1s, true},
      {501ms, 1s, 1s, false},
      {1ms, kAnyFreshness, 0s, false},
  };
  const connection_limits limits{.age = 300s, .idle = 30s};
  for (const auto& row : rows)
    EXPECT_EQ(reusable(limits, 60s, row.unused, row.freshness, row.server_keeps_for), row.expected)
        << "unused for " << row.unused / 1ms << " ms";
}

TEST(ConnectionReuse, EndsWithItsAgeHoweverBusyItWas) {
  const connection_limits limits{.age = 300s, .idle = 30s};
  EXPECT_TRUE(reusable(limits, 299s, 0s, kAnyFreshness, std::nullopt));
  EXPECT_FALSE(reusable(limits, 300s, 0s, kAnyFreshness, std::nullopt));
}

}  // namespace
}  // namespace nunu::core
