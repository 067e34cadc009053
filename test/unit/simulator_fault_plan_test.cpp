#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "simulator/fault_plan.hpp"

namespace nunu::simulation {
namespace {

using stage = fault::stage;

const std::string kAnswer = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nX-A: 1\r\n\r\n{}";

fault_plan plan_of(const std::vector<std::string>& rules, std::uint64_t seed = 1) {
  std::vector<fault> parsed;
  for (const std::string& rule : rules) parsed.push_back(parse_fault(rule));
  return {parsed, seed};
}

/// Which of so many requests to `to` are picked, counted from 1.
std::vector<int> picked_of(fault_plan& plan, int count, endpoint to = endpoint::get_job) {
  std::vector<int> picked;
  for (int i = 1; i <= count; ++i) {
    if (plan.for_request(to)) picked.push_back(i);
  }
  return picked;
}

injection injection_of(const std::string& rule, std::uint64_t draw = 0) {
  return {parse_fault(rule), endpoint::get_job, draw};
}

std::string spoilt(const std::string& rule, std::string text = kAnswer) {
  injection_of(rule).spoil(text);
  return text;
}

std::size_t sent_before(const std::string& rule, std::string text = kAnswer) {
  return injection_of(rule).spoil(text);
}

TEST(FaultPlan, NumbersCountTheRequestsOfTheEndpoint) {
  const std::vector<std::pair<std::string, std::vector<int>>> cases{
      {"close", {1, 2, 3, 4, 5, 6, 7, 8, 9}},
      {"#3 close", {3}},
      {"#7- close", {7, 8, 9}},
      {"#3-5 close", {3, 4, 5}},
      {"every=4 close", {4, 8}},
      {"#2- every=3 close", {2, 5, 8}},
      {"#2-7 every=3 close", {2, 5}},
      {"get_job #2 close", {2}},
      {"list_jobs close", {}},
      {"0% close", {}},
      {"accept close", {}},
      {"handshake close", {}},
  };
  for (const auto& [rule, expected] : cases) {
    fault_plan plan = plan_of({rule});
    EXPECT_EQ(picked_of(plan, 9), expected) << rule;
  }
}

TEST(FaultPlan, OtherEndpointsAreNotCounted) {
  fault_plan plan = plan_of({"get_job #2 close"});
  EXPECT_FALSE(plan.for_request(endpoint::get_job));
  EXPECT_FALSE(plan.for_request(endpoint::start_run));
  EXPECT_TRUE(plan.for_request(endpoint::get_job));
}

TEST(FaultPlan, AskingForTheCountsNeverFails) {
  fault_plan plan = plan_of({"#2 close"});
  EXPECT_TRUE(picked_of(plan, 9, endpoint::stats).empty());
  EXPECT_EQ(picked_of(plan, 2), (std::vector<int>{2})) << "nor is it counted";
}

TEST(FaultPlan, TheFirstRuleThatPicksARequestHappensAndAllCount) {
  fault_plan plan = plan_of({"#2 reset", "get_job #2-3 stall"});
  EXPECT_FALSE(plan.for_request(endpoint::get_job));
  const auto second = plan.for_request(endpoint::get_job);
  ASSERT_TRUE(second);
  EXPECT_EQ(second->rule().then, fault::action::reset);
  EXPECT_EQ(second->to(), endpoint::get_job);
  const auto third = plan.for_request(endpoint::get_job);
  ASSERT_TRUE(third);
  EXPECT_EQ(third->rule().then, fault::action::stall);
  EXPECT_FALSE(plan.for_request(endpoint::get_job));
}

TEST(FaultPlan, APartIsDrawnFromTheSeed) {
  const auto picked = [](std::uint64_t seed) {
    fault_plan plan = plan_of({"5% close"}, seed);
    return picked_of(plan, 10'000);
  };
  const std::vector<int> once = picked(1);
  EXPECT_EQ(once, picked(1));
  EXPECT_NE(once, picked(2));
  EXPECT_GT(once.size(), 400U);  // 500 expected, and 22 the standard deviation
  EXPECT_LT(once.size(), 600U);
}

TEST(FaultPlan, ConnectionsAreCountedForThemselves) {
  fault_plan plan = plan_of({"accept #2 close", "handshake #1 reset"});
  EXPECT_FALSE(plan.for_connection(stage::accept));
  EXPECT_TRUE(plan.for_connection(stage::handshake));
  EXPECT_TRUE(plan.for_connection(stage::accept));
  EXPECT_FALSE(plan.for_connection(stage::handshake));
}

TEST(FaultPlan, NewRulesCountFromTheBeginningAndDrawOn) {
  fault_plan plan = plan_of({"#2 close"});
  EXPECT_EQ(picked_of(plan, 3), (std::vector<int>{2}));
  plan.replace({parse_fault("#2 close")});
  EXPECT_EQ(picked_of(plan, 3), (std::vector<int>{2}));
  plan.replace({parse_fault("50% close")});
  const std::vector<int> first = picked_of(plan, 100);
  plan.replace({parse_fault("50% close")});
  EXPECT_NE(picked_of(plan, 100), first);
  plan.replace({});
  EXPECT_TRUE(plan.empty());
  EXPECT_TRUE(picked_of(plan, 9).empty());
}

TEST(Injection, ARequestIsStoppedAtItsByteAndNotBefore) {
  const injection at_100 = injection_of("request:100 close");
  EXPECT_FALSE(at_100.stops_request({99, 200, false}));
  EXPECT_TRUE(at_100.stops_request({100, 200, false}));
  EXPECT_TRUE(at_100.stops_request({150, 200, false}));
  EXPECT_TRUE(at_100.stops_request({200, 200, true}));
  EXPECT_TRUE(at_100.stops_request({50, 50, true})) << "it has no more bytes";
}

TEST(Injection, ARequestThatIsToBeReadToItsEndIs) {
  const injection at_end = injection_of("request close");
  EXPECT_FALSE(at_end.stops_request({199, 200, false}));
  EXPECT_FALSE(at_end.stops_request({200, 200, false})) << "chunked, there may be more";
  EXPECT_TRUE(at_end.stops_request({200, 200, true}));
}

TEST(Injection, OnlyARequestThatWasReadToItsEndIsFollowedByAnother) {
  EXPECT_TRUE(injection_of("request status=503").leaves_request_whole({200, 200, true}));
  EXPECT_TRUE(injection_of("request:200 status=503").leaves_request_whole({200, 200, true}));
  EXPECT_FALSE(injection_of("request:199 status=503").leaves_request_whole({200, 200, true}));
  EXPECT_FALSE(injection_of("request:150 status=503").leaves_request_whole({150, 200, false}));
}

TEST(Injection, ARuleForTheAnswerLeavesTheRequestAlone) {
  EXPECT_FALSE(injection_of("answer close").stops_request({200, 200, true}));
}

TEST(Injection, ARandomByteIsAnyOfThem) {
  std::set<std::size_t> places;
  std::set<std::uint64_t> stops;
  for (std::uint64_t draw = 0; draw < 1'000; ++draw) {
    std::string text = kAnswer;
    places.insert(injection_of("answer:random close", draw).spoil(text));
    const injection request = injection_of("request:random close", draw);
    std::uint64_t arrived = 0;
    while (!request.stops_request({arrived, 20, false})) ++arrived;
    stops.insert(arrived);
  }
  EXPECT_EQ(places.size(), kAnswer.size() + 1);
  EXPECT_EQ(*places.rbegin(), kAnswer.size());
  EXPECT_EQ(stops.size(), 21U);
  EXPECT_EQ(*stops.rbegin(), 20U);
}

TEST(Injection, AnAnswerIsSentUpToItsByte) {
  EXPECT_EQ(sent_before("answer close"), 0U);
  EXPECT_EQ(sent_before("answer:17 close"), 17U);
  EXPECT_EQ(sent_before("answer:end close"), kAnswer.size());
  EXPECT_EQ(sent_before("answer:100000 close"), kAnswer.size());
  EXPECT_EQ(sent_before("answer:17 drip=1ms"), 17U);
  EXPECT_EQ(sent_before("status=503"), kAnswer.size());
}

TEST(Injection, TheByteOfARequestIsNoneOfItsAnswer) {
  EXPECT_EQ(sent_before("request:5 status=503"), kAnswer.size());
  EXPECT_EQ(sent_before("request:5 status=503 close"), kAnswer.size());
  EXPECT_EQ(sent_before("request status=503 drip=1ms"), 0U);
  EXPECT_EQ(sent_before("request:5 close", ""), 0U);
}

TEST(Injection, GarbageTakesThePlaceOfTheRest) {
  const std::string text = spoilt("answer:5 garbage");
  ASSERT_EQ(text.size(), kAnswer.size());
  EXPECT_EQ(text.substr(0, 5), kAnswer.substr(0, 5));
  EXPECT_TRUE(std::all_of(text.begin() + 5, text.end(), [](char c) { return c >= 0 && c < '\t'; }));
  EXPECT_EQ(sent_before("answer:5 garbage"), kAnswer.size());
}

TEST(Injection, GarbageIsNeverLessThan16Bytes) {
  EXPECT_EQ(spoilt("answer:end garbage").size(), kAnswer.size() + 16);
  EXPECT_EQ(spoilt("request garbage", "").size(), 16U);
  EXPECT_EQ(spoilt("handshake garbage", "").size(), 16U);
}

TEST(Injection, HeadersAreReplacedAddedAndLeftOut) {
  EXPECT_EQ(spoilt("header='content-length: 5' header='content-length: 6' header='X-A:'"),
            "HTTP/1.1 200 OK\r\ncontent-length: 5\r\ncontent-length: 6\r\n\r\n{}");
  EXPECT_EQ(spoilt("header='X: 1'"),
            "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nX-A: 1\r\nX: 1\r\n\r\n{}")
      << "X-A only begins like it";
  EXPECT_EQ(spoilt("header='X-A: 2' header='Content-Length:'"),
            "HTTP/1.1 200 OK\r\nX-A: 2\r\n\r\n{}");
}

TEST(FaultCounts, AreKeptByWhatHappenedToWhat) {
  fault_counts counts;
  counts.add({parse_fault("accept close"), endpoint::unknown, 0});
  counts.add({parse_fault("handshake close"), endpoint::unknown, 0});
  counts.add({parse_fault("request close"), endpoint::start_run, 0});
  counts.add({parse_fault("answer close"), endpoint::start_run, 0});
  counts.add({parse_fault("answer close"), endpoint::start_run, 0});
  EXPECT_EQ(counts.total, 5U);
  EXPECT_EQ(counts.accept, 1U);
  EXPECT_EQ(counts.handshake, 1U);
  const auto start = static_cast<std::size_t>(endpoint::start_run);
  EXPECT_EQ(counts.request.at(start), 1U);
  EXPECT_EQ(counts.answer.at(start), 2U);
}

}  // namespace
}  // namespace nunu::simulation
