#include "core/schedule.hpp"

#include <algorithm>
#include <cassert>
#include <limits>
#include <utility>

#include "core/cadence.hpp"

namespace nunu::core {
namespace {

using stored_delay = std::chrono::duration<std::uint32_t, std::milli>;

stored_delay to_stored(std::chrono::milliseconds delay) noexcept {
  constexpr auto most = std::numeric_limits<std::uint32_t>::max();
  return stored_delay(static_cast<std::uint32_t>(
      std::clamp<std::chrono::milliseconds::rep>(delay.count(), 0, most)));
}

}  // namespace

schedule::slot schedule::add(time_point now, double draw) {
  if (free_.empty()) make_slot();
  const slot job = free_.back();
  free_.pop_back();
  entries_[job].due = now + std::chrono::duration_cast<duration>(cadence_.first * draw);
  entries_[job].delay = to_stored(cadence_.first);
  push(job);
  ++size_;
  return job;
}

void schedule::remove(slot job) {
  entry& e = entries_[job];
  assert(e.heap_position != kInFlight && e.heap_position != kFree);
  erase_from_heap(e.heap_position);
  e.heap_position = kFree;
  free_.push_back(job);
  --size_;
}

schedule::action schedule::next(time_point now) {
  if (heap_.empty()) return {};
  // A probe is on its way; what it finds decides.
  if (failures_ > 0 && in_flight_ > 0) return {};
  const slot job = heap_.front();
  const time_point due = std::max(entries_[job].due, not_before_);
  if (due > now) return {what_next::wait_until, job, due};
  erase_from_heap(0);
  entries_[job].heap_position = kInFlight;
  ++in_flight_;
  return {what_next::poll, job, now};
}

void schedule::observed(slot job, job_status status, time_point now, double draw) {
  failures_ = 0;
  const auto delay = next_delay(cadence_, status, entries_[job].delay);
  entries_[job].delay = to_stored(delay);
  land(job, now + jittered(delay, draw));
}

void schedule::failed(slot job, time_point now, std::optional<duration> retry_after, double draw) {
  // Polls that were in flight together fail together: that is one failure of the service.
  if (failures_ == 0 || now >= not_before_) ++failures_;
  const duration delay = delay_after(backoff_, failures_, retry_after.value_or(duration{}), draw);
  not_before_ = std::max(not_before_, now + delay);
  // In its turn like any other: one job that always fails must not be the first of each probe.
  const auto own_delay = next_delay(cadence_, job_status::unknown, entries_[job].delay);
  entries_[job].delay = to_stored(own_delay);
  land(job, now + jittered(own_delay, draw));
}

void schedule::answered_for_good(slot job) {
  failures_ = 0;
  land(job, time_point::max());
  remove(job);
}

void schedule::make_slot() {
  if (entries_.size() == entries_.capacity()) {
    const std::size_t capacity = std::max<std::size_t>(16, 2 * entries_.size());
    // All three grow here, so that no other operation has to allocate.
    free_.reserve(capacity);
    heap_.reserve(capacity);
    entries_.reserve(capacity);
  }
  entries_.emplace_back();
  free_.push_back(static_cast<slot>(entries_.size() - 1));
}

void schedule::land(slot job, time_point due) {
  assert(in_flight(job));
  --in_flight_;
  entries_[job].due = due;
  push(job);
}

void schedule::push(slot job) {
  heap_.push_back(job);
  entries_[job].heap_position = static_cast<std::uint32_t>(heap_.size() - 1);
  sift_up(entries_[job].heap_position);
}

void schedule::erase_from_heap(std::uint32_t position) {
  const slot last = heap_.back();
  heap_.pop_back();
  if (position == heap_.size()) return;
  place(position, last);
  sift_up(position);
  sift_down(entries_[last].heap_position);
}

void schedule::sift_up(std::uint32_t position) {
  const slot job = heap_[position];
  while (position > 0) {
    const std::uint32_t parent = (position - 1) / 2;
    if (!earlier(job, heap_[parent])) break;
    place(position, heap_[parent]);
    position = parent;
  }
  place(position, job);
}

void schedule::sift_down(std::uint32_t position) {
  const slot job = heap_[position];
  const auto size = static_cast<std::uint32_t>(heap_.size());
  for (std::uint32_t child; (child = 2 * position + 1) < size; position = child) {
    if (child + 1 < size && earlier(heap_[child + 1], heap_[child])) ++child;
    if (!earlier(heap_[child], job)) break;
    place(position, heap_[child]);
  }
  place(position, job);
}

void schedule::place(std::uint32_t position, slot job) {
  heap_[position] = job;
  entries_[job].heap_position = position;
}

}  // namespace nunu::core
