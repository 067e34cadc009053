#include "plain_text.hpp"

#include <gtest/gtest.h>

#include "example_results.hpp"
#include "time_text.hpp"

namespace cli {
namespace {

using namespace std::string_literals;

TEST(ValidUtf8, KeepsWhatIsValid) {
  const std::string text = "a\n\x7F é € 𝄞 \xED\x9F\xBF\xEE\x80\x80\xF4\x8F\xBF\xBF"s + '\0';
  EXPECT_EQ(text, valid_utf8(text));
}

TEST(ValidUtf8, ReplacesEachByteThatIsNot) {
  const std::string r = "\xEF\xBF\xBD";
  const std::pair<std::string, std::string> cases[] = {
      {"\x80", r},
      {"\xFF"
       "a",
       r + "a"},
      {"\xC3", r},
      {"\xC3(", r + "("},
      {"\xE2\x82", r + r},
      {"\xC0\xAF", r + r},
      {"\xE0\x80\xAF", r + r + r},
      {"\xED\xA0\x80", r + r + r},
      {"\xF0\x80\x80\xAF", r + r + r + r},
      {"\xF4\x90\x80\x80", r + r + r + r},
      {"\xE2\x82\xAC\xE2\x82", "€" + r + r},
  };
  for (const auto& [text, expected] : cases) EXPECT_EQ(expected, valid_utf8(text));
}

TEST(Printable, ShowsWhatATerminalWouldObey) {
  EXPECT_EQ("␛[31m␀␡", printable("\x1B[31m\0\x7F"s));
  EXPECT_EQ("a\nb c", printable("a\r\nb\tc"));
  EXPECT_EQ("a␍b", printable("a\rb"));
  // The control sequence introducer of C1, and what turns the direction of writing.
  EXPECT_EQ(
      "\xEF\xBF\xBD"
      "1m",
      printable("\xC2\x9B"
                "1m"));
  EXPECT_EQ("\xEF\xBF\xBD\xEF\xBF\xBD", printable("\xE2\x80\xAE\xE2\x81\xA6"));
  EXPECT_EQ("\xC2\xA0é", printable("\xC2\xA0é"));
}

TEST(Printable, InOneLineHasSingleBlanks) {
  EXPECT_EQ("a b c", printable_line("\n a \r\n\t b\xE2\x80\xA8"
                                    "c \n"));
}

TEST(XmlText, LeavesOutWhatXmlCannotHold) {
  EXPECT_EQ("a\t\r\nb\x7F", xml_text("\0a\x01\t\r\n\x1B"
                                     "b\x7F\xEF\xBF\xBE\xEF\xBF\xBF"s));
  EXPECT_EQ("\xEF\xBF\xBD", xml_text("\xFF"));
}

TEST(Shortened, CutsBetweenCharacters) {
  EXPECT_EQ("abcdef", shortened("abcdef", 6));
  EXPECT_EQ("ab…", shortened("abcdef", 5));
  EXPECT_EQ("€…", shortened("€€€", 8));
  EXPECT_EQ("…", shortened("€€€", 5));
}

TEST(Indented, EndsEachLineAndLeavesOutEmptyOnesAtTheEnd) {
  EXPECT_EQ("  a\n  \n  b\n", indented("a\n\nb\n\n", "  "));
  EXPECT_EQ("", indented("\n", "  "));
}

TEST(TimeText, IsUtc) {
  using namespace std::chrono_literals;
  EXPECT_EQ("2026-03-03T12:00:00.000001Z", rfc3339(example::noon + 1us));
  EXPECT_EQ("2026-03-03T12:00:59", utc_seconds(example::noon + 59s + 999ms));
  EXPECT_EQ("1969-12-31T23:59:59.999999Z", rfc3339(nunu::timestamp(-1us)));
}

TEST(TimeText, OfDurations) {
  using namespace std::chrono_literals;
  EXPECT_EQ("90.500", in_seconds(90500ms));
  EXPECT_EQ("0.000", in_seconds(-1s));
  EXPECT_EQ("0.8 s", in_words(850ms));
  EXPECT_EQ("59 s", in_words(59900ms));
  EXPECT_EQ("4 min 5 s", in_words(245s));
  EXPECT_EQ("25 h 3 min", in_words(25h + 3min + 9s));
  EXPECT_EQ("0.0 s", in_words(-5s));
}

}  // namespace
}  // namespace cli
