#include <gtest/gtest.h>

#include "core/connection_reuse.hpp"

namespace nunu::core {
namespace {

using namespace std::chrono_literals;

TEST(ConnectionReuse, TheShortestOfWhatTheRequestTheClientAndHalfOfWhatTheServerAllow) {
  EXPECT_EQ(longest_unused(duration::max(), 30s, std::nullopt), 30s);
  EXPECT_EQ(longest_unused(1s, 30s, std::nullopt), 1s);
  EXPECT_EQ(longest_unused(duration::max(), 30s, 5s), 2500ms);
  EXPECT_EQ(longest_unused(1s, 30s, 5s), 1s);
  EXPECT_EQ(longest_unused(1s, 30s, 1s), 500ms);
  EXPECT_EQ(longest_unused(duration::max(), 30s, 0s), 0s);
}

}  // namespace
}  // namespace nunu::core
