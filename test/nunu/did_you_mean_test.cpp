#include "did_you_mean.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace cli {
namespace {

const std::vector<std::string> names{
    "multiplayer_test_id", "test_plan_id", "additional_tags", "retries", "run", "stop"};

TEST(DidYouMean, FindsTypingErrorsAndParts) {
  EXPECT_EQ(nearest_name("retrys", names), "retries");
  EXPECT_EQ(nearest_name("rn", names), "run");
  EXPECT_EQ(nearest_name("test_plan", names), "test_plan_id");
  EXPECT_EQ(nearest_name("tags", names), "additional_tags");
  EXPECT_EQ(did_you_mean("sotp", names), "; did you mean stop?");
}

TEST(DidYouMean, SaysNothingOfWhatIsFar) {
  for (const char* const word : {"", "x", "foo", "retro_fit", "priority"})
    EXPECT_EQ(did_you_mean(word, names), "") << word;
}

}  // namespace
}  // namespace cli
