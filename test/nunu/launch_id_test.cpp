#include "launch_id.hpp"

#include <gtest/gtest.h>

#include <set>
#include <string>

namespace cli {
namespace {

// Runs that an earlier version has started are found by these: they must never change.
TEST(LaunchId, IsTheSameInEveryVersion) {
  EXPECT_EQ(launch_id_of("nightly", "smoke"), "b74f30e2a27949750484ba5a18c0277f");
  EXPECT_EQ(launch_id_of("nightly", "1"), "eb758e1be705dfa09d0963192dd80835");
}

TEST(LaunchId, OfARequestIsTheSameInEveryVersion) {
  nunu::run_request request;
  request.multiplayer_test_id = "test";
  request.deployment_config_id = "deployment";
  EXPECT_EQ(launch_id_of("nightly", request), "f79d1242d13f8e5df7a2e8c5b9b10476");
  request.retries = 2;
  request.player_deployment_configs[1] = {"first", ""};
  request.player_deployment_configs[2] = {"second", "build"};
  request.template_data["level"] = "3";
  EXPECT_EQ(launch_id_of("nightly", request), "e07cae2570d5271f7afa3e1063c07747");
}

TEST(LaunchId, IsEmptyWithoutAGroup) {
  EXPECT_EQ(launch_id_of("", "smoke"), "");
  EXPECT_EQ(launch_id_of("", nunu::run_request()), "");
}

TEST(LaunchId, TellsGroupAndKeyApart) {
  EXPECT_NE(launch_id_of("a", "bc"), launch_id_of("ab", "c"));
  EXPECT_NE(launch_id_of("a", "b"), launch_id_of("a", "c"));
}

TEST(LaunchId, OfARequestDependsOnEveryField) {
  std::set<std::string> ids;
  nunu::run_request r;
  const auto add = [&] { EXPECT_TRUE(ids.insert(launch_id_of("g", r)).second) << ids.size(); };
  add();
  r.multiplayer_test_id = "x", add();
  r.test_plan_id = "x", add();
  r.instructions = "x", add();
  r.deployment_config_id = "x", add();
  r.name = "x", add();
  r.build_id = "x", add();
  r.agent_config_id = "x", add();
  r.additional_tags = {"x"}, add();
  r.retries = 0, add();
  r.instances = 1, add();
  r.player_deployment_configs[1] = {}, add();
  r.player_deployment_configs[1].build_id = "x", add();
  r.run_on_all_configured_devices = false, add();
  r.render_templates = false, add();
  r.template_data["x"] = {{"b", nullptr}, {"a", {1}}}, add();
  r.options["x"] = nullptr, add();
}

TEST(LaunchId, OfARequestDoesNotDependOnTheOrderOfMembers) {
  nunu::run_request one;
  one.template_data["x"] = {{"a", 1}, {"b", {{"c", 1}, {"d", 2}}}};
  nunu::run_request other;
  other.template_data["x"] = {{"b", {{"d", 2}, {"c", 1}}}, {"a", 1}};
  EXPECT_EQ(launch_id_of("g", one), launch_id_of("g", other));
}

TEST(Group, IsWhatFitsInATag) {
  EXPECT_TRUE(is_group("nightly-42"));
  EXPECT_TRUE(is_group(std::string(38, 'a')));
  for (const std::string& text : {std::string(), std::string(39, 'a'), std::string("Nightly"),
                                  std::string("a_b"), std::string("a b"), std::string("\xC3\xA4")})
    EXPECT_FALSE(is_group(text)) << text;
}

}  // namespace
}  // namespace cli
