#include "silence.hpp"

#include <gtest/gtest.h>

#include <initializer_list>

namespace {

using namespace std::chrono_literals;
using cli::silence;

constexpr silence::time_point kStart{};

silence::news failed(silence& s, std::chrono::milliseconds now) {
  return s.after(false, kStart + now, kStart + now);
}

silence::news succeeded(silence& s, std::chrono::milliseconds now) {
  return s.after(true, kStart + now, kStart + now);
}

TEST(Silence, IsToldOnceWhenNothingHasGotThroughForSeconds) {
  silence s;
  EXPECT_EQ(silence::news::none, failed(s, 0ms));
  EXPECT_EQ(silence::news::none, failed(s, 2'999ms));
  EXPECT_EQ(silence::news::began, failed(s, 3'000ms));
  EXPECT_EQ(silence::news::none, failed(s, 60'000ms));
}

TEST(Silence, CountsFromWhenTheFirstThatFailedWasBegun) {
  silence s;
  EXPECT_EQ(silence::news::began, s.after(false, kStart, kStart + 30s));
}

TEST(Silence, IsOverWithTheFirstThatGetsThroughAndMayComeAgain) {
  silence s;
  failed(s, 0ms);
  EXPECT_EQ(silence::news::began, failed(s, 3'000ms));
  EXPECT_EQ(silence::news::over, succeeded(s, 4'000ms));
  EXPECT_EQ(silence::news::none, succeeded(s, 5'000ms));
  EXPECT_EQ(silence::news::none, failed(s, 6'000ms));
  EXPECT_EQ(silence::news::began, failed(s, 9'000ms));
}

TEST(Silence, IsNoneWhereSomeGetThrough) {
  silence s;
  for (const auto now : {0ms, 2'000ms, 4'000ms, 6'000ms}) {
    EXPECT_EQ(silence::news::none, failed(s, now));
    EXPECT_EQ(silence::news::none, succeeded(s, now + 1'000ms));
  }
}

TEST(Silence, IsNoneWhereOthersGotThroughSinceTheOneThatFailedWasBegun) {
  silence s;
  EXPECT_EQ(silence::news::none, succeeded(s, 29'000ms));
  EXPECT_EQ(silence::news::none, s.after(false, kStart, kStart + 30s));
  EXPECT_EQ(silence::news::began, failed(s, 32'000ms));
}

}  // namespace
