#include "screen.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "text_width.hpp"

namespace cli {
namespace {

// Between these two a terminal that knows them shows nothing half done; others ignore them.
constexpr std::string_view kBegin = "\x1b[?2026h";
constexpr std::string_view kEnd = "\x1b[?2026l";
constexpr std::string_view kClearRestOfLine = "\x1b[K";
constexpr std::string_view kClearBelow = "\x1b[J";

/// Of a line that may have colours.
std::size_t shown_columns(std::string_view line) {
  std::string bare;
  while (!line.empty()) {
    const auto escape = line.find('\x1b');
    bare += line.substr(0, escape);
    line.remove_prefix(std::min(escape, line.size()));
    line.remove_prefix(line.empty() ? 0 : std::min(line.find('m'), line.size() - 1) + 1);
  }
  return columns_of(bare);
}

}  // namespace

std::string screen::frame(std::span<const std::string> above, std::span<const std::string> live,
                          std::size_t columns) {
  std::size_t rows = 0;
  for (const std::size_t width : drawn_)
    rows += std::max<std::size_t>(1, (width + columns - 1) / std::max<std::size_t>(1, columns));

  std::string text(kBegin);
  text += '\r';
  if (rows > 0) text += fmt::format("\x1b[{}A", rows);
  drawn_.clear();
  for (const std::string& line : above) text.append(line).append(kClearRestOfLine).append("\n");
  for (const std::string& line : live) {
    text.append(line).append(kClearRestOfLine).append("\n");
    drawn_.push_back(shown_columns(line));
  }
  text.append(kClearBelow).append(kEnd);
  return text;
}

}  // namespace cli
