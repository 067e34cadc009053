#include <gtest/gtest.h>

#include <algorithm>
#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/error.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>
#include <chrono>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <nunu/simulator.hpp>
#include <nunu/simulator_fault.hpp>
#include "loopback.hpp"
#include "simulator_peer.hpp"

namespace nunu::test {
namespace {

const boost::system::error_code kFin = asio::error::eof;
const boost::system::error_code kRst = asio::error::connection_reset;
const boost::system::error_code kCutOff = asio::ssl::error::stream_truncated;

std::string head_of(const std::string& request) {
  return request.substr(0, request.find("\r\n\r\n") + 4);
}

class SimulatorFaults : public SimulatorServer {
 protected:
  void break_by(const std::vector<std::string>& rules) {
    std::vector<fault> parsed;
    for (const std::string& rule : rules) parsed.push_back(parse_fault(rule));
    service().set_faults(parsed);
  }

  static simulator_config broken_by(simulator_config config, const std::string& rule) {
    config.faults.push_back(parse_fault(rule));
    return config;
  }

  /// All that comes before the connection ends, and how it ends.
  template <class Stream>
  std::pair<std::string, boost::system::error_code> receive_all(peer<Stream>& p) {
    std::pair<std::string, boost::system::error_code> received;
    asio::read(p.stream(), asio::dynamic_buffer(received.first), received.second);
    return received;
  }

  template <class Stream>
  std::string receive_bytes(peer<Stream>& p, std::size_t count) {
    std::string bytes(count, '\0');
    asio::read(p.stream(), asio::buffer(bytes));
    return bytes;
  }

  // The simulator does one thing at a time: once it has answered, it has done all that there was to
  // do about what was sent before.
  boost::json::object counts() {
    auto p = connect();
    return boost::json::parse(p.exchange(get("/simulator/stats", "")).body).as_object();
  }

  bool is_silent(peer<tcp::socket>& p) {
    counts();
    char byte = 0;
    boost::system::error_code ec;
    p.stream().non_blocking(true);
    p.stream().read_some(asio::buffer(&byte, 1), ec);
    p.stream().non_blocking(false);
    return ec == asio::error::would_block;
  }
};

TEST_F(SimulatorFaults, AnAnswerIsCutAtItsByte) {
  listen();
  const reply unbroken = connect().exchange(get("/jobs"));
  const std::string whole = unbroken.head + unbroken.body;
  const std::vector<std::pair<std::string, boost::system::error_code>> actions{
      {"close", kFin}, {"truncate", kFin}, {"reset", kRst}};
  for (const auto& [action, how] : actions) {
    for (std::size_t byte = 0; byte <= whole.size(); ++byte) {
      break_by({"list_jobs answer:" + std::to_string(byte) + " " + action});
      auto p = connect();
      p.send(get("/jobs"));
      const auto [bytes, ended] = receive_all(p);
      ASSERT_EQ(bytes, whole.substr(0, byte)) << action << byte;
      ASSERT_EQ(ended, how) << action << byte;
    }
  }
  EXPECT_EQ(service().stats().faults, actions.size() * (whole.size() + 1));
}

TEST_F(SimulatorFaults, ATlsStreamEndsWithAGoodbyeOnlyWhenItIsClosed) {
  listen(simulator_config());
  auto tls = trusting_context();
  const reply unbroken = connect(tls, "localhost").exchange(get("/jobs"));
  const std::string whole = unbroken.head + unbroken.body;
  const std::vector<std::pair<std::string, boost::system::error_code>> actions{
      {"close", kFin}, {"truncate", kCutOff}, {"reset", kRst}};
  for (const auto& [action, how] : actions) {
    for (const std::size_t byte : {std::size_t{0}, std::size_t{17}, whole.size()}) {
      break_by({"list_jobs answer:" + std::to_string(byte) + " " + action});
      auto p = connect(tls, "localhost");
      p.send(get("/jobs"));
      const auto [bytes, ended] = receive_all(p);
      EXPECT_EQ(bytes, whole.substr(0, byte)) << action << byte;
      EXPECT_EQ(ended, how) << action << byte << ": " << ended.message();
    }
  }
}

TEST_F(SimulatorFaults, ARequestIsStoppedAtItsByte) {
  listen();
  const std::string request = post("/runs", kStart);
  const std::size_t head = head_of(request).size();
  const std::vector<std::pair<std::string, boost::system::error_code>> actions{{"close", kFin},
                                                                               {"reset", kRst}};
  for (const auto& [action, how] : actions) {
    for (const std::size_t byte : {head, head + 1, head + 20, request.size() - 1, request.size()}) {
      break_by({"start_run request:" + std::to_string(byte) + " " + action});
      auto p = connect();
      p.send(std::string_view(request).substr(0, byte - 1));
      ASSERT_TRUE(is_silent(p)) << action << byte;
      p.send(std::string_view(request).substr(byte - 1, 1));
      const auto [bytes, ended] = receive_all(p);
      EXPECT_EQ(bytes, "") << action << byte;
      EXPECT_EQ(ended, how) << action << byte;
    }
  }
  EXPECT_EQ(service().stats().runs, 0U);
  EXPECT_EQ(service().stats().requests, 0U);
}

TEST_F(SimulatorFaults, ARequestIsLookedAtWhenItsHeaderIsComplete) {
  listen(broken_by(plain(), "start_run request:0 close"));
  const std::string head = head_of(post("/runs", kStart));
  auto p = connect();
  p.send(std::string_view(head).substr(0, head.size() - 1));
  EXPECT_TRUE(is_silent(p));
  p.send("\n");
  EXPECT_TRUE(p.closed_by_server());
}

TEST_F(SimulatorFaults, AChunkedRequestIsReadToItsEnd) {
  listen(broken_by(plain(), "start_run request close"));
  auto p = connect();
  p.send("POST /api/v1/runs HTTP/1.1\r\nTransfer-Encoding: chunked\r\n" + kKey + "\r\n1\r\n{\r\n");
  EXPECT_TRUE(is_silent(p));
  p.send("0\r\n\r\n");
  EXPECT_TRUE(p.closed_by_server());
}

TEST_F(SimulatorFaults, TheCountsSayWhetherAStartTookEffect) {
  listen();
  break_by(
      {"start_run #1-2 request reset", "start_run #3-5 answer reset", "get_job request close"});
  for (int i = 0; i < 6; ++i) {
    auto p = connect();
    p.send(post("/runs", kStart));
    if (i < 5) {
      EXPECT_EQ(receive_all(p).second, kRst) << i;
    } else {
      EXPECT_EQ(p.receive().status, 201);
    }
  }
  auto p = connect();
  p.send(get("/jobs/x"));
  EXPECT_TRUE(p.closed_by_server());
  const boost::json::object seen = counts();
  EXPECT_EQ(seen.at("runs").to_number<int>(), 4);
  EXPECT_EQ(seen.at("requests").to_number<int>(), 4);
  EXPECT_EQ(seen.at("requests_by_endpoint"), boost::json::parse(R"({"start_run": {"201": 4}})"));
  EXPECT_EQ(seen.at("faults").to_number<int>(), 6);
  EXPECT_EQ(seen.at("faults_by_stage"), boost::json::parse(R"({
      "request": {"start_run": 2, "get_job": 1}, "answer": {"start_run": 3}})"));
  EXPECT_EQ(service().stats().faults, 6U);
}

TEST_F(SimulatorFaults, AStalledAnswerGoesNoFurther) {
  listen(broken_by(plain(), "list_jobs #1 answer:17 stall"));
  auto p = connect();
  p.send(get("/jobs"));
  EXPECT_EQ(receive_bytes(p, 17).substr(0, 15), "HTTP/1.1 200 OK");
  EXPECT_TRUE(is_silent(p));
  p.send(get("/jobs"));
  EXPECT_TRUE(is_silent(p));
  p.stream().shutdown(tcp::socket::shutdown_send);
  EXPECT_EQ(receive_all(p).second, kFin) << "the peer has gone away";
}

TEST_F(SimulatorFaults, GarbageTakesThePlaceOfTheRestOfAnAnswer) {
  listen(broken_by(plain(), "list_jobs #2 answer:17 garbage"));
  auto p = connect();
  const reply unbroken = p.exchange(get("/jobs"));
  const std::string whole = unbroken.head + unbroken.body;
  p.send(get("/jobs"));
  const std::string spoilt = receive_bytes(p, whole.size());
  EXPECT_EQ(spoilt.substr(0, 17), whole.substr(0, 17));
  EXPECT_TRUE(std::all_of(spoilt.begin() + 17, spoilt.end(), [](char c) { return c < '\t'; }));
  EXPECT_EQ(p.exchange(get("/jobs")).status, 200) << "the connection goes on";
}

TEST_F(SimulatorFaults, GarbageFollowsAWholeAnswer) {
  listen(broken_by(plain(), "list_jobs #2 answer:end garbage"));
  auto p = connect();
  const reply unbroken = p.exchange(get("/jobs"));
  const std::string whole = unbroken.head + unbroken.body;
  p.send(get("/jobs"));
  const std::string followed = receive_bytes(p, whole.size() + 16);
  EXPECT_EQ(followed.substr(0, whole.size()), whole);
  EXPECT_EQ(p.exchange(get("/jobs")).status, 200) << "no more than 16 bytes of it";
}

TEST_F(SimulatorFaults, AnAnswerDripsFromItsByteOn) {
  listen(broken_by(plain(), "list_jobs #2 answer:10 drip=1ms"));
  auto p = connect();
  const reply unbroken = p.exchange(get("/jobs"));
  const std::string whole = unbroken.head + unbroken.body;
  const auto began = std::chrono::steady_clock::now();
  p.send(get("/jobs"));
  EXPECT_EQ(receive_bytes(p, whole.size()), whole);
  EXPECT_GE(std::chrono::steady_clock::now() - began, (whole.size() - 10) * 1ms);
  EXPECT_EQ(p.exchange(get("/jobs")).status, 200) << "the connection goes on";
}

TEST_F(SimulatorFaults, ClosingTheSimulatorEndsWhatStandsStill) {
  listen();
  break_by({"#1 answer:10 drip=3600000ms", "#2 answer:10 stall", "#3 request stall"});
  auto dripping = connect();
  dripping.send(get("/jobs"));
  receive_bytes(dripping, 10);
  auto stalled = connect();
  stalled.send(get("/jobs"));
  receive_bytes(stalled, 10);
  auto unanswered = connect();
  unanswered.send(get("/jobs"));
  EXPECT_TRUE(is_silent(unanswered));
  TearDown();  // hangs if the context still has something to do
  EXPECT_TRUE(dripping.closed_by_server());
  EXPECT_TRUE(stalled.closed_by_server());
  EXPECT_TRUE(unanswered.closed_by_server());
}

TEST_F(SimulatorFaults, AStatusAfterTheRequestTookEffectIsAnotherAnswerOnly) {
  listen(broken_by(plain(), "start_run #1 answer status=503 header='Retry-After: 7'"));
  auto p = connect();
  const reply r = p.exchange(post("/runs", kStart));
  EXPECT_EQ(r.head.substr(0, 34), "HTTP/1.1 503 Service Unavailable\r\n");
  EXPECT_NE(r.head.find("\r\nRetry-After: 7\r\n"), std::string::npos) << r.head;
  EXPECT_EQ(boost::json::parse(r.body).at("code").as_string(), "INJECTED_FAULT");
  EXPECT_EQ(service().stats().runs, 1U);
  EXPECT_EQ(p.exchange(post("/runs", kStart)).status, 201) << "the connection goes on";
}

TEST_F(SimulatorFaults, AStatusInPlaceOfTheServiceIsAnAnswerWithoutEffect) {
  listen(broken_by(plain(), "start_run #1 request status=503 body=overloaded"));
  auto p = connect();
  const reply r = p.exchange(post("/runs", kStart));
  EXPECT_EQ(r.status, 503);
  EXPECT_EQ(r.body, "overloaded");
  EXPECT_EQ(r.head.find("Connection: close"), std::string::npos);
  EXPECT_EQ(service().stats().runs, 0U);
  EXPECT_EQ(p.exchange(post("/runs", kStart)).status, 201) << "the connection goes on";
  EXPECT_EQ(service().stats().runs, 1U);
}

TEST_F(SimulatorFaults, ARequestCanBeAnsweredBeforeItsEnd) {
  const std::string request = post("/runs", kStart);
  const std::size_t head = head_of(request).size();
  listen(broken_by(plain(), "request:" + std::to_string(head + 1) + " status=413"));
  for (const std::string_view sent :
       {std::string_view(request).substr(0, head + 1), std::string_view(request)}) {
    auto p = connect();
    const reply r = p.exchange(sent);
    EXPECT_EQ(r.status, 413);
    EXPECT_NE(r.head.find("\r\nConnection: close\r\n"), std::string::npos) << r.head;
    EXPECT_TRUE(p.closed_by_server());
  }
  EXPECT_EQ(service().stats().runs, 0U);
}

TEST_F(SimulatorFaults, ABodyOfItsOwnHasItsLength) {
  listen();
  break_by(
      {"#1 body='not JSON'", "#2 body='not JSON' header='Content-Length: 20' close answer:end"});
  auto p = connect();
  const reply r = p.exchange(get("/jobs"));
  EXPECT_EQ(r.status, 200);
  EXPECT_EQ(r.body, "not JSON");
  p.send(get("/jobs"));
  const auto [bytes, ended] = receive_all(p);
  EXPECT_NE(bytes.find("\r\nContent-Length: 20\r\n\r\nnot JSON"), std::string::npos) << bytes;
  EXPECT_EQ(ended, kFin);
}

TEST_F(SimulatorFaults, WhatIsNoRequestCanBreakToo) {
  listen(broken_by(plain(), "unknown answer:9 reset"));
  auto p = connect();
  p.send("nonsense\r\n\r\n");
  const auto [bytes, ended] = receive_all(p);
  EXPECT_EQ(bytes, "HTTP/1.1 ");
  EXPECT_EQ(ended, kRst);
}

TEST_F(SimulatorFaults, AConnectionBreaksAsSoonAsItIsAccepted) {
  listen();
  const std::vector<std::pair<std::string, boost::system::error_code>> actions{{"close", kFin},
                                                                               {"reset", kRst}};
  for (const auto& [action, how] : actions) {
    break_by({"accept #1 " + action});
    auto p = connect();
    EXPECT_EQ(receive_all(p).second, how) << action;
    EXPECT_EQ(connect().exchange(get("/jobs")).status, 200);
  }
  break_by({"accept #1 stall"});
  auto p = connect();
  p.send(get("/jobs"));
  EXPECT_TRUE(is_silent(p));
  EXPECT_EQ(counts().at("faults_by_stage"), boost::json::parse(R"({"accept": 3})"));
}

TEST_F(SimulatorFaults, AHandshakeBreaks) {
  listen(simulator_config());
  const std::vector<std::pair<std::string, boost::system::error_code>> actions{
      {"close", kCutOff}, {"reset", kRst}, {"garbage", {}}};
  auto tls = trusting_context();
  for (const auto& [action, how] : actions) {
    break_by({"handshake #1 " + action});
    peer<tls_stream> p(own_context_, tls);
    p.stream().next_layer().connect(address());
    boost::system::error_code ec;
    p.stream().handshake(tls_stream::client, ec);
    EXPECT_TRUE(ec) << action;
    if (action == "garbage") {
      EXPECT_EQ(ec.category(), asio::error::get_ssl_category()) << ec.message();
    } else {
      EXPECT_EQ(ec, how) << action << ": " << ec.message();
    }
    EXPECT_EQ(connect(tls, "localhost").exchange(get("/jobs")).status, 200);
  }
  EXPECT_EQ(service().stats().faults, actions.size());
  EXPECT_EQ(service().stats().tls_handshakes, actions.size());
}

TEST_F(SimulatorFaults, AHandshakeIsAnsweredByNobodyWhenItStalls) {
  listen(broken_by(simulator_config(), "handshake #1 stall"));
  auto stalled = connect();
  stalled.send("\x16\x03\x01");
  auto tls = trusting_context();
  EXPECT_EQ(connect(tls, "localhost").exchange(get("/jobs")).status, 200);
  EXPECT_EQ(service().stats().faults, 1U);
  EXPECT_EQ(stalled.stream().available(), 0U);
}

TEST_F(SimulatorFaults, RulesThatMakeNoSenseAreRefusedAndTheOldOnesStay) {
  listen(broken_by(plain(), "list_jobs status=500"));
  EXPECT_THROW(service().set_faults({fault()}), std::invalid_argument);
  EXPECT_THROW(break_by({"handshake reset"}), std::invalid_argument) << "there is no TLS";
  auto p = connect();
  EXPECT_EQ(p.exchange(get("/jobs")).status, 500);
  service().set_faults({});
  EXPECT_EQ(p.exchange(get("/jobs")).status, 200);
}

TEST_F(SimulatorFaults, AServiceThatIsAwayRefusesAndComesBackWithItsJobs) {
  listen();
  auto idle = connect();
  const reply started = idle.exchange(post("/runs", kStart));
  const std::string id(boost::json::parse(started.body).at("job_ids").at(0).as_string());
  service().pause_listening(1h);
  EXPECT_TRUE(idle.closed_by_server());
  tcp::socket early(own_context_);
  boost::system::error_code ec;
  early.connect(address(), ec);
  EXPECT_EQ(ec, asio::error::connection_refused);

  service().pause_listening(1ms);
  const auto give_up = std::chrono::steady_clock::now() + kPatience;
  peer<tcp::socket> back(own_context_);
  do {
    back.stream().close();
    back.stream().connect(address(), ec);
  } while (ec && std::chrono::steady_clock::now() < give_up);
  ASSERT_FALSE(ec) << ec.message();
  EXPECT_EQ(back.exchange(get("/jobs/" + id)).status, 200);
}

TEST_F(SimulatorFaults, AServiceThatIsAwayCanBeClosed) {
  listen();
  auto idle = connect();
  EXPECT_EQ(idle.exchange(get("/jobs")).status, 200);
  service().pause_listening(1h);
  EXPECT_TRUE(idle.closed_by_server());
  const tcp::endpoint was = address();
  TearDown();  // hangs if the context still has something to do
  tcp::socket late(own_context_);
  boost::system::error_code ec;
  late.connect(was, ec);
  EXPECT_EQ(ec, asio::error::connection_refused);
}

}  // namespace
}  // namespace nunu::test
