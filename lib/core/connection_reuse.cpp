#include "core/connection_reuse.hpp"

#include <algorithm>

namespace nunu::core {

duration longest_unused(duration freshness, duration idle_limit,
                        std::optional<duration> server_keeps_for) noexcept {
  const duration ours = std::min(freshness, idle_limit);
  // Half of what the server promises: the other half is for the way there and its clock.
  return server_keeps_for ? std::min(ours, *server_keeps_for / 2) : ours;
}

}  // namespace nunu::core
