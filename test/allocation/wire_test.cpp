// When memory runs out in the middle of JSON: nothing is left behind, and the same decoder reads
// the same body later.
#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <vector>

#include <nunu/client_config.hpp>
#include <nunu/job.hpp>
#include <nunu/run.hpp>

#include "memory.hpp"
#include "unit/sample.hpp"
#include "wire/error_json.hpp"
#include "wire/job_json.hpp"
#include "wire/origin.hpp"
#include "wire/run_json.hpp"
#include "wire/stop_json.hpp"
#include "wire/validation.hpp"

namespace nunu::wire {
namespace {

using test::fail_each_allocation;
using test::failing_allocation;
using test::sample;

std::string encoded(const job& j) {
  std::string json;
  encode_job(j, json);
  return json;
}

std::string encoded(const job_page& page) {
  std::string json;
  encode_page(page, json);
  return json;
}

TEST(JobDecoderOutOfMemory, ReadsTheSameJobLater) {
  const std::string body = sample("job.json");
  job expected;
  ASSERT_TRUE(job_decoder().decode_job(body, expected));
  EXPECT_GT(fail_each_allocation([&](failing_allocation& failing) {
              job_decoder decoder;
              job seen;
              failing.carry_out([&] { EXPECT_TRUE(decoder.decode_job(body, seen)); });
              EXPECT_EQ(encoded(seen), encoded(expected));
            }),
            3U);
}

TEST(JobDecoderOutOfMemory, ReadsTheSamePageLater) {
  const std::string body = sample("job_list.json");
  job_page expected;
  ASSERT_TRUE(job_decoder().decode_page(body, expected));
  EXPECT_GT(fail_each_allocation([&](failing_allocation& failing) {
              job_decoder decoder;
              job_page seen;
              failing.carry_out([&] { EXPECT_TRUE(decoder.decode_page(body, seen)); });
              EXPECT_EQ(encoded(seen), encoded(expected));
            }),
            3U);
}

/// What is read or written once, without a decoder that is kept.
class OutOfMemory : public testing::Test {
 protected:
  /// Gives the same text whichever allocation failed before.
  void expect_same_later(const std::function<std::string()>& make) {
    const std::string expected = make();
    EXPECT_GT(fail_each_allocation([&](failing_allocation& failing) {
                std::string made;
                failing.carry_out([&] { made = make(); });
                EXPECT_EQ(made, expected);
              }),
              0U);
  }
};

TEST_F(OutOfMemory, AStartedRunIsReadLater) {
  const std::string text =
      R"({"ok":true,"data":{"job_ids":["550e8400-e29b-41d4-a716-446655440000"],)"
      R"("message":"a message that does not fit into the string itself"},)"
      R"("results":[{"device_label":"d","ok":true,"status":201}]})";
  expect_same_later([&] { return encode_multi_device_run(*decode_started_run(text)); });
}

TEST_F(OutOfMemory, ARunRequestIsWrittenAndReadLater) {
  run_request request;
  request.multiplayer_test_id = "a test whose id does not fit into the string itself";
  request.deployment_config_id = "deployment";
  request.additional_tags = {"a", "b"};
  request.player_deployment_configs[1] = {"deployment", "build"};
  request.options["performance_monitoring"] = true;
  const std::vector<std::string> tags = {"nunu-launch-1"};
  expect_same_later([&] {
    return encode_run_request(*decode_run_request(encode_run_request(request, tags)), {});
  });
}

TEST_F(OutOfMemory, AStopReportIsReadLater) {
  const std::string text = sample("stop_207.json");
  expect_same_later([&] { return encode_stop_report(*decode_stop_report(text), 2); });
}

TEST_F(OutOfMemory, AnErrorIsReadLater) {
  const std::string text =
      R"({"error":"words that do not fit into the string itself","code":"C","job_ids":["j"]})";
  expect_same_later([&] { return encode_error(decode_error(text)); });
}

TEST_F(OutOfMemory, TargetsAreMadeLater) {
  job_query query;
  query.tags = {"nunu-group-with-a-long-name", "b/c"};
  expect_same_later([&] {
    const origin o =
        *parse_base_url("https://nunu.ai/a%20long%20prefix/api/project/a%2Fproject", "", false);
    return job_target(o, "../x?y#z") + jobs_target(o, query) + stop_target(o) + runs_target(o);
  });
}

TEST_F(OutOfMemory, AProblemIsToldLater) {
  client_config config;
  config.api_key = api_key("key\n");
  expect_same_later([&] { return problem_with(config); });
}

}  // namespace
}  // namespace nunu::wire
