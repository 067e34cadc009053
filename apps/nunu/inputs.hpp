/// \file
/// Reading what flags and arguments point to.
#pragma once

#include <string>

#include "sources.hpp"

namespace cli {

/// Standard input can be read once, so it is remembered for what it was.
class inputs {
 public:
  explicit inputs(const sources& from) : from_(from) {}

  /// The text of a file, or of standard input where `path` is `-`. `what` names the flag or
  /// argument, for the message. Throws `usage_error`.
  std::string read(const std::string& what, const std::string& path);
  std::string read_standard_input(const std::string& what);

  const sources& from() const noexcept { return from_; }

 private:
  const sources& from_;
  std::string reader_of_standard_input_;
};

}  // namespace cli
