#include "duration.hpp"

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <vector>

namespace cli {
namespace {

using namespace std::chrono_literals;

/// None where it is refused.
std::optional<std::chrono::milliseconds> read(std::string_view text) {
  const auto duration = parse_duration(text);
  return duration ? std::optional(*duration) : std::nullopt;
}

TEST(Duration, HasUnitsTheLargerOnesFirst) {
  EXPECT_EQ(read("90s"), 90s);
  EXPECT_EQ(read("1h30m"), 90min);
  EXPECT_EQ(read("250ms"), 250ms);
  EXPECT_EQ(read("2d3h4m5s6ms"), 51h + 4min + 5006ms);
  EXPECT_EQ(read("90m"), 90min);
}

TEST(Duration, IsInSecondsWithoutAUnit) {
  EXPECT_EQ(read("0"), 0s);
  EXPECT_EQ(read("90"), 90s);
}

TEST(Duration, IsRefusedWithExamplesOfWhatIsRight) {
  for (const std::string& text :
       std::vector<std::string>{"", "s", "-1s", "+1s", "1 s", "1.5h", "1x", "1m1h", "1s1s", "1h30",
                                "30 1h", "1H", "0s5"})
    EXPECT_EQ(parse_duration(text).error(),
              "'" + text + "' is not a duration, such as 90s, 1h30m or 250ms");
}

TEST(Duration, EndsAtAYear) {
  EXPECT_EQ(read("365d"), kLongestDuration);
  for (const std::string& text :
       std::vector<std::string>{"366d", "365d1ms", "99999999999999999999", "9223372036854775807d"})
    EXPECT_EQ(parse_duration(text).error(), "'" + text + "' is longer than a year");
}

}  // namespace
}  // namespace cli
