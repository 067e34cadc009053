#include "plain_text.hpp"

#include <utility>

namespace cli {
namespace {

constexpr char32_t replacement = 0xFFFD;
constexpr std::string_view replacement_bytes = "\xEF\xBF\xBD";

struct character {
  char32_t code;
  /// As they are in the text, or those of U+FFFD.
  std::string_view bytes;
};

constexpr bool continues(char c) {
  return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U;
}

/// The number of bytes that a character with this first byte has, and what the byte says of it.
std::pair<std::size_t, char32_t> lead(char c) {
  const auto byte = static_cast<unsigned char>(c);
  if (byte < 0x80) return {1, byte};
  if (byte >= 0xC2 && byte < 0xE0) return {2, byte & 0x1FU};
  if (byte >= 0xE0 && byte < 0xF0) return {3, byte & 0x0FU};
  if (byte >= 0xF0 && byte < 0xF5) return {4, byte & 0x07U};
  return {0, 0};
}

bool is_overlong(char32_t code, std::size_t length) {
  return (length == 3 && code < 0x800) || (length == 4 && code < 0x10000);
}

bool is_surrogate(char32_t code) {
  return code >= 0xD800 && code < 0xE000;
}

/// Removes a character from the front of a text that is not empty.
character take(std::string_view& text) {
  const std::string_view all = text;
  const auto [length, first_bits] = lead(all.front());
  char32_t code = first_bits;
  bool valid = length != 0 && length <= all.size();
  for (std::size_t i = 1; valid && i < length; ++i) {
    valid = continues(all[i]);
    code = (code << 6U) | (static_cast<unsigned char>(all[i]) & 0x3FU);
  }
  if (!valid || is_overlong(code, length) || is_surrogate(code) || code > 0x10FFFF) {
    text.remove_prefix(1);
    return {replacement, replacement_bytes};
  }
  text.remove_prefix(length);
  return {code, all.substr(0, length)};
}

/// Of those that a terminal obeys.
bool is_control(char32_t c) {
  constexpr char32_t end_of_c1 = 0xA0;
  return c < 0x20 || (c >= 0x7F && c < end_of_c1) || (c >= 0x202A && c <= 0x202E) ||
         (c >= 0x2066 && c <= 0x2069);
}

void append_sign_of(std::string& out, char32_t control) {
  // U+2400 and following: pictures of the control characters, in their order.
  if (control < 0x20) {
    out += "\xE2\x90";
    out += static_cast<char>(0x80U + control);
  } else if (control == 0x7F) {
    out += "\xE2\x90\xA1";
  } else {
    out += replacement_bytes;
  }
}

bool is_xml(char32_t c) {
  return c == '\t' || c == '\n' || c == '\r' || (c >= 0x20 && c != 0xFFFE && c != 0xFFFF);
}

}  // namespace

std::string valid_utf8(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) out += take(text).bytes;
  return out;
}

std::string printable(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    const character c = take(text);
    if (c.code == '\n' || c.code == 0x2028 || c.code == 0x2029) {
      out += '\n';
    } else if (c.code == '\t') {
      out += ' ';
    } else if (c.code == '\r' && text.starts_with('\n')) {
      continue;
    } else if (is_control(c.code)) {
      append_sign_of(out, c.code);
    } else {
      out += c.bytes;
    }
  }
  return out;
}

std::string printable_line(std::string_view text) {
  std::string line;
  bool blank = false;
  for (const char c : printable(text)) {
    if (c == ' ' || c == '\n') {
      blank = true;
      continue;
    }
    if (blank && !line.empty()) line += ' ';
    blank = false;
    line += c;
  }
  return line;
}

std::string xml_text(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    const character c = take(text);
    if (is_xml(c.code)) out += c.bytes;
  }
  return out;
}

std::string shortened(std::string_view text, std::size_t size) {
  constexpr std::string_view ellipsis = "…";
  if (text.size() <= size) return std::string(text);
  std::size_t end = size < ellipsis.size() ? 0 : size - ellipsis.size();
  while (end > 0 && continues(text[end])) --end;
  std::string out(text.substr(0, end));
  out += ellipsis;
  return out;
}

std::string indented(std::string_view lines, std::string_view indent) {
  std::string out;
  while (!lines.empty() && lines.back() == '\n') lines.remove_suffix(1);
  while (!lines.empty()) {
    const std::size_t end = lines.find('\n');
    out += indent;
    out += lines.substr(0, end);
    out += '\n';
    lines.remove_prefix(end == std::string_view::npos ? lines.size() : end + 1);
  }
  return out;
}

}  // namespace cli
