#include "core/connection_reuse.hpp"

#include <algorithm>

namespace nunu::core {

bool reusable(const connection_limits& limits, duration age, duration unused, duration freshness,
              std::optional<duration> server_keeps_for) noexcept {
  duration longest_unused = std::min(freshness, limits.idle);
  // Half of what the server promises: the other half is for the way there and its clock.
  if (server_keeps_for) longest_unused = std::min(longest_unused, *server_keeps_for / 2);
  return age < limits.age && unused <= longest_unused;
}

}  // namespace nunu::core
