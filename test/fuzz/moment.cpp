/// \file
/// Moments in the service's answers: timestamps, and the `Retry-After` header.
///
/// Input: the text of either.

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdio>
#include <string>
#include <string_view>

#include "property.hpp"
#include "wire/retry_after.hpp"
#include "wire/timestamp.hpp"

namespace nunu::fuzz {
namespace {

using std::chrono::seconds;
using std::chrono::sys_seconds;
using wire::parse_retry_after;

constexpr seconds kDay = std::chrono::days{1};
constexpr sys_seconds kNow{seconds{1'772'553'019}};

template <class... Values>
std::string print(const char* format, Values... values) {
  std::array<char, 64> text{};
  std::snprintf(text.data(), text.size(), format, values...);
  return text.data();
}

/// The three formats of an HTTP-date. The name of the day is not looked at.
std::array<std::string, 3> http_dates(sys_seconds moment) {
  constexpr std::array months{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                              "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const auto midnight = std::chrono::floor<std::chrono::days>(moment);
  const std::chrono::year_month_day date{midnight};
  const std::chrono::hh_mm_ss time{moment - midnight};
  const int year = static_cast<int>(date.year());
  const char* const month = months[static_cast<unsigned>(date.month()) - 1];
  const auto day = static_cast<unsigned>(date.day());
  const std::string clock =
      print("%02d:%02d:%02d", static_cast<int>(time.hours().count()),
            static_cast<int>(time.minutes().count()), static_cast<int>(time.seconds().count()));
  return {print("Mon, %02u %s %04d %s GMT", day, month, year, clock.c_str()),
          print("Monday, %02u-%s-%02d %s GMT", day, month, year % 100, clock.c_str()),
          print("Mon %s %2u %s %04d", month, day, clock.c_str(), year)};
}

void check_http_dates(sys_seconds moment) {
  for (const std::string& text : http_dates(moment)) {
    require(parse_retry_after(text, moment) == seconds{0}, "now is no wait", text);
    require(parse_retry_after(text, moment + seconds{5}) == seconds{0}, "the past is none", text);
    require(parse_retry_after(text, moment - seconds{77}) == seconds{77},
            "a date ahead is waited for", text);
    require(parse_retry_after(text, moment - std::chrono::days{3}) == kDay, "at most for a day",
            text);
  }
}

void check_timestamp(std::string_view text) {
  const auto moment = wire::parse_timestamp(text);
  if (!moment) return;
  const std::string written = wire::format_timestamp(*moment);
  require(wire::parse_timestamp(written) == moment, "a timestamp is read as written", written);
  require(written.size() == std::string_view("2026-03-03T15:50:19.544603+00:00").size(),
          "every timestamp is as long", written);
  require(!wire::parse_timestamp(std::string(text) + ' '), "nothing may follow a timestamp");
  require(!wire::parse_timestamp(text.substr(1)), "nor may its beginning be missing");

  // Two digits for the year are within fifty years of `now`, so two of the dates must be.
  const auto whole_seconds = std::chrono::floor<seconds>(*moment);
  if (whole_seconds > sys_seconds{} && whole_seconds < sys_seconds{std::chrono::days{40'000}})
    check_http_dates(whole_seconds);
}

void check_retry_after(std::string_view text) {
  const auto wait = parse_retry_after(text, kNow);
  require(parse_retry_after(" \t" + std::string(text) + "\t ", kNow) == wait,
          "blanks around do not matter");
  if (!wait) return;
  require(*wait >= seconds{0} && *wait <= kDay, "a wait is within a day");
  const auto later = parse_retry_after(text, kNow + seconds{60});
  require(later.has_value(), "what is understood does not depend on the time");
  const bool is_date = text.find(':') != std::string_view::npos;
  if (!is_date) {
    require(later == wait, "a number of seconds does not depend on the time");
    require(!parse_retry_after('-' + std::string(text), kNow), "no wait is negative");
  } else if (*wait<kDay&& * wait> seconds{60}) {
    require(*later == *wait - seconds{60}, "waiting for a date gets shorter with time");
  }
}

}  // namespace
}  // namespace nunu::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const std::string_view text = nunu::fuzz::text_of(bytes, size);
  nunu::fuzz::check_timestamp(text);
  nunu::fuzz::check_retry_after(text);
  return 0;
}
