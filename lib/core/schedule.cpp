#include "core/schedule.hpp"

#include <algorithm>
#include <cassert>
#include <limits>
#include <utility>

#include "core/cadence.hpp"
#include "core/prefetch.hpp"

namespace nunu::core {
namespace {

using std::chrono::milliseconds;

/// Pages of one sweep are this far apart, so that a sweep is no burst; or closer, so that it takes
/// at most half the interval that delays grow to. The first sweeps too, although they follow each
/// other sooner.
constexpr milliseconds kPagePace{20};

/// After so many sweeps in a row that missed jobs, the group's listing is not relied on any more.
constexpr std::uint8_t kMostSweepsWithMissing = 3;

/// Listings shift while they are read, so a job may be missed once.
constexpr std::uint8_t kMissedToAsk = 2;

template <class Stored>
Stored to_stored(milliseconds delay) noexcept {
  constexpr auto most = std::numeric_limits<typename Stored::rep>::max();
  return Stored(
      static_cast<typename Stored::rep>(std::clamp<milliseconds::rep>(delay.count(), 0, most)));
}

/// Members of a group move together, so nothing has to keep them apart. At the longest this is
/// shorter than what most single jobs draw: sweeping never makes news come later.
duration jittered_sweep(milliseconds nominal, double draw) noexcept {
  return std::chrono::duration_cast<duration>(nominal * (0.75 + 0.125 * draw));
}

}  // namespace

schedule::slot schedule::make_entry(place at) {
  if (free_entries_.empty()) {
    if (entries_.size() == entries_.capacity()) {
      const std::size_t capacity = std::max<std::size_t>(16, 2 * entries_.size());
      // All grow here, so that no other operation has to allocate; the one whose capacity is asked
      // for last, in case memory runs out between them.
      free_entries_.reserve(capacity);
      queue_.reserve(capacity);
      entries_.reserve(capacity);
    }
    free_entries_.push_back(static_cast<slot>(entries_.size()));
    entries_.emplace_back();
  }
  const slot made = free_entries_.back();
  free_entries_.pop_back();
  entries_[made].at = at;
  return made;
}

void schedule::free_entry(slot s) noexcept {
  entries_[s] = {};
  free_entries_.push_back(s);
}

schedule::slot schedule::add(time_point now, double draw) {
  const slot job = make_entry(place::queued);
  entries_[job].delay = to_stored<stored_delay>(cadence_.first);
  queue_.push(job, now + std::chrono::duration_cast<duration>(cadence_.first * draw));
  ++size_;
  return job;
}

void schedule::remove(slot job) noexcept {
  assert(!in_flight(job));
  if (entries_[job].at == place::queued) queue_.erase(job);
  leave_group(job);
  free_entry(job);
  --size_;
}

schedule::group schedule::add_group() {
  if (free_groups_.empty()) {
    if (groups_.size() == groups_.capacity()) {
      const std::size_t capacity = std::max<std::size_t>(16, 2 * groups_.size());
      free_groups_.reserve(capacity);
      groups_.reserve(capacity);
    }
    free_groups_.push_back(static_cast<group>(groups_.size()));
    groups_.emplace_back();
  }
  // Fails, if at all, before anything is taken.
  const slot turn = make_entry(place::group_turn);
  const group made = free_groups_.back();
  free_groups_.pop_back();
  groups_[made].turn = turn;
  entries_[turn].in = made;
  return made;
}

bool schedule::vacant(group g) const noexcept {
  return groups_[g].members.empty() && groups_[g].pages.in_flight() == 0;
}

void schedule::remove_group(group g) noexcept {
  assert(vacant(g));
  free_entry(groups_[g].turn);
  groups_[g] = {};
  free_groups_.push_back(g);
}

void schedule::assign(slot job, group to, time_point now, double draw) {
  entry& e = entries_[job];
  if (e.in != kNoGroup) return;
  group_state& g = groups_[to];
  g.members.push_back(job);
  e.position = static_cast<std::uint32_t>(g.members.size() - 1);
  e.in = to;
  if (g.mode == mode::one_by_one && worth_sweeping(g)) begin_sweeping(to, now, draw);
  if (g.mode == mode::swept && e.at == place::queued) {
    queue_.erase(job);
    e.at = place::swept;
    e.seen_by = g.number;
  }
}

void schedule::leave_group(slot job) noexcept {
  entry& e = entries_[job];
  if (e.in == kNoGroup) return;
  group_state& g = groups_[std::exchange(e.in, kNoGroup)];
  const slot moved = g.members.back();
  g.members[e.position] = moved;
  entries_[moved].position = e.position;
  g.members.pop_back();
  if (!g.members.empty()) return;
  g.members.shrink_to_fit();
  g.pages.abandon();
  if (queue_.contains(g.turn)) queue_.erase(g.turn);
  if (g.mode == mode::swept) g.mode = mode::one_by_one;
}

schedule::action schedule::next(time_point now) noexcept {
  if (queue_.empty()) return {};
  const slot first = queue_.first();
  const time_point due = queue_.first_due();
  if (due > now) {
    health_.caught_up();
    return {.what = what_next::wait_until, .when = ready_at(due)};
  }
  // An outage is probed by one request at a time; what it finds decides.
  const auto condition = health_.now_in();
  if (condition == health::state::probing) return {};
  if (condition == health::state::open && in_flight_ > 0) return {};
  if (budget_.ready_at() > now) budget_.held_back();
  const time_point ready = ready_at(due);
  if (ready > now) return {.what = what_next::wait_until, .when = ready};
  return hand_out(first, now);
}

time_point schedule::ready_at(time_point due) const noexcept {
  return std::max({due, budget_.ready_at(), health_.ready_at()});
}

schedule::action schedule::hand_out(slot first, time_point now) noexcept {
  queue_.erase(first);
  if (const slot soon = queue_.soon(); soon < entries_.size()) prefetch(&entries_[soon]);
  ++in_flight_;
  health_.sent(now);
  budget_.sent(now);
  if (entries_[first].at == place::group_turn) return hand_out_page(entries_[first].in, now);
  entries_[first].at = place::in_flight;
  return {.what = what_next::poll, .job = first, .when = now};
}

schedule::action schedule::hand_out_page(group of, time_point now) noexcept {
  group_state& g = groups_[of];
  if (!g.pages.under_way()) {
    g.pages.begin();
    g.began = now;
    ++g.number;
    g.found = 0;
    g.all_queued = true;
  }
  const std::uint32_t page = g.pages.take_next();
  if (g.pages.has_next()) queue_turn(g, now + pace_of(g));
  return {.what = what_next::sweep, .of = of, .page = page, .when = now};
}

duration schedule::pace_of(const group_state& g) const noexcept {
  const duration half = std::min(cadence_.running, cadence_.queued) / 2;
  return std::min<duration>(kPagePace, half / std::max(g.pages.total_pages(), 1U));
}

void schedule::take_back(const action& handed_out, time_point now) noexcept {
  health_.not_sent();
  --in_flight_;
  if (handed_out.what == what_next::poll) return queue(handed_out.job, now);
  group_state& g = groups_[handed_out.of];
  g.pages.failed(handed_out.page);
  if (g.mode == mode::swept) queue_turn(g, now);
}

void schedule::land([[maybe_unused]] slot job) noexcept {
  assert(in_flight(job));
  --in_flight_;
}

void schedule::answered(time_point now) noexcept {
  health_.succeeded(now);
  budget_.accepted(now);
}

void schedule::queue(slot s, time_point due) noexcept {
  entries_[s].at = place::queued;
  queue_.push(s, due);
}

void schedule::queue_turn(group_state& g, time_point due) noexcept {
  if (!queue_.contains(g.turn)) queue_.push(g.turn, due);
}

void schedule::observed(slot job, job_status status, time_point now, double draw) noexcept {
  land(job);
  answered(now);
  entry& e = entries_[job];
  e.failing = false;
  const auto delay = next_delay(cadence_, status, e.delay);
  e.delay = to_stored<stored_delay>(delay);
  if (e.in != kNoGroup && groups_[e.in].mode == mode::swept) {
    e.at = place::swept;
    e.seen_by = groups_[e.in].number;
    e.missed = 0;
  } else {
    queue(job, now + jittered(delay, draw));
  }
}

void schedule::failed(slot job, time_point now, double draw) noexcept {
  land(job);
  health_.failed(now, draw);
  entry& e = entries_[job];
  // A first failure may be an accident, so the job is asked for again soon. One that always fails
  // falls back to its place.
  const milliseconds delay = std::exchange(e.failing, true)
                                 ? next_delay(cadence_, job_status::unknown, e.delay)
                                 : cadence_.first;
  e.delay = to_stored<stored_delay>(delay);
  queue(job, now + jittered(delay, draw));
}

void schedule::rejected(slot job, time_point sent_at, time_point now,
                        std::optional<duration> retry_after, double draw) noexcept {
  land(job);
  health_.succeeded(now);
  budget_.rejected(sent_at, now, retry_after, draw);
  queue(job, now);
}

void schedule::answered_for_good(slot job, time_point now) noexcept {
  land(job);
  answered(now);
  entries_[job].at = place::swept;
  remove(job);
}

void schedule::found(group in, slot job, job_status status) noexcept {
  entry& e = entries_[job];
  if (e.in != in || e.at == place::in_flight) return;
  group_state& g = groups_[in];
  if (status != job_status::queued) g.all_queued = false;
  if (g.mode != mode::swept) return;
  if (e.at == place::queued) {
    queue_.erase(job);
    e.at = place::swept;
    e.failing = false;
  }
  if (e.seen_by != g.number) ++g.found;
  e.seen_by = g.number;
  e.missed = 0;
}

void schedule::page_landed(group of, std::uint32_t total_pages, time_point now,
                           double draw) noexcept {
  --in_flight_;
  answered(now);
  group_state& g = groups_[of];
  g.pages.landed(total_pages);
  if (g.mode != mode::swept) return;
  if (!worth_sweeping(g))
    end_sweeping(of, mode::one_by_one, now, draw);
  else if (g.pages.end_if_complete())
    sweep_completed(of, now, draw);
  else if (g.pages.has_next())
    queue_turn(g, now + pace_of(g));
}

void schedule::page_failed(group of, std::uint32_t page, time_point now, double draw) noexcept {
  --in_flight_;
  health_.failed(now, draw);
  group_state& g = groups_[of];
  g.pages.failed(page);
  if (g.mode == mode::swept) queue_turn(g, now + jittered(cadence_.first, draw));
}

void schedule::page_rejected(group of, std::uint32_t page, time_point sent_at, time_point now,
                             std::optional<duration> retry_after, double draw) noexcept {
  --in_flight_;
  health_.succeeded(now);
  budget_.rejected(sent_at, now, retry_after, draw);
  group_state& g = groups_[of];
  g.pages.failed(page);
  if (g.mode == mode::swept) queue_turn(g, now);
}

void schedule::page_useless(group of, time_point now, double draw) noexcept {
  --in_flight_;
  answered(now);
  groups_[of].pages.landed(0);
  end_sweeping(of, mode::given_up, now, draw);
}

void schedule::listing_refused(group of, time_point now, double draw) noexcept {
  batching_ = batching::off;
  page_useless(of, now, draw);
  for (group other = 0; other < groups_.size(); ++other)
    if (groups_[other].mode == mode::swept) end_sweeping(other, mode::given_up, now, draw);
}

void schedule::unavailable(duration retry_after, time_point now, double draw) noexcept {
  budget_.unavailable(now, retry_after, draw);
  health_.unavailable(budget_.floor());
}

bool schedule::worth_sweeping(const group_state& g) const noexcept {
  if (batching_ == batching::off) return false;
  std::size_t pages = g.pages.total_pages();
  if (pages == 0) pages = (g.members.size() + group_sweep::kPageSize - 1) / group_sweep::kPageSize;
  return pages < g.members.size();
}

void schedule::begin_sweeping(group of, time_point now, double draw) noexcept {
  group_state& g = groups_[of];
  g.mode = mode::swept;
  g.sweeps_with_missing = 0;
  g.delay = to_stored<stored_delay>(cadence_.first);
  for (const slot job : g.members) {
    entry& e = entries_[job];
    e.seen_by = g.number;
    e.missed = 0;
    if (e.at != place::queued) continue;
    queue_.erase(job);
    e.at = place::swept;
  }
  queue_turn(g, now + std::chrono::duration_cast<duration>(cadence_.first * draw));
}

void schedule::end_sweeping(group of, mode then, time_point now, double draw) noexcept {
  group_state& g = groups_[of];
  if (then == mode::given_up && g.mode != mode::given_up) ++given_up_;
  g.mode = then;
  g.pages.abandon();
  if (queue_.contains(g.turn)) queue_.erase(g.turn);
  const std::size_t count = g.members.size();
  // Jobs of a young group would all be asked for within its short delay.
  const auto apart = std::min<duration>(count * kPagePace, cadence_.running);
  const auto within = std::max<duration>(g.delay, apart);
  const auto delay = std::chrono::duration_cast<milliseconds>(within);
  const duration pace = pace_of(g);
  duration turn{};
  for (const slot job : g.members) {
    entry& e = entries_[job];
    if (e.at != place::swept) continue;
    e.delay = to_stored<stored_delay>(delay);
    // The last sweep may have ended before it came to this job, whose turn it then is: at the pace
    // of the pages that are not asked for any more, which are no fewer than the jobs. The others
    // have theirs within the interval that has begun, no two at once.
    const bool its_turn = then == mode::one_by_one && e.seen_by != g.number;
    const double share = (e.position + draw) / static_cast<double>(count);
    queue(job, now + (its_turn ? turn : std::chrono::duration_cast<duration>(within * share)));
    if (its_turn) turn += pace;
  }
}

void schedule::sweep_completed(group of, time_point now, double draw) noexcept {
  group_state& g = groups_[of];
  if (g.found >= g.members.size())
    g.sweeps_with_missing = 0;
  else if (ask_for_missing(g, now) && ++g.sweeps_with_missing >= kMostSweepsWithMissing)
    return end_sweeping(of, mode::given_up, now, draw);
  const auto status = g.all_queued ? job_status::queued : job_status::running;
  g.delay = to_stored<stored_delay>(next_delay(cadence_, status, g.delay));
  queue_turn(g, std::max(now, g.began + jittered_sweep(g.delay, draw)));
}

bool schedule::ask_for_missing(group_state& g, time_point now) noexcept {
  bool any = false;
  for (const slot job : g.members) {
    entry& e = entries_[job];
    if (e.at != place::swept || e.seen_by == g.number || ++e.missed < kMissedToAsk) continue;
    queue(job, now);
    any = true;
  }
  return any;
}

}  // namespace nunu::core
