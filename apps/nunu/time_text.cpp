#include "time_text.hpp"

#include <fmt/format.h>
#include <algorithm>

namespace cli {
namespace {

using std::chrono::microseconds;

microseconds not_negative(microseconds duration) {
  return std::max(duration, microseconds{0});
}

}  // namespace

nunu::timestamp now_utc() {
  return std::chrono::floor<microseconds>(std::chrono::system_clock::now());
}

std::string rfc3339(nunu::timestamp t) {
  const std::chrono::hh_mm_ss time{t - std::chrono::floor<std::chrono::days>(t)};
  return fmt::format("{}.{:06}Z", utc_seconds(t), time.subseconds().count());
}

std::string utc_seconds(nunu::timestamp t) {
  const auto day = std::chrono::floor<std::chrono::days>(t);
  const std::chrono::year_month_day date{day};
  const std::chrono::hh_mm_ss time{t - day};
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}", static_cast<int>(date.year()),
                     static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                     time.hours().count(), time.minutes().count(), time.seconds().count());
}

std::string in_seconds(microseconds duration) {
  const auto milliseconds =
      std::chrono::duration_cast<std::chrono::milliseconds>(not_negative(duration)).count();
  return fmt::format("{}.{:03}", milliseconds / 1000, milliseconds % 1000);
}

std::string in_words(microseconds duration) {
  const auto tenths = not_negative(duration).count() / 100'000;
  const auto seconds = tenths / 10;
  if (seconds < 10) return fmt::format("{}.{} s", seconds, tenths % 10);
  if (seconds < 60) return fmt::format("{} s", seconds);
  if (seconds < 3600) return fmt::format("{} min {} s", seconds / 60, seconds % 60);
  return fmt::format("{} h {} min", seconds / 3600, seconds % 3600 / 60);
}

}  // namespace cli
