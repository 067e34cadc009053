#include "shard.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>
#include <string>

namespace cli {
namespace {

TEST(Shard, IsCountedFromOne) {
  for (const shard expected : {shard{1, 1}, shard{1, 4}, shard{4, 4}}) {
    const auto read =
        parse_shard(std::to_string(expected.number) + '/' + std::to_string(expected.count));
    ASSERT_TRUE(read) << read.error();
    EXPECT_EQ(*read, expected);
  }
  for (const std::string& text :
       std::vector<std::string>{"", "1", "0/4", "5/4", "1/0", "0/0", "-1/4", "1/4/2", "a/b", "1/",
                                "/4", " 1/4", "1/99999999999999999999"})
    EXPECT_EQ(parse_shard(text).error(),
              "'" + text + "' is not I/N with I from 1 to N, such as 1/4 for the first of four");
}

TEST(Shard, TakesEveryNth) {
  const std::vector<int> all{10, 20, 30, 40, 50};
  EXPECT_EQ(part_of(all, {1, 2}), (std::vector{10, 30, 50}));
  EXPECT_EQ(part_of(all, {2, 2}), (std::vector{20, 40}));
  EXPECT_EQ(part_of(all, {7, 7}), std::vector<int>());
}

TEST(Shard, AllOfThemHaveEachOnce) {
  std::vector<int> all(101);
  std::iota(all.begin(), all.end(), 0);
  for (const std::size_t count : {1U, 2U, 7U, 101U, 200U}) {
    std::vector<int> together;
    for (std::size_t number = 1; number <= count; ++number) {
      const std::vector<int> part = part_of(all, {number, count});
      EXPECT_LE(part.size(), all.size() / count + 1);
      together.insert(together.end(), part.begin(), part.end());
    }
    std::ranges::sort(together);
    EXPECT_EQ(together, all);
  }
}

}  // namespace
}  // namespace cli
