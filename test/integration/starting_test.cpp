#include <gtest/gtest.h>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <string>

#include "loopback.hpp"
#include "scripted_server.hpp"
#include "scripted_start.hpp"

namespace nunu::test {
namespace {

using then = scripted_server::then;

const std::string kTwoStarted = R"({"job_ids":["j1","j2"],"build_id":"b","message":"queued"})";

class Starting : public scripted_start {};

TEST_F(Starting, SendsTheKeyTheRequestAndItsTags) {
  run_request request = a_test();
  request.additional_tags = {"ci"};
  const result r =
      start({{answer(201, kTwoStarted)}}, request, {.launch_id = "l-1", .group = "g-1"});
  ASSERT_FALSE(r.code) << r.code.message();
  ASSERT_EQ(r.starts.size(), 1U);
  const std::string& sent = r.starts[0];
  EXPECT_TRUE(sent.starts_with("POST /api/v1/runs HTTP/1.1\r\n")) << sent;
  EXPECT_NE(sent.find("X-Api-Key: the-key\r\n"), std::string::npos);
  EXPECT_NE(sent.find(R"(["ci","nunu-launch-l-1","nunu-group-g-1"])"), std::string::npos) << sent;
  EXPECT_EQ(r.run.launch_id, "l-1");
  EXPECT_EQ(r.run.job_ids, (std::vector<std::string>{"j1", "j2"}));
}

TEST_F(Starting, MintsALaunchIdAndTagsTheRunWithIt) {
  const result r = start({{answer(201, kTwoStarted)}});
  ASSERT_FALSE(r.run.launch_id.empty());
  EXPECT_NE(r.starts[0].find("\"nunu-launch-" + r.run.launch_id + "\""), std::string::npos);
}

TEST_F(Starting, TagsCanBeSwitchedOff) {
  const result r = start({{answer(201, kTwoStarted)}}, a_test(), {.tags = false});
  EXPECT_EQ(r.starts[0].find("nunu-"), r.starts[0].find("nunu-cpp")) << r.starts[0];
}

TEST_F(Starting, AcceptsEveryFormOfAnswer) {
  const std::string envelope =
      R"({"ok":true,"status":200,"message":"m","data":)" + kTwoStarted + "}";
  for (const std::string& reply : {answer(201, kTwoStarted), answer(200, kTwoStarted),
                                   answer(200, envelope), answer(201, envelope)}) {
    const result r = start({{reply}});
    EXPECT_FALSE(r.code) << r.code.message();
    EXPECT_EQ(r.run.job_ids.size(), 2U) << reply;
  }
}

TEST_F(Starting, APartialStartIsAResult) {
  const std::string body =
      R"({"ok":true,"job_ids":["j1"],"requested_count":2,"started_count":1,"failed_count":1,)"
      R"("results":[{"device_label":"A","ok":true,"status":201},)"
      R"({"device_label":"B","ok":false,"status":500,"error":"offline"}]})";
  const result r = start({{answer(207, body)}});
  ASSERT_FALSE(r.code) << r.code.message();
  EXPECT_EQ(r.run.job_ids, std::vector<std::string>{"j1"});
  ASSERT_EQ(r.run.device_results.size(), 2U);
  EXPECT_EQ(r.run.device_results[1].error, "offline");
}

TEST_F(Starting, AFailureOfAllDevicesIsAResultToo) {
  const std::string body =
      R"({"ok":false,"job_ids":[],"requested_count":1,"started_count":0,"failed_count":1,)"
      R"("device_runs":[{"device_label":"A","ok":false,"status":500,"error":"offline"}]})";
  const result r = start({{answer(500, body)}});
  ASSERT_FALSE(r.code) << r.code.message();
  EXPECT_TRUE(r.run.job_ids.empty());
  ASSERT_EQ(r.run.device_results.size(), 1U);
}

TEST_F(Starting, WhatMayHaveStartedIsReportedAndNotSentAgain) {
  const scripted_server::reply ambiguous[] = {
      {answer(500, R"({"error":"boom"})")},
      {answer(502, "<html>bad gateway</html>")},
      {answer(503, "")},
      {answer(504, "")},
      {answer(408, "")},
      {answer(201, "<html>welcome</html>")},
      {answer(200, R"({"unfamiliar":true})")},
      {"", then::close},
      {"HTTP/1.1 201 Created\r\nContent-Length: 100\r\n\r\n{\"job_ids\":[\"j", then::close},
      {"not HTTP at all\r\n\r\n", then::close},
  };
  for (const auto& reply : ambiguous) {
    const result r = start({reply}, a_test(), {.launch_id = "mine"});
    EXPECT_EQ(r.code, errc::start_outcome_unknown) << reply.bytes << ": " << r.code.message();
    EXPECT_EQ(r.code, condition::outcome_unknown);
    EXPECT_EQ(r.details.launch_id, "mine");
    EXPECT_EQ(r.starts.size(), 1U) << "sent again after: " << reply.bytes;
  }
}

TEST_F(Starting, AnAnswerThatIsNotUnderstoodIsKept) {
  const result r = start({{answer(201, "<html>welcome</html>")}});
  EXPECT_EQ(r.details.body, "<html>welcome</html>");
  EXPECT_EQ(r.details.http_status, 201);
}

TEST_F(Starting, AnAnswerThatDoesNotComeInTimeIsAmbiguous) {
  config.response_timeout = 200ms;
  const result r = start({{"HTTP/1.1 201 Created\r\n"}});
  EXPECT_EQ(r.code, errc::start_outcome_unknown);
  EXPECT_NE(r.details.message.find("took too long"), std::string::npos) << r.details.message;
}

TEST_F(Starting, ARateLimitedStartIsSentAgain) {
  const result r = start({{answer(429, R"({"error":"slow down"})", "Retry-After: 0\r\n")},
                          {answer(429, "")},
                          {answer(201, kTwoStarted)}});
  ASSERT_FALSE(r.code) << r.code.message();
  EXPECT_EQ(r.starts.size(), 3U);
  EXPECT_EQ(r.starts[0], r.starts[2]) << "another launch id";
}

TEST_F(Starting, ARejectionIsFinalAndTellsTheServicesWords) {
  const std::pair<int, errc> rows[] = {
      {400, errc::bad_request},      {401, errc::unauthorized}, {402, errc::quota_exceeded},
      {403, errc::forbidden},        {404, errc::not_found},    {413, errc::payload_too_large},
      {301, errc::unexpected_status}};
  for (const auto& [status, code] : rows) {
    const result r = start(
        {{answer(status, R"({"error":"because","code":"CODE"})", "Location: http://x/\r\n")}});
    EXPECT_EQ(r.code, code) << status;
    EXPECT_EQ(r.details.service_message, "because");
    EXPECT_EQ(r.details.service_code, "CODE");
    EXPECT_EQ(r.starts.size(), 1U);
  }
}

TEST_F(Starting, TheOlderErrorFormAndHtmlAndNothingAreUnderstood) {
  const result older = start({{answer(
      404, R"({"ok":false,"status":404,"message":"no such test","error":"no such test"})")}});
  EXPECT_EQ(older.details.service_message, "no such test");
  const result html = start({{answer(403, "<html>forbidden</html>")}});
  EXPECT_EQ(html.code, errc::forbidden);
  EXPECT_EQ(html.details.body, "<html>forbidden</html>");
  const result nothing = start({{answer(400, "")}});
  EXPECT_EQ(nothing.code, errc::bad_request);
}

TEST_F(Starting, JobIdsInAnErrorAreKept) {
  const result r = start({{answer(400, R"({"error":"half of it","job_ids":["j1"]})")}});
  EXPECT_EQ(r.code, errc::bad_request);
  EXPECT_EQ(r.details.job_ids, std::vector<std::string>{"j1"});
}

TEST_F(Starting, AnInvalidRequestCostsNoBytes) {
  run_request both = a_test();
  both.test_plan_id = "plan";
  const result r = start({}, both);
  EXPECT_EQ(r.code, errc::invalid_request);
  EXPECT_NE(r.details.message.find("2 are given"), std::string::npos);
  run_request retries = a_test();
  retries.retries = 11;
  EXPECT_EQ(start({}, retries).code, errc::invalid_request);
  EXPECT_EQ(start({}, a_test(), {.launch_id = "UPPER"}).code, errc::invalid_request);
}

TEST_F(Starting, ABuildStorageRequestPassesEveryFieldOn) {
  run_request r = a_test();
  r.build_id = "b1";
  r.agent_config_id = "a1";
  r.retries = 2;
  r.instances = 3;
  r.player_deployment_configs[1] = {"d1", "b1"};
  r.run_on_all_configured_devices = false;
  r.render_templates = true;
  r.template_data["country"] = "Switzerland";
  r.options["unknown_option"] = 1;
  const std::string sent = start({{answer(201, kTwoStarted)}}, r).starts[0];
  for (const char* part :
       {R"("build_id":"b1")", R"("agent_config_id":"a1")", R"("retries":2)", R"("instances":3)",
        R"("player_deployment_configs":{"1":{)", R"("run_on_all_configured_devices":false)",
        R"("render_templates":true)", R"("template_data":{"country":"Switzerland"})",
        R"("options":{"unknown_option":1})"})
    EXPECT_NE(sent.find(part), std::string::npos) << part << " is not in " << sent;
}

TEST(StartingNowhere, NothingWasSentAndTheErrorSaysSo) {
  asio::io_context context;
  asio::ip::tcp::acceptor nobody(context, {asio::ip::address_v4::loopback(), 0});
  const auto port = nobody.local_endpoint().port();
  nobody.close();
  client_config config;
  config.base_url = "http://127.0.0.1:" + std::to_string(port);
  config.api_key = api_key("key");
  config.operation_timeout = 300ms;
  client c(context.get_executor(), config);
  run(context, [&]() -> asio::awaitable<void> {
    diagnostics details;
    auto [ec, r] = co_await c.start_run(a_test(), start_options(), details, kToken);
    EXPECT_EQ(ec, errc::connect_failed);
    EXPECT_EQ(ec, condition::not_sent);
    EXPECT_TRUE(details.launch_id.empty());
    EXPECT_NE(details.message.find(std::to_string(port)), std::string::npos) << details.message;
  });
}

TEST(StartingTwice, OnTheSimulatorEachLaunchIsSeenOnce) {
  asio::io_context context;
  simulator sim(context.get_executor(), quick_simulator());
  client c(context.get_executor(), client_for(sim));
  run(context, [&]() -> asio::awaitable<void> {
    for (int i = 0; i < 20; ++i) co_await c.start_run(a_test());
  });
  EXPECT_EQ(sim.stats().runs, 20U);
  EXPECT_EQ(sim.stats().launches_seen_twice, 0U);
}

}  // namespace
}  // namespace nunu::test
