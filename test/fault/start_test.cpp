// Starts of which no answer tells what became of them: they are looked up, and never sent again.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <deque>
#include <optional>
#include <string>
#include <vector>

#include "events.hpp"
#include "loopback.hpp"
#include "operations.hpp"
#include "scripted_server.hpp"
#include "scripted_start.hpp"

namespace nunu::test {
namespace {

using reply = scripted_server::reply;
using then = scripted_server::then;

/// A start, the second of its client, which is answered so; it takes effect, or does not.
struct lost_start {
  lost_start(asio::io_context& context, reply told, bool takes_effect)
      : server(context,
               [this, told, takes_effect](const std::string& request) -> std::optional<reply> {
                 if (request.starts_with("GET")) return reply{page_of(launch_id, jobs)};
                 if (++starts == 1) return reply{answer_for(operation::start_run)};
                 launch_id = launch_id_in(request);
                 if (takes_effect) jobs = {"j"};
                 return told;
               }),
        c(context.get_executor(), config(takes_effect)) {}

  /// What is there to be found is found, however busy the machine is.
  client_config config(bool takes_effect) const {
    client_config made = config_for(server.base_url());
    if (takes_effect) made.reconcile_window = kPatience;
    return made;
  }

  std::string launch_id;
  std::vector<std::string> jobs;
  std::size_t starts = 0;
  scripted_server server;
  client c;
  call first;
  call result;
};

void play_and_expect(const std::vector<reply>& told, bool takes_effect) {
  asio::io_context context;
  std::deque<lost_start> all;
  for (const reply& one : told) all.emplace_back(context, one, takes_effect);
  const start_options options;
  for (lost_start& s : all) s.first.begin(s.c, operation::start_run, a_test(), options);
  run_until(context,
            [&] { return std::ranges::all_of(all, [](auto& s) { return s.first.ended(); }); });
  for (lost_start& s : all) s.result.begin(s.c, operation::start_run, a_test(), options);
  run_until(context,
            [&] { return std::ranges::all_of(all, [](auto& s) { return s.result.ended(); }); });
  for (std::size_t i = 0; i < all.size(); ++i) {
    const lost_start& s = all[i];
    SCOPED_TRACE(told[i].bytes);
    EXPECT_TRUE(s.first.delivered) << s.first.details.to_string();
    EXPECT_EQ(s.starts, 2U) << "it was sent again";
    if (takes_effect) {
      EXPECT_TRUE(s.result.delivered) << s.result.details.to_string();
      continue;
    }
    EXPECT_EQ(s.result.code, errc::start_outcome_unknown);
    EXPECT_EQ(s.result.code, condition::outcome_unknown);
    EXPECT_EQ(s.result.details.launch_id, s.launch_id);
  }
}

class Fault02Start : public testing::TestWithParam<bool> {};

TEST_P(Fault02Start, ThatAnEndCrossesIsAdoptedIfItTookEffect) {
  const std::vector<reply> told = {{"", then::close}, {"", then::reset}};
  play_and_expect(told, GetParam());
}

class Fault07Start : public testing::TestWithParam<bool> {};

TEST_P(Fault07Start, WhoseSuccessIsNotUnderstoodIsAdoptedIfItTookEffect) {
  const std::vector<reply> told = {
      {answer(200, "<html>")}, {answer(201, R"({"unfamiliar":true})")}, {answer(201, "")}};
  play_and_expect(told, GetParam());
}

class Fault09Start : public testing::TestWithParam<bool> {};

TEST_P(Fault09Start, AfterATroubleOfTheServiceIsAdoptedIfItTookEffect) {
  std::vector<reply> told;
  for (const int status : {408, 500, 502, 503, 504}) told.push_back({answer(status, "")});
  play_and_expect(told, GetParam());
}

std::string effect(const testing::TestParamInfo<bool>& tested) {
  return tested.param ? "ItDid" : "ItDidNot";
}

INSTANTIATE_TEST_SUITE_P(Effect, Fault02Start, testing::Bool(), effect);
INSTANTIATE_TEST_SUITE_P(Effect, Fault07Start, testing::Bool(), effect);
INSTANTIATE_TEST_SUITE_P(Effect, Fault09Start, testing::Bool(), effect);

}  // namespace
}  // namespace nunu::test
