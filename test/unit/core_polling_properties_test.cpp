// What holds for every history of polling, in virtual time.
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <functional>
#include <set>
#include <vector>

#include "support/virtual_polling.hpp"

namespace nunu::test {
namespace {

using namespace std::chrono_literals;
using core::schedule;
using core::time_point;

constexpr std::size_t kConnections = 8;

poll_cadence cadence() {
  return {.first = 1s, .growth = 2.0, .queued = 60s, .running = 30s, .ending = 5s};
}

/// Jobs, some in groups, that are watched at random times and end at random times.
struct history {
  struct step {
    std::chrono::seconds pause;
    std::chrono::seconds lives;
    /// 0: in no group.
    unsigned group;
    bool leaves_one;
  };

  std::vector<step> steps;
  std::uint64_t seed;
};

history any_history() {
  history h;
  const auto any_step =
      rc::gen::map(rc::gen::tuple(rc::gen::inRange(0, 20), rc::gen::inRange(0, 900),
                                  rc::gen::inRange(0u, 4u), rc::gen::inRange(0, 10)),
                   [](const std::tuple<int, int, unsigned, int>& t) {
                     return history::step{std::chrono::seconds(std::get<0>(t)),
                                          std::chrono::seconds(std::get<1>(t)), std::get<2>(t),
                                          std::get<3>(t) == 0};
                   });
  h.steps = *rc::gen::container<std::vector<history::step>>(any_step);
  h.seed = *rc::gen::arbitrary<std::uint64_t>();
  return h;
}

/// Plays the history.
class player {
 public:
  player(const history& h, virtual_service service, schedule::batching batch)
      : schedule_(cadence(), batch), polling_(schedule_, service, kConnections, h.seed) {
    for (int i = 0; i < 3; ++i) groups_.push_back(schedule_.add_group());
    for (const history::step& step : h.steps) {
      polling_.watch(polling_.now() + step.lives,
                     step.group == 0 ? schedule::kNoGroup : groups_[step.group - 1]);
      if (step.leaves_one) leave_the_first_that_can();
      polling_.run(polling_.now() + step.pause);
    }
  }

  void run_to_the_end(core::duration at_most = 2h) { polling_.run(polling_.now() + at_most); }

  void leave_the_first_that_can() {
    for (std::uint32_t i = 0; i < polling_.jobs().size(); ++i) {
      if (polling_.jobs()[i].delivered || polling_.in_flight(i)) continue;
      polling_.leave(i);
      left_.insert(i);
      return;
    }
  }

  /// The longest time from a job's end, or the beginning of the watch if that is later, to its
  /// news.
  core::duration longest_delay() const {
    core::duration longest{};
    for (std::uint32_t i = 0; i < polling_.jobs().size(); ++i) {
      const virtual_job& job = polling_.jobs()[i];
      RC_ASSERT(job.delivered.has_value());
      if (!left_.contains(i)) longest = std::max(longest, *job.delivered - job.ends);
    }
    return longest;
  }

  /// Nor was anything asked for twice at once.
  void assert_nothing_is_left() {
    RC_ASSERT(!polling_.asked_twice_at_once);
    RC_ASSERT(schedule_.size() == 0U);
    for (const auto g : groups_) {
      RC_ASSERT(schedule_.vacant(g));
      schedule_.remove_group(g);
    }
    RC_ASSERT(schedule_.next(polling_.now() + 24h).what == schedule::what_next::nothing);
  }

  schedule& the_schedule() { return schedule_; }
  virtual_polling& polling() { return polling_; }

 private:
  schedule schedule_;
  virtual_polling polling_;
  std::vector<schedule::group> groups_;
  std::set<std::uint32_t> left_;
};

void check(const char* what, const std::function<void()>& property) {
  EXPECT_TRUE(rc::check(what, property));
}

TEST(PollingProperties, EveryEndIsSeenWithinTheInterval) {
  check("one by one", [] {
    player p(any_history(), {}, schedule::batching::off);
    p.run_to_the_end();
    RC_ASSERT(p.longest_delay() <= 30s + 1s);
    p.assert_nothing_is_left();
  });
}

TEST(PollingProperties, EveryEndIsSeenWithinTheIntervalAlsoWhenGroupsAreSwept) {
  check("swept", [] {
    player p(any_history(), {}, schedule::batching::on);
    p.run_to_the_end();
    RC_ASSERT(p.longest_delay() <= 30s + 1s);
    p.assert_nothing_is_left();
  });
}

TEST(PollingProperties, EveryEndIsSeenAlsoWhenListingsMissJobs) {
  check("listings that miss jobs", [] {
    virtual_service service;
    service.left_out = 0.2;
    player p(any_history(), service, schedule::batching::on);
    p.run_to_the_end();
    RC_ASSERT(p.longest_delay() <= 4 * 30s);
    p.assert_nothing_is_left();
  });
}

TEST(PollingProperties, EveryEndIsSeenThroughBrokenConnectionsOutagesAnd429) {
  check("a bad day", [] {
    virtual_service service;
    service.broken = 0.05;
    service.rate_limit = 20.0;
    service.retry_after = 1s;
    service.left_out = 0.05;
    player p(any_history(), service, schedule::batching::on);
    p.polling().service().down_from = p.polling().now() + 10s;
    p.polling().service().down_until = p.polling().now() + 200s;
    p.run_to_the_end(6h);
    (void)p.longest_delay();
    p.assert_nothing_is_left();
  });
}

TEST(PollingProperties, ListingThatIsForbiddenChangesNothingButTheNumberOfRequests) {
  check("forbidden", [] {
    virtual_service service;
    service.forbids_listing = true;
    player p(any_history(), service, schedule::batching::on);
    p.run_to_the_end();
    RC_ASSERT(p.longest_delay() <= 2 * 30s + 1s);
    p.assert_nothing_is_left();
  });
}

TEST(PollingProperties, WhileDownAtMostOneRequestIsInFlight) {
  check("down", [] {
    player p(any_history(), {}, schedule::batching::on);
    virtual_polling& polling = p.polling();
    for (int i = 0; i < 100; ++i) polling.watch(polling.now() + 2h);
    polling.run(polling.now() + 60s);
    polling.service().down_from = polling.now();
    polling.service().down_until = polling.now() + 600s;
    polling.run(polling.now() + 120s);
    RC_ASSERT(p.the_schedule().health().now_in() != core::health::state::closed);
    polling.most_in_flight = 0;
    polling.requests = 0;
    polling.run(polling.now() + 300s);
    RC_ASSERT(polling.most_in_flight <= 1U);
    RC_ASSERT(polling.requests <= 60U);
  });
}

TEST(PollingProperties, TheBudgetIsKept) {
  check("the budget", [] {
    virtual_service service;
    service.rate_limit = 50.0;
    service.retry_after = 1s;
    player p(history{{}, *rc::gen::arbitrary<std::uint64_t>()}, service, schedule::batching::off);
    virtual_polling& polling = p.polling();
    for (int i = 0; i < 5'000; ++i) polling.watch(polling.now() + 2h);
    polling.run(polling.now() + 20s);
    polling.requests = polling.rejected = 0;
    polling.run(polling.now() + 100s);
    // What the service grants in that time, with the burst that it had saved.
    RC_ASSERT(polling.requests <= 1.05 * 50.0 * 101.0);
    RC_ASSERT(polling.requests >= 0.85 * 50.0 * 100.0);
    RC_ASSERT(polling.rejected <= 0.03 * static_cast<double>(polling.requests));
  });
}

}  // namespace
}  // namespace nunu::test
