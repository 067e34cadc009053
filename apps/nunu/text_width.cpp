#include "text_width.hpp"

#include <algorithm>
#include <cstdint>
#include <iterator>

namespace cli {
namespace {

constexpr char32_t kReplacement = 0xFFFD;

struct decoded_character {
  char32_t code = kReplacement;
  /// Bytes that it took.
  std::size_t length = 1;
  bool valid = false;
};

/// Of the first character of a text that is not empty. Overlong forms, surrogates and what is above
/// U+10FFFF are not valid.
decoded_character decode(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char first = byte(0);
  if (first < 0x80) return {first, 1, true};
  std::size_t length = 0;
  char32_t code = 0;
  char32_t least = 0;
  if ((first & 0xE0) == 0xC0) {
    length = 2, code = first & 0x1F, least = 0x80;
  } else if ((first & 0xF0) == 0xE0) {
    length = 3, code = first & 0x0F, least = 0x800;
  } else if ((first & 0xF8) == 0xF0) {
    length = 4, code = first & 0x07, least = 0x10000;
  } else {
    return {};
  }
  for (std::size_t i = 1; i < length; ++i) {
    if (i >= text.size() || (byte(i) & 0xC0) != 0x80) return {kReplacement, i, false};
    code = (code << 6) | (byte(i) & 0x3F);
  }
  if (code < least || code > 0x10FFFF || (code >= 0xD800 && code <= 0xDFFF))
    return {kReplacement, length, false};
  return {code, length, true};
}

struct range {
  char32_t first;
  char32_t last;
};

bool in(const range* begin, const range* end, char32_t code) {
  const range* after =
      std::upper_bound(begin, end, code, [](char32_t c, const range& r) { return c < r.first; });
  return after != begin && code <= std::prev(after)->last;
}

// The blocks that matter of Unicode 15, properties Mn, Me and Cf; a rare mark that is missing makes
// a line a column too short, which does no harm.
constexpr range kNoColumn[] = {
    {0x0300, 0x036F},  {0x0483, 0x0489}, {0x0591, 0x05BD}, {0x0610, 0x061A},   {0x064B, 0x065F},
    {0x0900, 0x0902},  {0x093C, 0x093C}, {0x0941, 0x0948}, {0x094D, 0x094D},   {0x0E31, 0x0E31},
    {0x0E34, 0x0E3A},  {0x0E47, 0x0E4E}, {0x1AB0, 0x1AFF}, {0x1DC0, 0x1DFF},   {0x200B, 0x200F},
    {0x202A, 0x202E},  {0x2060, 0x2064}, {0x2066, 0x206F}, {0x20D0, 0x20FF},   {0x3099, 0x309A},
    {0xFE00, 0xFE0F},  {0xFE20, 0xFE2F}, {0xFEFF, 0xFEFF}, {0x1F3FB, 0x1F3FF}, {0xE0001, 0xE007F},
    {0xE0100, 0xE01EF}};

// Unicode 15, East_Asian_Width W and F, and what terminals show as emoji.
constexpr range kTwoColumns[] = {
    {0x1100, 0x115F},   {0x231A, 0x231B},   {0x2329, 0x232A},   {0x23E9, 0x23EC},
    {0x23F0, 0x23F0},   {0x23F3, 0x23F3},   {0x25FD, 0x25FE},   {0x2614, 0x2615},
    {0x2648, 0x2653},   {0x267F, 0x267F},   {0x2693, 0x2693},   {0x26A1, 0x26A1},
    {0x26AA, 0x26AB},   {0x26BD, 0x26BE},   {0x26C4, 0x26C5},   {0x26CE, 0x26CE},
    {0x26D4, 0x26D4},   {0x26EA, 0x26EA},   {0x26F2, 0x26F3},   {0x26F5, 0x26F5},
    {0x26FA, 0x26FA},   {0x26FD, 0x26FD},   {0x2705, 0x2705},   {0x270A, 0x270B},
    {0x2728, 0x2728},   {0x274C, 0x274C},   {0x274E, 0x274E},   {0x2753, 0x2755},
    {0x2757, 0x2757},   {0x2795, 0x2797},   {0x27B0, 0x27B0},   {0x27BF, 0x27BF},
    {0x2B1B, 0x2B1C},   {0x2B50, 0x2B50},   {0x2B55, 0x2B55},   {0x2E80, 0x303E},
    {0x3041, 0x33FF},   {0x3400, 0x4DBF},   {0x4E00, 0xA4CF},   {0xA960, 0xA97F},
    {0xAC00, 0xD7A3},   {0xF900, 0xFAFF},   {0xFE10, 0xFE19},   {0xFE30, 0xFE6F},
    {0xFF00, 0xFF60},   {0xFFE0, 0xFFE6},   {0x16FE0, 0x18CFF}, {0x1AFF0, 0x1B2FF},
    {0x1F004, 0x1F004}, {0x1F0CF, 0x1F0CF}, {0x1F18E, 0x1F18E}, {0x1F191, 0x1F19A},
    {0x1F200, 0x1F265}, {0x1F300, 0x1F64F}, {0x1F680, 0x1F6FF}, {0x1F7E0, 0x1F7EB},
    {0x1F90C, 0x1F9FF}, {0x1FA70, 0x1FAFF}, {0x20000, 0x3FFFD}};

std::size_t columns_of(char32_t code) {
  if (code < 0x300) return 1;
  if (in(std::begin(kNoColumn), std::end(kNoColumn), code)) return 0;
  return in(std::begin(kTwoColumns), std::end(kTwoColumns), code) ? 2 : 1;
}

}  // namespace

std::size_t columns_of(std::string_view text) {
  std::size_t columns = 0;
  while (!text.empty()) {
    const decoded_character c = decode(text);
    columns += columns_of(c.code);
    text.remove_prefix(c.length);
  }
  return columns;
}

std::string fitted(std::string_view text, std::size_t columns, bool ascii) {
  const std::string_view ellipsis = ascii ? "..." : "\xE2\x80\xA6";
  const std::size_t ellipsis_columns = ascii ? 3 : 1;
  std::size_t used = 0;
  std::size_t fits = 0;
  for (std::size_t at = 0; at < text.size();) {
    const decoded_character c = decode(text.substr(at));
    used += columns_of(c.code);
    if (used > columns) {
      std::string result(text.substr(0, fits));
      if (ellipsis_columns <= columns) result += ellipsis;
      return result;
    }
    at += c.length;
    if (used + ellipsis_columns <= columns) fits = at;
  }
  return std::string(text);
}

}  // namespace cli
