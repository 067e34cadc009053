#include "core/backoff.hpp"

#include <algorithm>

namespace nunu::core {

duration backoff::delay(unsigned failures, double draw) const noexcept {
  duration ceiling = first;
  for (unsigned i = 1; i < failures && ceiling < cap; ++i) ceiling *= 2;
  return std::chrono::duration_cast<duration>(std::min(ceiling, cap) * draw);
}

duration delay_after(const backoff& policy, unsigned failures, duration retry_after,
                     double draw) noexcept {
  return retry_after + policy.delay(failures, draw);
}

}  // namespace nunu::core
