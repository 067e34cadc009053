#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "simulated_world.hpp"

namespace nunu::simulation {
namespace {

using namespace test;

TEST(SimulatedListing, IsNewestFirstAndPaged) {
  world w(steady_config(), kEpoch);
  ids newest_first;
  for (int i = 0; i < 7; ++i) {
    newest_first.insert(newest_first.begin(), w.start(test_request(), 0s).job_ids.at(0));
  }
  job_query query;
  query.page_size = 3;
  ids paged;
  for (query.page = 0; query.page < 4; ++query.page) {
    const job_page page = list(w, query);
    EXPECT_EQ(page.total_count, 7);
    EXPECT_EQ(page.total_pages, 3);
    EXPECT_EQ(page.page, query.page);
    EXPECT_EQ(page.page_size, 3);
    const ids on_page = ids_of(page);
    paged.insert(paged.end(), on_page.begin(), on_page.end());
  }
  EXPECT_EQ(paged, newest_first);
}

TEST(SimulatedListing, FiltersByPlanExecutionAndTest) {
  world w(steady_config(), kEpoch);
  const started_run test = w.start(test_request(), 0s);
  const started_run plan = w.start(plan_request(), 0s);
  const started_run ephemeral = w.start(instructions_request(), 0s);
  const started_run plan_again = w.start(plan_request(), 0s);
  job_query of_plan;
  of_plan.test_plan_execution_id = plan.test_plan_execution_id;
  EXPECT_EQ(ids_of(list(w, of_plan)), ids(plan.job_ids.rbegin(), plan.job_ids.rend()));

  const auto of_test = [&w](const std::string& id) {
    job_query query;
    query.multiplayer_test_id = id;
    return ids_of(list(w, query));
  };
  EXPECT_EQ(of_test("test"), test.job_ids);
  EXPECT_EQ(of_test(ephemeral.test_id), ephemeral.job_ids);
  const std::string second_test = describe(w, plan.job_ids[1], 0s).multiplayer_test_id;
  EXPECT_EQ(of_test(second_test), (ids{plan_again.job_ids[1], plan.job_ids[1]}));
  EXPECT_EQ(of_test("nothing"), ids());

  // A test that was made from instructions can be started by its id.
  run_request again = test_request();
  again.multiplayer_test_id = ephemeral.test_id;
  const started_run rerun = w.start(again, 0s);
  EXPECT_EQ(of_test(ephemeral.test_id), (ids{rerun.job_ids[0], ephemeral.job_ids[0]}));
}

TEST(SimulatedListing, IdsOfOtherThingsMatchNothing) {
  world w(steady_config(), kEpoch);
  const started_run plan = w.start(plan_request(), 0s);
  job_query query;
  query.test_plan_execution_id = plan.job_ids[0];
  EXPECT_EQ(list(w, query).total_count, 0);
  EXPECT_FALSE(w.find_job(plan.test_plan_execution_id));
  EXPECT_FALSE(w.find_job(""));
  EXPECT_FALSE(w.find_job("f80f6230-3a4f-431a-9d55-d11b867fed4e"));
  std::string almost = plan.job_ids[0];
  almost[0] = almost[0] == '0' ? '1' : '0';
  EXPECT_FALSE(w.find_job(almost));
}

TEST(SimulatedListing, FiltersByStatusAtTheMoment) {
  world w(steady_config(), kEpoch);
  const std::string old = w.start(test_request(), 0s).job_ids.at(0);
  const std::string middle = w.start(test_request(), 1'500ms).job_ids.at(0);
  const auto with = [&w](job_query::status_filter status, model_time now) {
    job_query query;
    query.status = status;
    const job_page page = list(w, query, now);
    EXPECT_EQ(page.total_count, static_cast<std::int64_t>(page.jobs.size()));
    return ids_of(page);
  };
  using enum job_query::status_filter;
  EXPECT_EQ(with(queued, 2'499'999us), ids{middle});
  EXPECT_EQ(with(running, 2'500ms), ids{middle});
  const std::string young = w.start(test_request(), 2'800ms).job_ids.at(0);
  EXPECT_EQ(with(queued, 2'800ms), ids{young});
  EXPECT_EQ(with(running, 2'800ms), ids{middle});
  EXPECT_EQ(with(completed, 2'800ms), ids{old});
  EXPECT_EQ(with(all, 2'800ms), (ids{young, middle, old}));
  EXPECT_EQ(with(completed, 1h), (ids{young, middle, old}));
  w.stop(young, 2'800ms);
  EXPECT_EQ(with(completed, 2'800ms), (ids{young, old}));
  w.stop(middle, 2'800ms);
  EXPECT_EQ(with(running, 2'800ms), ids{middle}) << "stopping is not completed";
}

/// What a job is for the filters, kept beside the world to compare with.
struct expected_job {
  std::string id;
  std::vector<std::string> tags;
  std::string execution_id;
};

TEST(SimulatedWorld, HoldsAHundredThousandJobs) {
  world w(steady_config(), kEpoch);
  std::vector<expected_job> expected;
  for (int i = 0; expected.size() < 100'000; ++i) {
    run_request r = i % 5 == 0 ? plan_request() : test_request();
    r.additional_tags = {"all", "mod-" + std::to_string(i % 7), "nunu-launch-" + std::to_string(i)};
    if (i < 20'000) r.additional_tags.push_back("early");
    const started_run started = w.start(r, std::chrono::milliseconds(i));
    for (const std::string& id : started.job_ids) {
      expected.push_back({id, r.additional_tags, started.test_plan_execution_id});
    }
  }
  std::set<std::string> unique;
  for (const expected_job& e : expected) unique.insert(e.id);
  EXPECT_EQ(unique.size(), expected.size());

  const auto check = [&](const job_query& query) {
    ids matching;
    for (auto e = expected.rbegin(); e != expected.rend(); ++e) {
      const bool tags = std::ranges::all_of(query.tags, [&e](const std::string& tag) {
        return std::ranges::find(e->tags, tag) != e->tags.end();
      });
      const bool execution =
          query.test_plan_execution_id.empty() || e->execution_id == query.test_plan_execution_id;
      if (tags && execution) matching.push_back(e->id);
    }
    const job_page page = list(w, query, 1h);
    EXPECT_EQ(page.total_count, static_cast<std::int64_t>(matching.size()));
    const std::size_t first = std::min(matching.size(), static_cast<std::size_t>(query.page) * 100);
    const std::size_t last = std::min(matching.size(), first + 100);
    EXPECT_EQ(ids_of(page), ids(matching.begin() + static_cast<std::ptrdiff_t>(first),
                                matching.begin() + static_cast<std::ptrdiff_t>(last)));
  };
  for (const int page : {0, 1, 57, 999, 1'000, 5'000}) {
    for (const std::vector<std::string>& tags :
         std::vector<std::vector<std::string>>{{},
                                               {"all"},
                                               {"mod-3"},
                                               {"mod-3", "early"},
                                               {"mod-3", "mod-4"},
                                               {"all", "nunu-launch-777"},
                                               {"nobody"}}) {
      job_query query;
      query.tags = tags;
      query.page = page;
      query.page_size = 100;
      check(query);
    }
  }
  job_query one_execution;
  one_execution.page_size = 100;
  one_execution.tags = {"all"};
  one_execution.test_plan_execution_id = expected.front().execution_id;
  check(one_execution);

  job_query finished;
  finished.status = job_query::status_filter::completed;
  finished.tags = {"early"};
  EXPECT_EQ(list(w, finished, 1h).total_count, 28'000) << "4,000 plans of 3 tests, 16,000 tests";
}

TEST(JobRanges, IntersectLikeSets) {
  std::mt19937_64 random(1);
  for (int round = 0; round < 200; ++round) {
    const auto density = 1 + random() % 9;
    job_ranges a;
    job_ranges b;
    job_ranges both;
    for (job_number j = 0; j < 100; ++j) {
      const bool in_a = random() % 10 < density;
      const bool in_b = random() % 10 < 5;
      if (in_a) append(a, {j, j + 1});
      if (in_b) append(b, {j, j + 1});
      if (in_a && in_b) append(both, {j, j + 1});
    }
    EXPECT_EQ(intersect(a, b), both);
    EXPECT_EQ(intersect(b, a), both);
  }
}

}  // namespace
}  // namespace nunu::simulation
