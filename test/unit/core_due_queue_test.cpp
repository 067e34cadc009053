#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <array>
#include <map>
#include <random>
#include <set>
#include <utility>
#include <vector>

#include "core/due_queue.hpp"

namespace nunu::core {
namespace {

using namespace std::chrono_literals;
using slot = due_queue::slot;

const time_point kStart{1h};

/// A queue beside a map of the standard library, which has to agree with it after each step.
class checked_queue {
 public:
  explicit checked_queue(slot count) : count_(count) { queue_.reserve(count); }

  void push(slot s, time_point due) {
    queue_.push(s, due);
    due_[s] = model_.emplace(due, s);
    check();
  }

  void erase(slot s) {
    queue_.erase(s);
    model_.erase(due_.at(s));
    due_.erase(s);
    check();
  }

  void push_or_erase(slot s, time_point due) { contains(s) ? erase(s) : push(s, due); }

  slot pop() {
    const slot s = queue_.first();
    erase(s);
    return s;
  }

  /// The slots in the order in which they come.
  std::vector<slot> drain() {
    std::vector<slot> order;
    while (!empty()) order.push_back(pop());
    return order;
  }

  bool empty() const { return model_.empty(); }
  bool contains(slot s) const { return due_.contains(s); }
  time_point first_due() const { return model_.begin()->first; }

 private:
  void check() {
    ASSERT_EQ(queue_.empty(), model_.empty());
    if (model_.empty()) return;
    ASSERT_EQ(queue_.first_due().time_since_epoch(), model_.begin()->first.time_since_epoch());
    const auto known = due_.find(queue_.first());
    ASSERT_TRUE(known != due_.end());
    ASSERT_TRUE(known->second->first == model_.begin()->first);
    for (slot s = 0; s < count_; ++s) ASSERT_EQ(queue_.contains(s), due_.contains(s));
  }

  slot count_;
  due_queue queue_;
  std::multimap<time_point, slot> model_;
  std::map<slot, std::multimap<time_point, slot>::iterator> due_;
};

TEST(DueQueue, GivesWhatIsDueFirst) {
  checked_queue q(3);
  q.push(0, kStart + 30s);
  q.push(1, kStart + 10s);
  q.push(2, kStart + 20s);
  EXPECT_EQ(q.drain(), (std::vector<slot>{1, 2, 0}));
}

TEST(DueQueue, TellsThingsApartThatAreDueANanosecondApart) {
  checked_queue q(3);
  q.push(0, kStart + 2ns);
  q.push(1, kStart);
  q.push(2, kStart + 1ns);
  EXPECT_EQ(q.drain(), (std::vector<slot>{1, 2, 0}));
}

TEST(DueQueue, TakesTimesOfAnyDistanceInAnyOrder) {
  const std::vector<duration> dues = {0ns,  1ms,  8ms,  9ms,    1s,  30s,  68s,       69s,  2min,
                                      137s, 138s, 1min, 1h,     19h, 20h,  40h,       480h, 24000h,
                                      -1ms, -9ms, -70s, -59min, -1h, -30h, 480h + 1ms};
  std::vector<slot> order(dues.size());
  for (slot s = 0; s < order.size(); ++s) order[s] = s;
  std::mt19937 random(5);
  for (int i = 0; i < 200; ++i) {
    std::shuffle(order.begin(), order.end(), random);
    checked_queue q(static_cast<slot>(order.size()));
    for (const slot s : order) q.push(s, kStart + dues[s]);
    std::vector<duration> came;
    for (const slot s : q.drain()) came.push_back(dues[s]);
    EXPECT_TRUE(std::is_sorted(came.begin(), came.end()));
    EXPECT_EQ(came.size(), dues.size());
  }
}

TEST(DueQueue, WhatIsPushedLateComesAtOnce) {
  checked_queue q(3);
  q.push(0, kStart + 30s);
  q.push(1, kStart + 31s);
  EXPECT_EQ(q.pop(), 0U);
  q.push(2, kStart + 1s);
  EXPECT_EQ(q.pop(), 2U) << "though later ones were first before";
  EXPECT_EQ(q.pop(), 1U);
}

TEST(DueQueue, GrowsWithWhatIsInside) {
  due_queue q;
  for (slot s = 0; s < 1'000; ++s) {
    q.reserve(s + 1);
    q.push(s, kStart + s * 100ms);
  }
  for (slot s = 0; s < 1'000; ++s) {
    ASSERT_EQ(q.first(), s);
    q.erase(s);
  }
  EXPECT_TRUE(q.empty());
}

/// As the schedule uses it, with enough inside for several in each list.
TEST(DueQueue, KeepsItsOrderWhenEachComesAgain) {
  constexpr slot kCount = 20'000;
  due_queue q;
  q.reserve(kCount);
  std::mt19937_64 random(7);
  const auto within = [&](duration least, duration most) {
    return duration(
        std::uniform_int_distribution<duration::rep>(least.count(), most.count())(random));
  };
  std::set<std::pair<time_point, slot>> model;
  std::vector<time_point> due(kCount);
  const auto push = [&](slot s, time_point when) {
    q.push(s, due[s] = when);
    model.emplace(when, s);
  };
  const auto erase = [&](slot s) {
    q.erase(s);
    model.erase({due[s], s});
  };
  for (slot s = 0; s < kCount; ++s) push(s, kStart + within(0s, 1s));
  for (int step = 0; step < 200'000; ++step) {
    const time_point now = q.first_due();
    ASSERT_TRUE(now == model.begin()->first);
    const slot first = q.first();
    erase(first);
    push(first, now + (step % 10 == 0 ? within(0s, 300s) : within(22s, 30s)));
    if (step % 3 != 0) continue;
    // One that waits is taken out, and comes back at some other time.
    const auto any = static_cast<slot>(random() % kCount);
    erase(any);
    push(any, now + within(0s, 30s));
  }
}

struct step {
  slot which;
  /// Distances of all sizes: the first part says in which, the second how many.
  unsigned size;
  int amount;
  enum { push_or_erase, pop, pop_and_push } what;
};

/// After any history, however far apart what is pushed lies.
TEST(DueQueue, AgreesWithAMapAfterAnyHistory) {
  constexpr std::array<duration, 8> sizes = {1ns, 1ms, 8ms, 100ms, 1s, 30s, 69s, 10h};
  const bool holds = rc::check("any history", [&] {
    const auto any_step =
        rc::gen::map(rc::gen::tuple(rc::gen::inRange<slot>(0, 40), rc::gen::inRange(0U, 8U),
                                    rc::gen::inRange(-3, 20), rc::gen::inRange(0, 6)),
                     [](const std::tuple<slot, unsigned, int, int>& t) {
                       const int what = std::get<3>(t);
                       return step{std::get<0>(t), std::get<1>(t), std::get<2>(t),
                                   what < 4    ? step::push_or_erase
                                   : what == 4 ? step::pop
                                               : step::pop_and_push};
                     });
    const auto history = *rc::gen::scale(4.0, rc::gen::container<std::vector<step>>(any_step));
    checked_queue q(40);
    time_point now = kStart;
    for (const step& one : history) {
      if (one.what == step::push_or_erase) {
        q.push_or_erase(one.which, now + one.amount * sizes[one.size]);
      } else if (!q.empty()) {
        now = std::max(now, q.first_due());
        const slot s = q.pop();
        if (one.what == step::pop_and_push) q.push(s, now + one.amount * sizes[one.size]);
      }
      RC_ASSERT(!testing::Test::HasFatalFailure());
    }
    q.drain();
    RC_ASSERT(!testing::Test::HasFatalFailure());
  });
  EXPECT_TRUE(holds);
}

}  // namespace
}  // namespace nunu::core
