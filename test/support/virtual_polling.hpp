// Polling in virtual time: `core::schedule` against a model of the service, event by event. No
// clock, no network. What the poll engine's coroutines carry out is done here at once.
#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <limits>
#include <optional>
#include <queue>
#include <random>
#include <set>
#include <utility>
#include <vector>

#include "core/schedule.hpp"

namespace nunu::test {

/// How the modelled service behaves.
struct virtual_service {
  core::duration shortest_answer = std::chrono::milliseconds(20);
  core::duration longest_answer = std::chrono::milliseconds(80);
  /// Requests a second above which answers are 429; a burst of one second's worth is granted.
  std::optional<double> rate_limit{};
  std::optional<core::duration> retry_after{};
  /// Nothing answers from `down_from` to `down_until`.
  core::time_point down_from = core::time_point::max();
  core::time_point down_until = core::time_point::max();
  /// The part of the requests that break on the way.
  double broken = 0.0;
  /// The part of the jobs that a listing leaves out, each time other ones.
  double left_out = 0.0;
  /// Answers every listing with 403.
  bool forbids_listing = false;
};

struct virtual_job {
  core::time_point begins;
  core::time_point ends;
  core::schedule::group in = core::schedule::kNoGroup;
  core::schedule::slot slot = 0;
  /// When the schedule's owner learned of its end.
  std::optional<core::time_point> delivered{};
};

class virtual_polling {
 public:
  using duration = core::duration;
  using time_point = core::time_point;
  using what_next = core::schedule::what_next;

  virtual_polling(core::schedule& schedule, virtual_service service, std::size_t connections,
                  std::uint64_t seed)
      : schedule_(schedule), service_(service), connections_(connections), random_(seed) {}

  /// Watches a job from now on.
  void watch(time_point ends, core::schedule::group in = core::schedule::kNoGroup) {
    const auto number = static_cast<std::uint32_t>(jobs_.size());
    jobs_.push_back({now_, ends, in, schedule_.add(now_, draw())});
    if (job_at_.size() <= jobs_[number].slot) job_at_.resize(jobs_[number].slot + 1);
    job_at_[jobs_[number].slot] = number;
    if (in == core::schedule::kNoGroup) return;
    if (members_.size() <= in) members_.resize(in + 1);
    members_[in].push_back(number);
    schedule_.assign(jobs_[number].slot, in, now_, draw());
  }

  /// Stops to watch a job that is not in flight.
  void leave(std::uint32_t number) {
    schedule_.remove(jobs_[number].slot);
    jobs_[number].delivered = now_;
  }

  /// Goes on until `until`, or until nothing is left to do.
  void run(time_point until) {
    while (now_ < until) {
      std::optional<time_point> wake_up;
      while (in_flight_.size() < connections_) {
        const auto next = schedule_.next(now_);
        if (next.what == what_next::wait_until) wake_up = next.when;
        if (next.what != what_next::poll && next.what != what_next::sweep) break;
        send(next);
      }
      auto next_event = until;
      if (!in_flight_.empty()) next_event = std::min(next_event, in_flight_.top().lands);
      if (wake_up) next_event = std::min(next_event, *wake_up);
      now_ = std::max(now_, next_event);
      while (!in_flight_.empty() && in_flight_.top().lands <= now_) {
        const flight landed = in_flight_.top();
        in_flight_.pop();
        land(landed);
      }
      if (in_flight_.empty() && schedule_.size() == 0) return;
    }
  }

  time_point now() const { return now_; }
  void begin_at(time_point start) { now_ = start; }
  virtual_service& service() { return service_; }
  const std::vector<virtual_job>& jobs() const { return jobs_; }
  bool in_flight(std::uint32_t number) const { return schedule_.in_flight(jobs_[number].slot); }

  std::uint64_t requests = 0;
  std::uint64_t rejected = 0;
  std::uint64_t peak_requests_per_second = 0;
  std::size_t most_in_flight = 0;
  /// A job or a page was asked for while the same request was still on its way.
  bool asked_twice_at_once = false;

 private:
  enum class fate : std::uint8_t { answered, broken, rejected };

  struct flight {
    time_point lands;
    core::schedule::action what;
    fate becomes;
    friend bool operator>(const flight& a, const flight& b) { return a.lands > b.lands; }
  };

  /// A page by its group and number, a job by no group and its slot.
  using request_key = std::pair<core::schedule::group, std::uint32_t>;

  static request_key request_of(const core::schedule::action& what) {
    if (what.what == what_next::sweep) return {what.of, what.page};
    return {core::schedule::kNoGroup, what.job};
  }

  double draw() { return std::uniform_real_distribution<double>(0.0, 1.0)(random_); }

  void send(const core::schedule::action& what) {
    if (!under_way_.insert(request_of(what)).second) asked_twice_at_once = true;
    ++requests;
    if (now_ - second_ >= std::chrono::seconds(1)) {
      second_ = now_;
      in_second_ = 0;
    }
    peak_requests_per_second = std::max(peak_requests_per_second, ++in_second_);
    const duration takes = service_.shortest_answer +
                           std::chrono::duration_cast<duration>(
                               (service_.longest_answer - service_.shortest_answer) * draw());
    in_flight_.push({now_ + takes, what, fate_of_request()});
    most_in_flight = std::max(most_in_flight, in_flight_.size());
  }

  fate fate_of_request() {
    if (now_ >= service_.down_from && now_ < service_.down_until) return fate::broken;
    if (service_.broken > 0.0 && draw() < service_.broken) return fate::broken;
    if (!service_.rate_limit) return fate::answered;
    const double limit = *service_.rate_limit;
    const std::chrono::duration<double> since = now_ - filled_;
    tokens_ = std::min(limit, tokens_ + since.count() * limit);
    filled_ = now_;
    if (tokens_ < 1.0) return fate::rejected;
    tokens_ -= 1.0;
    return fate::answered;
  }

  void land(const flight& f) {
    under_way_.erase(request_of(f.what));
    if (f.becomes == fate::rejected) ++rejected;
    if (f.what.what == what_next::sweep)
      land_page(f);
    else
      land_poll(f);
  }

  void land_poll(const flight& f) {
    virtual_job& job = jobs_[job_at_[f.what.job]];
    switch (f.becomes) {
      case fate::broken:
        return schedule_.failed(job.slot, now_, draw());
      case fate::rejected:
        return schedule_.rejected(job.slot, f.what.when, now_, service_.retry_after, draw());
      case fate::answered:
        break;
    }
    if (job.ends <= now_) {
      schedule_.answered_for_good(job.slot, now_);
      job.delivered = now_;
    } else {
      schedule_.observed(job.slot, job_status::running, now_, draw());
    }
  }

  void land_page(const flight& f) {
    const auto group = f.what.of;
    switch (f.becomes) {
      case fate::broken:
        return schedule_.page_failed(group, f.what.page, now_, draw());
      case fate::rejected:
        return schedule_.page_rejected(group, f.what.page, f.what.when, now_, service_.retry_after,
                                       draw());
      case fate::answered:
        break;
    }
    if (service_.forbids_listing) return schedule_.listing_refused(group, now_, draw());
    constexpr std::size_t size = core::group_sweep::kPageSize;
    const auto& members = members_[group];
    const std::size_t begin = std::min(f.what.page * size, members.size());
    const std::size_t end = std::min(begin + size, members.size());
    for (std::size_t i = begin; i < end; ++i) {
      virtual_job& job = jobs_[members[i]];
      if (job.delivered || schedule_.in_flight(job.slot)) continue;
      if (service_.left_out > 0.0 && draw() < service_.left_out) continue;
      if (job.ends <= now_) {
        schedule_.remove(job.slot);
        job.delivered = now_;
      } else {
        schedule_.found(group, job.slot, job_status::running);
      }
    }
    const auto pages = static_cast<std::uint32_t>((members.size() + size - 1) / size);
    schedule_.page_landed(group, pages, now_, draw());
  }

  core::schedule& schedule_;
  virtual_service service_;
  std::size_t connections_;
  std::mt19937_64 random_;
  time_point now_{std::chrono::hours(1)};
  std::vector<virtual_job> jobs_;
  /// By slot.
  std::vector<std::uint32_t> job_at_;
  /// By group, those that have ended too, as the service lists them.
  std::vector<std::vector<std::uint32_t>> members_;
  std::priority_queue<flight, std::vector<flight>, std::greater<>> in_flight_;
  std::set<request_key> under_way_;
  time_point second_{};
  std::uint64_t in_second_ = 0;
  double tokens_ = std::numeric_limits<double>::max();
  time_point filled_{};
};

}  // namespace nunu::test
