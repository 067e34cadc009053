/// \file
/// Starting runs and waiting for their jobs.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <cstddef>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "admission.hpp"
#include "bell.hpp"
#include "crew.hpp"
#include "roster.hpp"
#include "session.hpp"
#include "watching.hpp"

namespace cli {

/// Empty without a group: then the client makes one up.
std::string launch_id_of(std::string_view group, const planned_run& run);

/// The work of `run` and `launch`.
///
/// Jobs of its own are all those of its runs: also those that an earlier invocation with the same
/// group has started. They are what is stopped when a test fails with `--fail-fast`, and at the
/// deadline or on a signal, where that was asked for.
class launching {
 public:
  launching(session& s, boost::asio::any_io_executor executor);

  /// One result for each job, and for each run without one, in the order of the runs.
  boost::asio::awaitable<std::vector<result>> carry_out();

 private:
  bool no_more_starts() const { return session_.stop.asked() || gave_up_; }
  boost::asio::awaitable<void> find_earlier();
  void start_what_may_start();
  boost::asio::awaitable<void> start(std::size_t run);
  void started(std::size_t run, const nunu::started_run& answer);
  void not_started(std::size_t run, boost::system::error_code error, nunu::diagnostics why);
  void job_ended(const result& r);
  void note_failure();
  void give_up();
  void on_halt();
  boost::asio::awaitable<void> insist();
  boost::asio::awaitable<void> stop_after_failure();
  boost::asio::awaitable<void> stop_leftovers();
  boost::asio::awaitable<void> stop_unfinished();
  result blank(std::size_t run) const;

  session& session_;
  boost::asio::any_io_executor executor_;
  const std::vector<planned_run>& runs_;
  roster jobs_;
  admission admission_;
  /// Runs that an earlier invocation with the same group has started.
  std::vector<bool> known_;
  /// Why they could not be listed.
  nunu::diagnostics in_the_way_;
  /// In the order in which they are to be started.
  std::deque<std::size_t> to_start_;
  /// Seen of starts of which it is not known whether that is all.
  std::vector<std::string> stray_jobs_;
  cancellable starts_;
  bell changed_;
  crew crew_;
  watching watching_;
  /// Nothing more is started: a test has failed, or no start can succeed.
  bool gave_up_ = false;
  bool stop_asked_ = false;
  bool insisting_ = false;
};

}  // namespace cli
