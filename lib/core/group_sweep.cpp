#include "core/group_sweep.hpp"

#include <algorithm>

namespace nunu::core {

void group_sweep::begin() noexcept {
  under_way_ = true;
  next_page_ = 0;
  failed_count_ = 0;
}

void group_sweep::abandon() noexcept {
  under_way_ = false;
  failed_count_ = 0;
}

bool group_sweep::has_next() const noexcept {
  if (!under_way_) return false;
  // The first page tells how many there are.
  return failed_count_ != 0 || next_page_ < std::max(total_pages_, 1U);
}

std::uint32_t group_sweep::take_next() noexcept {
  ++in_flight_;
  return failed_count_ == 0 ? next_page_++ : failed_pages_[--failed_count_];
}

void group_sweep::landed(std::uint32_t total_pages) noexcept {
  --in_flight_;
  total_pages_ = total_pages;
}

void group_sweep::failed(std::uint32_t page) noexcept {
  --in_flight_;
  if (!under_way_) return;
  if (failed_count_ < failed_pages_.size())
    failed_pages_[failed_count_++] = page;
  else
    next_page_ = std::min(next_page_, page);
}

bool group_sweep::end_if_complete() noexcept {
  if (!under_way_ || in_flight_ != 0 || has_next()) return false;
  under_way_ = false;
  return true;
}

}  // namespace nunu::core
