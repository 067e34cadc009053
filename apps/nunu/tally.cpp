#include "tally.hpp"

#include <fmt/format.h>
#include <iterator>
#include <numeric>

#include "evidence.hpp"

namespace cli {

tally::tally(const results& all) {
  for (const result& r : all.jobs) add(ending_of(r));
}

std::size_t tally::total() const {
  return std::accumulate(counts_.begin(), counts_.end(), std::size_t{0});
}

std::string in_words(const tally& counts) {
  std::string words;
  for (const ending e : worst_first) {
    if (counts.count(e) == 0) continue;
    fmt::format_to(std::back_inserter(words), "{}{} {}", words.empty() ? "" : ", ", counts.count(e),
                   in_words(e));
  }
  return words.empty() ? "no jobs" : words;
}

}  // namespace cli
