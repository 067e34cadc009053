#include <gtest/gtest.h>

#include "sample.hpp"
#include "wire/stop_json.hpp"

namespace nunu::wire {
namespace {

using test::normalized;
using test::sample;

TEST(StopRequest, IsReadAsItWasWritten) {
  const std::vector<std::string> ids{"a", "quote \" and \\", "日本"};
  const auto decoded = decode_stop_request(encode_stop_request(ids));
  ASSERT_TRUE(decoded) << decoded.error();
  EXPECT_EQ(*decoded, ids);
}

struct bad_case {
  std::string body;
  std::string error;
};

TEST(StopRequest, NeedsAtLeastOneStringId) {
  const bad_case cases[] = {
      {"{}", "job_ids is missing or empty"},
      {R"({"job_ids":null})", "job_ids is missing or empty"},
      {R"({"job_ids":[]})", "job_ids is missing or empty"},
      {R"({"job_ids":"a"})", "job_ids is not an array"},
      {R"({"job_ids":["a",5]})", "job_ids has an element that is not a string"},
      {R"({"job_ids":["a",null]})", "job_ids has an element that is not a string"},
      {R"({"job_ids":["a"],"job_ids":["b"]})", "job_ids comes twice"},
      {R"(["a"])", "the body is not an object"},
  };
  for (const auto& [body, error] : cases) {
    const auto decoded = decode_stop_request(body);
    ASSERT_FALSE(decoded) << body;
    EXPECT_EQ(decoded.error(), error) << body;
  }
}

TEST(StopReport, TheSampleRoundTrips) {
  const std::string body = sample("stop_207.json");
  const auto report = decode_stop_report(body);
  ASSERT_TRUE(report) << report.error();
  EXPECT_EQ(report->message, "Stopped 1/2 job(s)");
  EXPECT_EQ(report->stopped_count, 1);
  const std::vector<stop_result> expected{
      {"550e8400-e29b-41d4-a716-446655440000", true, 200, "Job stopped", ""},
      {"661f9511-f30c-52e5-b827-557766885500", false, 500, "", "Job already completed"}};
  EXPECT_EQ(report->results, expected);

  const std::string encoded = encode_stop_report(*report, report->results.size());
  EXPECT_EQ(normalized(encoded), normalized(body));
  EXPECT_EQ(*decode_stop_report(encoded), *report);
}

TEST(StopReport, IsReadInTheOlderEnvelope) {
  const auto report = decode_stop_report(R"({"ok":true,"status":200,"message":"outer","data":
      {"received_count":1,"stopped_count":1,"results":[{"job_id":"a","ok":true,"status":200}]}})");
  ASSERT_TRUE(report) << report.error();
  EXPECT_EQ(report->message, "outer");
  EXPECT_EQ(report->stopped_count, 1);
  EXPECT_EQ(report->results, (std::vector<stop_result>{{"a", true, 200, "", ""}}));
}

TEST(StopReport, AResultThatIsAroundTheEnvelopeAndInItIsReadOnce) {
  const auto report = decode_stop_report(
      R"({"stopped_count":1,"results":[{"job_id":"a","ok":true,"status":200}],
      "data":{"stopped_count":1,"results":[{"job_id":"a","ok":true,"status":200},
      {"job_id":"b","ok":false,"status":404}]}})");
  ASSERT_TRUE(report) << report.error();
  EXPECT_EQ(report->results,
            (std::vector<stop_result>{{"a", true, 200, "", ""}, {"b", false, 404, "", ""}}));
}

TEST(StopReport, WhatDoesNotSpeakOfJobsIsNotOne) {
  EXPECT_FALSE(decode_stop_report("{}"));
  EXPECT_FALSE(decode_stop_report(R"({"error":"project not found","code":"NOT_FOUND"})"));
}

TEST(StopReport, EveryFieldMayBeMissingOrNull) {
  const auto nulls = decode_stop_report(R"({"ok":null,"message":null,"stopped_count":0,
      "results":null,"received_count":null,"data":null,"more":{"a":[]}})");
  ASSERT_TRUE(nulls) << nulls.error();
  EXPECT_EQ(*nulls, stop_report{});
  const auto sparse = decode_stop_report(R"({"results":[{},{"job_id":null,"status":null}]})");
  ASSERT_TRUE(sparse) << sparse.error();
  EXPECT_EQ(sparse->results, std::vector<stop_result>(2));
}

TEST(StopReport, NoneStoppedIsNotOk) {
  EXPECT_EQ(boost::json::parse(encode_stop_report({}, 2)).at("ok"), boost::json::value(false));
}

TEST(StopReport, NamesTheFieldThatIsWrong) {
  const bad_case cases[] = {
      {R"({"stopped_count":0.5})", "stopped_count is not a whole number"},
      {R"({"stopped_count":"1"})", "stopped_count is not a whole number"},
      {R"({"stopped_count":-1})", "stopped_count is negative"},
      {R"({"stopped_count":18446744073709551616})", "stopped_count is out of range"},
      {R"({"stopped_count":9223372036854775808})", "stopped_count is out of range"},
      {R"({"stopped_count":1e400})", "stopped_count is out of range"},
      {R"({"message":5})", "message is not a string"},
      {R"({"results":{}})", "results is not an array"},
      {R"({"results":[{},5]})", "results[1] is not an object"},
      {R"({"results":[{"ok":1}]})", "results[0].ok is not true or false"},
      {R"({"results":[{"status":4294967296}]})", "results[0].status is out of range"},
      {R"({"data":{"results":[{"job_id":1}]}})", "data.results[0].job_id is not a string"},
      {R"({"results":[{"job_id":"a","job_id":"b"}]})", "job_id comes twice"},
      {R"({"results":[],"data":[]})", "data is not an object"},
  };
  for (const auto& [body, error] : cases) {
    const auto decoded = decode_stop_report(body);
    ASSERT_FALSE(decoded) << body;
    EXPECT_EQ(decoded.error(), error) << body;
  }
}

TEST(StopReport, CutAfterEveryByteIsAnError) {
  std::string body = sample("stop_207.json");
  body.erase(body.find_last_of('}') + 1);
  for (std::size_t length = 0; length < body.size(); ++length) {
    EXPECT_FALSE(decode_stop_report(std::string_view(body).substr(0, length))) << length;
  }
}

}  // namespace
}  // namespace nunu::wire
