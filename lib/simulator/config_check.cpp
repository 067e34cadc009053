#include "simulator/config_check.hpp"

#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <string>
#include <string_view>

#include "simulator/fault_rule.hpp"

namespace nunu::simulation {
namespace {

// Drawn times are kept in 32 bits of milliseconds.
constexpr std::chrono::milliseconds longest_duration = std::chrono::days(30);
// A start is one answer, whose ids are all in it.
constexpr int most_tests_per_plan = 10'000;

void require(bool holds, std::string_view field, std::string_view rule) {
  if (!holds) {
    throw std::invalid_argument(std::string(field) + " " + std::string(rule));
  }
}

void check_range(const duration_range& range, std::string_view field) {
  require(range.min.count() >= 0, field, "must not be negative");
  require(range.min <= range.max, field, "must not end before it begins");
  require(range.max <= longest_duration, field, "must be at most 30 days");
}

void check_part(double part, std::string_view field) {
  require(part >= 0.0 && part <= 1.0, field, "must be from 0 to 1");
}

bool is_printable(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= ' ' && c <= '~'; });
}

}  // namespace

void check(const simulator_config& config) {
  const std::string_view key = config.api_key.reveal();
  const std::string_view read_only_key = config.read_only_key.reveal();
  require(!key.empty(), "api_key", "must not be empty");
  require(is_printable(key), "api_key", "must be printable ASCII");
  require(is_printable(read_only_key), "read_only_key", "must be printable ASCII");
  require(key != read_only_key, "read_only_key", "must differ from api_key");
  require(!config.project_id.empty(), "project_id", "must not be empty");
  require(is_printable(config.project_id), "project_id", "must be printable ASCII");
  check_range(config.queue_time, "queue_time");
  check_range(config.run_time, "run_time");
  require(config.tests_per_plan >= 1 && config.tests_per_plan <= most_tests_per_plan,
          "tests_per_plan", "must be from 1 to 10000");
  check_part(config.pass_rate, "pass_rate");
  check_part(config.execution_failure_rate, "execution_failure_rate");
  if (config.rate_limit_per_second) {
    require(*config.rate_limit_per_second > 0.0 && std::isfinite(*config.rate_limit_per_second),
            "rate_limit_per_second", "must be greater than 0");
  }
  check_faults(config.faults, config.tls);
}

void check_faults(const std::vector<fault>& faults, bool tls) {
  for (const fault& f : faults) {
    const std::string problem = problem_of(f);
    require(problem.empty(), "faults:", problem);
    require(tls || f.at != fault::stage::handshake, "faults:", "there is no handshake without TLS");
  }
}

}  // namespace nunu::simulation
