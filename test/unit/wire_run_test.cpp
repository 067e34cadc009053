#include <gtest/gtest.h>

#include <limits>

#include "sample.hpp"
#include "wire/run_json.hpp"

namespace nunu::wire {
namespace {

using test::normalized;
using test::sample;

run_request full_request() {
  run_request request;
  request.multiplayer_test_id = "test";
  request.test_plan_id = "plan";
  request.instructions = "say \"hi\"\n日本 \x01";
  request.deployment_config_id = "deployment";
  request.name = "name";
  request.build_id = "build";
  request.agent_config_id = "agent";
  request.additional_tags = {"ci", "pr-123"};
  request.retries = 2;
  request.instances = 3;
  request.player_deployment_configs[1] = {"first", "its build"};
  request.player_deployment_configs[12] = {"twelfth", ""};
  request.run_on_all_configured_devices = false;
  request.render_templates = true;
  request.template_data = {{"country", "Switzerland"}, {"nested", {1, 2.5, nullptr}}};
  request.options = {{"performance_monitoring", true}, {"unheard_of", {{"a", "b"}}}};
  return request;
}

struct bad_case {
  std::string body;
  std::string error;
};

TEST(RunRequest, IsReadAsItWasWritten) {
  const run_request request = full_request();
  const auto decoded = decode_run_request(encode_run_request(request, {}));
  ASSERT_TRUE(decoded) << decoded.error();
  EXPECT_EQ(*decoded, request);
}

TEST(RunRequest, TheSampleRoundTrips) {
  const std::string body = sample("start_run_request.json");
  const auto request = decode_run_request(body);
  ASSERT_TRUE(request) << request.error();
  EXPECT_EQ(request->multiplayer_test_id, "789e0123-e89b-12d3-a456-426614174000");
  EXPECT_EQ(request->additional_tags, (std::vector<std::string>{"ci", "pr-123"}));
  const std::string encoded = encode_run_request(*request, {});
  EXPECT_EQ(normalized(encoded), normalized(body));
  EXPECT_EQ(*decode_run_request(encoded), *request);
}

TEST(RunRequest, ExtraTagsFollowTheCallersOwn) {
  run_request request;
  const std::vector<std::string> extra{"nunu-launch-1"};
  EXPECT_EQ(boost::json::parse(encode_run_request(request, extra)),
            boost::json::parse(R"({"additional_tags":["nunu-launch-1"]})"));
  request.additional_tags = {"ci"};
  EXPECT_EQ(boost::json::parse(encode_run_request(request, extra)),
            boost::json::parse(R"({"additional_tags":["ci","nunu-launch-1"]})"));
}

TEST(RunRequest, EmptyFieldsAreNotSent) {
  EXPECT_EQ(encode_run_request({}, {}), "{}");
}

TEST(RunRequest, FieldsThatAreFalseOrZeroAreSent) {
  run_request request;
  request.retries = 0;
  request.render_templates = false;
  EXPECT_EQ(boost::json::parse(encode_run_request(request, {})),
            boost::json::parse(R"({"retries":0,"render_templates":false})"));
}

TEST(RunRequest, NullIsTheSameAsMissingAndUnknownFieldsAreIgnored) {
  const auto request = decode_run_request(
      R"({"multiplayer_test_id":null,"additional_tags":null,"retries":null,"options":null,
          "player_deployment_configs":null,"render_templates":null,"template_data":null,
          "unheard_of":{"retries":"x"}})");
  ASSERT_TRUE(request) << request.error();
  EXPECT_EQ(*request, run_request{});
}

TEST(RunRequest, NumbersBeyondEveryDoubleCanBeWrittenAgain) {
  const auto request = decode_run_request(R"({"options":{"a":1e400,"b":[-2e999]}})");
  ASSERT_TRUE(request) << request.error();
  constexpr double largest = std::numeric_limits<double>::max();
  const boost::json::object expected{{"a", largest}, {"b", boost::json::array{-largest}}};
  EXPECT_EQ(request->options, expected);
  EXPECT_EQ(*decode_run_request(encode_run_request(*request, {})), *request);
}

TEST(RunRequest, ZeroIsZeroInEveryWayOfWritingIt) {
  const auto request =
      decode_run_request(R"({"options":{"a":0e400,"b":[-0e999,{"c":0E+400}]},"template_data":{}})");
  ASSERT_TRUE(request) << request.error();
  const boost::json::object zeros{{"a", 0.0}, {"b", {0.0, {{"c", 0.0}}}}};
  EXPECT_EQ(request->options, zeros);
}

TEST(RunRequest, NamesTheFieldThatIsWrong) {
  const bad_case cases[] = {
      {R"({"name":5})", "name is not a string"},
      {R"({"retries":"1"})", "retries is not a whole number"},
      {R"({"retries":0.5})", "retries is not a whole number"},
      {R"({"retries":2147483648})", "retries is out of range"},
      {R"({"instances":18446744073709551616})", "instances is out of range"},
      {R"({"instances":18446744073709551615})", "instances is out of range"},
      {R"({"additional_tags":"ci"})", "additional_tags is not an array"},
      {R"({"additional_tags":[1]})", "additional_tags has an element that is not a string"},
      {R"({"render_templates":1})", "render_templates is not true or false"},
      {R"({"template_data":[]})", "template_data is not an object"},
      {R"({"options":"fast"})", "options is not an object"},
      {R"({"player_deployment_configs":[]})", "player_deployment_configs is not an object"},
      {R"({"player_deployment_configs":{"one":{}}})",
       "player_deployment_configs.one is not the number of a player"},
      {R"({"player_deployment_configs":{"1x":{}}})",
       "player_deployment_configs.1x is not the number of a player"},
      {R"({"player_deployment_configs":{"1":5}})", "player_deployment_configs.1 is not an object"},
      {R"({"player_deployment_configs":{"1":null}})", "player_deployment_configs.1 is null"},
      {R"({"player_deployment_configs":{"1":{"build_id":5}}})",
       "player_deployment_configs.1.build_id is not a string"},
      {R"({"retries":1,"retries":1})", "retries comes twice"},
      {R"({"retr\u0069es":1,"retries":1})", "retries comes twice"},
      {R"([])", "the body is not an object"},
  };
  for (const auto& [body, error] : cases) {
    const auto decoded = decode_run_request(body);
    ASSERT_FALSE(decoded) << body;
    EXPECT_EQ(decoded.error(), error) << body;
  }
}

TEST(StartedRun, TheDataItselfRoundTrips) {
  for (const char* name : {"start_run_201.json", "start_test_plan_201.json"}) {
    const std::string body = sample(name);
    const auto run = decode_started_run(body);
    ASSERT_TRUE(run) << run.error();
    const std::string encoded = encode_started_run(*run);
    EXPECT_EQ(normalized(encoded), normalized(body)) << name;
    EXPECT_EQ(*decode_started_run(encoded), *run) << name;
  }
}

TEST(StartedRun, TheDataItselfIsRead) {
  const auto run = decode_started_run(
      R"({"job_ids":["a","b"],"build_id":"build","test_id":"test","message":"queued",
          "test_plan_execution_id":"execution"})");
  ASSERT_TRUE(run) << run.error();
  started_run expected;
  expected.job_ids = {"a", "b"};
  expected.build_id = "build";
  expected.test_id = "test";
  expected.test_plan_execution_id = "execution";
  expected.message = "queued";
  EXPECT_EQ(*run, expected);
}

TEST(StartedRun, TheOlderEnvelopeRoundTrips) {
  const std::string body = sample("start_run_200_envelope.json");
  const auto run = decode_started_run(body);
  ASSERT_TRUE(run) << run.error();
  EXPECT_EQ(run->job_ids, (std::vector<std::string>{"cc6e3994-a714-4b6b-9879-0b3e53c0a3af"}));
  EXPECT_EQ(run->build_id, "f14fa698-ee3e-4a3d-935d-bdbeb874ad25");
  EXPECT_EQ(run->message, "successfully queued test!");
  const std::string encoded = encode_started_run_envelope(*run);
  EXPECT_EQ(normalized(encoded), normalized(body));
  EXPECT_EQ(*decode_started_run(encoded), *run);
}

TEST(StartedRun, TheMessageOfTheEnvelopeServesWhereTheDataHasNone) {
  const auto run = decode_started_run(R"({"ok":true,"message":"outer","data":{"job_ids":["a"]}})");
  ASSERT_TRUE(run) << run.error();
  EXPECT_EQ(run->message, "outer");
  EXPECT_EQ(run->job_ids, std::vector<std::string>{"a"});
}

TEST(StartedRun, JobsAreTakenFromTheEnvelopeAndFromAroundIt) {
  const struct {
    const char* body;
    std::vector<std::string> expected;
  } cases[] = {
      {R"({"job_ids":["a"],"data":{"job_ids":[]}})", {"a"}},
      {R"({"job_ids":[],"data":{"job_ids":["a"]}})", {"a"}},
      {R"({"job_ids":["a","b"],"data":{"job_ids":["b","c"]}})", {"a", "b", "c"}},
      {R"({"job_ids":["a"],"data":{"message":"m"}})", {"a"}},
  };
  for (const auto& [body, expected] : cases) {
    const auto run = decode_started_run(body);
    ASSERT_TRUE(run) << body << ": " << run.error();
    EXPECT_EQ(run->job_ids, expected) << body;
  }
}

TEST(StartedRun, ADeviceThatWasStartedWithoutJobsIsNotUnderstoodWhereverItIs) {
  for (const char* body : {R"({"results":[{"ok":true}]})", R"({"data":{"results":[{"ok":true}]}})",
                           R"({"job_ids":[],"data":{"results":[{"ok":true}]}})",
                           R"({"results":[{"ok":true}],"data":{"job_ids":[]}})"}) {
    EXPECT_FALSE(decode_started_run(body)) << body;
  }
}

TEST(StartedRun, TheMultiDeviceFormRoundTrips) {
  const std::string body = sample("start_run_207_multi_device.json");
  const auto run = decode_started_run(body);
  ASSERT_TRUE(run) << run.error();
  EXPECT_EQ(run->job_ids, (std::vector<std::string>{"cc6e3994-a714-4b6b-9879-0b3e53c0a3af"}));
  const std::vector<device_result> expected{{"Pixel 8", true, 201, "", ""},
                                            {"Galaxy S24", false, 500, "", "device is offline"}};
  EXPECT_EQ(run->device_results, expected);
  const std::string encoded = encode_multi_device_run(*run);
  EXPECT_EQ(normalized(encoded), normalized(body));
  EXPECT_EQ(*decode_started_run(encoded), *run);
}

TEST(StartedRun, DeviceRunsAreAnotherNameOfResults) {
  std::string body = sample("start_run_207_multi_device.json");
  const auto by_results = decode_started_run(body);
  body.replace(body.find("results"), 7, "device_runs");
  const auto by_device_runs = decode_started_run(body);
  ASSERT_TRUE(by_device_runs) << by_device_runs.error();
  EXPECT_EQ(*by_device_runs, *by_results);
}

TEST(StartedRun, NothingStartedOnAnyDeviceIsReadToo) {
  const auto run = decode_started_run(
      R"({"ok":false,"results":[{"device_label":"Pixel 8","ok":false,"status":500}]})");
  ASSERT_TRUE(run) << run.error();
  EXPECT_TRUE(run->job_ids.empty());
  ASSERT_EQ(run->device_results.size(), 1U);
  EXPECT_EQ(boost::json::parse(encode_multi_device_run(*run)).at("ok"), boost::json::value(false));
}

TEST(StartedRun, OptionalFieldsMayBeNull) {
  const auto run = decode_started_run(
      R"({"job_ids":["a"],"build_id":null,"test_id":null,"test_plan_execution_id":null,
          "message":null,"results":null,"device_runs":null,"data":null,"ok":null,"more":5})");
  ASSERT_TRUE(run) << run.error();
  started_run expected;
  expected.job_ids = {"a"};
  EXPECT_EQ(*run, expected);
}

TEST(StartedRun, AnUnfamiliarBodyIsAnError) {
  const std::string not_json = "the body is not valid JSON: ";
  const bad_case cases[] = {
      {"{}", "job_ids is missing"},
      {R"({"job_ids":null})", "job_ids is missing"},
      {R"({"ok":true,"status":200,"data":{}})", "job_ids is missing"},
      {R"({"job_ids":"a"})", "job_ids is not an array"},
      {R"({"job_ids":[5]})", "job_ids has an element that is not a string"},
      {R"({"data":{"job_ids":[5]}})", "data.job_ids has an element that is not a string"},
      {R"({"job_ids":["a"],"build_id":5})", "build_id is not a string"},
      {R"({"job_ids":["a"],"results":[{"status":0.5}]})",
       "results[0].status is not a whole number"},
      {R"({"job_ids":["a"],"job_ids":["b"]})", "job_ids comes twice"},
      {R"(["a"])", "the body is not an object"},
  };
  for (const auto& [body, error] : cases) {
    const auto decoded = decode_started_run(body);
    ASSERT_FALSE(decoded) << body;
    EXPECT_EQ(decoded.error(), error) << body;
  }
  for (const std::string& body :
       {std::string(), std::string("<html>OK</html>"), std::string(R"({"job_ids":["a"]} x)"),
        std::string("{\"job_ids\":[\"\xc3\x28\"]}"), std::string(R"({"job_ids":["\ud800"]})"),
        R"({"job_ids":["a"],"more":)" + std::string(32, '[') + std::string(32, ']') + '}'}) {
    const auto decoded = decode_started_run(body);
    ASSERT_FALSE(decoded) << body;
    EXPECT_EQ(decoded.error().substr(0, not_json.size()), not_json) << body;
  }
}

TEST(StartedRun, NestingUpToTheLimitIsAccepted) {
  EXPECT_TRUE(decode_started_run(R"({"job_ids":["a"],"more":)" + std::string(31, '[') +
                                 std::string(31, ']') + '}'));
}

TEST(StartedRun, CutAfterEveryByteIsAnError) {
  for (const char* name : {"start_run_201.json", "start_run_200_envelope.json",
                           "start_run_207_multi_device.json", "start_test_plan_201.json"}) {
    std::string body = sample(name);
    body.erase(body.find_last_of('}') + 1);
    for (std::size_t length = 0; length < body.size(); ++length) {
      EXPECT_FALSE(decode_started_run(std::string_view(body).substr(0, length))) << name << length;
    }
  }
}

}  // namespace
}  // namespace nunu::wire
