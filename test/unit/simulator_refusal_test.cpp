#include <gtest/gtest.h>

#include <limits>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "simulated_api.hpp"
#include "simulator/config_check.hpp"

namespace nunu::simulation {
namespace {

using namespace test;

TEST_F(SimulatedApi, RefusesInvalidStarts) {
  const std::string both = R"("multiplayer_test_id":"t","deployment_config_id":"d")";
  const std::vector<std::pair<std::string, std::string>> cases{
      {R"({"deployment_config_id":"d"})", "multiplayer_test_id"},
      {"{" + both + R"(,"test_plan_id":"p"})", "multiplayer_test_id"},
      {"{" + both + R"(,"instructions":"i"})", "multiplayer_test_id"},
      {R"({"multiplayer_test_id":"t"})", "deployment_config_id"},
      {R"({"test_plan_id":"p"})", "deployment_config_id"},
      {"{" + both + R"(,"retries":-1})", "retries"},
      {"{" + both + R"(,"retries":11})", "retries"},
      {"{" + both + R"(,"instances":0})", "instances"},
      {"{" + both + R"(,"instances":11})", "instances"},
      {"{" + both + R"(,"name":"n"})", "name"},
      {"{" + both + R"(,"retries":"1"})", "retries"},
      {"{" + both + R"(,"additional_tags":[1]})", "additional_tags"},
      {R"({"test_plan_id":"p","deployment_config_id":"d","retries":0})", "retries"},
      {R"({"instructions":"i","deployment_config_id":"d","instances":1})", "instances"},
      {R"({"test_plan_id":"p","player_deployment_configs":{"1":{"deployment_config_id":"a"}}})",
       "player_deployment_configs"},
      {R"({"multiplayer_test_id":"t","player_deployment_configs":{"0":{"deployment_config_id":"a"}}})",
       "player_deployment_configs.0"},
      {R"({"multiplayer_test_id":"t","player_deployment_configs":{"1":{}}})",
       "player_deployment_configs.1.deployment_config_id"},
  };
  for (const auto& [body, field] : cases) {
    const reply r = post("/runs", body);
    EXPECT_EQ(r.head.status, 400) << body;
    EXPECT_EQ(r.text("code"), "VALIDATION_ERROR");
    ASSERT_TRUE(r.json().at("details").as_object().contains("field")) << body << r.body;
    EXPECT_EQ(r.json().at("details").at("field").as_string(), field) << body;
    EXPECT_FALSE(r.text("error").empty());
  }
  EXPECT_EQ(stat("runs"), 0U);
}

TEST_F(SimulatedApi, RefusesWhatItCannotRead) {
  for (const std::string body : {"", "{", "[]", "null", R"({"retries":"1"})",
                                 R"({"multiplayer_test_id":"a","multiplayer_test_id":"b"})"}) {
    const reply r = post("/runs", body);
    EXPECT_EQ(r.head.status, 400) << body;
    EXPECT_FALSE(r.text("error").empty());
    EXPECT_EQ(post("/runs/stop", body).head.status, 400) << body;
  }
  EXPECT_EQ(stat("runs"), 0U);
}

TEST_F(SimulatedApi, AcceptsTheEndsOfEachRange) {
  EXPECT_EQ(start(R"({"multiplayer_test_id":"t","deployment_config_id":"d","retries":10,
                      "instances":10})")
                .size(),
            10U);
  EXPECT_EQ(start(R"({"multiplayer_test_id":"t","deployment_config_id":"d","retries":0,
                      "instances":1})")
                .size(),
            1U);
  for (const std::string query : {"page=0", "page=2147483647", "page_size=1", "page_size=100"}) {
    EXPECT_EQ(get("/jobs?" + query).head.status, 200) << query;
  }
}

TEST_F(SimulatedApi, RefusesInvalidQueries) {
  const std::vector<std::pair<std::string, std::string>> cases{{"page=-1", "page"},
                                                               {"page=x", "page"},
                                                               {"page=", "page"},
                                                               {"page=2147483648", "page"},
                                                               {"page_size=0", "page_size"},
                                                               {"page_size=101", "page_size"},
                                                               {"page_size=1e1", "page_size"},
                                                               {"status=RUNNING", "status"},
                                                               {"status=", "status"}};
  for (const auto& [query, field] : cases) {
    const reply r = get("/jobs?" + query);
    EXPECT_EQ(r.head.status, 400) << query;
    EXPECT_EQ(r.json().at("details").at("field").as_string(), field) << query;
  }
}

TEST_F(SimulatedApi, ThereIsNothingElse) {
  for (const std::string target :
       {"/", "/api", "/api/v1", "/api/v1/", "/api/v1/job", "/api/v1/jobs/", "/api/v1/jobs/a/b",
        "/api/v1/runs/a/b", "/api/v1/runs/a/bugs/b", "/api/v1/test-plans/p", "/api/v2/jobs",
        "/jobs", "jobs", "", "/api/v1/jobs/%00", "/api/v1/jobs/%FF", "/api/v1/jobs/%zz"}) {
    const reply r = send("GET", target);
    EXPECT_EQ(r.head.status, 404) << target;
    EXPECT_EQ(r.text("code"), "NOT_FOUND") << target;
  }
}

TEST_F(SimulatedApi, RefusesOtherMethods) {
  for (const auto& [target, allow] :
       std::vector<std::pair<std::string, std::string>>{{"/runs", "POST"},
                                                        {"/runs/stop", "POST"},
                                                        {"/test-plans/p/runs", "POST"},
                                                        {"/jobs", "GET"},
                                                        {"/jobs/a", "GET"},
                                                        {"/runs/a", "GET"},
                                                        {"/runs/a/bugs", "GET"}}) {
    for (const std::string method : {"GET", "POST", "PUT", "DELETE", "HEAD"}) {
      const reply r = send(method, "/api/v1" + target, "{}");
      EXPECT_EQ(r.head.status == 405, method != allow) << method << target;
      EXPECT_EQ(r.head.allow, method != allow ? allow : "");
    }
  }
}

TEST_F(SimulatedApi, AsksForTheKey) {
  for (const std::string key : {"", "wrong", "simulator-key ", "Simulator-Key"}) {
    for (const std::string target : {"/api/v1/jobs", "/api/v1/project/another/jobs", "/"}) {
      const reply r = send("GET", target, {}, key);
      EXPECT_EQ(r.head.status, 401) << key << target;
      EXPECT_EQ(r.text("code"), "UNAUTHORIZED");
    }
  }
  simulator_config without_second_key = api_config();
  without_second_key.read_only_key = {};
  restart_with(without_second_key);
  EXPECT_EQ(send("GET", "/api/v1/jobs", {}, "").head.status, 401);
}

TEST_F(SimulatedApi, AReadOnlyKeyNeitherStartsNorStops) {
  const auto id = start(kTest).at(0);
  const std::string stop = R"({"job_ids":[")" + id + R"("]})";
  EXPECT_EQ(send("GET", "/api/v1/jobs/" + id, {}, "read-only").head.status, 200);
  EXPECT_EQ(send("GET", "/api/v1/jobs", {}, "read-only").head.status, 200);
  for (const auto& [path, body] : std::vector<std::pair<std::string, std::string>>{
           {"/runs", kTest}, {"/test-plans/p/runs", kTest}, {"/runs/stop", stop}}) {
    const reply r = send("POST", "/api/v1" + path, body, "read-only");
    EXPECT_EQ(r.head.status, 403) << path;
    EXPECT_EQ(r.text("code"), "FORBIDDEN");
  }
  EXPECT_EQ(get("/jobs/" + id).text("status"), "QUEUED");
  EXPECT_EQ(stat("runs"), 1U);
}

TEST_F(SimulatedApi, LimitsTheRate) {
  simulator_config limited = api_config();
  limited.rate_limit_per_second = 0.4;
  for (const bool with_retry_after : {true, false}) {
    limited.send_retry_after = with_retry_after;
    restart_with(limited);
    now = 0s;
    EXPECT_EQ(send("GET", "/api/v1/jobs", {}, "wrong").head.status, 401);
    EXPECT_EQ(get("/jobs").head.status, 200);
    const reply r = post("/runs", kTest);
    EXPECT_EQ(r.head.status, 429);
    EXPECT_EQ(r.text("code"), "RATE_LIMITED");
    EXPECT_EQ(r.head.retry_after,
              with_retry_after ? std::optional(std::chrono::seconds(3)) : std::nullopt);
    now = 2'499ms;
    EXPECT_EQ(get("/jobs").head.status, 429);
    now = 2'500ms;
    EXPECT_EQ(get("/jobs").head.status, 200);
    EXPECT_EQ(stat("runs"), 0U);
  }
}

TEST(SimulatorConfig, MustMakeSense) {
  using spoil = void (*)(simulator_config&);
  const std::vector<std::pair<std::string, spoil>> cases{
      {"api_key", [](simulator_config& c) { c.api_key = {}; }},
      {"api_key", [](simulator_config& c) { c.api_key = api_key("a\n"); }},
      {"read_only_key", [](simulator_config& c) { c.read_only_key = c.api_key; }},
      {"project_id", [](simulator_config& c) { c.project_id = ""; }},
      {"project_id", [](simulator_config& c) { c.project_id = "\xff"; }},
      {"queue_time",
       [](simulator_config& c) {
         c.queue_time = {-1ms, 1ms};
       }},
      {"queue_time",
       [](simulator_config& c) {
         c.queue_time = {2ms, 1ms};
       }},
      {"run_time",
       [](simulator_config& c) {
         c.run_time = {0ms, 24h * 31};
       }},
      {"tests_per_plan", [](simulator_config& c) { c.tests_per_plan = 0; }},
      {"tests_per_plan", [](simulator_config& c) { c.tests_per_plan = 10'001; }},
      {"pass_rate", [](simulator_config& c) { c.pass_rate = 1.1; }},
      {"pass_rate",
       [](simulator_config& c) { c.pass_rate = std::numeric_limits<double>::quiet_NaN(); }},
      {"execution_failure_rate", [](simulator_config& c) { c.execution_failure_rate = -0.1; }},
      {"rate_limit_per_second", [](simulator_config& c) { c.rate_limit_per_second = 0.0; }},
  };
  EXPECT_NO_THROW(check(simulator_config()));
  for (const auto& [field, spoil_it] : cases) {
    simulator_config config;
    spoil_it(config);
    try {
      check(config);
      ADD_FAILURE() << field;
    } catch (const std::invalid_argument& e) {
      EXPECT_TRUE(std::string_view(e.what()).starts_with(field + " ")) << e.what();
    }
  }
}

TEST(RateLimit, GrantsABurstAndThenTheRate) {
  token_bucket bucket(2.0);
  EXPECT_FALSE(bucket.take(0s));
  EXPECT_FALSE(bucket.take(0s));
  EXPECT_EQ(bucket.take(0s), model_time(500ms));
  EXPECT_EQ(bucket.take(250ms), model_time(250ms));
  EXPECT_FALSE(bucket.take(500ms));
  EXPECT_TRUE(bucket.take(500ms));
  EXPECT_FALSE(bucket.take(1h));
  EXPECT_FALSE(bucket.take(1h));
  EXPECT_TRUE(bucket.take(1h)) << "a quiet hour gives no more than a second's worth";
}

TEST(RateLimit, BelowOneASecondStillGrants) {
  token_bucket bucket(0.5);
  EXPECT_FALSE(bucket.take(0s));
  EXPECT_EQ(bucket.take(0s), model_time(2s));
  EXPECT_FALSE(bucket.take(2s));
}

}  // namespace
}  // namespace nunu::simulation
