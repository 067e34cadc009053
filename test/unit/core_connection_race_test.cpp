#include "core/connection_race.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace nunu::core {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAreArray;

const time_point kStart = time_point() + 1h;

std::vector<address_family> families(const std::string& digits) {
  std::vector<address_family> all;
  for (const char digit : digits)
    all.push_back(digit == '6' ? address_family::ipv6 : address_family::ipv4);
  return all;
}

TEST(OrderOfAttempts, LetsTheFamiliesTakeTurns) {
  const struct {
    const char* resolved;
    std::vector<std::size_t> order;
  } rows[] = {
      {"", {}},
      {"4", {0}},
      {"444", {0, 1, 2}},
      {"64", {0, 1}},
      {"46", {0, 1}},
      {"6644", {0, 2, 1, 3}},
      {"4466", {0, 2, 1, 3}},
      {"66664", {0, 4, 1, 2, 3}},
      {"46666", {0, 1, 2, 3, 4}},
      {"64646", {0, 1, 2, 3, 4}},
      {"666444444", {0, 3, 1, 4, 2, 5, 6, 7, 8}},
  };
  for (const auto& row : rows)
    EXPECT_THAT(order_of_attempts(families(row.resolved)), ElementsAreArray(row.order))
        << row.resolved;
}

TEST(ConnectionRace, BeginsAtOnceAndThenEachTimeAnAttemptHasHadItsTime) {
  connection_race race(3);
  time_point now = kStart;
  EXPECT_LE(race.next_at(), now);
  EXPECT_EQ(race.begin_next(now), 0U);
  EXPECT_EQ(race.next_at(), now + 250ms);
  now += 300ms;
  EXPECT_EQ(race.begin_next(now), 1U);
  EXPECT_EQ(race.next_at(), now + 250ms) << "counted from when the attempt began";
  now += 250ms;
  EXPECT_EQ(race.begin_next(now), 2U);
  EXPECT_EQ(race.next_at(), time_point::max()) << "there are three";
  EXPECT_FALSE(race.lost());
}

TEST(ConnectionRace, GoesOnAtOnceWhenTheLatestAttemptFails) {
  connection_race race(2);
  race.begin_next(kStart);
  race.failed(0);
  EXPECT_FALSE(race.lost());
  EXPECT_LE(race.next_at(), kStart);
}

TEST(ConnectionRace, LeavesTheLatestAttemptItsTimeWhenAnEarlierOneFails) {
  connection_race race(3);
  race.begin_next(kStart);
  race.begin_next(kStart + 250ms);
  race.failed(0);
  EXPECT_EQ(race.next_at(), kStart + 500ms);
}

TEST(ConnectionRace, IsLostWhenEveryAddressHasFailedAndNotBefore) {
  connection_race race(2);
  race.begin_next(kStart);
  race.begin_next(kStart + 250ms);
  race.failed(1);
  EXPECT_FALSE(race.lost());
  EXPECT_EQ(race.next_at(), time_point::max());
  race.failed(0);
  EXPECT_TRUE(race.lost());
}

TEST(ConnectionRace, IsLostFromTheStartWithoutAddresses) {
  const connection_race race(0);
  EXPECT_TRUE(race.lost());
  EXPECT_EQ(race.next_at(), time_point::max());
}

}  // namespace
}  // namespace nunu::core
