#include "admission.hpp"

#include <algorithm>

namespace cli {

std::optional<std::size_t> jobs_of(const nunu::run_request& request) {
  if (!request.test_plan_id.empty() || request.run_on_all_configured_devices.value_or(false))
    return std::nullopt;
  return static_cast<std::size_t>(std::max(1, request.instances.value_or(1)));
}

bool admission::may_start(const nunu::run_request& request) const {
  if (starts_ >= kMostStarts) return false;
  if (!max_active_) return true;
  const std::size_t in_flight = jobs_ + expected_jobs_;
  if (in_flight == 0) return true;
  const auto size = jobs_of(request);
  return starts_of_unknown_size_ == 0 && in_flight + size.value_or(1) <= *max_active_;
}

void admission::sent(const nunu::run_request& request) {
  const auto size = jobs_of(request);
  ++starts_;
  if (!size) ++starts_of_unknown_size_;
  expected_jobs_ += size.value_or(1);
}

void admission::answered(const nunu::run_request& request, std::size_t jobs) {
  const auto size = jobs_of(request);
  --starts_;
  if (!size) --starts_of_unknown_size_;
  expected_jobs_ -= size.value_or(1);
  jobs_ += jobs;
}

}  // namespace cli
