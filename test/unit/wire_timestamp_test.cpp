#include "wire/timestamp.hpp"

#include <gtest/gtest.h>

#include <chrono>

namespace nunu::wire {
namespace {

using namespace std::chrono_literals;
using std::chrono::sys_days;

// 2026-03-03T15:50:19Z, computed apart from the code under test.
constexpr timestamp quarter_to_four{1'772'553'019s};

struct good_case {
  const char* text;
  timestamp expected;
};

TEST(Timestamp, IsReadInEveryFormOfTheApi) {
  const good_case cases[] = {
      {"2026-03-03T15:50:19Z", quarter_to_four},
      {"2026-03-03T15:50:19+00:00", quarter_to_four},
      {"2026-03-03T15:50:19-00:00", quarter_to_four},
      {"2026-03-03T15:50:19.5Z", quarter_to_four + 500ms},
      {"2026-03-03T15:50:19.544603+00:00", quarter_to_four + 544'603us},
      {"2026-03-03T15:50:19.000001Z", quarter_to_four + 1us},
      {"2026-03-03T15:50:19.5446039999999999999999Z", quarter_to_four + 544'603us},
      {"2026-03-03T17:20:19+01:30", quarter_to_four},
      {"2026-03-03T05:50:19-10:00", quarter_to_four},
      {"2026-03-04T00:50:19+09:00", quarter_to_four},
      {"1970-01-01T00:00:00Z", timestamp{}},
      {"1969-12-31T23:59:59.999999Z", timestamp{-1us}},
      {"2024-02-29T23:59:59Z", sys_days{std::chrono::year{2024} / 2 / 29} + 86'399s},
  };
  for (const auto& [text, expected] : cases) {
    const auto parsed = parse_timestamp(text);
    ASSERT_TRUE(parsed) << text;
    EXPECT_EQ(parsed->time_since_epoch().count(), expected.time_since_epoch().count()) << text;
  }
}

TEST(Timestamp, AnythingElseIsNone) {
  for (const char* text : {"",
                           "2026-03-03",
                           "2026-03-03T15:50:19",
                           "2026-03-03 15:50:19Z",
                           "2026-03-03t15:50:19z",
                           "2026-3-3T15:50:19Z",
                           "26-03-03T15:50:19Z",
                           "2026-03-03T15:50Z",
                           "2026-03-03T15:50:19.Z",
                           "2026-03-03T15:50:19,5Z",
                           "2026-03-03T15:50:19+0000",
                           "2026-03-03T15:50:19+00",
                           "2026-03-03T15:50:19+24:00",
                           "2026-03-03T15:50:19+00:60",
                           "2026-03-03T15:50:19Z ",
                           " 2026-03-03T15:50:19Z",
                           "2026-03-03T15:50:19ZZ",
                           "2026-03-03T24:00:00Z",
                           "2026-03-03T15:60:19Z",
                           "2026-03-03T15:50:60Z",
                           "2026-13-03T15:50:19Z",
                           "2026-00-03T15:50:19Z",
                           "2026-03-00T15:50:19Z",
                           "2026-03-32T15:50:19Z",
                           "2026-02-29T15:50:19Z",
                           "1900-02-29T15:50:19Z",
                           "-026-03-03T15:50:19Z",
                           "2026-03-03T-5:50:19Z",
                           "+2026-03-03T15:50:19Z",
                           "1772553019"}) {
    EXPECT_FALSE(parse_timestamp(text)) << text;
  }
}

TEST(Timestamp, OutsideTheYearsWithFourDigitsIsNone) {
  EXPECT_FALSE(parse_timestamp("0000-01-01T00:00:59.999999+00:01"));
  EXPECT_FALSE(parse_timestamp("9999-12-31T23:59:00-00:01"));
  for (const char* edge : {"0000-01-01T00:01:00+00:01", "9999-12-31T23:58:59.999999-00:01"}) {
    const auto parsed = parse_timestamp(edge);
    ASSERT_TRUE(parsed) << edge;
    EXPECT_EQ(parse_timestamp(format_timestamp(*parsed)), parsed) << edge;
  }
}

TEST(Timestamp, CutAnywhereIsNone) {
  const std::string whole = "2026-03-03T15:50:19.544603+00:00";
  for (std::size_t length = 0; length < whole.size(); ++length) {
    EXPECT_FALSE(parse_timestamp(whole.substr(0, length))) << length;
  }
}

TEST(Timestamp, IsWrittenInMicrosecondsAndUtc) {
  EXPECT_EQ(format_timestamp(quarter_to_four + 544'603us), "2026-03-03T15:50:19.544603+00:00");
  EXPECT_EQ(format_timestamp(quarter_to_four + 42us), "2026-03-03T15:50:19.000042+00:00");
  EXPECT_EQ(format_timestamp(timestamp{}), "1970-01-01T00:00:00.000000+00:00");
  EXPECT_EQ(format_timestamp(timestamp{-1us}), "1969-12-31T23:59:59.999999+00:00");
}

TEST(Timestamp, IsReadAsItWasWritten) {
  for (int day = 0; day < 20'000; day += 13) {
    const timestamp t = sys_days{std::chrono::days{day}} + 86'399'999'999us - day * 1'234'567us;
    EXPECT_EQ(parse_timestamp(format_timestamp(t)), t) << format_timestamp(t);
  }
}

}  // namespace
}  // namespace nunu::wire
