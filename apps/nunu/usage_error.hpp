/// \file
/// What is wrong with what the user asked for.
#pragma once

#include <stdexcept>
#include <string>

namespace cli {

/// Of a flag or an argument: `--retries: must be 0 to 10, not 11`. The help of the command says
/// what would be right.
class usage_error : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// Of a file or a setting; it may have several lines. The help would not help.
class content_error : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

}  // namespace cli
