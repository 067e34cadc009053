/// \file
/// The simulated API as its tests see it: requests in, answers out, and a clock of the test's own.
#pragma once

#include <gtest/gtest.h>

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>
#include <boost/json/value_to.hpp>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "simulated_world.hpp"
#include "simulator/api.hpp"

namespace nunu::simulation::test {

namespace json = boost::json;

inline const std::string kTest = R"({"multiplayer_test_id":"t","deployment_config_id":"d"})";

/// With a second key, which may only read.
inline simulator_config api_config() {
  simulator_config c = steady_config();
  c.read_only_key = api_key("read-only");
  return c;
}

/// The API with a clock that stands still unless it is moved.
class SimulatedApi : public testing::Test {
 protected:
  struct reply {
    answer head;
    std::string body;

    json::value json() const { return json::parse(body); }
    std::string text(std::string_view key) const { return std::string(json().at(key).as_string()); }
  };

  void restart_with(const simulator_config& config) { api_.emplace(config, kEpoch); }

  reply send(std::string_view method, const std::string& target, std::string_view body = {},
             std::string_view key = "simulator-key") {
    reply r;
    r.head = api_->handle({method, target, key, body}, now, r.body);
    return r;
  }

  reply get(const std::string& path) { return send("GET", "/api/v1" + path); }
  reply post(const std::string& path, std::string_view body) {
    return send("POST", "/api/v1" + path, body);
  }

  std::vector<std::string> start(std::string_view body) {
    const reply r = post("/runs", body);
    EXPECT_EQ(r.head.status, 201) << r.body;
    return json::value_to<std::vector<std::string>>(r.json().at("job_ids"));
  }

  std::uint64_t stat(std::string_view key) {
    return send("GET", "/simulator/stats", {}, {}).json().at(key).to_number<std::uint64_t>();
  }

  model_time now{0};

 private:
  std::optional<api> api_{std::in_place, api_config(), kEpoch};
};

}  // namespace nunu::simulation::test
