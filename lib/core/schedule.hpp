/// \file
/// Which watched job, or which page of a group of them, to ask for next, and when.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include <nunu/job_run.hpp>
#include <nunu/poll_cadence.hpp>
#include "core/clock.hpp"
#include "core/due_queue.hpp"
#include "core/group_sweep.hpp"
#include "core/health.hpp"
#include "core/request_budget.hpp"

namespace nunu::core {

/// The schedule of all watched jobs of a client, with its request budget and the health of the
/// service.
///
/// A job is due by its cadence. Jobs of one group are refreshed together, by sweeping the pages of
/// the group's listing, whenever that takes fewer requests than asking for each. What `next` has
/// handed out is in flight until it is reported on, and is not handed out again before.
///
/// Only `add`, `add_group` and `assign` allocate, and have done nothing when they throw: without
/// memory, what is inside is polled all the same.
///
/// Draws are uniform in [0, 1).
class schedule {
 public:
  /// Identifies a job from `add` to `remove`; then it is given to another.
  using slot = due_queue::slot;
  /// Identifies a group from `add_group` to `remove_group`.
  using group = std::uint32_t;
  static constexpr group kNoGroup = 0xFFFF'FFFF;

  enum class what_next : std::uint8_t {
    /// Poll `job`.
    poll,
    /// Ask for page `page` of the listing of group `of`.
    sweep,
    /// Ask again at `when`, or after any other call.
    wait_until,
    /// Ask again after any other call.
    nothing,
  };

  struct action {
    what_next what = what_next::nothing;
    slot job = 0;
    group of = kNoGroup;
    std::uint32_t page = 0;
    time_point when{};
  };

  enum class batching : bool { off, on };

  schedule(poll_cadence cadence, batching batch) noexcept : cadence_(cadence), batching_(batch) {}

  slot add(time_point now, double draw);
  /// The job must not be in flight.
  void remove(slot job) noexcept;

  group add_group();
  /// Tells that the job belongs to the group. A job in one group stays in it.
  void assign(slot job, group to, time_point now, double draw);
  group group_of(slot job) const noexcept { return entries_[job].in; }
  /// Nobody is in it, and none of its pages is in flight.
  bool vacant(group g) const noexcept;
  /// The group must be vacant.
  void remove_group(group g) noexcept;

  action next(time_point now) noexcept;

  /// What was handed out was not sent, since meanwhile the budget's floor has risen. It is handed
  /// out again.
  void take_back(const action& handed_out, time_point now) noexcept;

  // What became of a poll in flight.

  /// The service answered, and the job goes on.
  void observed(slot job, job_status status, time_point now, double draw) noexcept;
  /// The service, or the way to it, is at fault.
  void failed(slot job, time_point now, double draw) noexcept;
  /// 429.
  void rejected(slot job, time_point sent_at, time_point now, std::optional<duration> retry_after,
                double draw) noexcept;
  /// The service answered, and nothing more is to be asked about the job. It is removed.
  void answered_for_good(slot job, time_point now) noexcept;

  // What became of a page in flight. `found` comes first, for each job on it that goes on.

  void found(group in, slot job, job_status status) noexcept;
  void page_landed(group of, std::uint32_t total_pages, time_point now, double draw) noexcept;
  void page_failed(group of, std::uint32_t page, time_point now, double draw) noexcept;
  void page_rejected(group of, std::uint32_t page, time_point sent_at, time_point now,
                     std::optional<duration> retry_after, double draw) noexcept;
  /// The service answered, but with nothing that helps: the group is not swept any more.
  void page_useless(group of, time_point now, double draw) noexcept;
  /// The service does not allow listing: no group is swept any more.
  void listing_refused(group of, time_point now, double draw) noexcept;

  /// To a request of any kind the service has answered that it is not there for so long: nothing is
  /// handed out before. Comes before what became of that request.
  void unavailable(duration retry_after, time_point now, double draw) noexcept;

  request_budget& budget() noexcept { return budget_; }
  const core::health& health() const noexcept { return health_; }
  /// Groups whose listing was given up since it was of no use or kept missing jobs.
  std::size_t groups_given_up() const noexcept { return given_up_; }

  bool in_flight(slot job) const noexcept { return entries_[job].at == place::in_flight; }
  std::size_t size() const noexcept { return size_; }

 private:
  using stored_delay = std::chrono::duration<std::uint32_t, std::milli>;

  enum class place : std::uint8_t { free, queued, in_flight, swept, group_turn };

  struct entry {
    stored_delay delay{};
    group in = kNoGroup;
    /// Among the members of its group.
    std::uint32_t position = 0;
    place at = place::free;
    /// The number of the group's sweep that saw it last, and how many in a row have not.
    std::uint8_t seen_by = 0;
    std::uint8_t missed = 0;
    bool failing = false;
  };

  enum class mode : std::uint8_t { one_by_one, swept, given_up };

  struct group_state {
    std::vector<slot> members;
    group_sweep pages;
    /// In the queue when a page is to be asked for.
    slot turn = 0;
    enum mode mode = mode::one_by_one;
    std::uint8_t number = 0;
    std::uint8_t sweeps_with_missing = 0;
    bool all_queued = true;
    std::uint32_t found = 0;
    stored_delay delay{};
    time_point began{};
  };

  slot make_entry(place at);
  void free_entry(slot s) noexcept;
  time_point ready_at(time_point due) const noexcept;
  action hand_out(slot first, time_point now) noexcept;
  action hand_out_page(group of, time_point now) noexcept;
  void land(slot job) noexcept;
  void answered(time_point now) noexcept;
  void queue(slot s, time_point due) noexcept;
  void queue_turn(group_state& g, time_point due) noexcept;

  bool worth_sweeping(const group_state& g) const noexcept;
  void begin_sweeping(group of, time_point now, double draw) noexcept;
  void end_sweeping(group of, mode then, time_point now, double draw) noexcept;
  void sweep_completed(group of, time_point now, double draw) noexcept;
  bool ask_for_missing(group_state& g, time_point now) noexcept;
  duration pace_of(const group_state& g) const noexcept;
  void leave_group(slot job) noexcept;

  poll_cadence cadence_;
  batching batching_;
  request_budget budget_;
  core::health health_;
  due_queue queue_;
  /// Of jobs, and of the turns of groups.
  std::vector<entry> entries_;
  std::vector<slot> free_entries_;
  std::vector<group_state> groups_;
  std::vector<group> free_groups_;
  std::size_t size_ = 0;
  std::size_t in_flight_ = 0;
  std::size_t given_up_ = 0;
};

}  // namespace nunu::core
