/// \file
/// What is due first.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "core/clock.hpp"

namespace nunu::core {

/// A binary heap of numbered things by due time, from which any of them can be taken.
class due_queue {
 public:
  using slot = std::uint32_t;

  /// Room for the slots 0 to `count` - 1, so that no other member has to allocate.
  void reserve(std::size_t count);

  bool empty() const noexcept { return heap_.empty(); }
  bool contains(slot s) const noexcept { return at(s).position != kOutside; }
  /// The slot that is due first, and when. The queue must not be empty.
  slot first() const noexcept { return heap_.front(); }
  time_point first_due() const noexcept { return at(heap_.front()).due; }

  /// The slot must not be inside.
  void push(slot s, time_point due) noexcept;
  /// The slot must be inside.
  void erase(slot s) noexcept;

 private:
  static constexpr std::uint32_t kOutside = 0xFFFF'FFFF;

  struct place {
    time_point due{};
    std::uint32_t position = kOutside;
  };

  const place& at(slot s) const noexcept { return places_[s]; }
  bool earlier(slot a, slot b) const noexcept { return at(a).due < at(b).due; }
  void sift_up(std::uint32_t position) noexcept;
  void sift_down(std::uint32_t position) noexcept;
  void put(std::uint32_t position, slot s) noexcept;

  std::vector<place> places_;
  std::vector<slot> heap_;
};

}  // namespace nunu::core
