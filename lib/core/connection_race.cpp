#include "core/connection_race.hpp"

#include <algorithm>

namespace nunu::core {

std::vector<std::size_t> order_of_attempts(std::span<const address_family> resolved) {
  std::vector<std::size_t> order;
  order.reserve(resolved.size());
  if (resolved.empty()) return order;
  // The next of each family, and whose turn it is.
  const address_family preferred = resolved.front();
  std::size_t next[] = {0, 0};
  bool of_preferred = true;
  while (order.size() < resolved.size()) {
    std::size_t& at = next[of_preferred ? 0 : 1];
    const auto fits = [&](address_family f) { return (f == preferred) == of_preferred; };
    const auto found =
        std::find_if(resolved.begin() + static_cast<std::ptrdiff_t>(at), resolved.end(), fits);
    at = static_cast<std::size_t>(found - resolved.begin());
    if (found != resolved.end()) order.push_back(at++);
    of_preferred = !of_preferred;
  }
  return order;
}

time_point connection_race::next_at() const noexcept {
  return begun_ < addresses_ ? next_at_ : time_point::max();
}

std::size_t connection_race::begin_next(time_point now) noexcept {
  next_at_ = now + kAttemptDelay;
  return begun_++;
}

void connection_race::failed(std::size_t attempt) noexcept {
  ++failures_;
  // An earlier one is no longer what the next waits for.
  if (attempt + 1 == begun_) next_at_ = time_point::min();
}

}  // namespace nunu::core
