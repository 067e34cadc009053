/// \file
/// What standard error is, and writing.
#pragma once

#include <cstddef>
#include <string_view>

#include "invocation.hpp"

namespace cli {

/// What can be shown where people read.
struct look {
  /// Lines can be written over.
  bool live = false;
  bool color = false;
  /// Nothing but ASCII.
  bool ascii = true;
};

/// The environment as far as it matters here; null: not set.
struct terminal_environment {
  bool is_terminal = false;
  const char* term = nullptr;
  const char* no_color = nullptr;
  /// Of `LC_ALL`, `LC_CTYPE` and `LANG` the first that is set.
  const char* locale = nullptr;
};

/// `NO_COLOR` that is not empty, and `TERM=dumb`, mean no colour, unless it was asked for.
look look_of(const terminal_environment& environment, color_choice color);

/// Of this process's standard error.
terminal_environment environment_of_stderr();

/// The columns of the terminal at standard error at this moment; 80 where it does not tell.
std::size_t terminal_columns();

/// Writes all of it. False: nobody reads it any more, or there is no room.
bool write_all(int fd, std::string_view text);

}  // namespace cli
