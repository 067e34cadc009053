/// \file
/// Lines at the bottom of a terminal that are written over, and others that scroll away above.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

namespace cli {

/// Makes the text of each frame, to be written at once. The cursor always rests at the beginning of
/// the line below, and stays visible: whatever ends the process, even SIGKILL, leaves a terminal
/// that needs no repair.
class screen {
 public:
  /// `above` are ordinary lines: they may be wider than the terminal, which then breaks them.
  /// `live` must each fit within its columns.
  std::string frame(std::span<const std::string> above, std::span<const std::string> live,
                    std::size_t columns);

 private:
  /// Columns of each live line that is on the terminal. When that was made narrower, it has broken
  /// them into more rows.
  std::vector<std::size_t> drawn_;
};

}  // namespace cli
