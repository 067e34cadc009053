/// \file
/// Scripts with which shells complete commands, flags and their values.
#pragma once

#include <string>

#include "choices.hpp"

namespace CLI {
class App;
}

namespace cli {

/// Made from the declared commands alone, so that it never lacks one. A value whose type is named
/// `a|b|c`, in lower-case letters, is one of these words; where the name has `FILE` in it, files
/// are meant.
std::string completion_script(const CLI::App& app, shell for_shell);

}  // namespace cli
