/// \file
/// What is wrong with what the user asked for.
#pragma once

#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace cli {

/// Of a flag or an argument: `--retries: must be 0 to 10, not 11`. The help of the command says
/// what would be right. It has what was given as it was given: whoever prints it makes it
/// printable.
class usage_error : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// Of a file or a setting: one line or several. The help would not help. As above, whoever prints
/// a line makes it printable.
class content_error : public std::runtime_error {
 public:
  explicit content_error(const std::string& line) : content_error(std::vector{line}) {}
  /// At least one.
  explicit content_error(std::vector<std::string> lines)
      : runtime_error(lines.front()), lines_(std::move(lines)) {}

  const std::vector<std::string>& lines() const noexcept { return lines_; }

 private:
  std::vector<std::string> lines_;
};

}  // namespace cli
