#include <gtest/gtest.h>

#include <chrono>
#include <string>

#include "core/exchange.hpp"

namespace nunu::core {
namespace {

struct row {
  exchange_outcome outcome;
  start_decision start;
  repeatable_decision repeatable;
  poll_decision poll;
};

exchange_outcome answered(int status, bool understood) {
  return {.progress = progress::answered, .status = status, .understood = understood};
}

using s = start_decision;
using r = repeatable_decision;
using p = poll_decision;

const row kRows[] = {
    {{.progress = progress::not_sent}, s::send_again, r::send_again, p::ask_later},
    {{.progress = progress::refused_to_send}, s::rejected, r::failed, p::all_unreachable},
    {{.progress = progress::broken}, s::ambiguous, r::send_again, p::ask_later},
    {answered(200, true), s::done, r::done, p::seen},
    {answered(200, false), s::ambiguous, r::failed, p::not_understood},
    {answered(201, true), s::done, r::done, p::seen},
    {answered(201, false), s::ambiguous, r::failed, p::not_understood},
    {answered(207, true), s::done, r::done, p::seen},
    {answered(204, false), s::ambiguous, r::failed, p::not_understood},
    {answered(301, false), s::rejected, r::failed, p::ask_later},
    {answered(307, false), s::rejected, r::failed, p::ask_later},
    {answered(400, false), s::rejected, r::failed, p::unreachable},
    {answered(401, false), s::rejected, r::failed, p::unreachable},
    {answered(402, false), s::rejected, r::failed, p::unreachable},
    {answered(403, false), s::rejected, r::failed, p::unreachable},
    {answered(404, false), s::rejected, r::failed, p::unreachable},
    {answered(408, false), s::ambiguous, r::send_again, p::ask_later},
    {answered(413, false), s::rejected, r::failed, p::unreachable},
    {answered(429, false), s::send_again, r::send_again, p::rejected},
    {answered(500, false), s::ambiguous, r::send_again, p::ask_later},
    // The multi-device body: nothing was started, and the service says so for each device.
    {answered(500, true), s::done, r::send_again, p::ask_later},
    {answered(502, false), s::ambiguous, r::send_again, p::ask_later},
    {answered(502, true), s::ambiguous, r::send_again, p::ask_later},
    {answered(503, false), s::ambiguous, r::send_again, p::ask_later},
    {answered(504, false), s::ambiguous, r::send_again, p::ask_later},
};

class Decisions : public testing::TestWithParam<row> {};

TEST_P(Decisions, FollowTheTable) {
  const row& expected = GetParam();
  EXPECT_EQ(decide_start(expected.outcome), expected.start);
  EXPECT_EQ(decide_repeatable(expected.outcome), expected.repeatable);
  EXPECT_EQ(decide_poll(expected.outcome), expected.poll);
}

TEST(Exchange, HadNoEffectOnlyWhenNothingWasWrittenOrItWasRefusedFor429) {
  EXPECT_TRUE(had_no_effect({.progress = progress::not_sent}));
  EXPECT_TRUE(had_no_effect({.progress = progress::refused_to_send}));
  EXPECT_TRUE(had_no_effect(answered(429, false)));
  EXPECT_FALSE(had_no_effect({.progress = progress::broken}));
  for (const int status : {200, 207, 408, 500, 503})
    EXPECT_FALSE(had_no_effect(answered(status, false)));
}

TEST(Exchange, TheServiceIsNotThereForATimeWhenItIsAtFaultAndSaysForHowLong) {
  using namespace std::chrono_literals;
  const auto asked = [](int status, duration retry_after) {
    return unavailable_for(
        {.progress = progress::answered, .status = status, .retry_after = retry_after});
  };
  for (const int status : {408, 500, 502, 503, 504}) EXPECT_EQ(asked(status, 5s), 5s) << status;
  for (const int status : {200, 302, 404, 429}) EXPECT_FALSE(asked(status, 5s)) << status;
  EXPECT_FALSE(asked(503, 0s)) << "now is not later";
  EXPECT_FALSE(unavailable_for(answered(503, false)));
  EXPECT_FALSE(unavailable_for({.progress = progress::not_sent, .retry_after = 5s}));
}

INSTANTIATE_TEST_SUITE_P(Table, Decisions, testing::ValuesIn(kRows),
                         [](const testing::TestParamInfo<row>& tested) {
                           const exchange_outcome& o = tested.param.outcome;
                           if (o.progress != progress::answered)
                             return "progress" + std::to_string(static_cast<int>(o.progress));
                           return std::to_string(o.status) + (o.understood ? "understood" : "");
                         });

TEST(StartDecision, AStartThatMayHaveBegunIsNeverSentAgain) {
  for (int status = 100; status < 600; ++status) {
    for (const bool understood : {false, true}) {
      const auto decision = decide_start(answered(status, understood));
      if (decision == start_decision::send_again) {
        EXPECT_EQ(status, 429);
      }
    }
  }
  EXPECT_NE(decide_start({.progress = progress::broken}), start_decision::send_again);
}

/// The table of the design, row by row, for every answer there can be.
start_decision by_the_table(int status, bool understood) {
  if (status / 100 == 2 && understood) return s::done;  // 2xx that parses, 207
  if (status == 500 && understood) return s::done;      // with the multi-device body
  if (status / 100 == 2) return s::ambiguous;           // 2xx that does not parse
  if (status == 429) return s::send_again;              // certainly not started
  if (status == 408 || status / 100 == 5) return s::ambiguous;
  if (status / 100 == 4 || status / 100 == 3) return s::rejected;
  return s::ambiguous;  // no HTTP at all
}

TEST(StartDecision, FollowsTheTableForEveryAnswer) {
  for (int status = 0; status < 1'000; ++status)
    for (const bool understood : {false, true})
      EXPECT_EQ(decide_start(answered(status, understood)), by_the_table(status, understood))
          << status << (understood ? " understood" : "");
}

}  // namespace
}  // namespace nunu::core
