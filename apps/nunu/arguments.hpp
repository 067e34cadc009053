/// \file
/// From the command line to what is to be done.
#pragma once

#include <string>
#include <variant>

#include "invocation.hpp"
#include "sources.hpp"

namespace cli {

/// There is nothing more to do but to print.
struct finished {
  /// 0: help, version or a completion script. 2: what was asked for is wrong.
  int exit_code = 0;
  std::string standard_output;
  std::string standard_error;
};

/// Reads and checks all of it, files and standard input included; sends nothing.
std::variant<invocation, finished> parse(int argc, const char* const* argv, const sources& from);

}  // namespace cli
