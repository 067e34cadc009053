#include <gtest/gtest.h>

#include <chrono>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <nunu/simulator_fault.hpp>
#include "simulator/config_check.hpp"
#include "simulator/fault_rule.hpp"

namespace nunu::simulation {
namespace {

using namespace std::chrono_literals;
using stage = fault::stage;
using action = fault::action;

std::string complaint_about(const std::string& rule) {
  try {
    parse_fault(rule);
  } catch (const std::invalid_argument& e) {
    return e.what();
  }
  return {};
}

TEST(ParsingAFault, WhatIsNotSaidHasItsDefault) {
  const fault f = parse_fault("close");
  EXPECT_EQ(f.endpoint, "any");
  EXPECT_EQ(f.first, 1U);
  EXPECT_EQ(f.last, fault::no_last);
  EXPECT_EQ(f.every, 1U);
  EXPECT_EQ(f.probability, 1.0);
  EXPECT_EQ(f.at, stage::answer);
  EXPECT_EQ(f.byte, 0U);
  EXPECT_EQ(f.then, action::close);
  EXPECT_FALSE(f.status);
  EXPECT_FALSE(f.body);
  EXPECT_TRUE(f.headers.empty());
}

TEST(ParsingAFault, AllPartsOfARuleAreRead) {
  const fault f = parse_fault(
      "  start_run #3-9  25% answer:17 drip=50ms status=503 header='Retry-After: 2 ' "
      "header=\"X-A:'b'\" body='{\"a b\": 1}'  ");
  EXPECT_EQ(f.endpoint, "start_run");
  EXPECT_EQ(f.first, 3U);
  EXPECT_EQ(f.last, 9U);
  EXPECT_EQ(f.probability, 0.25);
  EXPECT_EQ(f.at, stage::answer);
  EXPECT_EQ(f.byte, 17U);
  EXPECT_EQ(f.then, action::drip);
  EXPECT_EQ(f.drip_interval, 50ms);
  EXPECT_EQ(f.status, 503);
  ASSERT_EQ(f.headers.size(), 2U);
  EXPECT_EQ(f.headers[0].name, "Retry-After");
  EXPECT_EQ(f.headers[0].value, "2 ");
  EXPECT_EQ(f.headers[1].name, "X-A");
  EXPECT_EQ(f.headers[1].value, "'b'");
  EXPECT_EQ(f.body, R"({"a b": 1})");
}

TEST(ParsingAFault, WordsMayComeInAnyOrder) {
  const fault f = parse_fault("reset answer:17 #3 start_run");
  EXPECT_EQ(f.endpoint, "start_run");
  EXPECT_EQ(f.first, 3U);
  EXPECT_EQ(f.byte, 17U);
  EXPECT_EQ(f.then, action::reset);
}

TEST(ParsingAFault, NumbersPickRequests) {
  struct numbers {
    std::string rule;
    std::uint64_t first, last, every;
  };
  for (const auto& [rule, first, last, every] : std::vector<numbers>{
           {"#3", 3, 3, 1},
           {"#3-", 3, fault::no_last, 1},
           {"#3-5", 3, 5, 1},
           {"every=10", 10, fault::no_last, 10},
           {"#1- every=10", 1, fault::no_last, 10},
           {"every=2 #5-9", 5, 9, 2},
       }) {
    const fault f = parse_fault(rule + " close");
    EXPECT_EQ(f.first, first) << rule;
    EXPECT_EQ(f.last, last) << rule;
    EXPECT_EQ(f.every, every) << rule;
  }
}

TEST(ParsingAFault, EachPlaceAndActionHasItsName) {
  const std::vector<std::pair<std::string, stage>> places{{"accept", stage::accept},
                                                          {"handshake", stage::handshake},
                                                          {"request", stage::request},
                                                          {"answer", stage::answer}};
  for (const auto& [name, at] : places) EXPECT_EQ(parse_fault(name + " stall").at, at) << name;
  const std::vector<std::pair<std::string, action>> actions{
      {"close", action::close},     {"truncate", action::truncate}, {"reset", action::reset},
      {"stall", action::stall},     {"garbage", action::garbage},   {"drip=1ms", action::drip},
      {"status=500", action::none},
  };
  for (const auto& [name, then] : actions) EXPECT_EQ(parse_fault(name).then, then) << name;
}

TEST(ParsingAFault, ARequestIsReadToItsEndUnlessAByteIsNamed) {
  const std::vector<std::pair<std::string, std::optional<std::uint64_t>>> cases{
      {"request", fault::end}, {"request:0", 0},       {"request:end", fault::end},
      {"answer", 0},           {"answer:7", 7},        {"answer:end", fault::end},
      {"answer:random", {}},   {"request:random", {}},
  };
  for (const auto& [place, byte] : cases) {
    EXPECT_EQ(parse_fault(place + " close").byte, byte) << place;
  }
}

TEST(ParsingAFault, EveryEndpointCanBeNamedButTheCounts) {
  for (const std::string name : {"any", "start_run", "start_plan", "get_job", "list_jobs",
                                 "stop_jobs", "get_run", "list_bugs", "unknown"}) {
    EXPECT_EQ(parse_fault(name + " close").endpoint, name);
  }
  EXPECT_NE(complaint_about("stats close"), "");
}

TEST(ParsingAFault, MistakesAreToldWithWhatWouldBeRight) {
  const std::vector<std::pair<std::string, std::string>> cases{
      {"", "nothing happens: say close,"},
      {"start_run #3", "nothing happens: say close,"},
      {"sart_run close", "'sart_run' is none of: an endpoint (any, start_run, "},
      {"close reset", "an action only once"},
      {"close drip=1ms", "an action only once"},
      {"answer request close", "a place only once"},
      {"any get_job close", "an endpoint only once"},
      {"#1 #2 close", "a number (#N) only once"},
      {"5% 6% close", "a percentage only once"},
      {"status=500 status=501", "status= only once"},
      {"body=a body=b", "body= only once"},
      {"every=2 every=2 close", "every= only once"},
      {"#0 close", "it must be 1 or more"},
      {"#x close", "it must be 1 or more"},
      {"# close", "it must be 1 or more"},
      {"#1-x close", "it must be 1 or more"},
      {"#5-3 close", "last not below first"},
      {"every=0 close", "it must be 1 or more"},
      {"x% close", "such as 5% or 0.5%"},
      {"101% close", "from 0% to 100%"},
      {"-1% close", "from 0% to 100%"},
      {"nan% close", "from 0% to 100%"},
      {"answer:x close", ":N, :end or :random"},
      {"answer: close", ":N, :end or :random"},
      {"answer:-1 close", ":N, :end or :random"},
      {"accept:3 close", ":N, :end or :random"},
      {"accept truncate", "accept can be followed by close, reset or stall"},
      {"accept garbage", "accept can be followed by close, reset or stall"},
      {"handshake status=500", "close, reset, stall or garbage"},
      {"handshake start_run close", "have no endpoint"},
      {"status=x", "three digits, such as 503"},
      {"status=99", "three digits"},
      {"status=1000", "three digits"},
      {"drip=5", "such as 50ms"},
      {"drip=xms", "such as 50ms"},
      {"drip=0ms", "from 1ms to 3600000ms"},
      {"drip=3600001ms", "from 1ms to 3600000ms"},
      {"drip", "'drip' is none of"},
      {"header=x", "'NAME: VALUE'"},
      {"header='a b: c'", "is not the name of a header"},
      {"header=': c'", "is not the name of a header"},
      {"header='a: b\nc: d'", "CR, LF or NUL"},
      {"request body=x", "give a status, or say answer"},
      {"request header='a: b'", "give a status, or say answer"},
      {"request drip=1ms", "give a status, or say answer"},
      {"body='x", "no closing quote"},
      {"body='x'y close", "there must be a space"},
      {"sattus=500", "is none of every=, status=, header=, body=, drip="},
  };
  for (const auto& [rule, right] : cases) {
    const std::string complaint = complaint_about(rule);
    EXPECT_NE(complaint.find(right), std::string::npos) << rule << " -> " << complaint;
    EXPECT_EQ(complaint.rfind("fault rule \"" + rule + "\": ", 0), 0U) << complaint;
  }
}

TEST(CheckingAFault, WhatIsWrittenInCodeIsHeldToTheSameRules) {
  fault f;
  f.then = action::close;
  EXPECT_EQ(problem_of(f), "");
  f.endpoint = "stats";
  EXPECT_NE(problem_of(f).find("any, start_run, start_plan, get_job"), std::string::npos);
  f.endpoint = "get_job";
  f.first = 0;
  EXPECT_NE(problem_of(f), "");
}

TEST(CheckingAFault, AConfigurationWithAFaultThatMakesNoSenseIsAnError) {
  simulator_config config;
  config.faults.emplace_back();
  EXPECT_THROW(check(config), std::invalid_argument);
  config.faults = {parse_fault("handshake reset")};
  EXPECT_NO_THROW(check(config));
  config.tls = false;
  EXPECT_THROW(check(config), std::invalid_argument);
}

}  // namespace
}  // namespace nunu::simulation
