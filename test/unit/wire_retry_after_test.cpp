#include "wire/retry_after.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <optional>
#include <string>

namespace nunu::wire {
namespace {

using namespace std::chrono_literals;
using std::chrono::seconds;
using std::chrono::sys_days;
using std::chrono::sys_seconds;

constexpr sys_seconds at(int year, unsigned month, unsigned day, seconds time) {
  return sys_days{std::chrono::year{year} / std::chrono::month{month} / std::chrono::day{day}} +
         time;
}

// RFC 9110's own example.
constexpr sys_seconds example = at(1994, 11, 6, 8h + 49min + 37s);
constexpr seconds a_day = 86'400s;

struct delay_case {
  const char* text;
  std::optional<seconds> expected;
};

TEST(RetryAfter, SecondsAreTakenAndClampedToADay) {
  const delay_case cases[] = {
      {"0", 0s},
      {"1", 1s},
      {"120", 120s},
      {"007", 7s},
      {" 30\t", 30s},
      {"86400", a_day},
      {"86401", a_day},
      {"1000000000000", a_day},
      {"18446744073709551616", a_day},
      {"99999999999999999999999999999999999999999999", a_day},
  };
  for (const auto& [text, expected] : cases) {
    EXPECT_EQ(parse_retry_after(text, example), expected) << text;
  }
}

TEST(RetryAfter, GarbageIsIgnored) {
  for (const char* text : {"",
                           " ",
                           "-1",
                           "-120",
                           "+5",
                           "1.5",
                           "1e3",
                           "5s",
                           "5 5",
                           "0x10",
                           "soon",
                           "٣",
                           "1,2",
                           "Sun, 06 Nov 1994 08:49:37",
                           "Sun, 06 Nov 1994 08:49:37 CET",
                           "Sun, 06 Nov 1994 08:49:37 GMT, 5",
                           "Son, 06 Nov 1994 08:49:37 GMT",
                           "Sun, 06 Nob 1994 08:49:37 GMT",
                           "Sun, 31 Feb 2095 08:49:37 GMT",
                           "Sun, 06 Nov 1994 24:49:37 GMT",
                           "Sun, 06 Nov 1994 08:60:37 GMT",
                           "Sun, 06 Nov 1994 08:49:61 GMT",
                           "Sun, 6 Nov 1994 08:49:37 GMT",
                           "Sun, 06-Nov-94 08:49:37 GMT",
                           "Sunday, 06 Nov 1994 08:49:37 GMT",
                           "Sun Nov 6 08:49:37 1994",
                           "Sun Nov  6 08:49:37 94",
                           "1994-11-06T08:49:37Z"}) {
    EXPECT_EQ(parse_retry_after(text, example), std::nullopt) << text;
  }
}

TEST(RetryAfter, DatesOfAllThreeFormatsAreTaken) {
  for (const char* text : {"Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT",
                           "Sun Nov  6 08:49:37 1994"}) {
    EXPECT_EQ(parse_retry_after(text, example - 42s), 42s) << text;
    EXPECT_EQ(parse_retry_after(text, example), 0s) << text;
  }
  EXPECT_EQ(parse_retry_after("Wed Nov 16 08:49:37 1994", example + 10 * a_day - 7s), 7s);
}

TEST(RetryAfter, ADateInThePastIsNow) {
  for (const char* text : {"Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT",
                           "Sun Nov  6 08:49:37 1994", "Thu, 01 Jan 1970 00:00:00 GMT"}) {
    EXPECT_EQ(parse_retry_after(text, at(2026, 3, 3, 0s)), 0s) << text;
  }
}

TEST(RetryAfter, ADateFarAheadIsADay) {
  EXPECT_EQ(parse_retry_after("Fri, 31 Dec 9999 23:59:59 GMT", example), a_day);
  EXPECT_EQ(parse_retry_after("Mon, 07 Nov 1994 08:49:38 GMT", example), a_day);
  EXPECT_EQ(parse_retry_after("Mon, 07 Nov 1994 08:49:36 GMT", example), a_day - 1s);
}

TEST(RetryAfter, TwoDigitsOfAYearMeanTheOneThatIsNear) {
  const sys_seconds turn_of_century = at(2099, 12, 31, 23h + 59min + 50s);
  EXPECT_EQ(parse_retry_after("Friday, 01-Jan-00 00:00:00 GMT", turn_of_century), 10s);
  const sys_seconds now = at(2026, 3, 3, 0s);
  EXPECT_EQ(parse_retry_after("Tuesday, 03-Mar-26 00:00:09 GMT", now), 9s);
  EXPECT_EQ(parse_retry_after("Tuesday, 03-Mar-76 00:00:09 GMT", now), a_day);
  EXPECT_EQ(parse_retry_after("Tuesday, 03-Mar-77 00:00:09 GMT", now), 0s);
}

TEST(RetryAfter, ALeapSecondIsTaken) {
  EXPECT_EQ(parse_retry_after("Sat, 31 Dec 2016 23:59:60 GMT", at(2016, 12, 31, 23h + 59min)), 60s);
}

}  // namespace
}  // namespace nunu::wire
