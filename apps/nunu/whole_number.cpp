#include "whole_number.hpp"

#include <charconv>
#include <system_error>

namespace cli {

std::optional<std::size_t> parse_whole_number(std::string_view text) {
  std::size_t number = 0;
  const auto [end, ec] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (ec != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

}  // namespace cli
