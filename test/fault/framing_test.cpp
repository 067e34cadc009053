// Answers whose framing is unusual, ambiguous or without end.
#include <gtest/gtest.h>

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <cstddef>
#include <cstdio>
#include <deque>
#include <optional>
#include <ostream>
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

const std::string kGood = answer_for(operation::get_job);

/// Nothing but the test's own patience ends what waits for more.
client_config without_limits() {
  client_config c = config_for({});
  c.response_timeout = c.operation_timeout = 1h;
  return c;
}

std::string repeated(const std::string& text, int times) {
  std::string all;
  for (int i = 0; i < times; ++i) all += text;
  return all;
}

/// The answer is an error, after which the connection is not used again: a start is unknown, all
/// else is asked for once more.
void expect_an_error_and_a_drop(const std::string& bad) {
  asio::io_context context;
  std::deque<scene> scenes;
  for (const operation what : kOperations) {
    const scripted_server::reply first{bad};
    const scripted_server::reply second{answer_for(what)};
    scenes.emplace_back(context, what, scene::script{first, second}, without_limits());
  }
  play(context, scenes);
  for (const scene& s : scenes) {
    SCOPED_TRACE(std::string(name_of(s.what)) + " answered with " + bad);
    EXPECT_EQ(s.c.stats().broken_exchanges, 1U);
    if (s.what == operation::start_run) {
      EXPECT_EQ(s.result.code, errc::start_outcome_unknown);
      EXPECT_EQ(s.server.requests().size(), 1U);
      EXPECT_EQ(s.c.stats().connections_open, 0U);
    } else {
      EXPECT_TRUE(s.result.delivered) << s.result.details.to_string();
      EXPECT_EQ(s.server.connections(), 2);
    }
  }
}

/// What waiting for the job comes to when every answer is this.
job_outcome outcome_of_always(const std::string& bad) {
  asio::io_context context;
  scripted_server server(context,
                         [&](const std::string&) -> scripted_server::reply { return {bad}; });
  client c(context.get_executor(), config_for(server.base_url()));
  const job_watch polls = c.watch_jobs({"j"});
  run_until(context, [&] { return c.stats().broken_exchanges != 0; });
  std::optional<job_outcome> outcome;
  wait_options options;
  options.timeout = 1ms;
  c.wait_for_jobs({"j"}, options, [&](boost::system::error_code, const wait_report& report) {
    outcome = report.outcomes.at(0);
  });
  run_until(context, [&] { return outcome.has_value(); });
  return *outcome;
}

const std::string kEarlyHints = "HTTP/1.1 103 Early Hints\r\nLink: <x>\r\n\r\n";

TEST(Fault23, FiveInformationalAnswersAreIgnored) {
  asio::io_context context;
  std::deque<scene> scenes;
  for (const operation what : kOperations) {
    const scripted_server::reply reply{repeated(kEarlyHints, 5) + answer_for(what)};
    scenes.emplace_back(context, what, scene::script{reply}, without_limits());
  }
  play(context, scenes);
  for (const scene& s : scenes) EXPECT_TRUE(s.result.delivered) << s.result.details.to_string();
}

TEST(Fault23, SixInformationalAnswersAreAnError) {
  expect_an_error_and_a_drop(repeated(kEarlyHints, 6) + kGood);
  EXPECT_EQ(outcome_of_always(repeated(kEarlyHints, 6) + kGood).error, errc::bad_response);
}

TEST(Fault23, SwitchingProtocolsIsAnError) {
  const std::string switching = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\n\r\n";
  expect_an_error_and_a_drop(switching);
  EXPECT_EQ(outcome_of_always(switching).error, errc::bad_response);
}

TEST(Fault24, AnAnswerThatHasNoBodyIsNotWaitedForWhateverItsLength) {
  const struct {
    std::string reply;
    int connections;
  } rows[] = {
      {"HTTP/1.1 204 No Content\r\nContent-Length: 5\r\n\r\n", 1},
      {"HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n", 1},
      // One that has a body nevertheless.
      {"HTTP/1.1 204 No Content\r\nContent-Length: 5\r\n\r\nhello", 2},
      {"HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\nhello", 2},
  };
  for (const auto& row : rows) {
    asio::io_context context;
    scene s(context, operation::get_job, {{row.reply}, {kGood}}, without_limits());
    run_until(context, [&] { return s.result.ended(); });
    EXPECT_EQ(s.result.code, errc::unexpected_status) << row.reply;
    call next;
    next.begin(s.c, operation::get_job);
    run_until(context, [&] { return next.ended(); });
    EXPECT_TRUE(next.delivered) << next.details.to_string() << " after " << row.reply;
    EXPECT_EQ(s.server.connections(), row.connections) << row.reply;
  }
}

TEST(Fault25, ALengthBesideChunksAndTwoLengthsThatDifferAreErrors) {
  const std::string chunked = "Transfer-Encoding: chunked\r\n";
  const std::string body = body_for(operation::get_job);
  const std::string length = "Content-Length: " + std::to_string(body.size()) + "\r\n";
  const std::string longer = "Content-Length: " + std::to_string(body.size() + 1) + "\r\n";
  for (const std::string& headers :
       {length + chunked, chunked + length, length + longer, longer + length}) {
    const std::string bad = "HTTP/1.1 200 OK\r\n" + headers + "\r\n" + body;
    expect_an_error_and_a_drop(bad);
    EXPECT_EQ(outcome_of_always(bad).error, errc::bad_response) << headers;
  }
}

struct endless {
  const char* name;
  std::string beginning;
  /// Said over and over again.
  std::string more;
};

/// What GoogleTest calls it.
void PrintTo(const endless& row, std::ostream* out) {
  *out << row.name;
}

/// Never ends its answer.
class endless_server {
 public:
  endless_server(asio::io_context& context, const endless& what)
      : acceptor_(context, {asio::ip::address_v4::loopback(), 0}), what_(what) {
    asio::co_spawn(context, accept(), asio::detached);
  }

  std::string base_url() const {
    return "http://127.0.0.1:" + std::to_string(acceptor_.local_endpoint().port());
  }
  /// The most that one client took, or the system for it.
  std::size_t most_taken() const { return most_taken_; }

 private:
  static constexpr auto kToken = asio::as_tuple(asio::use_awaitable);

  asio::awaitable<void> accept() {
    for (;;) {
      auto [ec, socket] = co_await acceptor_.async_accept(kToken);
      if (ec) co_return;
      asio::co_spawn(acceptor_.get_executor(), talk(std::move(socket)), asio::detached);
    }
  }

  asio::awaitable<void> talk(asio::ip::tcp::socket socket) {
    std::string received;
    co_await asio::async_read_until(socket, asio::dynamic_buffer(received), "\r\n\r\n", kToken);
    std::string next = what_.beginning;
    for (std::size_t taken = 0;; next = what_.more) {
      auto [ec, count] = co_await asio::async_write(socket, asio::buffer(next), kToken);
      taken += count;
      most_taken_ = std::max(most_taken_, taken);
      if (ec) co_return;
    }
  }

  asio::ip::tcp::acceptor acceptor_;
  endless what_;
  std::size_t most_taken_ = 0;
};

const std::string kBlock(4096, 'a');
const std::string kChunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";

const endless kEndless[] = {
    {"Header", "HTTP/1.1 200 OK\r\n", "X-Field: " + kBlock + "\r\n"},
    {"FieldOfAHeader", "HTTP/1.1 200 OK\r\nX-Field: ", kBlock},
    {"ChunkExtension", kChunked + "5;", kBlock},
    {"Trailer", kChunked + "0\r\n", "X-Field: " + kBlock + "\r\n"},
    {"Chunks", kChunked, "1000\r\n" + kBlock + "\r\n"},
    {"BodyWithALength", "HTTP/1.1 200 OK\r\nContent-Length: 100000000000\r\n\r\n", kBlock},
    {"BodyWithoutALength", "HTTP/1.1 200 OK\r\n\r\n", kBlock},
};

class Fault26 : public testing::TestWithParam<endless> {};

TEST_P(Fault26, WhatHasNoEndIsCutOffAtALimit) {
  asio::io_context context;
  endless_server server(context, GetParam());
  client_config config = config_for(server.base_url());
  // What the limits do not end is ended by nothing.
  config.response_timeout = 1h;
  client c(context.get_executor(), config);
  std::optional<job_outcome> outcome;
  asio::cancellation_signal enough;
  c.wait_for_jobs({"j"},
                  asio::bind_cancellation_slot(
                      enough.slot(), [&](boost::system::error_code, const wait_report& report) {
                        outcome = report.outcomes.at(0);
                      }));
  run_until(context, [&] { return c.stats().broken_exchanges != 0; });
  enough.emit(asio::cancellation_type::total);
  run_until(context, [&] { return outcome.has_value(); });
  EXPECT_EQ(outcome->kind, outcome_kind::still_running);
  EXPECT_EQ(outcome->error, errc::response_too_large) << outcome->error_message;
  // The limit of a body, and the system's buffers of both ends.
  EXPECT_LT(server.most_taken(), std::size_t{32} << 20);
}

INSTANTIATE_TEST_SUITE_P(Endless, Fault26, testing::ValuesIn(kEndless),
                         [](const testing::TestParamInfo<endless>& tested) {
                           return std::string(tested.param.name);
                         });

std::string chunk(const std::string& text, const std::string& extension = {}) {
  char size[16];
  std::snprintf(size, sizeof size, "%zx", text.size());
  return size + extension + "\r\n" + text + "\r\n";
}

TEST(Fault27, AChunkedAnswerIsTheSameWhereverItIsSplit) {
  const std::string body = body_for(operation::get_job);
  const std::string whole = kChunked + chunk(body.substr(0, 5), ";some=thing") +
                            chunk(body.substr(5)) + "0\r\nX-Trailer: x\r\n\r\n";
  asio::io_context context;
  quiet_server server(context);
  client_config config = without_limits();
  config.base_url = server.base_url("http");
  client c(context.get_executor(), config);
  for (std::size_t split = 0; split <= whole.size(); ++split) {
    SCOPED_TRACE("after byte " + std::to_string(split));
    call result;
    result.begin(c, operation::get_job);
    run_until(context, [&] { return server.requests() == split + 1; });
    server.say(0, whole.substr(0, split));
    settle(context);
    EXPECT_EQ(result.ended(), split == whole.size());
    server.say(0, whole.substr(split));
    run_until(context, [&] { return result.ended(); });
    ASSERT_TRUE(result.delivered) << result.details.to_string();
  }
  EXPECT_EQ(server.connections(), 1U) << "it was not kept";
}

}  // namespace
}  // namespace nunu::test
