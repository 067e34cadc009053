/// \file
/// The groups that watched jobs are in: how to list each, and which jobs of it the client started.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <nunu/job.hpp>
#include "core/job_ids.hpp"
#include "core/schedule.hpp"

namespace nunu::operations {

/// What the jobs of a group have in common, by which they can be listed.
struct group_key {
  enum class kind : std::uint8_t { tag, test_plan_execution };

  enum kind kind = kind::tag;
  std::string value;

  friend auto operator<=>(const group_key&, const group_key&) = default;
};

/// The key by which a job can be listed with its like; an empty value where there is none.
group_key group_key_of(const job& seen);

/// Used on the client's strand.
class job_groups {
 public:
  using group = core::schedule::group;

  /// The schedule must outlive it.
  explicit job_groups(core::schedule& schedule) noexcept : schedule_(schedule) {}

  group find_or_add(const group_key& key);
  /// One page of the group's listing.
  job_query query(group g, std::uint32_t page) const;

  /// Jobs that were just started. Whoever waits for them later knows their group at once.
  void remember(std::span<const std::string> ids, const group_key& key);
  /// The group of a job that was started, once; `kNoGroup` when it was not, or is forgotten.
  group recall(std::string_view id) noexcept;

  /// Forgets the group, if nothing refers to it any more.
  void drop_if_unused(group g) noexcept;

 private:
  struct entry {
    group_key key;
    /// Jobs in it that nobody waits for yet.
    std::size_t remembered = 0;
  };

  core::schedule& schedule_;
  std::map<group_key, group> by_key_;
  std::vector<entry> groups_;
  /// Started jobs that nobody waits for yet, by numbers of their own.
  core::job_ids started_;
  std::vector<group> group_of_started_;
  std::vector<std::uint32_t> free_numbers_;
};

}  // namespace nunu::operations
