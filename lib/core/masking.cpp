#include "core/masking.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <utility>

namespace nunu::core {
namespace {

constexpr std::string_view kMask = "***";

/// A character, and how many bytes of the text say it; none at the end of the text.
struct spelled {
  char c = '\0';
  std::size_t length = 0;
};

/// How a form of escaping says the character with which a text begins.
using reading = spelled (*)(std::string_view text);

spelled read_plain(std::string_view text) noexcept {
  return text.empty() ? spelled{} : spelled{text.front(), 1};
}

/// All of the digits must be there. Secrets in other alphabets are not escaped by number.
std::optional<char> character_of(std::string_view digits, int base) noexcept {
  unsigned code = 0;
  const char* const begin = digits.data();
  const char* const end = begin + digits.size();
  const auto [stop, ec] = std::from_chars(begin, end, code, base);
  if (ec != std::errc{} || stop != end || code > 0x7F) return std::nullopt;
  return static_cast<char>(code);
}

/// An escape that begins with `intro` and has `digits` hexadecimal digits.
std::optional<spelled> read_hexadecimal(std::string_view text, std::string_view intro,
                                        std::size_t digits) noexcept {
  const std::size_t length = intro.size() + digits;
  if (!text.starts_with(intro) || text.size() < length) return std::nullopt;
  const auto c = character_of(text.substr(intro.size(), digits), 16);
  return c ? std::optional(spelled{*c, length}) : std::nullopt;
}

spelled read_percent(std::string_view text) noexcept {
  return read_hexadecimal(text, "%", 2).value_or(read_plain(text));
}

/// As in JSON, and as web servers write their logs.
spelled read_backslash(std::string_view text) noexcept {
  if (text.size() < 2 || text.front() != '\\') return read_plain(text);
  if (const auto c = read_hexadecimal(text, "\\u", 4)) return *c;
  if (const auto c = read_hexadecimal(text, "\\x", 2)) return *c;
  switch (text[1]) {
    case 'n':
      return {'\n', 2};
    case 'r':
      return {'\r', 2};
    case 't':
      return {'\t', 2};
    default:
      return {text[1], 2};
  }
}

/// As in HTML.
spelled read_ampersand(std::string_view text) noexcept {
  constexpr std::array<std::pair<std::string_view, char>, 5> names{
      {{"amp", '&'}, {"lt", '<'}, {"gt", '>'}, {"quot", '"'}, {"apos", '\''}}};
  constexpr std::size_t longest = std::string_view("&#x0000;").size();
  if (!text.starts_with('&')) return read_plain(text);
  const std::size_t end = text.substr(0, longest).find(';');
  if (end == std::string_view::npos) return read_plain(text);
  const std::string_view name = text.substr(1, end - 1);
  for (const auto& [known, c] : names)
    if (name == known) return {c, end + 1};
  if (!name.starts_with('#')) return read_plain(text);
  const bool hexadecimal = name.starts_with("#x") || name.starts_with("#X");
  const auto c = character_of(name.substr(hexadecimal ? 2 : 1), hexadecimal ? 16 : 10);
  return c ? spelled{*c, end + 1} : read_plain(text);
}

bool is_line_break(char c) noexcept {
  return c == '\r' || c == '\n';
}

bool is_blank(char c) noexcept {
  return is_line_break(c) || c == ' ' || c == '\t';
}

/// How many bytes at the beginning of the text are the secret in this form; 0: it is not there.
std::size_t length_of(std::string_view secret, std::string_view text, reading read) {
  std::size_t at = 0;
  for (const char c : secret) {
    spelled next = read(text.substr(at));
    // Folded, as a long header may be.
    if (at != 0 && is_line_break(next.c)) {
      while (is_blank(next.c)) next = read(text.substr(at += next.length));
    }
    if (next.length == 0 || next.c != c) return 0;
    at += next.length;
  }
  return at;
}

/// The same in whichever form it is.
std::size_t length_of(std::string_view secret, std::string_view text) {
  std::size_t longest = 0;
  for (const reading read : {read_plain, read_percent, read_backslash, read_ampersand})
    longest = std::max(longest, length_of(secret, text, read));
  return longest;
}

}  // namespace

std::string masked(std::string_view text, std::string_view secret, std::size_t most) {
  std::string out;
  while (!text.empty() && out.size() < most) {
    const std::size_t length = length_of(secret, text);
    if (length == 0)
      out += text.front();
    else
      out += kMask;
    text.remove_prefix(std::max<std::size_t>(length, 1));
  }
  out.resize(std::min(out.size(), most));
  return out;
}

}  // namespace nunu::core
