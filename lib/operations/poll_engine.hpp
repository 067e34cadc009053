/// \file
/// Polls the watched jobs of a client, each once for all who wait for it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include <nunu/job.hpp>
#include <nunu/wait.hpp>
#include "core/schedule.hpp"
#include "transport/failure.hpp"
#include "transport/task.hpp"

namespace nunu::detail {
class client_state;
class watch_state;
}  // namespace nunu::detail

namespace nunu::operations {

struct attempt;
struct request;
struct polling;

/// Carries out what `core::schedule` decides, with at most one worker coroutine for each
/// connection. A worker lives while there are polls due and keeps its connection and its buffers;
/// between bursts there is one timer for all jobs, and without jobs there is nothing. Used on the
/// client's strand.
class poll_engine {
 public:
  explicit poll_engine(detail::client_state& state);

  /// Polls all jobs of the watch, which hears of each until it leaves. Its ids must not move.
  void join(detail::watch_state& watch);
  void leave(detail::watch_state& watch) noexcept;

  /// Stops polling, and ends every watch with `closed`.
  void close();

  using slot = core::schedule::slot;
  static constexpr std::uint32_t kNone = 0xFFFF'FFFF;

  struct watched_job {
    std::string id;
    /// As last seen; `status_text` is empty before the first answer.
    job_status status = job_status::unknown;
    std::string status_text;
    std::uint32_t first_interest = kNone;
    /// Why the latest answer said nothing of the job, when it did not.
    std::unique_ptr<transport::failure> trouble;
  };

  const watched_job& at(slot job) const noexcept { return jobs_[job]; }
  /// Why there is no news of the job: its own trouble, or the service's. Null: there is none.
  const transport::failure* trouble_of(slot job) const noexcept;

 private:
  /// One watch's interest in one job.
  struct interest {
    detail::watch_state* who;
    /// Of the job among the watch's ids.
    std::uint32_t position;
    /// The watch knows the job's present status.
    bool told;
    /// The next interest in the same job, or `kNone`.
    std::uint32_t next;
  };

  slot find_or_add(const std::string& id);
  void add_interest(slot job, detail::watch_state& who, std::uint32_t position);
  void drop_interest(slot job, const detail::watch_state& who, std::uint32_t position) noexcept;
  void forget(slot job) noexcept;
  /// After jobs or those who wait for them have changed.
  void tidy() noexcept;

  /// Starts workers for what is due, and the timer for what comes next.
  void pump();
  void arm(core::time_point when);
  static transport::task<void> work(std::shared_ptr<detail::client_state> state, slot first);
  transport::task<void> poll(polling& p, slot job);
  void land(polling& p, slot job);

  /// For diagnostics: without the bytes.
  request request_for(slot job) const;
  void tell_status(slot job, const nunu::job& seen);
  void tell_finished(slot job, nunu::job& seen);
  void tell_unreachable(slot job, const attempt& refused);
  /// Nothing can be asked of this server.
  void tell_all_unreachable(slot asked, const attempt& refused);
  void tell_end(slot job, job_outcome outcome);

  detail::client_state& state_;
  core::schedule schedule_;
  /// By slot. A deque, since `by_id_` refers to the ids in it.
  std::deque<watched_job> jobs_;
  std::unordered_map<std::string_view, slot> by_id_;
  std::vector<interest> interests_;
  std::vector<std::uint32_t> free_interests_;
  /// Jobs that somebody waits for. The schedule may have more: those whose last poll is on its way.
  std::size_t watched_ = 0;
  std::size_t workers_ = 0;
  transport::timer timer_;
  core::time_point armed_for_ = core::time_point::max();
  /// What the latest poll failed with, while polls fail.
  std::optional<transport::failure> outage_;
  bool closed_ = false;
};

}  // namespace nunu::operations
