#include "wire/timestamp.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>

#include "wire/text_scanner.hpp"

namespace nunu::wire {
namespace {

using std::chrono::hours;
using std::chrono::microseconds;
using std::chrono::minutes;
using std::chrono::seconds;

bool scan_date(text_scanner& in, std::chrono::sys_days& date) noexcept {
  int year = 0;
  int month = 0;
  int day = 0;
  if (!(in.digits(4, year) && in.literal('-') && in.digits(2, month) && in.literal('-') &&
        in.digits(2, day))) {
    return false;
  }
  const std::chrono::year_month_day calendar{std::chrono::year{year},
                                             std::chrono::month{static_cast<unsigned>(month)},
                                             std::chrono::day{static_cast<unsigned>(day)}};
  date = calendar;
  return calendar.ok();
}

bool scan_time_of_day(text_scanner& in, seconds& time) noexcept {
  int hour = 0;
  int minute = 0;
  int second = 0;
  if (!(in.digits(2, hour) && in.literal(':') && in.digits(2, minute) && in.literal(':') &&
        in.digits(2, second))) {
    return false;
  }
  time = hours{hour} + minutes{minute} + seconds{second};
  return hour < 24 && minute < 60 && second < 60;
}

bool scan_fraction(text_scanner& in, microseconds& fraction) noexcept {
  fraction = microseconds{0};
  if (!in.literal('.')) return true;
  int digit = in.digit();
  if (digit < 0) return false;
  int count = 0;
  for (int unit = 100'000; digit >= 0; digit = in.digit(), unit /= 10) count += digit * unit;
  fraction = microseconds{count};
  return true;
}

bool scan_offset(text_scanner& in, minutes& offset) noexcept {
  offset = minutes{0};
  if (in.literal('Z')) return true;
  const bool behind = in.literal('-');
  if (!behind && !in.literal('+')) return false;
  int hour = 0;
  int minute = 0;
  if (!(in.digits(2, hour) && in.literal(':') && in.digits(2, minute))) return false;
  offset = hours{hour} + minutes{minute};
  if (behind) offset = -offset;
  return hour < 24 && minute < 60;
}

/// What can be written again: an offset may take a moment out of the years with four digits.
bool is_writable(timestamp t) noexcept {
  using std::chrono::sys_days;
  using std::chrono::year;
  constexpr timestamp begin = sys_days{year{0} / 1 / 1};
  constexpr timestamp end = sys_days{year{10'000} / 1 / 1};
  return t >= begin && t < end;
}

void append_digits(std::string& out, std::int64_t value, std::size_t width) {
  const std::size_t begin = out.size();
  out.resize(begin + width, '0');
  for (std::size_t i = begin + width; i > begin && value != 0; value /= 10) {
    out[--i] = static_cast<char>('0' + value % 10);
  }
}

}  // namespace

std::optional<timestamp> parse_timestamp(std::string_view text) noexcept {
  text_scanner in(text);
  std::chrono::sys_days date;
  seconds time{};
  microseconds fraction{};
  minutes offset{};
  if (!(scan_date(in, date) && in.literal('T') && scan_time_of_day(in, time) &&
        scan_fraction(in, fraction) && scan_offset(in, offset) && in.at_end())) {
    return std::nullopt;
  }
  const timestamp moment = date + time + fraction - offset;
  return is_writable(moment) ? std::optional(moment) : std::nullopt;
}

std::string format_timestamp(timestamp t) {
  const auto day = std::chrono::floor<std::chrono::days>(t);
  const std::chrono::year_month_day date{day};
  const std::chrono::hh_mm_ss time{t - day};

  std::string out;
  out.reserve(sizeof("2026-03-03T15:50:19.544603+00:00"));
  append_digits(out, static_cast<int>(date.year()), 4);
  out += '-';
  append_digits(out, static_cast<unsigned>(date.month()), 2);
  out += '-';
  append_digits(out, static_cast<unsigned>(date.day()), 2);
  out += 'T';
  append_digits(out, time.hours().count(), 2);
  out += ':';
  append_digits(out, time.minutes().count(), 2);
  out += ':';
  append_digits(out, time.seconds().count(), 2);
  out += '.';
  append_digits(out, time.subseconds().count(), 6);
  out += "+00:00";
  return out;
}

}  // namespace nunu::wire
