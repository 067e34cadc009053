/// \file
/// One of several invocations that share the runs of a launch file.
#pragma once

#include <cstddef>
#include <string_view>
#include <utility>
#include <vector>

#include "checked.hpp"

namespace cli {

struct shard {
  /// From 1 to `count`.
  std::size_t number = 1;
  std::size_t count = 1;

  friend bool operator==(const shard&, const shard&) = default;
};

/// `I/N`, with I from 1 to N, as test runners count.
checked<shard> parse_shard(std::string_view text);

/// Every N-th, from the I-th on: all shards together have each once, and their sizes differ by one
/// at most. There may be none left.
template <class T>
std::vector<T> part_of(std::vector<T> all, const shard& of) {
  std::vector<T> part;
  for (std::size_t i = of.number - 1; i < all.size(); i += of.count)
    part.push_back(std::move(all[i]));
  return part;
}

}  // namespace cli
