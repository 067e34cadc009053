/// \file
/// What the tests of the simulated world stand on: worlds of steady jobs, and what to start there.
#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <utility>
#include <vector>

#include "simulator/world.hpp"

namespace nunu::simulation::test {

using namespace std::chrono_literals;

inline const timestamp kEpoch = std::chrono::sys_days(std::chrono::year(2026) / 3 / 3);

/// Every job is queued for one second and takes one.
inline simulator_config steady_config() {
  simulator_config c;
  c.queue_time = {1'000ms, 1'000ms};
  c.run_time = {1'000ms, 1'000ms};
  c.pass_rate = 1.0;
  c.tests_per_plan = 3;
  return c;
}

inline run_request test_request(std::vector<std::string> tags = {}) {
  run_request r;
  r.multiplayer_test_id = "test";
  r.deployment_config_id = "deployment";
  r.additional_tags = std::move(tags);
  return r;
}

inline run_request plan_request() {
  run_request r;
  r.test_plan_id = "plan";
  r.deployment_config_id = "deployment";
  return r;
}

inline run_request instructions_request() {
  run_request r;
  r.instructions = "Open the shop.";
  r.deployment_config_id = "deployment";
  return r;
}

inline job describe(const world& w, const std::string& id, model_time now) {
  job j;
  const auto number = w.find_job(id);
  EXPECT_TRUE(number) << id;
  if (number) w.describe(*number, now, j);
  return j;
}

inline job_page list(const world& w, const job_query& query, model_time now = 0s) {
  job_page page;
  w.list(query, now, page);
  return page;
}

using ids = std::vector<std::string>;

inline ids ids_of(const job_page& page) {
  ids found;
  for (const job& j : page.jobs) found.push_back(j.job_id);
  return found;
}

}  // namespace nunu::simulation::test
