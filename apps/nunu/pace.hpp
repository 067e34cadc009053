/// \file
/// When to tell of progress where there is no terminal: a log that somebody reads later.
#pragma once

#include <chrono>
#include <cstddef>

namespace cli {

/// First after ten seconds, then in growing distances up to a minute, and whenever another tenth
/// of the jobs has ended, but never twice in a second.
class pace {
 public:
  using time_point = std::chrono::steady_clock::time_point;

  explicit pace(time_point now) : told_(now) {}

  /// Whether it is time. Then it takes it for told.
  bool due(time_point now, std::size_t ended, std::size_t in_all);

 private:
  time_point told_;
  std::chrono::steady_clock::duration distance_ = std::chrono::seconds(10);
  std::size_t tenths_ = 0;
};

}  // namespace cli
