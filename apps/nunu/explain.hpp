/// \file
/// Why something did not pass, for people in a terminal.
#pragma once

#include <string>

#include "results.hpp"

namespace cli {

/// Lines of plain text, each with its end: name and verdict, then, indented, the steps that failed
/// with what the agent reports, the bugs, what an error says, the job and the link to its page.
/// What the service wrote cannot speak to the terminal, and is shortened where it is long. Empty
/// for what succeeded.
std::string explain(const result& r);

/// Its first line, without an end: "Login: failed: player 1, step 3: Open the inventory".
std::string headline(const result& r);

}  // namespace cli
