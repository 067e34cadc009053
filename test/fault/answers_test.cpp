// Answers that say no, that cannot be understood, or that lead astray.
#include <gtest/gtest.h>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <cstdint>
#include <deque>
#include <string>
#include <utility>

#include "events.hpp"
#include "loopback.hpp"
#include "operations.hpp"
#include "quiet_server.hpp"
#include "scene.hpp"
#include "scripted_server.hpp"

namespace nunu::test {
namespace {

using reply = scripted_server::reply;

bool waits(operation what) {
  return what == operation::wait_for_jobs || what == operation::watch_jobs;
}

void expect_an_unknown_start(const scene& s) {
  EXPECT_EQ(s.result.code, errc::start_outcome_unknown) << s.result.details.to_string();
  EXPECT_FALSE(s.result.details.launch_id.empty());
  EXPECT_EQ(s.server.requests().size(), 1U) << "it was sent again";
}

class Fault07 : public testing::TestWithParam<operation> {};

TEST_P(Fault07, ASuccessThatIsNotUnderstoodIsNeitherGuessedAtNorAskedForAgain) {
  asio::io_context context;
  const std::string bodies[] = {"<html>welcome</html>", R"({"unfamiliar":true})", "[1]", ""};
  std::deque<scene> scenes;
  for (const std::string& body : bodies) {
    scene::script script = {{answer(200, body)}};
    if (waits(GetParam())) script.push_back({answer_for(GetParam())});
    scenes.emplace_back(context, GetParam(), std::move(script));
  }
  play(context, scenes);
  for (std::size_t i = 0; i < scenes.size(); ++i) {
    const scene& s = scenes[i];
    SCOPED_TRACE(bodies[i]);
    if (waits(GetParam())) {
      EXPECT_TRUE(s.result.delivered) << "polling did not go on";
      continue;
    }
    if (GetParam() == operation::start_run)
      expect_an_unknown_start(s);
    else
      EXPECT_EQ(s.result.code, errc::bad_response) << s.result.details.to_string();
    EXPECT_EQ(s.result.details.body, bodies[i]);
    EXPECT_EQ(s.result.details.http_status, 200);
    EXPECT_EQ(s.server.requests().size(), 1U);
  }
}

class Fault09 : public testing::TestWithParam<operation> {};

TEST_P(Fault09, AfterATroubleOfTheServiceAStartIsUnknownAndAllElseIsSaidAgain) {
  asio::io_context context;
  const int statuses[] = {408, 500, 502, 503, 504};
  std::deque<scene> scenes;
  for (const int status : statuses) {
    const reply trouble{answer(status, "<html>bad gateway</html>")};
    const reply good{answer_for(GetParam())};
    scenes.emplace_back(context, GetParam(), scene::script{trouble, good});
  }
  play(context, scenes);
  for (const scene& s : scenes) {
    SCOPED_TRACE(s.server.requests().size());
    if (GetParam() == operation::start_run) {
      expect_an_unknown_start(s);
      continue;
    }
    EXPECT_TRUE(s.result.delivered) << s.result.details.to_string();
    EXPECT_EQ(s.server.requests().size(), 2U);
    EXPECT_EQ(s.server.connections(), 1) << "the connection was as good as before";
  }
}

class Fault10 : public testing::TestWithParam<operation> {};

TEST_P(Fault10, ARefusalIsFinalAndTellsTheServicesWords) {
  const std::pair<int, errc> rows[] = {{400, errc::bad_request},
                                       {401, errc::unauthorized},
                                       {402, errc::quota_exceeded},
                                       {403, errc::forbidden},
                                       {404, errc::not_found}};
  asio::io_context context;
  std::deque<scene> scenes;
  for (const auto& [status, code] : rows) {
    const reply refusal{answer(status, R"({"error":"because","code":"CODE"})")};
    scenes.emplace_back(context, GetParam(), scene::script{refusal});
  }
  play(context, scenes);
  for (std::size_t i = 0; i < scenes.size(); ++i) {
    const scene& s = scenes[i];
    SCOPED_TRACE(rows[i].first);
    EXPECT_EQ(s.server.requests().size(), 1U);
    if (waits(GetParam())) {
      ASSERT_TRUE(s.result.outcome.has_value());
      EXPECT_EQ(s.result.outcome->kind, outcome_kind::unreachable);
      EXPECT_EQ(s.result.outcome->error, rows[i].second);
      EXPECT_NE(s.result.outcome->error_message.find("because"), std::string::npos);
      continue;
    }
    EXPECT_EQ(s.result.code, rows[i].second);
    EXPECT_NE(s.result.code, condition::retryable);
    EXPECT_EQ(s.result.details.http_status, rows[i].first);
    EXPECT_EQ(s.result.details.service_message, "because");
    EXPECT_EQ(s.result.details.service_code, "CODE");
    EXPECT_TRUE(s.result.details.launch_id.empty());
  }
}

class Fault28 : public testing::TestWithParam<operation> {};

TEST_P(Fault28, ARedirectIsNotFollowedAndItsTargetSeesNothing) {
  asio::io_context context;
  quiet_server other(context);
  std::deque<scene> scenes;
  for (const int status : {300, 301, 302, 303, 307, 308}) {
    const std::string location = "Location: " + other.base_url("http") + "/api/v1/runs\r\n";
    scene::script script = {{answer(status, "", location)}};
    if (waits(GetParam())) script.push_back({answer_for(GetParam())});
    scenes.emplace_back(context, GetParam(), std::move(script));
  }
  play(context, scenes);
  for (const scene& s : scenes) {
    SCOPED_TRACE(s.result.details.http_status);
    EXPECT_EQ(s.server.replies_left(), 0U);
    if (waits(GetParam()))
      EXPECT_TRUE(s.result.delivered) << "polling did not go on";
    else
      EXPECT_EQ(s.result.code, errc::unexpected_status);
  }
  EXPECT_EQ(other.connections(), 0U);
}

class Fault39 : public testing::TestWithParam<operation> {};

TEST_P(Fault39, AnAnswerThatEchoesTheRequestDoesNotBringTheKeyIntoTheDetails) {
  asio::io_context context;
  const std::string echo = R"(,"error":"X-Api-Key: the-key","message":"the-key, the-key"})";
  std::deque<scene> scenes;
  for (const int status : {200, 400, 404, 500}) {
    const std::string bodies[] = {"GET / HTTP/1.1 X-Api-Key: the-key", R"({"x":1)" + echo};
    for (const std::string& body : bodies) {
      // Only what cannot be tried again ends at once.
      if (status == 500 && GetParam() != operation::start_run) continue;
      scene::script script = {{answer(status, body)}};
      if (waits(GetParam()) && status == 200) script.push_back({answer(404, body)});
      scenes.emplace_back(context, GetParam(), std::move(script));
    }
  }
  play(context, scenes);
  for (const scene& s : scenes) {
    const std::string told = waits(GetParam()) ? s.result.outcome->error_message
                                               : error(s.result.code, s.result.details).what();
    EXPECT_NE(told.find("***"), std::string::npos) << told;
    EXPECT_EQ(told.find("the-key"), std::string::npos) << told;
    EXPECT_EQ(s.result.details.body.find("the-key"), std::string::npos);
    EXPECT_EQ(s.result.details.service_message.find("the-key"), std::string::npos);
  }
}

INSTANTIATE_TEST_SUITE_P(Operations, Fault07, testing::ValuesIn(kOperations), operation_name);
INSTANTIATE_TEST_SUITE_P(Operations, Fault09, testing::ValuesIn(kOperations), operation_name);
INSTANTIATE_TEST_SUITE_P(Operations, Fault10, testing::ValuesIn(kOperations), operation_name);
INSTANTIATE_TEST_SUITE_P(Operations, Fault28, testing::ValuesIn(kOperations), operation_name);
INSTANTIATE_TEST_SUITE_P(Operations, Fault39, testing::ValuesIn(kOperations), operation_name);

/// Answers 413 as soon as it has read the head of a request, and takes no more of it, or reads it
/// to its end.
class refusing_server {
 public:
  enum class rest : std::uint8_t { ignored, read };

  refusing_server(asio::io_context& context, rest of_request)
      : acceptor_(context, {asio::ip::address_v4::loopback(), 0}), rest_(of_request) {
    asio::co_spawn(context, accept(), asio::detached);
  }

  std::string base_url() const {
    return "http://127.0.0.1:" + std::to_string(acceptor_.local_endpoint().port());
  }
  int connections() const { return connections_; }

 private:
  asio::awaitable<void> accept() {
    const auto token = asio::as_tuple(asio::use_awaitable);
    for (;;) {
      auto [ec, socket] = co_await acceptor_.async_accept(token);
      if (ec) co_return;
      ++connections_;
      std::string received;
      co_await asio::async_read_until(socket, asio::dynamic_buffer(received), "\r\n\r\n", token);
      const std::string refusal = answer(413, R"({"error":"too large"})");
      co_await asio::async_write(socket, asio::buffer(refusal), token);
      while (rest_ == rest::read) {
        char unread[65536];
        auto [read_error, count] = co_await socket.async_read_some(asio::buffer(unread), token);
        if (read_error) break;
      }
    }
  }

  asio::ip::tcp::acceptor acceptor_;
  rest rest_;
  int connections_ = 0;
};

class Fault11 : public testing::TestWithParam<refusing_server::rest> {};

TEST_P(Fault11, ARefusalDuringTheUploadIsTheResultAndTheConnectionIsDropped) {
  asio::io_context context;
  refusing_server server(context, GetParam());
  client c(context.get_executor(), config_for(server.base_url()));
  run_request large = a_test();
  // More than the buffers of both ends take.
  large.template_data["text"] = std::string(std::size_t{32} << 20, 'x');
  call result;
  result.begin(c, operation::start_run, large, start_options());
  run_until(context, [&] { return result.ended(); });
  EXPECT_EQ(result.code, errc::payload_too_large) << result.details.to_string();
  EXPECT_EQ(result.details.service_message, "too large");
  EXPECT_TRUE(result.details.launch_id.empty());
  EXPECT_EQ(c.stats().starts, 1U);
  if (GetParam() == refusing_server::rest::ignored) {
    EXPECT_EQ(c.stats().connections_open, 0U);
  }
}

INSTANTIATE_TEST_SUITE_P(
    Rest, Fault11, testing::Values(refusing_server::rest::ignored, refusing_server::rest::read),
    [](const testing::TestParamInfo<refusing_server::rest>& tested) {
      return std::string(tested.param == refusing_server::rest::read ? "WhichIsRead"
                                                                     : "WhichIsIgnored");
    });

}  // namespace
}  // namespace nunu::test
