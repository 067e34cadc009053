#include "core/launch_lookup.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace nunu::core {
namespace {

/// How much longer than the interval a pause can get.
constexpr int kLongestPause = 16;

std::vector<std::string> in_order(std::span<const std::string> ids) {
  std::vector<std::string> sorted(ids.begin(), ids.end());
  std::sort(sorted.begin(), sorted.end());
  sorted.erase(std::unique(sorted.begin(), sorted.end()), sorted.end());
  return sorted;
}

std::vector<std::string> both(const std::vector<std::string>& a,
                              const std::vector<std::string>& b) {
  std::vector<std::string> all;
  all.reserve(std::max(a.size(), b.size()));
  std::set_union(a.begin(), a.end(), b.begin(), b.end(), std::back_inserter(all));
  return all;
}

}  // namespace

listing_decision decide_listing(const exchange_outcome& outcome) noexcept {
  switch (decide_page(outcome)) {
    case page_decision::seen:
      return listing_decision::complete;
    case page_decision::refused:
    case page_decision::all_unreachable:
      return listing_decision::refused;
    case page_decision::ask_later:
    case page_decision::rejected:
    case page_decision::useless:
      break;
  }
  return listing_decision::list_again;
}

launch_lookup::launch_lookup(question asked, const pace& how, time_point now, double draw) noexcept
    : asked_(asked),
      interval_(std::min(how.interval, how.window / 4)),
      ends_at_(now + how.window),
      list_at_(now),
      pause_{.first = interval_, .cap = kLongestPause * interval_} {
  // Whatever broke the answer may have broken others': they do not all ask at once.
  if (asked_ == question::what_became_of_it)
    list_at_ = std::min(ends_at_, now + pause_.delay(1, draw));
}

void launch_lookup::listed(std::span<const std::string> ids, time_point now, double draw) {
  std::vector<std::string> listing = in_order(ids);
  seen_ = both(seen_, listing);
  failures_in_a_row_ = 0;
  const bool agrees = std::exchange(listed_before_, true) && listing == latest_;
  latest_ = std::move(listing);

  if (agrees && !latest_.empty()) {
    next_ = step::found;
    return;
  }
  // Nothing may contradict that nothing was started: jobs that were listed once did start.
  if (agrees && seen_.empty() && asked_ == question::has_it_started) {
    next_ = step::nothing_started;
    return;
  }
  empty_in_a_row_ = latest_.empty() ? empty_in_a_row_ + 1 : 0;
  const unsigned growth = asked_ == question::what_became_of_it ? empty_in_a_row_ : 0;
  list_again_in(interval_, pause_.delay(std::max(growth, 1U), draw), now);
}

void launch_lookup::failed(const exchange_outcome& outcome, std::span<const std::string> ids,
                           time_point now, double draw) {
  seen_ = both(seen_, in_order(ids));
  if (decide_listing(outcome) == listing_decision::refused) {
    next_ = step::give_up;
    return;
  }
  ++failures_in_a_row_;
  list_again_in(outcome.retry_after.value_or(duration{}), pause_.delay(failures_in_a_row_, draw),
                now);
}

void launch_lookup::list_again_in(duration least, duration jitter, time_point now) noexcept {
  // The last listing comes at the end of the window, unless that would be too soon after another.
  if (now + least >= ends_at_)
    next_ = step::give_up;
  else
    list_at_ = std::min(ends_at_, now + least + jitter);
}

unknown_decision decide_unknown(launch_lookup::step ended, std::size_t jobs_seen,
                                unknown_start wish) noexcept {
  if (ended == launch_lookup::step::found) return unknown_decision::adopt;
  // Of what was seen it is known that it has started, if not all of it.
  if (jobs_seen != 0) return unknown_decision::report;
  return wish == unknown_start::risk_second_run ? unknown_decision::send_again
                                                : unknown_decision::report;
}

}  // namespace nunu::core
