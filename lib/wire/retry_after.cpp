#include "wire/retry_after.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <span>

#include "wire/text_scanner.hpp"

namespace nunu::wire {
namespace {

using std::chrono::seconds;
using std::chrono::sys_days;
using std::chrono::sys_seconds;
using std::chrono::year_month_day;

constexpr seconds longest_wait = std::chrono::days{1};

constexpr std::array<std::string_view, 7> day_names{"Sun", "Mon", "Tue", "Wed",
                                                    "Thu", "Fri", "Sat"};
constexpr std::array<std::string_view, 7> long_day_names{
    "Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"};
constexpr std::array<std::string_view, 12> month_names{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                       "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

struct date_parts {
  int year = 0;
  int month = 0;
  int day = 0;
  seconds time_of_day{};

  std::optional<sys_seconds> moment() const noexcept {
    const year_month_day date{std::chrono::year{year},
                              std::chrono::month{static_cast<unsigned>(month)},
                              std::chrono::day{static_cast<unsigned>(day)}};
    if (!date.ok()) return std::nullopt;
    return sys_days{date} + time_of_day;
  }
};

bool scan_day_name(text_scanner& in, std::span<const std::string_view> names) noexcept {
  // Which day it is follows from the date; a name that contradicts it is no reason to wait less.
  std::size_t index = 0;
  return in.one_of(names, index);
}

bool scan_month(text_scanner& in, date_parts& date) noexcept {
  std::size_t index = 0;
  if (!in.one_of(month_names, index)) return false;
  date.month = static_cast<int>(index) + 1;
  return true;
}

bool scan_time(text_scanner& in, date_parts& date) noexcept {
  int hour = 0;
  int minute = 0;
  int second = 0;
  if (!(in.digits(2, hour) && in.literal(':') && in.digits(2, minute) && in.literal(':') &&
        in.digits(2, second))) {
    return false;
  }
  date.time_of_day = std::chrono::hours{hour} + std::chrono::minutes{minute} + seconds{second};
  return hour < 24 && minute < 60 && second <= 60;  // 60: a leap second
}

std::optional<sys_seconds> parse_imf_fixdate(std::string_view text) noexcept {
  text_scanner in(text);
  date_parts date;
  if (scan_day_name(in, day_names) && in.literal(", ") && in.digits(2, date.day) &&
      in.literal(' ') && scan_month(in, date) && in.literal(' ') && in.digits(4, date.year) &&
      in.literal(' ') && scan_time(in, date) && in.literal(" GMT") && in.at_end()) {
    return date.moment();
  }
  return std::nullopt;
}

std::optional<sys_seconds> parse_rfc850_date(std::string_view text, sys_seconds now) noexcept {
  text_scanner in(text);
  date_parts date;
  if (!(scan_day_name(in, long_day_names) && in.literal(", ") && in.digits(2, date.day) &&
        in.literal('-') && scan_month(in, date) && in.literal('-') && in.digits(2, date.year) &&
        in.literal(' ') && scan_time(in, date) && in.literal(" GMT") && in.at_end())) {
    return std::nullopt;
  }
  // RFC 9110, 5.6.7: no more than 50 years ahead.
  const year_month_day today{std::chrono::floor<std::chrono::days>(now)};
  const int this_year = static_cast<int>(today.year());
  date.year += this_year - this_year % 100;
  if (date.year > this_year + 50) date.year -= 100;
  if (date.year <= this_year - 50) date.year += 100;
  return date.moment();
}

std::optional<sys_seconds> parse_asctime_date(std::string_view text) noexcept {
  text_scanner in(text);
  date_parts date;
  if (scan_day_name(in, day_names) && in.literal(' ') && scan_month(in, date) && in.literal(' ') &&
      in.digits(in.literal(' ') ? 1 : 2, date.day) && in.literal(' ') && scan_time(in, date) &&
      in.literal(' ') && in.digits(4, date.year) && in.at_end()) {
    return date.moment();
  }
  return std::nullopt;
}

std::optional<seconds> parse_delay(std::string_view text) noexcept {
  text_scanner in(text);
  std::int64_t value = 0;
  do {
    const int digit = in.digit();
    if (digit < 0) return std::nullopt;
    // Clamped as it grows: the header may have more digits than any integer type.
    value = std::min<std::int64_t>(value * 10 + digit, longest_wait.count());
  } while (!in.at_end());
  return seconds{value};
}

std::string_view without_blanks_around(std::string_view text) noexcept {
  constexpr std::string_view blanks = " \t";
  const std::size_t begin = text.find_first_not_of(blanks);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(blanks) - begin + 1);
}

}  // namespace

std::optional<seconds> parse_retry_after(std::string_view value, sys_seconds now) noexcept {
  const std::string_view text = without_blanks_around(value);
  if (const auto delay = parse_delay(text)) return delay;
  auto date = parse_imf_fixdate(text);
  if (!date) date = parse_rfc850_date(text, now);
  if (!date) date = parse_asctime_date(text);
  if (!date) return std::nullopt;
  return std::clamp(*date - now, seconds{0}, longest_wait);
}

}  // namespace nunu::wire
