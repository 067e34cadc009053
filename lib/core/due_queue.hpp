/// \file
/// What is due first.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "core/clock.hpp"

namespace nunu::core {

/// Numbered things by due time, from which any of them can be taken.
///
/// Time is cut into short stretches. Those that are due in the next few of them are in a binary
/// heap, which is small enough for the caches. The others are in lists without order, one for each
/// stretch, from which they come into the heap when nothing in it is due before. So what an
/// operation costs depends little on how many there are: a heap of all would have to look at twenty
/// of them, which lie all over the memory.
class due_queue {
 public:
  using slot = std::uint32_t;

  /// Room for the slots 0 to `count` - 1, so that no other member has to allocate.
  void reserve(std::size_t count);

  bool empty() const noexcept { return heap_.empty(); }
  bool contains(slot s) const noexcept { return places_[s].before != kOutside; }
  /// The slot that is due first, and when. The queue must not be empty.
  slot first() const noexcept { return heap_.front(); }
  time_point first_due() const noexcept { return places_[heap_.front()].due; }
  /// Maybe a slot that will be first before long; any number else.
  slot soon() const noexcept { return walkers_[turn_]; }

  /// The slot must not be inside.
  void push(slot s, time_point due) noexcept;
  /// The slot must be inside.
  void erase(slot s) noexcept;

 private:
  /// The number of a stretch, counted from the clock's epoch.
  using stretch = std::int64_t;

  /// A stretch is so many bits of a due time: about 8 ms. A million jobs that are polled every 30 s
  /// make 300 in each.
  static constexpr int kStretchBits = 23;
  /// Stretches with a list each, from the horizon on: 69 s. For what is due later there is a list
  /// for as many stretches together; these too are used again, after 20 h. So a list may have what
  /// is due in a later round, which is then filed again.
  static constexpr int kNearBits = 13;
  static constexpr stretch kNear = stretch{1} << kNearBits;
  static constexpr stretch kFar = 1024;
  static constexpr stretch kWalkers = 4;

  static constexpr std::uint32_t kOutside = 0xFFFF'FFFF;
  static constexpr std::uint32_t kInHeap = 0xFFFF'FFFE;
  static constexpr std::uint32_t kEnd = 0xFFFF'FFFD;
  /// The lists are numbered from here on, the slots up to here.
  static constexpr std::uint32_t kLists = 0xFFFF'0000;

  struct place {
    time_point due{};
    /// The position in the heap, or the slot that follows in the list.
    std::uint32_t at = kEnd;
    /// The slot before it in the list, or the list when it is the first.
    std::uint32_t before = kOutside;
  };

  static stretch stretch_of(time_point due) noexcept {
    return due.time_since_epoch().count() >> kStretchBits;
  }
  bool earlier(slot a, slot b) const noexcept { return places_[a].due < places_[b].due; }

  void file(slot s) noexcept;
  void unlink(slot s) noexcept;
  void open(std::uint32_t list) noexcept;
  void settle() noexcept;
  void advance() noexcept;
  void walk() noexcept;
  stretch next_near(stretch from) const noexcept;
  stretch next_far(stretch from) const noexcept;
  std::uint32_t& following(std::uint32_t before) noexcept;

  void heap_push(slot s) noexcept;
  void heap_erase(std::uint32_t position) noexcept;
  void sift_up(std::uint32_t position) noexcept;
  void sift_down(std::uint32_t position) noexcept;
  void put(std::uint32_t position, slot s) noexcept;

  std::vector<place> places_;
  /// Has all that is due before the horizon, and the first of all.
  std::vector<slot> heap_;
  /// The first of each list.
  std::vector<slot> lists_;
  std::size_t listed_ = 0;
  /// The stretches up to here have been opened.
  stretch horizon_ = 0;
  /// A bit for each list: it may have something.
  std::array<std::uint64_t, (kNear + kFar) / 64> filled_{};
  /// Each goes through a list that will be opened soon, a step at a time, so that it is in the
  /// caches by then. They take turns, since a step has to wait until the one before has come from
  /// memory.
  std::array<slot, kWalkers> walkers_{kEnd, kEnd, kEnd, kEnd};
  std::size_t turn_ = 0;
};

}  // namespace nunu::core
