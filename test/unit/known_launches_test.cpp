#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "operations/known_launches.hpp"

namespace nunu::operations {
namespace {

started_run run_of(const std::string& launch_id, std::size_t jobs = 1) {
  started_run run;
  run.launch_id = launch_id;
  run.job_ids.assign(jobs, "job");
  return run;
}

TEST(KnownLaunches, FindsWhatWasRememberedLast) {
  known_launches launches;
  EXPECT_EQ(launches.find("a"), nullptr);
  launches.remember(run_of("a", 1), true);
  launches.remember(run_of("b", 1), true);
  launches.remember(run_of("a", 2), true);
  ASSERT_NE(launches.find("a"), nullptr);
  EXPECT_EQ(launches.find("a")->job_ids.size(), 2U);
  EXPECT_NE(launches.find("b"), nullptr);
}

TEST(KnownLaunches, OneThatHasStartedNoJobIsNotKnown) {
  known_launches launches;
  launches.remember(run_of("a", 0), true);
  EXPECT_EQ(launches.find("a"), nullptr);
}

TEST(KnownLaunches, WhatIsUnknownIsSoUntilItIsRemembered) {
  known_launches launches;
  EXPECT_FALSE(launches.is_unknown("a"));
  launches.mark_unknown("a");
  launches.mark_unknown("b");
  launches.mark_unknown("a");
  EXPECT_TRUE(launches.is_unknown("a"));
  launches.remember(run_of("a"), true);
  EXPECT_FALSE(launches.is_unknown("a"));
  EXPECT_TRUE(launches.is_unknown("b"));
}

TEST(KnownLaunches, ForgetsNoneThatIsUnknown) {
  known_launches launches;
  for (int i = 0; i < 100'000; ++i) launches.mark_unknown(std::to_string(i));
  for (int i = 0; i < 100'000; ++i) ASSERT_TRUE(launches.is_unknown(std::to_string(i))) << i;
  EXPECT_FALSE(launches.is_unknown("100000"));
}

TEST(KnownLaunches, ForgetsTheOldest) {
  known_launches launches;
  for (int i = 0; i < 1'500; ++i) launches.remember(run_of(std::to_string(i)), true);
  EXPECT_EQ(launches.find("499"), nullptr);
  EXPECT_NE(launches.find("500"), nullptr);
  EXPECT_NE(launches.find("1499"), nullptr);
}

TEST(KnownLaunches, OneWithoutItsTagIsUnknownWhenItIsForgotten) {
  known_launches launches;
  launches.remember(run_of("untagged"), false);
  EXPECT_NE(launches.find("untagged"), nullptr);
  for (int i = 0; i < 1'000; ++i) launches.remember(run_of(std::to_string(i)), true);
  EXPECT_EQ(launches.find("untagged"), nullptr);
  EXPECT_TRUE(launches.is_unknown("untagged"));
}

TEST(KnownLaunches, HoldsOnlySoManyJobsButAlwaysTheLatestRun) {
  known_launches launches;
  launches.remember(run_of("a", 60'000), true);
  launches.remember(run_of("b", 60'000), true);
  EXPECT_EQ(launches.find("a"), nullptr);
  launches.remember(run_of("c", 200'000), true);
  EXPECT_EQ(launches.find("b"), nullptr);
  EXPECT_NE(launches.find("c"), nullptr);
  launches.remember(run_of("d", 1), true);
  EXPECT_EQ(launches.find("c"), nullptr);
  EXPECT_NE(launches.find("d"), nullptr);
}

}  // namespace
}  // namespace nunu::operations
