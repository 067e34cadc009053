#include "core/cadence.hpp"

#include <algorithm>

namespace nunu::core {
namespace {

/// Growth starts from here when the first poll is to come at once.
constexpr std::chrono::milliseconds kShortestDelay{10};

std::chrono::milliseconds bound(const poll_cadence& cadence, job_status status) noexcept {
  switch (status) {
    case job_status::queued:
      return cadence.queued;
    case job_status::stopping:
    case job_status::cleaning_up:
      return cadence.ending;
    case job_status::unknown:
    case job_status::starting:
    case job_status::running:
    case job_status::completed:
      break;
  }
  return cadence.running;
}

}  // namespace

std::chrono::milliseconds next_delay(const poll_cadence& cadence, job_status status,
                                     std::chrono::milliseconds previous) noexcept {
  const auto grown = std::chrono::duration<double, std::milli>(
      static_cast<double>(std::max(previous, kShortestDelay).count()) * cadence.growth);
  const std::chrono::milliseconds limit = bound(cadence, status);
  // Compared before the conversion: a delay that has grown for months must not overflow.
  return grown < limit ? std::chrono::duration_cast<std::chrono::milliseconds>(grown) : limit;
}

duration jittered(std::chrono::milliseconds nominal, double draw) noexcept {
  return std::chrono::duration_cast<duration>(nominal * (0.75 + 0.25 * draw));
}

}  // namespace nunu::core
