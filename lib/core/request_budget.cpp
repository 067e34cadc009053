#include "core/request_budget.hpp"

#include <algorithm>
#include <utility>

#include "core/backoff.hpp"

namespace nunu::core {
namespace {

/// What the rate begins with at least, so that a client which came late to a limit that others have
/// used up gets its share soon.
constexpr double kFirstRate = 20.0;
/// What is left of the rate after a 429.
constexpr double kDecrease = 0.75;
/// How much the rate grows in a second, in requests a second: the same for all who share a limit.
constexpr double kGrowth = 5.0;
/// A low rate grows by this part of itself with each request, so that some 25 of them are let
/// through for each 429 however low the limit is.
constexpr double kGrowthOfLowRates = 0.01;
/// A high rate, and one that is very low, grows by this part of itself in a second: else it would
/// take minutes, or hours.
constexpr double kGrowthOfHighRates = 0.03;
/// How far a poll may be ahead of its even spacing, to make up for one that was late.
constexpr std::chrono::milliseconds kBurst{100};
/// `Retry-After` is stretched by up to this part of itself, so that clients come back one by one.
constexpr double kStretch = 0.25;

duration stretched(duration retry_after, double draw) noexcept {
  return retry_after + std::chrono::duration_cast<duration>(retry_after * kStretch * draw);
}

}  // namespace

time_point request_budget::ready_at() const noexcept {
  if (!rate_) return floor_;
  return next_ == time_point::min() ? floor_ : std::max(floor_, next_ - kBurst);
}

void request_budget::sent(time_point now) noexcept {
  if (!rate_) return;
  grow(now);
  const auto interval = std::chrono::duration_cast<duration>(seconds(1.0 / *rate_));
  next_ = std::max(next_, now) + interval;
}

void request_budget::grow(time_point now) noexcept {
  // A rate that is not used up has proved nothing.
  if (std::exchange(held_back_, false) && now > grown_at_) {
    const seconds elapsed = std::min<duration>(now - grown_at_, std::chrono::seconds(1));
    const double growth = std::max(std::min(kGrowth, *rate_ * *rate_ * kGrowthOfLowRates),
                                   *rate_ * kGrowthOfHighRates);
    *rate_ += growth * elapsed.count();
  }
  grown_at_ = std::max(grown_at_, now);
}

void request_budget::accepted(time_point now) noexcept {
  rejections_in_a_row_ = 0;
  recently_accepted(now);
  ++accepted_now_;
}

double request_budget::recently_accepted(time_point now) noexcept {
  constexpr std::chrono::seconds window(1);
  if (now - second_ >= 2 * window) {
    accepted_before_ = accepted_now_ = 0;
    second_ = now;
  } else if (now - second_ >= window) {
    accepted_before_ = std::exchange(accepted_now_, 0);
    second_ += window;
  }
  const seconds of_this = now - second_;
  return accepted_before_ * (1.0 - of_this.count()) + accepted_now_;
}

void request_budget::rejected(time_point sent_at, time_point now,
                              std::optional<duration> retry_after, double draw) noexcept {
  // Requests that were under way together are rejected together: that is one message.
  const bool news = sent_at >= decreased_at_;
  if (news) ++rejections_in_a_row_;
  hold_until(now + (retry_after ? stretched(*retry_after, draw)
                                : backoff{}.delay(rejections_in_a_row_, draw)));

  if (!news) return;
  const double before = rate_ ? *rate_ : std::max(kFirstRate, recently_accepted(now));
  rate_ = std::max(kLowestRate, before * kDecrease);
  decreased_at_ = now;
  // The rate grows while it pauses too: to have heard more 429s than others share is loss enough.
  grown_at_ = now;
}

void request_budget::unavailable(time_point now, duration retry_after, double draw) noexcept {
  hold_until(now + stretched(retry_after, draw));
}

void request_budget::hold_until(time_point when) noexcept {
  floor_ = std::max(floor_, when);
  next_ = std::max(next_, floor_);
}

}  // namespace nunu::core
