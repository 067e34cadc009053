#include "report_annotations.hpp"

#include <fmt/format.h>
#include <cstddef>
#include <string_view>

#include "evidence.hpp"
#include "explain.hpp"
#include "plain_text.hpp"

namespace cli {
namespace {

constexpr std::size_t most_of_a_level = 10;
// GitHub cuts off longer ones.
constexpr std::size_t most_bytes_of_a_message = 4000;
constexpr std::size_t most_bytes_of_a_title = 200;

enum class level { none, warning, error };

level level_of(const result& r) {
  if (succeeded(r)) return level::none;
  if (was_not_sent(r)) return level::warning;
  switch (ending_of(r)) {
    case ending::passed:
    case ending::skipped:
      return level::none;
    case ending::stopped:
    case ending::rejected:
    case ending::still_running:
      return level::warning;
    default:
      return level::error;
  }
}

/// As GitHub's own toolkit does it: `%`, and what would end the command, or a property of it.
std::string escaped(std::string_view text, std::string_view special) {
  std::string out;
  for (const char c : text) {
    if (special.find(c) == std::string_view::npos) {
      out += c;
    } else {
      out += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    }
  }
  return out;
}

std::string message_of(const result& r) {
  std::string text = explain(r);
  text.pop_back();
  return escaped(shortened(text, most_bytes_of_a_message), "%\r\n");
}

std::string title_text(const result& r) {
  const std::string text = fmt::format("{}: {}", title_of(r), ending_in_words(r));
  return escaped(printable_line(shortened(text, most_bytes_of_a_title)), "%\r\n:,");
}

}  // namespace

std::string annotations(const results& all) {
  std::string out;
  std::size_t errors = 0;
  std::size_t warnings = 0;
  for (const result* r : unsuccessful(all)) {
    const level of_result = level_of(*r);
    if (of_result == level::none) continue;
    const bool is_error = of_result == level::error;
    if (++(is_error ? errors : warnings) > most_of_a_level) continue;
    out += fmt::format("::{} title={}::{}\n", is_error ? "error" : "warning", title_text(*r),
                       message_of(*r));
  }
  const auto rest = [](std::size_t count) {
    return count > most_of_a_level ? count - most_of_a_level : 0;
  };
  if (rest(errors) != 0 || rest(warnings) != 0) {
    out += fmt::format("::notice title=nunu::{} more errors and {} more warnings are not shown\n",
                       rest(errors), rest(warnings));
  }
  return out;
}

}  // namespace cli
