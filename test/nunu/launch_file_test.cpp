#include "launch_file.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include <boost/json/parse.hpp>

#include "whole_request.hpp"

namespace cli {
namespace {

using lines = std::vector<std::string>;

std::vector<planned_run> runs_in(std::string_view text) {
  auto runs = read_launch_file("f", text);
  if (runs) return *std::move(runs);
  for (const std::string& line : runs.error()) ADD_FAILURE() << line;
  return {};
}

lines problems_in(std::string_view text) {
  const auto runs = read_launch_file("f", text);
  return runs ? lines() : runs.error();
}

/// Of a file with one run, all on line 1.
lines problems_in_run(const std::string& fields) {
  return problems_in(R"({"runs": [{"deployment_config_id": "d", )" + fields + "}]}");
}

TEST(LaunchFile, HasEveryFieldOfARequest) {
  const auto runs = runs_in(R"({"runs": [{
    "key": "smoke", "multiplayer_test_id": "test", "deployment_config_id": "deployment",
    "build_id": "build", "agent_config_id": "agent", "additional_tags": ["a", "b"],
    "retries": 10, "instances": 10,
    "player_deployment_configs": {"1": {"deployment_config_id": "one"},
                                  "2": {"deployment_config_id": "two", "build_id": "b2"}},
    "run_on_all_configured_devices": true, "render_templates": false,
    "template_data": {"k": "v=w", "e": ""},
    "options": {"n": 1, "t": "text", "o": {"a": [1, "x", null, 2.5, true]}}},
    {"instructions": "play\nwell", "name": "n", "deployment_config_id": "d"},
    {"test_plan_id": "plan", "deployment_config_id": "d"}]})");
  ASSERT_EQ(runs.size(), 3);
  EXPECT_EQ(runs[0].request, whole_request());
  EXPECT_EQ(runs[0].key, "smoke");
  EXPECT_EQ(runs[1].request.instructions, "play\nwell");
  EXPECT_EQ(runs[1].request.name, "n");
  EXPECT_EQ(runs[1].key, "2");
  EXPECT_EQ(runs[2].request.test_plan_id, "plan");
}

TEST(LaunchFile, MergesObjectsByNameAndReplacesAllElse) {
  const auto runs = runs_in(R"({
    "defaults": {"deployment_config_id": "d", "build_id": "b", "additional_tags": ["x", "y"],
                 "template_data": {"kept": 1, "changed": {"deep": 1, "deeper": 2}, "gone": 3},
                 "retries": 0},
    "runs": [{"multiplayer_test_id": "t", "build_id": null, "additional_tags": ["z"], "retries": 2,
              "template_data": {"changed": {"deep": 9}, "gone": null, "new": 4}},
             {"multiplayer_test_id": "t"}]})");
  ASSERT_EQ(runs.size(), 2);
  EXPECT_EQ(runs[0].request.deployment_config_id, "d");
  EXPECT_EQ(runs[0].request.build_id, "");
  EXPECT_EQ(runs[0].request.additional_tags, std::vector<std::string>{"z"});
  EXPECT_EQ(runs[0].request.retries, 2);
  EXPECT_EQ(boost::json::value(runs[0].request.template_data),
            boost::json::parse(R"({"kept": 1, "changed": {"deep": 9, "deeper": 2}, "new": 4})"));
  EXPECT_EQ(runs[1].request.build_id, "b");
  EXPECT_EQ(runs[1].request.retries, 0);
  EXPECT_EQ(runs[1].request.additional_tags, (std::vector<std::string>{"x", "y"}));
}

TEST(LaunchFile, ARunThatNamesOneKindDropsTheOtherOfTheDefaults) {
  const auto runs = runs_in(R"({
    "defaults": {"deployment_config_id": "d", "multiplayer_test_id": "t", "retries": 3},
    "runs": [{}, {"test_plan_id": "p"}, {"instructions": "i", "name": "n"}, {"instances": 2}]})");
  ASSERT_EQ(runs.size(), 4);
  EXPECT_EQ(runs[0].request.multiplayer_test_id, "t");
  EXPECT_EQ(runs[0].request.retries, 3);
  EXPECT_EQ(runs[1].request.multiplayer_test_id, "");
  EXPECT_EQ(runs[1].request.test_plan_id, "p");
  EXPECT_EQ(runs[1].request.retries, std::nullopt) << "retries can only be used with a test";
  EXPECT_EQ(runs[2].request.instructions, "i");
  EXPECT_EQ(runs[3].request.multiplayer_test_id, "t");
}

TEST(LaunchFile, TellsAllProblemsWithTheirLines) {
  const std::string comma =
      "f:10: runs[1].additional_tags[1] is 'b,c': a tag cannot have a comma, which separates tags";
  const std::string misspelled =
      "f:12: runs[2].multiplayer_test is no field of a run; did you mean multiplayer_test_id?";
  EXPECT_EQ(problems_in(R"({
  "runs": [
    {"test_plan_id": "p", "deployment_config_id": "d",
     "retries": 1},
    {"multiplayer_test_id": "t", "deployment_config_id": "d",
     "retries": 11,
     "instances":
       0,
     "additional_tags": ["a",
       "b,c"]},
    {
     "multiplayer_test": "t"
    }
  ]})"),
            (lines{
                "f:4: runs[0].retries can only be used with multiplayer_test_id",
                "f:6: runs[1].retries must be 0 to 10, not 11",
                "f:7: runs[1].instances must be 1 to 10, not 0",
                comma,
                "f:11: runs[2].deployment_config_id is missing",
                misspelled,
            }));
}

TEST(LaunchFile, TellsWrongTypes) {
  const std::string test = R"("multiplayer_test_id": "t", )";
  const std::pair<const char*, const char*> cases[] = {
      {R"("build_id": 1)", "build_id is 1, must be a text"},
      {R"("build_id": "")", "build_id is empty; leave it out, or say null against a default"},
      {R"("build_id": [])", "build_id is a list, must be a text"},
      {R"("retries": "2")", "retries is a text, must be a small whole number"},
      {R"("retries": 2.5)", "retries is 2.5, must be a small whole number"},
      {R"("retries": 99999999999)", "retries is 99999999999, must be a small whole number"},
      {R"("render_templates": 1)", "render_templates is 1, must be true or false"},
      {R"("additional_tags": "a")", "additional_tags is a text, must be a list of texts"},
      {R"("additional_tags": [true])", "additional_tags[0] is true, must be a text"},
      {R"("additional_tags": [""])", "additional_tags[0] is empty, which no tag can be"},
      {R"("options": [])", "options is a list, must be an object"},
      {R"("build_id": "a\u0000")",
       "build_id has a control character, such as a line feed, and must have none"},
      {R"("build_id": "a\r\n")",
       "build_id has a control character, such as a line feed, and must have none"},
      {R"("additional_tags": ["a\n"])",
       "additional_tags[0] has a control character, such as a line feed, and must have none"},
      {R"("key": 1)", "key is 1, must be a text"},
      {R"("key": "a\nb")", "key has a control character, such as a line feed"},
      {R"("name": "n")", "name can only be used with instructions"},
      {R"("player_deployment_configs": {"x": {"deployment_config_id": "d"}})",
       "player_deployment_configs.x is no player: they are numbered from 1"},
      {R"("player_deployment_configs": {"0": {"deployment_config_id": "d"}})",
       "player_deployment_configs.0 is no player: they are numbered from 1"},
      {R"("player_deployment_configs": {"1": {"build_id": "b"}})",
       "player_deployment_configs.1 must have a deployment config"},
      {R"("player_deployment_configs": {"1": {"deployment_config_id": "d", "build": "b"}})",
       "player_deployment_configs.1.build is no field of a player; did you mean build_id?"},
      {R"("player_deployment_configs": {"1": "d"})",
       "player_deployment_configs.1 is a text, must be an object with deployment_config_id"},
  };
  for (const auto& [field, problem] : cases)
    EXPECT_EQ(problems_in_run(test + field), lines{std::string("f:1: runs[0].") + problem})
        << field;
}

TEST(LaunchFile, TellsNoneOrTwoKinds) {
  EXPECT_EQ(problems_in(R"({"runs": [{"deployment_config_id": "d"}]})"),
            lines{"f:1: runs[0] must have one of multiplayer_test_id, test_plan_id and "
                  "instructions"});
  EXPECT_EQ(problems_in_run(R"("multiplayer_test_id": "t", "instructions": "i")"),
            lines{"f:1: runs[0] has multiplayer_test_id and instructions, of which it can have "
                  "only one"});
}

TEST(LaunchFile, DoesNotSayThatAFieldIsMissingOfWhichItSaidMore) {
  EXPECT_EQ(problems_in_run(R"("multiplayer_test_id": 7)"),
            lines{"f:1: runs[0].multiplayer_test_id is 7, must be a text"});
  EXPECT_EQ(problems_in_run(R"("test_plan": "p")"),
            lines{"f:1: runs[0].test_plan is no field of a run; did you mean test_plan_id?"});
}

TEST(LaunchFile, TellsNamesThatAreThereTwice) {
  EXPECT_EQ(problems_in("{\"runs\": [{\"deployment_config_id\": \"d\",\n"
                        "\"multiplayer_test_id\": \"a\",\n"
                        "\"template_data\": {\"x\": {\"y\": 1,\n\"y\": 2}},\n"
                        "\"multiplayer_test_id\": 3}],\n"
                        "\"runs\": []}"),
            (lines{"f:4: runs[0].template_data.x.y is there twice, also on line 3",
                   "f:5: runs[0].multiplayer_test_id is there twice, also on line 2",
                   "f:5: runs[0].multiplayer_test_id is 3, must be a text",
                   "f:6: runs is there twice, also on line 1"}));
}

TEST(LaunchFile, TellsKeysThatTwoRunsHave) {
  EXPECT_EQ(problems_in(R"({"defaults": {"multiplayer_test_id": "t", "deployment_config_id": "d"},
    "runs": [{"key": "a"},
             {"key": "a"},
             {"key": "4"},
             {}]})"),
            (lines{"f:3: runs[1] has the key 'a', which the run on line 2 has, too",
                   "f:5: runs[3] has the key '4', which the run on line 4 has, too"}));
}

TEST(LaunchFile, TellsWhatIsWrongWithDefaultsOnce) {
  EXPECT_EQ(problems_in(R"({"defaults": {"retries": 11,
      "key": "k",
      "deployment_config_id": "d"},
    "runs": [{"multiplayer_test_id": "t"}, {"multiplayer_test_id": "t"}]})"),
            (lines{"f:1: defaults.retries must be 0 to 10, not 11",
                   "f:2: defaults.key cannot be: each run has a key of its own"}));
}

TEST(LaunchFile, TellsWhatIsWrongWithItAsAWhole) {
  const std::pair<const char*, const char*> cases[] = {
      {"[]", "f:1: the file is a list, must be an object with \"runs\""},
      {"{}", "f:1: runs is missing: a list of what is to be started"},
      {R"({"runs": {}})", "f:1: runs is an object, must be a list of objects"},
      {R"({"runs": []})", "f:1: runs is empty: there is nothing to start"},
      {R"({"runs": [1]})", "f:1: runs[0] is a number, must be an object"},
  };
  for (const auto& [text, problem] : cases) EXPECT_EQ(problems_in(text), lines{problem});
  EXPECT_EQ(problems_in(R"({"run": []})"),
            (lines{"f:1: run is no field of a launch file, which has defaults and runs; did you "
                   "mean runs?",
                   "f:1: runs is missing: a list of what is to be started"}));
}

TEST(LaunchFile, TellsWhereItIsNotJson) {
  EXPECT_THAT(problems_in("{\"runs\": [\n  {,\n]}"),
              testing::ElementsAre(testing::StartsWith("f:2:4: this is not JSON: ")));
  EXPECT_THAT(problems_in(""), testing::ElementsAre(testing::StartsWith("f:1:1: this is not")));
  EXPECT_THAT(problems_in("{}\n\n x"), testing::ElementsAre(testing::StartsWith("f:3:2: ")));
  EXPECT_THAT(problems_in("{\"runs\": [\n1,\n2"),
              testing::ElementsAre(testing::StartsWith("f:3:2: this is not JSON: ")));
}

TEST(LaunchFile, TellsAtMostTwentyProblems) {
  std::string runs;
  for (int i = 0; i < 30; ++i) runs += (i == 0 ? "{}" : ",\n{}");
  const lines problems =
      problems_in(R"({"defaults": {"deployment_config_id": "d"}, "runs": [)" + runs + "]}");
  ASSERT_EQ(problems.size(), kMostLaunchProblems + 1);
  EXPECT_THAT(problems[19], testing::StartsWith("f:20: runs[19] must have one of"));
  EXPECT_EQ(problems[20], "f: and 10 more");
}

TEST(LaunchFile, MayHaveAByteOrderMarkAndLinesOfWindows) {
  EXPECT_EQ(problems_in("\xEF\xBB\xBF{\r\n\"runs\":\r\n[]}"),
            lines{"f:2: runs is empty: there is nothing to start"});
}

}  // namespace
}  // namespace cli
