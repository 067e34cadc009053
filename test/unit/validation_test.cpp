#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <vector>

#include "wire/validation.hpp"

namespace nunu::wire {
namespace {

run_request a_test() {
  run_request r;
  r.multiplayer_test_id = "test";
  r.deployment_config_id = "deployment";
  return r;
}

client_config a_config() {
  client_config c;
  c.api_key = api_key("key");
  return c;
}

void expect_names(const std::string& problem, const std::string& what) {
  EXPECT_NE(problem.find(what), std::string::npos) << "\"" << problem << "\" names no " << what;
}

TEST(ValidRunRequest, HasExactlyOneOfTheThreeKinds) {
  EXPECT_EQ(problem_with(a_test()), "");
  run_request none = a_test();
  none.multiplayer_test_id.clear();
  expect_names(problem_with(none), "none is given");
  run_request two = a_test();
  two.test_plan_id = "plan";
  expect_names(problem_with(two), "2 are given");
  two.instructions = "jump";
  expect_names(problem_with(two), "3 are given");
}

TEST(ValidRunRequest, EachRuleNamesItsField) {
  const struct {
    const char* field;
    std::function<void(run_request&)> change;
  } rows[] = {
      {"deployment_config_id", [](auto& r) { r.deployment_config_id.clear(); }},
      {"retries is 11", [](auto& r) { r.retries = 11; }},
      {"retries is -1", [](auto& r) { r.retries = -1; }},
      {"instances is 0", [](auto& r) { r.instances = 0; }},
      {"instances is 11", [](auto& r) { r.instances = 11; }},
      {"name", [](auto& r) { r.name = "only with instructions"; }},
      {"additional_tags", [](auto& r) { r.additional_tags = {"a,b"}; }},
      {"additional_tags", [](auto& r) { r.additional_tags = {""}; }},
      {"additional_tags", [](auto& r) { r.additional_tags = {"a\nb"}; }},
      {"build_id", [](auto& r) { r.build_id = std::string("a\0b", 3); }},
      {"multiplayer_test_id", [](auto& r) { r.multiplayer_test_id = "a\rb"; }},
      {"player 1", [](auto& r) { r.player_deployment_configs[1] = {}; }},
      {"player below 1",
       [](auto& r) { r.player_deployment_configs[0].deployment_config_id = "d"; }},
      {"retries",
       [](auto& r) {
         r.multiplayer_test_id.clear();
         r.test_plan_id = "plan";
         r.retries = 1;
       }},
      {"instances",
       [](auto& r) {
         r.multiplayer_test_id.clear();
         r.test_plan_id = "plan";
         r.instances = 1;
       }},
      {"player_deployment_configs",
       [](auto& r) {
         r.multiplayer_test_id.clear();
         r.test_plan_id = "plan";
         r.player_deployment_configs[1].deployment_config_id = "d";
       }},
  };
  for (const auto& row : rows) {
    run_request r = a_test();
    row.change(r);
    expect_names(problem_with(r), row.field);
  }
}

TEST(ValidRunRequest, AllowsWhatTheReferenceAllows) {
  run_request r = a_test();
  r.retries = 10;
  r.instances = 10;
  r.deployment_config_id.clear();
  r.player_deployment_configs[1].deployment_config_id = "d";
  EXPECT_EQ(problem_with(r), "");
}

TEST(ValidStartOptions, LabelsMakeTags) {
  EXPECT_EQ(problem_with(start_options{}), "");
  EXPECT_EQ(problem_with(start_options{.launch_id = "nightly-1", .group = "nightly"}), "");
  expect_names(problem_with(start_options{.launch_id = "a,b"}), "launch_id");
  EXPECT_EQ(problem_with_launch_id("nightly-1"), "");
  expect_names(problem_with_launch_id("a,b"), "launch_id");
  expect_names(problem_with_launch_id(""), "launch_id");
  expect_names(problem_with(start_options{.group = "Nightly"}), "group");
}

TEST(ValidConfig, EachRuleNamesItsField) {
  EXPECT_EQ(problem_with(a_config()), "");
  const struct {
    const char* field;
    std::function<void(client_config&)> change;
  } rows[] = {
      {"api_key", [](auto& c) { c.api_key = {}; }},
      {"api_key", [](auto& c) { c.api_key = api_key("key\n"); }},
      {"max_connections", [](auto& c) { c.max_connections = 0; }},
      {"connect_timeout", [](auto& c) { c.connect_timeout = std::chrono::milliseconds(0); }},
      {"reconcile_window", [](auto& c) { c.reconcile_window = std::chrono::milliseconds(0); }},
      {"reconcile_interval", [](auto& c) { c.reconcile_interval = std::chrono::milliseconds(-1); }},
      {"polling.growth", [](auto& c) { c.polling.growth = 0.5; }},
      {"polling.running", [](auto& c) { c.polling.running = std::chrono::milliseconds(-1); }},
      {"tls.private_key_pem", [](auto& c) { c.tls.certificate_pem = "x"; }},
  };
  for (const auto& row : rows) {
    client_config c = a_config();
    row.change(c);
    expect_names(problem_with(c), row.field);
  }
}

TEST(ValidConfig, AProblemNeverContainsTheKey) {
  client_config c;
  c.api_key = api_key("secret\n");
  EXPECT_EQ(problem_with(c).find("secret"), std::string::npos);
}

TEST(ValidJobQuery, EachRuleNamesItsField) {
  EXPECT_EQ(problem_with(job_query{}), "");
  expect_names(problem_with(job_query{.page = -1}), "page");
  expect_names(problem_with(job_query{.page_size = 0}), "page_size");
  expect_names(problem_with(job_query{.page_size = 101}), "page_size");
  expect_names(problem_with(job_query{.tags = {"a,b"}}), "tags");
}

TEST(ValidJobIds, TheBadOneIsNumbered) {
  EXPECT_EQ(problem_with_job_ids({}), "");
  expect_names(problem_with_job_ids(std::vector<std::string>{"a", ""}), "number 2");
  expect_names(problem_with_job_ids(std::vector<std::string>{"a\n"}), "number 1");
}

TEST(ValidRunId, AProblemNamesIt) {
  EXPECT_EQ(problem_with_run_id("lkkg6t5612m"), "");
  EXPECT_EQ(problem_with_run_id("../x?y#z"), "");
  expect_names(problem_with_run_id(""), "run_id");
  expect_names(problem_with_run_id("a\r\nb"), "run_id");
  expect_names(problem_with_run_id(std::string_view("a\0b", 3)), "run_id");
}

}  // namespace
}  // namespace nunu::wire
