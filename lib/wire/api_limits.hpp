/// \file
/// Limits that the API reference states, which both sides check.
#pragma once

namespace nunu::wire {

/// `POST /runs`, field `retries`; the least is 0.
inline constexpr int kMostRetries = 10;
/// `POST /runs`, field `instances`; the least is 1.
inline constexpr int kMostInstances = 10;
/// `GET /jobs`, parameter `page_size`; the least is 1.
inline constexpr int kMostJobsOnAPage = 100;
/// `GET /runs/{runId}/bugs`, parameter `page_size`; the least is 1.
inline constexpr int kMostBugsOnAPage = 100;

}  // namespace nunu::wire
