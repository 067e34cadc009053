/// \file
/// A text as a network hands it over: in pieces of any size.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <random>
#include <string_view>
#include <vector>

namespace nunu::fuzz {

using pieces = std::vector<std::string_view>;

inline pieces single_bytes(std::string_view text) {
  pieces cut;
  for (std::size_t i = 0; i < text.size(); ++i) cut.push_back(text.substr(i, 1));
  return cut;
}

/// The same seed cuts the same text in the same places. Mostly small pieces, now and then a large.
inline pieces cut_at_random(std::string_view text, std::uint8_t seed) {
  std::minstd_rand draw(seed + 1U);
  pieces cut;
  while (!text.empty()) {
    const std::size_t most = draw() % 4 == 0 ? 256 : 8;
    const std::size_t size = std::min<std::size_t>(1 + draw() % most, text.size());
    cut.push_back(text.substr(0, size));
    text.remove_prefix(size);
  }
  return cut;
}

}  // namespace nunu::fuzz
