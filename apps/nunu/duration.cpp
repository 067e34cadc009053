#include "duration.hpp"

#include <array>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <string>

namespace cli {
namespace {

struct unit {
  std::string_view name;
  std::int64_t ms;
};

/// The larger ones first.
constexpr std::array<unit, 5> units{
    {{"d", 86'400'000}, {"h", 3'600'000}, {"m", 60'000}, {"s", 1'000}, {"ms", 1}}};

checked<std::chrono::milliseconds> refused(std::string_view text, std::string_view why) {
  return {boost::system::in_place_error, std::string("'").append(text).append("' is ").append(why)};
}

checked<std::chrono::milliseconds> not_a_duration(std::string_view text) {
  return refused(text, "not a duration, such as 90s, 1h30m or 250ms");
}

checked<std::chrono::milliseconds> too_long(std::string_view text) {
  return refused(text, "longer than a year");
}

/// The place of the unit in `units`; their number where it is none.
std::size_t place_of(std::string_view name) {
  std::size_t place = 0;
  while (place < units.size() && units[place].name != name) ++place;
  return place;
}

}  // namespace

checked<std::chrono::milliseconds> parse_duration(std::string_view text) {
  std::int64_t total = 0;
  std::size_t next_unit = 0;
  std::string_view rest = text;
  do {
    std::int64_t number = 0;
    // It would take a sign, which no duration has.
    if (rest.starts_with('-')) return not_a_duration(text);
    const auto [end, ec] = std::from_chars(rest.data(), rest.data() + rest.size(), number);
    if (ec == std::errc::result_out_of_range) return too_long(text);
    if (ec != std::errc()) return not_a_duration(text);
    rest.remove_prefix(static_cast<std::size_t>(end - rest.data()));
    const std::string_view name = rest.substr(0, rest.find_first_of("0123456789"));
    rest.remove_prefix(name.size());
    const bool plain = name.empty() && total == 0 && next_unit == 0;
    const std::size_t place = plain ? place_of("s") : place_of(name);
    if (place == units.size() || place < next_unit) return not_a_duration(text);
    next_unit = place + 1;
    if (number > kLongestDuration.count() / units[place].ms) return too_long(text);
    total += number * units[place].ms;
  } while (!rest.empty());
  if (total > kLongestDuration.count()) return too_long(text);
  return std::chrono::milliseconds(total);
}

}  // namespace cli
