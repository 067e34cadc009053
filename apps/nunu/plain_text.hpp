/// \file
/// Making text that others wrote fit for where it goes: a terminal, XML, JSON.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace cli {

/// What is not UTF-8 becomes U+FFFD.
std::string valid_utf8(std::string_view text);

/// Fit for a terminal: valid UTF-8, lines end in LF alone, tabs are blanks. Other control
/// characters become signs that show them (U+2400 and following, U+FFFD), those that turn the
/// direction of writing too.
std::string printable(std::string_view text);

/// The same in one line: any blanks and line ends become one blank, and none is left at its ends.
std::string printable_line(std::string_view text);

/// Fit for XML 1.0: valid UTF-8 without the characters that XML cannot hold.
std::string xml_text(std::string_view text);

/// At most `size` bytes, cut between characters; "…" follows where something is missing.
std::string shortened(std::string_view text, std::size_t size);

/// Each line after `indent`, and with its end; empty lines at the end are left out.
std::string indented(std::string_view lines, std::string_view indent);

}  // namespace cli
