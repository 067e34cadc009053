/// \file
/// Which watched job to ask for next, and when.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include <nunu/job_run.hpp>
#include <nunu/poll_cadence.hpp>
#include "core/backoff.hpp"
#include "core/clock.hpp"

namespace nunu::core {

/// The schedule of all watched jobs of a client. A job is due by its cadence; a poll that `next`
/// has handed out is in flight until `observed`, `failed` or `answered_for_good` reports on it, and
/// a job in flight is not handed out again.
///
/// While polls fail, the service is assumed to be down: one poll at a time probes it, with growing
/// delays between. The first that succeeds ends that.
class schedule {
 public:
  /// Identifies a job from `add` to `remove`; then it is given to another.
  using slot = std::uint32_t;

  enum class what_next : std::uint8_t {
    /// Poll `job`.
    poll,
    /// Ask again at `when`, or after any other call.
    wait_until,
    /// Ask again after any other call.
    nothing,
  };

  struct action {
    what_next what = what_next::nothing;
    slot job = 0;
    time_point when{};
  };

  explicit schedule(poll_cadence cadence) noexcept : cadence_(cadence) {}

  /// Draws are uniform in [0, 1).
  slot add(time_point now, double draw);
  /// The job must not be in flight.
  void remove(slot job);

  action next(time_point now);

  /// The service answered, and the job goes on.
  void observed(slot job, job_status status, time_point now, double draw);
  /// The service, or the way to it, is at fault. No job is polled before `retry_after`, nor before
  /// the backoff ends; this one not before its next turn either.
  void failed(slot job, time_point now, std::optional<duration> retry_after, double draw);
  /// The service answered, and nothing more is to be asked about the job. It is removed.
  void answered_for_good(slot job);

  /// The latest poll that landed has failed.
  bool failing() const noexcept { return failures_ > 0; }
  bool in_flight(slot job) const noexcept { return entries_[job].heap_position == kInFlight; }
  std::size_t size() const noexcept { return size_; }

 private:
  static constexpr std::uint32_t kInFlight = 0xFFFF'FFFF;
  static constexpr std::uint32_t kFree = 0xFFFF'FFFE;

  struct entry {
    time_point due{};
    std::chrono::duration<std::uint32_t, std::milli> delay{};
    std::uint32_t heap_position = kFree;
  };

  void make_slot();
  void land(slot job, time_point due);
  void push(slot job);
  void erase_from_heap(std::uint32_t position);
  void sift_up(std::uint32_t position);
  void sift_down(std::uint32_t position);
  void place(std::uint32_t position, slot job);
  bool earlier(slot a, slot b) const noexcept { return entries_[a].due < entries_[b].due; }

  poll_cadence cadence_;
  backoff backoff_;
  std::vector<entry> entries_;
  std::vector<slot> free_;
  /// A binary heap by due time; entries know their position in it.
  std::vector<slot> heap_;
  std::size_t size_ = 0;
  std::size_t in_flight_ = 0;
  unsigned failures_ = 0;
  time_point not_before_{};
};

}  // namespace nunu::core
