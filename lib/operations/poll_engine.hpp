/// \file
/// Polls the watched jobs of a client, each once for all who wait for it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include <nunu/job.hpp>
#include <nunu/run.hpp>
#include <nunu/wait.hpp>
#include "core/schedule.hpp"
#include "operations/job_groups.hpp"
#include "operations/watched_jobs.hpp"
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
/// connection. A worker lives while there is something due and keeps its connection and its
/// buffers; between bursts there is one timer for all jobs, and without jobs there is nothing. Used
/// on the client's strand.
class poll_engine {
 public:
  explicit poll_engine(detail::client_state& state);

  /// Polls all jobs of the watch, which hears of each until it leaves. Its ids must not move. When
  /// it throws, the watch has left.
  void join(detail::watch_state& watch);
  void leave(detail::watch_state& watch) noexcept;

  /// Jobs that were just started with this group, if its label is not empty, for those who will
  /// wait for them.
  /// False: not all are remembered, and the first poll of each other job will tell the group.
  bool remember(const started_run& run, const std::string& label) noexcept;

  /// Stops polling, and ends every watch with `closed`.
  void close() noexcept;

  /// The service has asked to be left alone for so long.
  void hold_back(core::duration retry_after);

  const watched_jobs& jobs() const noexcept { return jobs_; }
  core::request_budget& budget() noexcept { return schedule_.budget(); }
  /// Why there is no news of the job: its own trouble, or the service's. Null: there is none.
  const transport::failure* trouble_of(watched_jobs::slot job) const noexcept;

 private:
  using slot = watched_jobs::slot;
  using group = job_groups::group;
  using action = core::schedule::action;

  void add_interest(detail::watch_state& watch, std::uint32_t position);
  slot add(const std::string& id);
  void find_group(slot job, const std::string& id, const std::string& label);
  void assign(slot job, group to);
  /// Nobody waits for the job any more. One in flight has just been answered.
  void forget(slot job) noexcept;
  void forget_if_unwanted(slot job) noexcept;
  /// After jobs, or those who wait for them, have changed.
  void tidy() noexcept;

  /// Starts workers for what is due, and the timer for what comes next.
  void pump();
  void arm(core::time_point when);
  class errand;
  static transport::task<void> work(std::shared_ptr<detail::client_state> state, errand taken);
  /// Takes a connection if there is none to go on with. Without one, `p.last` says why.
  transport::task<void> take_connection(polling& p);
  void write_request(polling& p, const action& what) const;
  void land(polling& p, const action& what);
  void land_poll(polling& p, const action& what);
  void land_page(polling& p, const action& what);
  void give_up(const action& what) noexcept;
  void hand_back(const action& what) noexcept;

  std::string target_of(const polling& p, const action& what) const;
  /// Method and target, for diagnostics.
  request request_for(const polling& p, const action& what) const;
  void note_outage(const polling& p, const action& what);
  void tell_finished(slot job, nunu::job& seen);
  void tell_unreachable(slot job, const attempt& refused, const request& what);
  /// Nothing can be asked of this server.
  void tell_all_unreachable(const attempt& refused, const request& what);
  void tell_end(slot job, const job_outcome& outcome);

  detail::client_state& state_;
  core::schedule schedule_;
  watched_jobs jobs_;
  job_groups groups_;
  std::size_t workers_ = 0;
  transport::timer timer_;
  core::time_point armed_for_ = core::time_point::max();
  /// What the latest request failed with, while the service or the way to it is at fault.
  std::optional<transport::failure> outage_;
  bool closed_ = false;
};

}  // namespace nunu::operations
