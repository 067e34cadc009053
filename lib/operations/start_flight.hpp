/// \file
/// A start that is on its way, and what becomes of it, whether or not anybody waits for it.
#pragma once

#include <exception>
#include <memory>
#include <string>
#include <utility>

#include <nunu/run.hpp>
#include "core/exchange.hpp"
#include "operations/exchange.hpp"
#include "operations/known_launches.hpp"
#include "operations/operation.hpp"
#include "transport/connection_pool.hpp"
#include "transport/task.hpp"

namespace nunu::operations {

/// One start with all its attempts.
struct launch {
  std::shared_ptr<detail::client_state> state;
  known_launches::under_way under_way;
  /// With launch id and group.
  start_options options;
  request what;
};

/// One attempt that can be written, in a coroutine of its own: when the operation is cancelled, the
/// flight goes on without it. Then what was started late is remembered, and told to
/// `client_config::on_late_start`. Closing the client ends it.
class start_flight : public std::enable_shared_from_this<start_flight> {
 public:
  start_flight(std::shared_ptr<launch> of, transport::lease on);

  /// When it throws, nothing was sent.
  void take_off();

  /// Ends when it has landed, or the operation that waits is cancelled.
  transport::task<void> wait();
  bool landed() const noexcept { return landed_; }

  /// Nobody waits any more.
  void leave() noexcept { abandoned_ = true; }
  /// The same; gives what to tell the caller: the reason is that it was cancelled.
  completion<started_run> abandon();

  /// All the following once it has landed. `ambiguous`: it was looked up in vain.
  core::start_decision decision() const noexcept { return decision_; }
  /// Whether something may have started although it is to be sent again.
  bool may_have_started() const noexcept { return unknown_; }
  attempt take_last() noexcept { return std::move(last_); }
  /// Unless it is to be sent again.
  completion<started_run> take_result() noexcept { return std::move(result_); }

 private:
  static transport::task<void> fly(std::shared_ptr<start_flight> self);
  transport::task<void> look_up();
  void land(std::exception_ptr thrown);
  void fall(std::exception_ptr thrown) noexcept;
  void tell_late();

  const std::shared_ptr<launch> launch_;
  detail::client_state& state_;
  transport::lease held_;
  const std::shared_ptr<cancellation> cancel_ = std::make_shared<cancellation>();
  transport::timer landing_;
  /// For the result: once there is an answer, no memory may be missing for it.
  std::string launch_id_ = launch_->options.launch_id;
  bool begun_ = false;
  /// It may have started, and what became of it was not found.
  bool unknown_ = false;
  bool landed_ = false;
  bool abandoned_ = false;
  attempt last_;
  core::start_decision decision_ = core::start_decision::ambiguous;
  completion<started_run> result_;
};

/// It ends with what was thrown, most likely since memory ran out; `may_have_started` is the launch
/// id of one that may have been sent by then, or null.
void fail_for(completion<started_run>& result, std::exception_ptr thrown,
              const std::string* may_have_started) noexcept;

/// It may have started. When the caller has ended it, or the client was closed, that stays the
/// reason.
void mark_unknown(completion<started_run>& result, const std::string& launch_id);

}  // namespace nunu::operations
