/// \file
/// How many have ended how.
#pragma once

#include <array>
#include <cstddef>
#include <string>

#include "ending.hpp"
#include "results.hpp"

namespace cli {

class tally {
 public:
  tally() = default;
  explicit tally(const results& all);

  void add(ending e) { ++counts_.at(static_cast<std::size_t>(e)); }
  std::size_t count(ending e) const { return counts_.at(static_cast<std::size_t>(e)); }
  std::size_t total() const;

 private:
  std::array<std::size_t, ending_count> counts_{};
};

/// "2 failed, 1 skipped, 9 passed", the worst first; "no jobs" where there are none.
std::string in_words(const tally& counts);

}  // namespace cli
