#include <gtest/gtest.h>

#include <string>

#include "core/launch.hpp"

namespace nunu::core {
namespace {

TEST(Launch, AMintedIdIsALabelOfAllItsBits) {
  const std::string id = mint_label(0x0123456789abcdefU, 0xfedcba9876543210U);
  EXPECT_EQ(id, "0123456789abcdeffedcba9876543210");
  EXPECT_TRUE(is_label(id));
}

TEST(Launch, TagsAreAtMostFiftyCharacters) {
  const std::string longest(kMaxLabelLength, 'x');
  ASSERT_TRUE(is_label(longest));
  EXPECT_EQ(launch_tag(longest), "nunu-launch-" + longest);
  EXPECT_EQ(group_tag(longest), "nunu-group-" + longest);
  EXPECT_LE(launch_tag(longest).size(), 50U);
  EXPECT_LE(group_tag(longest).size(), 50U);
}

TEST(Launch, LabelsAreLowerCaseLettersDigitsAndDashes) {
  for (const char* good : {"a", "nightly-2026-11-23", "0"}) EXPECT_TRUE(is_label(good)) << good;
  for (const char* bad : {"", "Nightly", "a,b", "a b", "a\n", "ä", "a_b"})
    EXPECT_FALSE(is_label(bad)) << bad;
  EXPECT_FALSE(is_label(std::string(kMaxLabelLength + 1, 'x')));
}

}  // namespace
}  // namespace nunu::core
