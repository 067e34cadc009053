/// \file
/// Waiting for the jobs of a roster.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <cstddef>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "crew.hpp"
#include "roster.hpp"
#include "session.hpp"

namespace cli {

/// Must outlive what it watches: `wait`.
class watching {
 public:
  watching(session& s, roster& jobs, boost::asio::any_io_executor executor);

  /// `ended` is called for each job that has ended, and `over` when a watch is over.
  void call(std::function<void(const result&)> ended, std::function<void()> over) {
    on_ended_ = std::move(ended);
    on_over_ = std::move(over);
  }

  /// Watches jobs of the roster until they have ended, or the deadline, or `drop`.
  void watch(std::vector<std::string> ids);
  /// Ends all watches. What was last seen of the jobs stays in the roster.
  void drop() { watches_.cancel(boost::asio::cancellation_type::terminal); }

  /// A job has ended, as a watch has found or somebody else. Of others than those of the roster,
  /// and of one that had ended before, nothing is told.
  void ended(nunu::job_outcome outcome);

  bool idle() const { return out_ == 0; }
  /// Until all watches are over. Throws what made one fail.
  boost::asio::awaitable<void> wait() { return crew_.wait(); }

 private:
  boost::asio::awaitable<void> follow(std::vector<std::string> ids, nunu::wait_options options);
  void saw(const nunu::job& job);

  session& session_;
  roster& jobs_;
  std::function<void(const result&)> on_ended_ = [](const result&) {};
  std::function<void()> on_over_ = [] {};
  cancellable watches_;
  crew crew_;
  std::size_t out_ = 0;
};

}  // namespace cli
