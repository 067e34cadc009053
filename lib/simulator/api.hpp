/// \file
/// The simulated API: requests in, answers out. No network, no clock.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <nunu/simulator.hpp>
#include "simulator/access.hpp"
#include "simulator/fault_plan.hpp"
#include "simulator/rate_limit.hpp"
#include "simulator/rejection.hpp"
#include "simulator/route.hpp"
#include "simulator/world.hpp"

namespace nunu::simulation {

/// One request, as far as the API looks at it.
struct request {
  std::string_view method;
  std::string_view target;
  /// The `X-Api-Key` header; empty when there was none.
  std::string_view api_key;
  std::string_view body;
};

/// What to answer, beside the body.
struct answer {
  int status = 200;
  /// For the `Retry-After` header.
  std::optional<std::chrono::seconds> retry_after;
  /// For the `Allow` header of 405.
  std::string_view allow;
};

/// What only those who hold the connections can count.
struct traffic_counts {
  std::uint64_t connections = 0;
  std::uint64_t tls_handshakes = 0;
  std::uint64_t tls_resumptions = 0;
  std::uint64_t tls_failures = 0;
  fault_counts faults;
};

/// Larger bodies are answered with 413.
inline constexpr std::size_t max_request_body = 1024 * 1024;

class api {
 public:
  api(const simulator_config& config, timestamp epoch);

  /// Appends the answer's JSON to `body`. `now` never goes back.
  answer handle(const request& r, model_time now, std::string& body);

  /// Answers what is not worth the name of a request, and counts it.
  answer refuse(const rejection& why, std::string& body);

  /// The error that stands for a fault. Not counted: nothing was asked.
  answer fail(int status, std::string& body) const;

  traffic_counts& traffic() { return traffic_; }
  simulator_stats stats() const;

 private:
  // The statuses of this API.
  static constexpr std::array<int, 11> statuses{200, 201, 207, 400, 401, 403,
                                                404, 405, 413, 429, 431};

  answer answer_route(const route& to, const request& r, model_time now, std::string& body);
  answer decode_and_start(const route& to, const request& r, model_time now, std::string& body);
  answer get_job(const route& to, model_time now, std::string& body);
  answer list_jobs(const route& to, model_time now, std::string& body);
  answer stop_jobs(const request& r, model_time now, std::string& body);
  answer get_run(const route& to, model_time now, std::string& body);
  answer write_stats(std::string& body) const;
  answer reject(const rejection& why, std::string& body) const;
  std::optional<rejection> check_access(const route& to, const request& r) const;
  void count(endpoint to, int status);

  simulator_config config_;
  world world_;
  std::optional<token_bucket> limit_;
  traffic_counts traffic_;
  std::uint64_t requests_ = 0;
  std::array<std::array<std::uint64_t, statuses.size()>, endpoint_count> answers_{};
  // Kept for their memory.
  job job_;
  job_page page_;
};

}  // namespace nunu::simulation
