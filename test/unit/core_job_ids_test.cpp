#include <gtest/gtest.h>

#include <map>
#include <random>
#include <string>

#include "core/job_ids.hpp"

namespace nunu::core {
namespace {

std::string text_of(const job_ids& ids, job_ids::slot s) {
  std::string text;
  ids.append_text(s, text);
  return text;
}

TEST(JobIds, GiveBackWhatTheyWereGiven) {
  const std::string rows[] = {
      "550e8400-e29b-41d4-a716-446655440000",
      "ffffffff-ffff-ffff-ffff-ffffffffffff",
      "00000000-0000-0000-0000-000000000000",
      "ABCDEF00-E29B-41D4-A716-446655440000",
      // Not in the usual form, and not the same as those in it.
      "550e8400e29b41d4a716446655440000",
      "550e8400-e29b-41d4-a716-44665544000",
      "550e8400-e29b-41d4-a716-4466554400000",
      "550e8400-e29b-41d4-a716-44665544000g",
      "550e8400-e29b-41d4-a716_446655440000",
      "j",
      "J",
      "../x?y#z",
  };
  job_ids ids;
  job_ids::slot next = 0;
  for (const std::string& id : rows) {
    EXPECT_FALSE(ids.find(id)) << id;
    ids.add(next++, id);
  }
  for (job_ids::slot s = 0; s < next; ++s) {
    EXPECT_EQ(ids.find(rows[s]), s);
    EXPECT_EQ(text_of(ids, s), rows[s]);
  }
}

TEST(JobIds, AreTheSameUuidInUpperAndLowerCase) {
  const std::string lower = "abcdef00-e29b-41d4-a716-446655440000";
  const std::string upper = "ABCDEF00-E29B-41D4-A716-446655440000";
  const std::string mixed = "abcdef00-E29B-41d4-A716-446655440000";
  for (const std::string& added : {lower, upper, mixed}) {
    job_ids ids;
    ids.add(7, added);
    for (const std::string& asked : {lower, upper, mixed}) EXPECT_EQ(ids.find(asked), 7U) << asked;
    EXPECT_EQ(text_of(ids, 7), added);
    ids.remove(7);
    for (const std::string& asked : {lower, upper, mixed}) EXPECT_FALSE(ids.find(asked)) << asked;
  }
}

/// A random history against a map of the standard library.
TEST(JobIds, FindWhatIsThereAfterAnyHistory) {
  std::mt19937 random(3);
  const auto id_of = [&](std::uint32_t n) {
    if (n % 3 == 0) return "job-" + std::to_string(n);
    char text[37];
    std::snprintf(text, sizeof text, "%08x-0000-0000-0000-%012x", n % 7, n);
    return std::string(text);
  };
  job_ids ids;
  std::map<std::string, job_ids::slot> model;
  std::vector<job_ids::slot> free;
  for (job_ids::slot s = 0; s < 500; ++s) free.push_back(s);
  for (int step = 0; step < 50'000; ++step) {
    const std::string id = id_of(static_cast<std::uint32_t>(random() % 1'000));
    const auto known = model.find(id);
    ASSERT_EQ(ids.find(id).has_value(), known != model.end());
    if (known != model.end()) {
      ASSERT_EQ(ids.find(id), known->second);
      ASSERT_EQ(text_of(ids, known->second), id);
      ids.remove(known->second);
      free.push_back(known->second);
      model.erase(known);
    } else if (!free.empty()) {
      ids.add(free.back(), id);
      model.emplace(id, free.back());
      free.pop_back();
    }
    ASSERT_EQ(ids.size(), model.size());
  }
}

}  // namespace
}  // namespace nunu::core
