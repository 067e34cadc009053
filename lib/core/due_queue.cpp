#include "core/due_queue.hpp"

#include <algorithm>
#include <cassert>

namespace nunu::core {

void due_queue::reserve(std::size_t count) {
  if (count <= places_.size()) return;
  heap_.reserve(count);
  places_.resize(count);
}

void due_queue::push(slot s, time_point due) noexcept {
  assert(!contains(s) && heap_.size() < heap_.capacity());
  places_[s].due = due;
  heap_.push_back(s);
  sift_up(static_cast<std::uint32_t>(heap_.size() - 1));
}

void due_queue::erase(slot s) noexcept {
  const std::uint32_t position = at(s).position;
  assert(position != kOutside);
  places_[s].position = kOutside;
  const slot last = heap_.back();
  heap_.pop_back();
  if (position == heap_.size()) return;
  put(position, last);
  sift_up(position);
  sift_down(at(last).position);
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
  places_[s].position = position;
}

}  // namespace nunu::core
