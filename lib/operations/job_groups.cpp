#include "operations/job_groups.hpp"

#include <algorithm>
#include <exception>
#include <utility>

#include "core/launch.hpp"
#include "wire/api_limits.hpp"

namespace nunu::operations {
namespace {

/// About 40 MB. Jobs beyond these are asked for one by one first, which tells their group, too.
constexpr std::size_t kMostRemembered = 1'000'000;

static_assert(core::group_sweep::kPageSize == wire::kMostJobsOnAPage);

}  // namespace

group_key group_key_of(const job& seen) {
  const auto tag = std::find_if(seen.tags.begin(), seen.tags.end(), core::is_group_tag);
  if (tag != seen.tags.end()) return {group_key::kind::tag, *tag};
  return {group_key::kind::test_plan_execution, seen.test_plan_execution_id};
}

job_groups::group job_groups::find_or_add(const group_key& key) {
  if (const auto known = by_key_.find(key); known != by_key_.end()) return known->second;
  const group added = schedule_.add_group();
  try {
    if (added >= groups_.size()) groups_.resize(added + 1);
    groups_[added].key = key;
    by_key_.emplace(key, added);
  } catch (const std::exception&) {
    schedule_.remove_group(added);
    throw;
  }
  return added;
}

job_query job_groups::query(group g, std::uint32_t page) const {
  job_query query;
  const group_key& key = groups_[g].key;
  if (key.kind == group_key::kind::tag)
    query.tags.push_back(key.value);
  else
    query.test_plan_execution_id = key.value;
  query.page = static_cast<int>(page);
  query.page_size = static_cast<int>(core::group_sweep::kPageSize);
  return query;
}

void job_groups::remember(std::span<const std::string> ids, const group_key& key) {
  const group g = find_or_add(key);
  // Also when memory runs out on the way: those that are remembered by then stay so.
  struct drop_at_end {
    job_groups& groups;
    group g;
    ~drop_at_end() { groups.drop_if_unused(g); }
  } const drop{*this, g};
  for (const std::string& id : ids) {
    if (started_.size() >= kMostRemembered || started_.find(id)) continue;
    if (free_numbers_.empty()) {
      if (group_of_started_.size() == group_of_started_.capacity()) {
        // That of the free ones first: to set one free must not need memory.
        const auto room = std::max<std::size_t>(16, 2 * group_of_started_.size());
        free_numbers_.reserve(room);
        group_of_started_.reserve(room);
      }
      free_numbers_.push_back(static_cast<std::uint32_t>(group_of_started_.size()));
      group_of_started_.push_back(core::schedule::kNoGroup);
    }
    started_.add(free_numbers_.back(), id);
    group_of_started_[free_numbers_.back()] = g;
    free_numbers_.pop_back();
    ++groups_[g].remembered;
  }
}

job_groups::group job_groups::recall(std::string_view id) noexcept {
  const auto number = started_.find(id);
  if (!number) return core::schedule::kNoGroup;
  started_.remove(*number);
  free_numbers_.push_back(*number);
  const group g = group_of_started_[*number];
  --groups_[g].remembered;
  return g;
}

void job_groups::drop_if_unused(group g) noexcept {
  if (groups_[g].remembered != 0 || !schedule_.vacant(g)) return;
  by_key_.erase(groups_[g].key);
  groups_[g] = {};
  schedule_.remove_group(g);
}

}  // namespace nunu::operations
