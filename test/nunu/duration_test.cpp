#include "duration.hpp"

#include <gtest/gtest.h>

#include <string>

namespace cli {
namespace {

using namespace std::chrono_literals;

TEST(Duration, HasUnitsTheLargerOnesFirst) {
  EXPECT_EQ(parse_duration("90s").value(), 90s);
  EXPECT_EQ(parse_duration("1h30m").value(), 90min);
  EXPECT_EQ(parse_duration("250ms").value(), 250ms);
  EXPECT_EQ(parse_duration("2d3h4m5s6ms").value(), 51h + 4min + 5006ms);
  EXPECT_EQ(parse_duration("90m").value(), 90min);
}

TEST(Duration, IsInSecondsWithoutAUnit) {
  EXPECT_EQ(parse_duration("0").value(), 0s);
  EXPECT_EQ(parse_duration("90").value(), 90s);
}

TEST(Duration, IsRefusedWithExamplesOfWhatIsRight) {
  for (const std::string text :
       {"", "s", "-1s", "+1s", "1 s", "1.5h", "1x", "1m1h", "1s1s", "1h30", "30 1h", "1H", "0s5"})
    EXPECT_EQ(parse_duration(text).error(),
              "'" + text + "' is not a duration, such as 90s, 1h30m or 250ms");
}

TEST(Duration, EndsAtAYear) {
  EXPECT_EQ(parse_duration("365d").value(), kLongestDuration);
  for (const std::string text : {"366d", "365d1ms", "99999999999999999999", "9223372036854775807d"})
    EXPECT_EQ(parse_duration(text).error(), "'" + text + "' is longer than a year");
}

}  // namespace
}  // namespace cli
