#include "core/group_sweep.hpp"

#include <algorithm>

namespace nunu::core {

void group_sweep::begin() noexcept {
  under_way_ = true;
  next_page_ = 0;
  failed_pages_.clear();
}

void group_sweep::abandon() noexcept {
  under_way_ = false;
  failed_pages_.clear();
}

bool group_sweep::has_next() const noexcept {
  if (!under_way_) return false;
  // The first page tells how many there are.
  return !failed_pages_.empty() || next_page_ < std::max(total_pages_, 1U);
}

std::uint32_t group_sweep::take_next() {
  // Every page in flight may fail.
  failed_pages_.reserve(failed_pages_.size() + in_flight_ + 1);
  ++in_flight_;
  if (failed_pages_.empty()) return next_page_++;
  const std::uint32_t page = failed_pages_.back();
  failed_pages_.pop_back();
  return page;
}

void group_sweep::landed(std::uint32_t total_pages) noexcept {
  --in_flight_;
  total_pages_ = total_pages;
}

void group_sweep::failed(std::uint32_t page) noexcept {
  --in_flight_;
  if (under_way_) failed_pages_.push_back(page);
}

bool group_sweep::end_if_complete() noexcept {
  if (!under_way_ || in_flight_ != 0 || has_next()) return false;
  under_way_ = false;
  return true;
}

}  // namespace nunu::core
