// When memory runs out in the core: what is asked for then has not happened, what is inside stays,
// and polling goes on, since it needs no memory.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <map>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "core/due_queue.hpp"
#include "core/exchange.hpp"
#include "core/group_sweep.hpp"
#include "core/health.hpp"
#include "core/job_ids.hpp"
#include "core/launch.hpp"
#include "core/request_budget.hpp"
#include "core/schedule.hpp"
#include "core/verdict.hpp"
#include "memory.hpp"

namespace nunu::core {
namespace {

using namespace std::chrono_literals;
using test::fail_each_allocation;
using test::failing_allocation;
using test::without_memory;

const time_point kStart{1h};

/// A schedule through a random history, always the same, of all that can be asked of it.
class schedule_history {
 public:
  using what_next = schedule::what_next;

  explicit schedule_history(failing_allocation& failing) : failing_(failing) {}

  void go(int steps) {
    for (int i = 0; i < steps && !testing::Test::HasFailure(); ++i) {
      now_ += std::chrono::milliseconds(random_() % 200);
      switch (random_() % 16) {
        case 0:
        case 1:
        case 2:
          add();
          break;
        case 3:
          add_group();
          break;
        case 4:
        case 5:
        case 6:
          assign();
          break;
        case 7:
          remove_job();
          break;
        case 8:
          remove_vacant_group();
          break;
        case 9:
        case 10:
          answer();
          break;
        default:
          ask();
      }
      note(s_.size());
    }
  }

  /// Every job is asked for, or seen on a page, until it is gone.
  void finish_all() {
    while (!in_flight_.empty()) answer();
    for (int idle = 0; s_.size() != 0 && idle < 100'000; ++idle) {
      now_ += 100ms;
      ask();
      while (!in_flight_.empty()) finish_one();
    }
    EXPECT_EQ(s_.size(), 0U) << "jobs that are not asked for any more";
  }

  /// All that it has answered.
  const std::vector<std::int64_t>& told() const noexcept { return told_; }

 private:
  using slot = schedule::slot;

  template <class Value>
  void note(Value value) {
    told_.push_back(static_cast<std::int64_t>(value));
  }

  double draw() { return static_cast<double>(random_() % 1'000) / 1'000.0; }

  template <class Values>
  auto& any_of(Values& values) {
    return values[random_() % values.size()];
  }

  void add() {
    slot made = 0;
    const double drawn = draw();
    const std::size_t before = s_.size();
    failing_.carry_out([&] { made = s_.add(now_, drawn); }, [&] { EXPECT_EQ(s_.size(), before); });
    jobs_.push_back(made);
    note(made);
  }

  void add_group() {
    schedule::group made = 0;
    failing_.carry_out([&] { made = s_.add_group(); });
    groups_.push_back(made);
    note(made);
  }

  void assign() {
    if (jobs_.empty() || groups_.empty()) return;
    // Most of them into the latest, so that it becomes large.
    const schedule::group to = random_() % 4 == 0 ? any_of(groups_) : groups_.back();
    const slot job = any_of(jobs_);
    const double drawn = draw();
    failing_.carry_out([&] { s_.assign(job, to, now_, drawn); },
                       [&] { EXPECT_EQ(s_.group_of(job), schedule::kNoGroup); });
    EXPECT_NE(s_.group_of(job), schedule::kNoGroup);
  }

  void remove_job() {
    if (jobs_.empty()) return;
    slot& job = any_of(jobs_);
    if (s_.in_flight(job)) return;
    without_memory([&] { s_.remove(job); });
    job = jobs_.back();
    jobs_.pop_back();
  }

  void remove_vacant_group() {
    if (groups_.empty()) return;
    schedule::group& g = any_of(groups_);
    if (!s_.vacant(g)) return;
    without_memory([&] { s_.remove_group(g); });
    g = groups_.back();
    groups_.pop_back();
  }

  void ask() {
    const auto next = without_memory([&] { return s_.next(now_); });
    note(next.what);
    note(next.when.time_since_epoch().count());
    if (next.what == what_next::poll) note(next.job);
    if (next.what == what_next::sweep) note(next.page);
    if (next.what == what_next::poll || next.what == what_next::sweep) in_flight_.push_back(next);
  }

  void answer() {
    if (in_flight_.empty()) return;
    const auto action = take_in_flight();
    const double drawn = draw();
    const auto kind = random_() % 8;
    without_memory([&] {
      if (action.what == what_next::sweep)
        answer_page(action, kind, drawn);
      else if (kind == 0)
        s_.failed(action.job, now_, drawn);
      else if (kind == 1)
        s_.rejected(action.job, action.when, now_, std::nullopt, drawn);
      else
        s_.observed(action.job, job_status::running, now_, drawn);
    });
  }

  void answer_page(const schedule::action& action, std::uint64_t kind, double drawn) {
    if (kind < 3) return s_.page_failed(action.of, action.page, now_, drawn);
    if (kind == 3)
      return s_.page_rejected(action.of, action.page, action.when, now_, std::nullopt, drawn);
    for (const slot job : jobs_)
      if (job % 7 != 0) s_.found(action.of, job, job_status::running);
    s_.page_landed(action.of, 3, now_, drawn);
  }

  void finish_one() {
    const auto action = take_in_flight();
    if (action.what == what_next::sweep) return s_.page_landed(action.of, 3, now_, 0.5);
    without_memory([&] { s_.answered_for_good(action.job, now_); });
  }

  schedule::action take_in_flight() {
    schedule::action& chosen = any_of(in_flight_);
    const schedule::action taken = chosen;
    chosen = in_flight_.back();
    in_flight_.pop_back();
    return taken;
  }

  failing_allocation& failing_;
  std::mt19937 random_{11};
  time_point now_ = kStart;
  schedule s_{{.first = 1s, .growth = 2.0, .queued = 60s, .running = 30s, .ending = 5s},
              schedule::batching::on};
  std::vector<slot> jobs_;
  std::vector<schedule::group> groups_;
  std::vector<schedule::action> in_flight_;
  std::vector<std::int64_t> told_;
};

std::vector<std::int64_t> told_in_history(failing_allocation& failing) {
  schedule_history history(failing);
  history.go(4'000);
  history.finish_all();
  return history.told();
}

TEST(ScheduleOutOfMemory, IsAsIfWhatFailedHadNotBeenAskedFor) {
  failing_allocation none(test::memory::kNever);
  const auto expected = told_in_history(none);
  const auto failures = fail_each_allocation([&](failing_allocation& failing) {
    EXPECT_TRUE(told_in_history(failing) == expected) << "it goes on in another way";
  });
  EXPECT_GT(failures, 20U) << "the history is too short to show anything";
}

TEST(ScheduleOutOfMemory, MoreFailedPagesThanItRemembersAreAskedForAgain) {
  schedule s({.first = 1s, .growth = 2.0, .queued = 60s, .running = 30s, .ending = 5s},
             schedule::batching::on);
  const schedule::group g = s.add_group();
  for (int i = 0; i < 2'000; ++i) s.assign(s.add(kStart, 0.0), g, kStart, 0.0);
  time_point now = kStart;
  std::vector<bool> seen(20);
  const auto next = [&] {
    auto action = without_memory([&] { return s.next(now); });
    while (action.what == schedule::what_next::wait_until) {
      now = action.when;
      action = without_memory([&] { return s.next(now); });
    }
    return action;
  };
  const auto land = [&](std::uint32_t page) {
    seen[page] = true;
    s.page_landed(g, 20, now, 0.5);
  };
  ASSERT_EQ(next().page, 0U);
  land(0);
  // All the others are under way when the connections break.
  std::vector<std::uint32_t> pages;
  for (int i = 1; i < 20; ++i) pages.push_back(next().page);
  for (const std::uint32_t page : pages) without_memory([&] { s.page_failed(g, page, now, 0.5); });
  for (int i = 0; i < 60 && std::ranges::count(seen, false) != 0; ++i) {
    const auto action = next();
    ASSERT_EQ(action.what, schedule::what_next::sweep);
    ASSERT_LT(action.page, 20U);
    land(action.page);
  }
  EXPECT_EQ(std::ranges::count(seen, false), 0) << "a page that failed is not asked for again";
}

/// Ids through a random history, always the same, beside a map of the standard library.
void keep_ids(failing_allocation& failing) {
  std::mt19937 random(3);
  const auto id_of = [](std::uint32_t n) {
    if (n % 2 == 0) return "a-job-whose-id-is-no-uuid-" + std::to_string(n);
    std::array<char, 37> text{};
    std::snprintf(text.data(), text.size(), "%08x-0000-0000-0000-%012x", n % 7, n);
    return std::string(text.data());
  };
  job_ids ids;
  std::map<std::string, job_ids::slot> model;
  std::vector<job_ids::slot> free;
  for (job_ids::slot s = 300; s > 0; --s) free.push_back(s - 1);
  const auto expect_all = [&] {
    EXPECT_EQ(ids.size(), model.size());
    for (const auto& [id, slot] : model) EXPECT_EQ(ids.find(id), slot) << id;
  };
  for (int step = 0; step < 1'500; ++step) {
    const std::string id = id_of(static_cast<std::uint32_t>(random() % 400));
    if (const auto known = model.find(id); known != model.end()) {
      without_memory([&] { ids.remove(known->second); });
      free.push_back(known->second);
      model.erase(known);
    } else if (!free.empty()) {
      const job_ids::slot slot = free.back();
      failing.carry_out([&] { ids.add(slot, id); },
                        [&] {
                          EXPECT_FALSE(ids.find(id));
                          expect_all();
                        });
      free.pop_back();
      model.emplace(id, slot);
    }
  }
  expect_all();
  for (const auto& [id, slot] : model) {
    std::string text;
    ids.append_text(slot, text);
    EXPECT_EQ(text, id);
  }
}

TEST(JobIdsOutOfMemory, KeepTheOthersAndTakeTheIdLater) {
  EXPECT_GT(fail_each_allocation(keep_ids), 50U);
}

TEST(DueQueueOutOfMemory, KeepsWhatIsInside) {
  const auto failures = fail_each_allocation([](failing_allocation& failing) {
    due_queue queue;
    due_queue::slot pushed = 0;
    for (const std::size_t room : {4, 64, 1'000}) {
      failing.carry_out([&] { queue.reserve(room); },
                        [&] {
                          for (due_queue::slot s = 0; s < pushed; ++s)
                            EXPECT_TRUE(queue.contains(s));
                        });
      without_memory([&] {
        for (; pushed < room; ++pushed) queue.push(pushed, kStart + pushed * 7ms);
      });
    }
    without_memory([&] {
      for (due_queue::slot s = 0; s < pushed; ++s) {
        EXPECT_EQ(queue.first(), s);
        queue.erase(s);
      }
    });
    EXPECT_TRUE(queue.empty());
  });
  EXPECT_GT(failures, 5U);
}

TEST(DecisionsOutOfMemory, NeedNoMemory) {
  without_memory([] {
    request_budget budget;
    health state;
    group_sweep pages;
    time_point now = kStart;
    for (int i = 0; i < 1'000; ++i, now += 10ms) {
      budget.sent(now);
      state.sent(now);
      if (i % 10 == 0)
        budget.rejected(now, now, std::nullopt, 0.5);
      else
        budget.accepted(now);
      if (i % 100 < 10)
        state.failed(now, 0.5);
      else
        state.succeeded(now);
      budget.held_back();
      if (!pages.under_way()) pages.begin();
      const std::uint32_t page = pages.take_next();
      if (i % 3 == 0)
        pages.failed(page);
      else
        pages.landed(5);
      pages.end_if_complete();
      const exchange_outcome outcome{.progress = progress::answered, .status = i};
      static_cast<void>(decide_start(outcome));
      static_cast<void>(decide_poll(outcome));
      static_cast<void>(decide_page(outcome));
      static_cast<void>(decide_repeatable(outcome));
    }
    EXPECT_TRUE(budget.rate());
  });
}

TEST(LabelsOutOfMemory, AreMadeLater) {
  EXPECT_GT(fail_each_allocation([](failing_allocation& failing) {
              std::string label;
              failing.carry_out([&] { label = mint_label(1, 2); });
              EXPECT_TRUE(is_label(label));
              failing.carry_out([&] { label = launch_tag(label); });
              failing.carry_out([&] { label = group_tag(label); });
              EXPECT_TRUE(is_group_tag(label));
            }),
            2U);
}

TEST(VerdictOutOfMemory, IsReachedLater) {
  EXPECT_EQ(fail_each_allocation([](failing_allocation& failing) {
              // Only then the runs are put in order.
              constexpr retry_count one_attempt_used{.total = 1, .remaining = 0};
              std::vector<job_run> runs(3);
              runs[1].result = run_result::failed;
              verdict reached = verdict::unknown;
              failing.carry_out([&] { reached = judge(runs, one_attempt_used, absence::none); });
              EXPECT_EQ(reached, verdict::unknown) << "of runs without results";
            }),
            1U);
}

}  // namespace
}  // namespace nunu::core
