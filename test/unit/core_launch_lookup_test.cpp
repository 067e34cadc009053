#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <ostream>
#include <set>
#include <string>
#include <vector>

#include "core/launch_lookup.hpp"

namespace nunu::core {
namespace {

using namespace std::chrono_literals;
using question = launch_lookup::question;
using step = launch_lookup::step;
using ids = std::vector<std::string>;

const time_point kStart{1h};
constexpr launch_lookup::pace kPace{.window = 60s, .interval = 1s};

exchange_outcome answered(int status, bool understood = false) {
  return {.progress = progress::answered, .status = status, .understood = understood};
}

/// A look-up, listing at the moments that it names itself.
struct listing_launch {
  explicit listing_launch(question asked, double draw_always = 0.5)
      : draw(draw_always), lookup(asked, kPace, kStart, draw) {}

  void list(const ids& found) {
    now = lookup.list_at();
    lookup.listed(found, now, draw);
  }
  void fail(const exchange_outcome& outcome, const ids& found = {}) {
    now = lookup.list_at();
    lookup.failed(outcome, found, now, draw);
  }

  double draw;
  launch_lookup lookup;
  time_point now = kStart;
};

TEST(ListingDecision, OnlyARefusalIsFinal) {
  const std::pair<exchange_outcome, listing_decision> rows[] = {
      {answered(200, true), listing_decision::complete},
      {answered(200, false), listing_decision::list_again},
      {answered(204, false), listing_decision::list_again},
      {answered(301), listing_decision::list_again},
      {answered(400), listing_decision::list_again},
      {answered(401), listing_decision::refused},
      {answered(403), listing_decision::refused},
      {answered(404), listing_decision::list_again},
      {answered(408), listing_decision::list_again},
      {answered(429), listing_decision::list_again},
      {answered(500), listing_decision::list_again},
      {answered(503), listing_decision::list_again},
      {{.progress = progress::not_sent}, listing_decision::list_again},
      {{.progress = progress::broken}, listing_decision::list_again},
      {{.progress = progress::refused_to_send}, listing_decision::refused},
  };
  for (const auto& [outcome, expected] : rows)
    EXPECT_EQ(decide_listing(outcome), expected)
        << static_cast<int>(outcome.progress) << ' ' << outcome.status;
}

struct script {
  const char* name;
  question asked;
  /// Listings; one that is only `failed` fails with 503.
  std::vector<ids> listings;
  step ends_with;
  ids job_ids;
};

void PrintTo(const script& s, std::ostream* out) {
  *out << s.name;
}

const ids kFailed{"failed"};

const script kScripts[] = {
    {"TwoThatAgree",
     question::what_became_of_it,
     {{"a", "b"}, {"b", "a"}},
     step::found,
     {"a", "b"}},
    {"OneIsNotEnough", question::what_became_of_it, {{"a"}}, step::list, {"a"}},
    {"EmptyOnesProveNothing", question::what_became_of_it, {{}, {}, {}}, step::list, {}},
    {"JobsThatAppearLate", question::what_became_of_it, {{}, {}, {"a"}, {"a"}}, step::found, {"a"}},
    {"StillGrowing",
     question::what_became_of_it,
     {{"a"}, {"a", "b"}, {"a", "b", "c"}},
     step::list,
     {"a", "b", "c"}},
    {"GrownUp",
     question::what_became_of_it,
     {{"a"}, {"a", "b"}, {"a", "b"}},
     step::found,
     {"a", "b"}},
    {"AFailureBetweenThem",
     question::what_became_of_it,
     {{"a"}, kFailed, {"a"}},
     step::found,
     {"a"}},
    {"AJobThatVanishesIsKept",
     question::what_became_of_it,
     {{"a", "b"}, {"a"}, {"a"}},
     step::found,
     {"a", "b"}},
    {"AllThatVanishAreKept", question::what_became_of_it, {{"a"}, {}, {}}, step::list, {"a"}},
    {"TheSameJobOnTwoPages",
     question::what_became_of_it,
     {{"a", "b", "a"}, {"a", "b"}},
     step::found,
     {"a", "b"}},
    {"ItHasStarted", question::has_it_started, {{"a"}, {"a"}}, step::found, {"a"}},
    {"ItHasNot", question::has_it_started, {{}, {}}, step::nothing_started, {}},
    {"OneEmptyIsNotEnough", question::has_it_started, {{}}, step::list, {}},
    {"ItIsStarting", question::has_it_started, {{}, {"a"}, {"a"}}, step::found, {"a"}},
    {"AFailureBetweenEmptyOnes",
     question::has_it_started,
     {{}, kFailed, {}},
     step::nothing_started,
     {}},
    {"WhatWasSeenHasStarted", question::has_it_started, {{"a"}, {}, {}}, step::list, {"a"}},
};

class LaunchLookupScripts : public testing::TestWithParam<script> {};

TEST_P(LaunchLookupScripts, ComeToTheirEnd) {
  const script& s = GetParam();
  listing_launch l(s.asked);
  for (const ids& listing : s.listings) {
    ASSERT_EQ(l.lookup.next(), step::list) << "it ended early";
    if (listing == kFailed)
      l.fail(answered(503));
    else
      l.list(listing);
  }
  EXPECT_EQ(l.lookup.next(), s.ends_with);
  EXPECT_EQ(l.lookup.job_ids(), s.job_ids);
}

INSTANTIATE_TEST_SUITE_P(Table, LaunchLookupScripts, testing::ValuesIn(kScripts),
                         [](const testing::TestParamInfo<script>& tested) {
                           return std::string(tested.param.name);
                         });

TEST(LaunchLookup, AStartIsGivenAMomentAndAQuestionIsAskedAtOnce) {
  EXPECT_EQ(listing_launch(question::what_became_of_it, 0.25).lookup.list_at(), kStart + 250ms);
  EXPECT_EQ(listing_launch(question::has_it_started, 0.25).lookup.list_at(), kStart);
}

TEST(LaunchLookup, ListingsThatCanAgreeAreAnIntervalApart) {
  for (const auto asked : {question::what_became_of_it, question::has_it_started}) {
    listing_launch l(asked, 0.0);
    for (const ids& found : {ids{}, ids{"a"}, ids{"a", "b"}, ids{"b", "c"}}) {
      l.list(found);
      EXPECT_EQ(l.lookup.list_at(), l.now + kPace.interval);
    }
  }
}

TEST(LaunchLookup, AShortWindowShortensTheInterval) {
  launch_lookup l(question::has_it_started, {.window = 2s, .interval = 1s}, kStart, 0.0);
  l.listed({}, kStart, 0.0);
  EXPECT_EQ(l.list_at(), kStart + 500ms);
}

TEST(LaunchLookup, WhileNothingIsFoundThePausesGrowUpToABound) {
  launch_lookup l(question::what_became_of_it, {.window = 1h, .interval = 1s}, kStart, 0.0);
  const duration expected[] = {2s, 3s, 5s, 9s, 17s, 17s};
  auto now = l.list_at();
  for (const duration pause : expected) {
    l.listed({}, now, 1.0);
    EXPECT_EQ(l.list_at() - now, pause);
    now = l.list_at();
  }
  l.listed(ids{"a"}, now, 1.0);
  EXPECT_EQ(l.list_at() - now, 2s) << "what was found is looked at again soon";
}

TEST(LaunchLookup, AListingThatFailsIsRetriedWithGrowingPauses) {
  launch_lookup l(question::what_became_of_it, {.window = 1h, .interval = 1s}, kStart, 0.0);
  const duration expected[] = {1s, 2s, 4s, 8s, 16s, 16s};
  auto now = l.list_at();
  for (const duration pause : expected) {
    l.failed({.progress = progress::broken}, {}, now, 1.0);
    ASSERT_EQ(l.next(), step::list);
    EXPECT_EQ(l.list_at() - now, pause);
    now = l.list_at();
  }
  l.listed({}, now, 1.0);
  l.failed({.progress = progress::broken}, {}, now, 1.0);
  EXPECT_EQ(l.list_at() - now, 1s) << "after a listing that was whole they begin anew";
}

TEST(LaunchLookup, RetryAfterIsAFloor) {
  listing_launch l(question::what_became_of_it);
  auto limited = answered(429);
  limited.retry_after = 20s;
  l.fail(limited);
  EXPECT_EQ(l.lookup.list_at(), l.now + 20s + 500ms);
  limited.retry_after = 60s;
  l.fail(limited);
  EXPECT_EQ(l.lookup.next(), step::give_up) << "the window ends before that";
}

TEST(LaunchLookup, WithoutPermissionItGivesUpAtOnceAndKeepsWhatItSaw) {
  for (const int status : {401, 403}) {
    listing_launch l(question::what_became_of_it);
    l.list({"a"});
    l.fail(answered(status));
    EXPECT_EQ(l.lookup.next(), step::give_up);
    EXPECT_EQ(l.lookup.job_ids(), ids{"a"});
  }
}

TEST(LaunchLookup, JobsOnThePagesBeforeOneThatFailedAreKeptAndAgreeWithNothing) {
  listing_launch l(question::has_it_started);
  l.fail(answered(503), {"a"});
  l.list({});
  l.list({});
  EXPECT_EQ(l.lookup.next(), step::list) << "what was seen has started";
  l.fail(answered(503), {"a"});
  l.list({"a"});
  EXPECT_EQ(l.lookup.next(), step::list) << "half a listing was believed";
  EXPECT_EQ(l.lookup.job_ids(), ids{"a"});
}

TEST(LaunchLookup, LooksALastTimeWhenTheWindowEnds) {
  for (const double draw : {0.0, 0.3, 0.999}) {
    listing_launch l(question::what_became_of_it, draw);
    while (l.lookup.next() == step::list) l.list({});
    EXPECT_EQ(l.lookup.next(), step::give_up);
    EXPECT_LE(l.now, l.lookup.ends_at());
    EXPECT_GE(l.now, l.lookup.ends_at() - kPace.interval);
  }
}

TEST(LaunchLookup, JobsSeenTooLateToBeConfirmedAreKept) {
  launch_lookup l(question::what_became_of_it, kPace, kStart, 0.0);
  l.listed(ids{"a"}, kStart + kPace.window - 500ms, 0.0);
  EXPECT_EQ(l.next(), step::give_up);
  EXPECT_EQ(l.job_ids(), ids{"a"});
}

TEST(UnknownDecision, FollowsTheTable) {
  const struct {
    step ended;
    std::size_t jobs_seen;
    unknown_start wish;
    unknown_decision expected;
  } rows[] = {
      {step::found, 1, unknown_start::report, unknown_decision::adopt},
      {step::found, 1, unknown_start::risk_second_run, unknown_decision::adopt},
      {step::give_up, 0, unknown_start::report, unknown_decision::report},
      {step::give_up, 0, unknown_start::risk_second_run, unknown_decision::send_again},
      {step::give_up, 1, unknown_start::report, unknown_decision::report},
      {step::give_up, 1, unknown_start::risk_second_run, unknown_decision::report},
  };
  for (const auto& r : rows) EXPECT_EQ(decide_unknown(r.ended, r.jobs_seen, r.wish), r.expected);
}

RC_GTEST_PROP(LaunchLookup, EndsWithinItsWindowAndDropsNoJob, ()) {
  const auto asked = *rc::gen::element(question::what_became_of_it, question::has_it_started);
  const auto draw = [] { return *rc::gen::inRange(0, 1'000) / 1'000.0; };
  launch_lookup l(asked, kPace, kStart, draw());
  std::set<std::string> seen;
  std::vector<ids> whole;
  std::vector<time_point> at;
  bool refused = false;
  int listings = 0;
  while (l.next() == step::list) {
    RC_ASSERT(++listings < 10'000);
    const auto now = l.list_at();
    RC_ASSERT(now <= l.ends_at());
    const ids found = *rc::gen::element(ids{}, ids{"a"}, ids{"b"}, ids{"a", "b"});
    seen.insert(found.begin(), found.end());
    if (*rc::gen::inRange(0, 3) == 0) {
      const int status = *rc::gen::element(200, 400, 403, 408, 429, 500);
      refused = status == 403;
      l.failed(answered(status), found, now, draw());
      continue;
    }
    whole.push_back(found);
    at.push_back(now);
    l.listed(found, now, draw());
  }
  RC_ASSERT(l.job_ids() == ids(seen.begin(), seen.end()));
  if (l.next() == step::give_up) return;
  RC_ASSERT(!refused);
  RC_ASSERT(whole.size() >= 2);
  RC_ASSERT(whole[whole.size() - 1] == whole[whole.size() - 2]);
  RC_ASSERT(at[at.size() - 1] - at[at.size() - 2] >= kPace.interval);
  RC_ASSERT((l.next() == step::found) == !seen.empty());
}

}  // namespace
}  // namespace nunu::core
