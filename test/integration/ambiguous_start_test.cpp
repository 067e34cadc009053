// Starts whose outcome is unknown: looked up by their tag, and never sent again by themselves.
#include <gtest/gtest.h>

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cstddef>
#include <deque>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include "loopback.hpp"
#include "scripted_server.hpp"
#include "scripted_start.hpp"

namespace nunu::test {
namespace {

using ids = std::vector<std::string>;
using reply = scripted_server::reply;

const reply kLost{"", scripted_server::then::close};

class AmbiguousStart : public scripted_start {
 protected:
  /// The launch id is the client's own: it is not asked about first, so all listings are of the
  /// look-up, and pages are made when it is known.
  struct outcome {
    result ended;
    std::string launch_id;
  };

  /// `pages` of job ids; the last is given again and again.
  outcome start_and_look_up(const reply& answer_to_start, const std::vector<ids>& pages,
                            std::deque<reply> more_starts = {}, start_options options = {}) {
    asio::io_context context;
    outcome o;
    std::size_t next_page = 0;
    scripted_server server(context, [&](const std::string& sent) -> std::optional<reply> {
      if (sent.starts_with("GET")) {
        o.ended.listings.push_back(sent);
        if (!listings.empty()) return listings.front();
        const ids& page = pages[std::min(next_page++, pages.size() - 1)];
        return reply{page_of(o.launch_id, page)};
      }
      o.ended.starts.push_back(sent);
      o.launch_id = launch_id_in(sent);
      if (o.ended.starts.size() == 1) return answer_to_start;
      if (more_starts.empty()) return std::nullopt;
      const reply next = more_starts.front();
      more_starts.pop_front();
      return next;
    });
    config.base_url = server.base_url();
    client c(context.get_executor(), config);
    run(context, [&]() -> asio::awaitable<void> {
      std::tie(o.ended.code, o.ended.run) =
          co_await c.start_run(a_test(), options, o.ended.details, kToken);
      c.close();
      server.close();
    });
    return o;
  }
};

TEST_F(AmbiguousStart, IsAdoptedWhenTwoListingsAgree) {
  config.reconcile_window = 10s;
  for (const reply& lost : {kLost, reply{answer(504, "")}, reply{answer(201, "<html>")}}) {
    const outcome o = start_and_look_up(lost, {{}, {"j2"}, {"j2", "j1"}});
    ASSERT_FALSE(o.ended.code) << o.ended.details.to_string();
    EXPECT_EQ(o.ended.run.job_ids, (ids{"j1", "j2"}));
    EXPECT_EQ(o.ended.run.launch_id, o.launch_id);
    EXPECT_EQ(o.ended.run.build_id, "b");
    EXPECT_EQ(o.ended.starts.size(), 1U) << "sent again";
    ASSERT_EQ(o.ended.listings.size(), 4U);
    EXPECT_TRUE(contains(o.ended.listings[0], "tags=nunu-launch-" + o.launch_id))
        << o.ended.listings[0];
  }
}

TEST_F(AmbiguousStart, IsNotAdoptedFromAPageThatMayNotBeTheLast) {
  std::string page = page_of("given", {"j1"});
  page = answer(200, page.substr(page.find("\r\n\r\n") + 4,
                                 page.find(R"(,"pagination")") - page.find("\r\n\r\n") - 4) +
                         "}");
  listings = {reply{page}};
  const outcome o = start_and_look_up(kLost, {}, {}, {.launch_id = "given"});
  EXPECT_EQ(o.ended.code, errc::bad_response) << o.ended.details.to_string();
  EXPECT_TRUE(contains(o.ended.details.message, "no pagination")) << o.ended.details.message;
  EXPECT_EQ(o.ended.details.job_ids, ids{"j1"});
  EXPECT_TRUE(o.ended.starts.empty());
}

/// Who answers may have put anything there.
TEST_F(AmbiguousStart, DoesNotTellTheKeyAsTheIdOfAJob) {
  config.api_key = api_key("SECRET");
  // No two listings agree.
  std::vector<ids> pages;
  for (int i = 0; i < 100; ++i) pages.push_back({"SECRET " + std::to_string(i)});
  const outcome o = start_and_look_up(kLost, pages);
  EXPECT_EQ(o.ended.code, errc::start_outcome_unknown);
  EXPECT_FALSE(o.ended.details.job_ids.empty());
  EXPECT_FALSE(contains(o.ended.details.to_string(), "SECRET")) << o.ended.details.to_string();
}

TEST_F(AmbiguousStart, OfWhichNothingIsListedStaysUnknown) {
  const outcome o = start_and_look_up(kLost, {{}});
  EXPECT_EQ(o.ended.code, errc::start_outcome_unknown);
  EXPECT_EQ(o.ended.details.launch_id, o.launch_id);
  EXPECT_TRUE(o.ended.details.request.starts_with("POST ")) << o.ended.details.request;
  EXPECT_TRUE(contains(o.ended.details.message, "may have started")) << o.ended.details.message;
  EXPECT_TRUE(contains(o.ended.details.message, "no job with its tag was listed"))
      << o.ended.details.message;
  EXPECT_EQ(o.ended.starts.size(), 1U);
  EXPECT_GE(o.ended.listings.size(), 2U);
}

TEST_F(AmbiguousStart, IsNotLookedUpWithoutPermission) {
  config.reconcile_window = 1h;
  listings = {kForbidden};
  const outcome o = start_and_look_up(kLost, {{}});
  EXPECT_EQ(o.ended.code, errc::start_outcome_unknown);
  EXPECT_EQ(o.ended.listings.size(), 1U);
  EXPECT_TRUE(contains(o.ended.details.message, "no permission to list"))
      << o.ended.details.message;
}

TEST_F(AmbiguousStart, IsNotLookedUpWithoutTags) {
  config.reconcile_window = 1h;
  const outcome o = start_and_look_up(kLost, {{}}, {}, {.tags = false});
  EXPECT_EQ(o.ended.code, errc::start_outcome_unknown);
  EXPECT_FALSE(o.ended.details.launch_id.empty());
  EXPECT_TRUE(o.ended.listings.empty());
}

TEST_F(AmbiguousStart, DoesNotTakeTheJobsOfOthersForItsOwn) {
  listings = {{page_of("another", {"j1", "j2"})}};
  const outcome o = start_and_look_up(kLost, {{}});
  EXPECT_EQ(o.ended.code, errc::start_outcome_unknown);
  EXPECT_TRUE(o.ended.details.job_ids.empty());
  EXPECT_TRUE(contains(o.ended.details.message, "does not carry the tag"))
      << o.ended.details.message;
}

TEST_F(AmbiguousStart, KeepsTheJobsThatWereSeenOnceAndIsNotSentAgainThen) {
  // The interval is so long that what is seen at the end of the window cannot be confirmed.
  config.reconcile_interval = 1h;
  std::vector<ids> growing;
  for (std::size_t i = 1; i <= 20; ++i) {
    growing.emplace_back();
    for (std::size_t j = 0; j < i; ++j) growing.back().push_back(std::to_string(10 + j));
  }
  const outcome o =
      start_and_look_up(kLost, growing, {}, {.if_unknown = unknown_start::risk_second_run});
  EXPECT_EQ(o.ended.code, errc::start_outcome_unknown);
  ASSERT_FALSE(o.ended.details.job_ids.empty());
  EXPECT_EQ(o.ended.details.job_ids[0], "10");
  EXPECT_EQ(o.ended.starts.size(), 1U);
}

TEST_F(AmbiguousStart, IsSentAgainIfTheCallerRisksASecondRun) {
  const outcome o = start_and_look_up(kLost, {{}}, {{answer(201, kStarted)}},
                                      {.if_unknown = unknown_start::risk_second_run});
  ASSERT_FALSE(o.ended.code) << o.ended.details.to_string();
  ASSERT_EQ(o.ended.starts.size(), 2U);
  EXPECT_EQ(o.ended.starts[0], o.ended.starts[1]) << "another launch id";
  EXPECT_GE(o.ended.listings.size(), 1U) << "it was not looked up first";
}

TEST_F(AmbiguousStart, IsNotSentAgainByAnotherCallWithItsLaunchIdEither) {
  asio::io_context context;
  std::size_t starts = 0;
  ids listed;
  scripted_server server(context, [&](const std::string& sent) -> std::optional<reply> {
    if (sent.starts_with("GET")) return reply{page_of("mine", listed)};
    ++starts;
    return kLost;
  });
  config.base_url = server.base_url();
  // Not too short for two listings that agree.
  config.reconcile_window = 1s;
  client c(context.get_executor(), config);
  start_options options{.launch_id = "mine"};
  run(context, [&]() -> asio::awaitable<void> {
    for (int call = 0; call < 3; ++call) {
      diagnostics details;
      auto [ec, unknown] = co_await c.start_run(a_test(), options, details, kToken);
      EXPECT_EQ(ec, errc::start_outcome_unknown);
      EXPECT_EQ(details.launch_id, "mine");
      EXPECT_EQ(starts, 1U) << "two empty listings were believed";
    }
    listed = {"j1"};
    const started_run found = co_await c.start_run(a_test(), options);
    EXPECT_EQ(found.job_ids, ids{"j1"});
    c.close();
    server.close();
  });
  EXPECT_EQ(starts, 1U);
}

TEST_F(AmbiguousStart, IsNotFoundToHaveStartedNothing) {
  asio::io_context context;
  scripted_server server(context, [&](const std::string& sent) -> std::optional<reply> {
    if (sent.starts_with("GET")) return reply{page_of("mine", {})};
    return kLost;
  });
  config.base_url = server.base_url();
  client c(context.get_executor(), config);
  const start_options options{.launch_id = "mine"};
  run(context, [&]() -> asio::awaitable<void> {
    auto [ec, unknown] = co_await c.start_run(a_test(), options, kToken);
    EXPECT_EQ(ec, errc::start_outcome_unknown);
    diagnostics details;
    auto [find_ec, found] = co_await c.find_launch("mine", details, kToken);
    EXPECT_EQ(find_ec, errc::start_outcome_unknown);
    EXPECT_FALSE(found);
    EXPECT_EQ(details.launch_id, "mine");
    c.close();
    server.close();
  });
}

TEST_F(AmbiguousStart, IsSentAgainByAnotherCallThatRisksASecondRun) {
  asio::io_context context;
  std::size_t starts = 0;
  scripted_server server(context, [&](const std::string& sent) -> std::optional<reply> {
    if (sent.starts_with("GET")) return reply{page_of("mine", {})};
    return ++starts == 1 ? kLost : reply{answer(201, kStarted)};
  });
  config.base_url = server.base_url();
  client c(context.get_executor(), config);
  start_options options{.launch_id = "mine"};
  run(context, [&]() -> asio::awaitable<void> {
    auto [ec, unknown] = co_await c.start_run(a_test(), options, kToken);
    EXPECT_EQ(ec, errc::start_outcome_unknown);
    options.if_unknown = unknown_start::risk_second_run;
    const started_run second = co_await c.start_run(a_test(), options);
    EXPECT_EQ(second.job_ids, ids{"j1"});
    c.close();
    server.close();
  });
  EXPECT_EQ(starts, 2U);
}

TEST_F(AmbiguousStart, WhoseAnswerNamesJobsIsNotSentAgain) {
  const outcome o = start_and_look_up({answer(503, R"({"error":"half of it","job_ids":["j1"]})")},
                                      {{}}, {}, {.if_unknown = unknown_start::risk_second_run});
  EXPECT_EQ(o.ended.code, errc::start_outcome_unknown);
  EXPECT_EQ(o.ended.details.job_ids, ids{"j1"});
  EXPECT_EQ(o.ended.starts.size(), 1U);
}

TEST_F(AmbiguousStart, OfWhichHalfAListingShowedJobsIsNotSentAgain) {
  const std::string lost_page = "HTTP/1.1 503 x\r\nContent-Length: 0\r\n\r\n";
  asio::io_context context;
  std::string launch_id;
  std::size_t starts = 0;
  scripted_server server(context, [&](const std::string& sent) -> std::optional<reply> {
    if (contains(sent, "page=1")) return reply{lost_page};
    if (sent.starts_with("GET")) return reply{page_of(launch_id, {"j1"}, 0, 2)};
    launch_id = launch_id_in(sent);
    ++starts;
    return kLost;
  });
  config.base_url = server.base_url();
  client c(context.get_executor(), config);
  const start_options options{.if_unknown = unknown_start::risk_second_run};
  run(context, [&]() -> asio::awaitable<void> {
    diagnostics details;
    auto [ec, found] = co_await c.start_run(a_test(), options, details, kToken);
    EXPECT_EQ(ec, errc::start_outcome_unknown);
    EXPECT_EQ(details.job_ids, ids{"j1"});
    c.close();
    server.close();
  });
  EXPECT_EQ(starts, 1U);
}

TEST_F(AmbiguousStart, IsNotForgottenForTheFailureOfALaterAttempt) {
  const outcome o = start_and_look_up(kLost, {{}}, {{answer(400, R"({"error":"because"})")}},
                                      {.if_unknown = unknown_start::risk_second_run});
  EXPECT_EQ(o.ended.code, errc::start_outcome_unknown);
  EXPECT_EQ(o.ended.details.launch_id, o.launch_id);
  EXPECT_EQ(o.ended.details.service_message, "because");
}

TEST_F(AmbiguousStart, AllPagesOfItsListingAreRead) {
  asio::io_context context;
  std::string launch_id;
  scripted_server server(context, [&](const std::string& sent) -> std::optional<reply> {
    if (sent.starts_with("POST")) {
      launch_id = launch_id_in(sent);
      return kLost;
    }
    const int page = contains(sent, "page=1") ? 1 : 0;
    return reply{page_of(launch_id, {page == 0 ? "j1" : "j2"}, page, 2)};
  });
  config.base_url = server.base_url();
  config.reconcile_window = 10s;
  client c(context.get_executor(), config);
  run(context, [&]() -> asio::awaitable<void> {
    const started_run found = co_await c.start_run(a_test());
    EXPECT_EQ(found.job_ids, (ids{"j1", "j2"}));
    c.close();
    server.close();
  });
}

}  // namespace
}  // namespace nunu::test
