#include "core/due_queue.hpp"

#include <algorithm>
#include <bit>
#include <cassert>
#include <utility>

#include "core/prefetch.hpp"

namespace nunu::core {

void due_queue::reserve(std::size_t count) {
  if (count <= places_.size()) return;
  assert(count <= kLists);
  lists_.resize(kNear + kFar, kEnd);
  heap_.reserve(count);
  places_.resize(count);
}

void due_queue::push(slot s, time_point due) noexcept {
  assert(!contains(s) && heap_.size() < heap_.capacity());
  places_[s].due = due;
  // The horizon goes back to what is first now, or all that comes before the old one would have to
  // be in the heap. What is in the heap may stay.
  if (empty())
    horizon_ = stretch_of(due) + 1;
  else if (due < first_due())
    horizon_ = std::min(horizon_, stretch_of(due) + 1);
  file(s);
  settle();
}

void due_queue::erase(slot s) noexcept {
  assert(contains(s));
  if (places_[s].before == kInHeap) {
    heap_erase(places_[s].at);
    walk();
  } else {
    unlink(s);
  }
  places_[s].before = kOutside;
  settle();
}

/// Puts it into the heap or a list.
void due_queue::file(slot s) noexcept {
  const stretch due = stretch_of(places_[s].due);
  if (due < horizon_) return heap_push(s);
  const auto list = static_cast<std::uint32_t>(
      due < horizon_ + kNear ? due & (kNear - 1) : kNear + ((due >> kNearBits) & (kFar - 1)));
  filled_[list / 64] |= std::uint64_t{1} << (list % 64);
  const std::uint32_t before = kLists + list;
  const slot next = std::exchange(following(before), s);
  if (next != kEnd) places_[next].before = s;
  places_[s].at = next;
  places_[s].before = before;
  ++listed_;
}

void due_queue::unlink(slot s) noexcept {
  const place& p = places_[s];
  following(p.before) = p.at;
  if (p.at != kEnd) places_[p.at].before = p.before;
  --listed_;
}

std::uint32_t& due_queue::following(std::uint32_t before) noexcept {
  return before >= kLists ? lists_[before - kLists] : places_[before].at;
}

/// Files again what is in the list.
void due_queue::open(std::uint32_t list) noexcept {
  filled_[list / 64] &= ~(std::uint64_t{1} << (list % 64));
  for (slot s = std::exchange(lists_[list], kEnd); s != kEnd;) {
    const slot next = places_[s].at;
    --listed_;
    file(s);
    s = next;
  }
}

/// Moves the horizon beyond what is due first.
void due_queue::settle() noexcept {
  while (listed_ > 0 && (empty() || stretch_of(first_due()) >= horizon_)) advance();
}

/// Moves the horizon on to the end of the next stretch that has something, or to where the next
/// list of many stretches begins.
void due_queue::advance() noexcept {
  if ((horizon_ & (kNear - 1)) == 0)
    open(static_cast<std::uint32_t>(kNear + ((horizon_ >> kNearBits) & (kFar - 1))));
  const stretch next = next_near(horizon_);
  if (next >> kNearBits != horizon_ >> kNearBits) {
    horizon_ = next_near(0) == kNear ? next_far(next) : next;
    return;
  }
  horizon_ = next + 1;
  open(static_cast<std::uint32_t>(next & (kNear - 1)));
  const stretch soon = next + kWalkers;
  walkers_[static_cast<std::size_t>(soon & (kWalkers - 1))] =
      lists_[static_cast<std::size_t>(soon & (kNear - 1))];
}

void due_queue::walk() noexcept {
  turn_ = (turn_ + 1) % walkers_.size();
  slot& s = walkers_[turn_];
  if (s >= places_.size()) return;
  s = places_[s].at;
  if (s < places_.size()) prefetch(&places_[s]);
}

/// The first stretch from there on whose list may have something, but at most the next at which a
/// list of many stretches begins.
due_queue::stretch due_queue::next_near(stretch from) const noexcept {
  const stretch in_lists = from & (kNear - 1);
  auto word = static_cast<std::size_t>(in_lists / 64);
  std::uint64_t bits = filled_[word] >> (in_lists % 64) << (in_lists % 64);
  while (bits == 0 && ++word < kNear / 64) bits = filled_[word];
  return from - in_lists + static_cast<stretch>(64 * word) +
         (bits == 0 ? 0 : std::countr_zero(bits));
}

/// The first stretch from there on at which a list of many begins that may have something. There
/// must be one.
due_queue::stretch due_queue::next_far(stretch from) const noexcept {
  for (;; from += kNear) {
    const auto list = static_cast<std::size_t>(kNear + ((from >> kNearBits) & (kFar - 1)));
    if ((filled_[list / 64] >> (list % 64) & 1) != 0) return from;
  }
}

void due_queue::heap_push(slot s) noexcept {
  heap_.push_back(s);
  places_[s].before = kInHeap;
  sift_up(static_cast<std::uint32_t>(heap_.size() - 1));
}

void due_queue::heap_erase(std::uint32_t position) noexcept {
  const slot last = heap_.back();
  heap_.pop_back();
  if (position == heap_.size()) return;
  put(position, last);
  sift_up(position);
  sift_down(places_[last].at);
}

void due_queue::sift_up(std::uint32_t position) noexcept {
  const slot s = heap_[position];
  while (position > 0) {
    const std::uint32_t parent = (position - 1) / 2;
    if (!earlier(s, heap_[parent])) break;
    put(position, heap_[parent]);
    position = parent;
  }
  put(position, s);
}

void due_queue::sift_down(std::uint32_t position) noexcept {
  const slot s = heap_[position];
  const auto size = static_cast<std::uint32_t>(heap_.size());
  for (std::uint32_t child; (child = 2 * position + 1) < size; position = child) {
    if (child + 1 < size && earlier(heap_[child + 1], heap_[child])) ++child;
    if (!earlier(heap_[child], s)) break;
    put(position, heap_[child]);
  }
  put(position, s);
}

void due_queue::put(std::uint32_t position, slot s) noexcept {
  heap_[position] = s;
  places_[s].at = position;
}

}  // namespace nunu::core
