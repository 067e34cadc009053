/// \file
/// The jobs that a client watches: what is known of each, and who waits for it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include <nunu/job.hpp>
#include "core/job_ids.hpp"
#include "core/schedule.hpp"
#include "transport/failure.hpp"

namespace nunu::detail {
class watch_state;
}

namespace nunu::operations {

/// Kept small: a client may watch a million jobs. Used on the client's strand.
class watched_jobs {
 public:
  using slot = core::schedule::slot;

  /// One watch's interest in one job.
  struct interest {
    detail::watch_state* who;
    /// Of the job among the watch's ids.
    std::uint32_t position;
    /// The next interest in the same job, or `kNone`.
    std::uint32_t next;
    /// The watch knows the job's present status.
    bool told;
  };

  std::optional<slot> find(std::string_view id) const noexcept { return ids_.find(id); }
  /// A job that was not there.
  void add(slot job, std::string_view id);
  /// The job must have lost all interest.
  void remove(slot job) noexcept;
  /// Appends it to `out`.
  void append_id(slot job, std::string& out) const { ids_.append_text(job, out); }
  /// Calls `visit(slot)` for each job that somebody waits for; it may remove that job.
  template <class Visitor>
  void for_each_wanted(Visitor visit) {
    for (slot job = 0; job < jobs_.size(); ++job)
      if (wanted(job)) visit(job);
  }

  void add_interest(slot job, detail::watch_state& who, std::uint32_t position);
  void drop_interest(slot job, const detail::watch_state& who, std::uint32_t position) noexcept;
  /// Somebody waits for the job.
  bool wanted(slot job) const noexcept { return jobs_[job].first_interest != kNone; }
  std::size_t wanted_count() const noexcept { return wanted_count_; }
  /// Null when nobody waits for the job.
  const interest* first_interest(slot job) const noexcept;
  void take_first_interest(slot job) noexcept;
  void fail_all(boost::system::error_code code, std::string_view message) noexcept;

  /// As last seen; before the first answer it is unknown, with an empty text.
  job_status status(slot job) const noexcept { return jobs_[job].status; }
  std::string status_text(slot job) const;
  /// Notes the status, and tells those who do not know it yet.
  void saw(const job& seen, slot job);

  /// Why the latest answer said nothing of the job, when it did not.
  const transport::failure* trouble(slot job) const noexcept;
  void set_trouble(slot job, transport::failure why);
  void clear_trouble(slot job) noexcept { troubles_.erase(job); }

 private:
  static constexpr std::uint32_t kNone = 0xFFFF'FFFF;

  struct entry {
    std::uint32_t first_interest = kNone;
    job_status status = job_status::unknown;
  };

  core::job_ids ids_;
  std::vector<entry> jobs_;
  std::vector<interest> interests_;
  std::vector<std::uint32_t> free_interests_;
  std::size_t wanted_count_ = 0;
  /// Of the few jobs whose status is not written as its name.
  std::unordered_map<slot, std::string> status_texts_;
  std::unordered_map<slot, transport::failure> troubles_;
};

}  // namespace nunu::operations
