/// \file
/// One caller's wait for jobs: what it waits for, and what it has heard.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <nunu/error.hpp>
#include <nunu/wait.hpp>
#include "operations/operation.hpp"
#include "transport/task.hpp"

namespace nunu::detail {

class client_state;

/// Behind `wait_for_jobs`, which takes the outcomes all at once, and `job_watch`, which takes them
/// as they come. Used on the client's strand.
class watch_state : public std::enable_shared_from_this<watch_state> {
 public:
  static constexpr std::uint32_t kNoSlot = 0xFFFF'FFFF;

  enum class wake_up : std::uint8_t { at_each_outcome, when_all_ended };

  watch_state(std::shared_ptr<client_state> client, std::vector<std::string> ids,
              wait_options options, wake_up when);
  ~watch_state();

  /// Joins the poll engine, once. What keeps it from that fails the watch.
  void begin() noexcept;
  /// Leaves it. What was heard stays.
  void end() noexcept;
  /// Nobody will ask for outcomes any more; who still waits for one is told so.
  void abandon() noexcept;

  // For the poll engine.
  const std::vector<std::string>& ids() const noexcept { return ids_; }
  const std::string& group() const noexcept { return options_.group; }
  const std::vector<std::uint32_t>& slots() const noexcept { return slots_; }
  void set_slot(std::uint32_t position, std::uint32_t slot) noexcept { slots_[position] = slot; }
  void saw(const job& seen);
  void ended(std::uint32_t position, job_outcome outcome);
  /// Ends the watch with an error; what was heard before it stays. Without memory there may be no
  /// message.
  void fail(boost::system::error_code code, std::string_view message) noexcept;

  // For the operations.
  /// Everything has been heard that ever will be, or it failed.
  bool over() const noexcept { return outstanding_ == 0 || error_; }
  /// Waits until there is something to take, all is over, or the operation is cancelled.
  transport::task<void> hear(const operations::cancellation& cancel);
  std::optional<job_outcome> take();
  /// One outcome for each id: those heard, and the rest as still running.
  wait_report take_report();
  boost::system::error_code error() const noexcept { return error_; }
  const diagnostics& details() const noexcept { return details_; }
  const std::shared_ptr<client_state>& client() const noexcept { return client_; }

 private:
  job_outcome still_running(std::uint32_t position) const;
  void keep(std::uint32_t position, job_outcome outcome);
  void join();
  bool has_ended(std::uint32_t position) const noexcept { return ids_[position].empty(); }
  void time_is_up() noexcept;
  void add_the_rest();
  void wake();

  std::shared_ptr<client_state> client_;
  /// By position: an id moves into its outcome, and then is empty here.
  std::vector<std::string> ids_;
  wait_options options_;
  wake_up wake_up_;
  /// By position: the engine's slot of a job that has not ended, else `kNoSlot`.
  std::vector<std::uint32_t> slots_;
  /// The poll engine knows of it.
  bool joined_ = false;
  /// For `at_each_outcome`.
  std::deque<job_outcome> heard_;
  /// For `when_all_ended`: by position, without an id where nothing has been heard.
  wait_report report_;
  std::size_t outstanding_;
  boost::system::error_code error_;
  diagnostics details_;
  transport::timer deadline_timer_;
  transport::timer event_;
};

}  // namespace nunu::detail

namespace nunu::operations {

transport::task<completion<wait_report>> wait_for_jobs(std::shared_ptr<detail::watch_state> watch,
                                                       std::shared_ptr<cancellation> cancel);

transport::task<completion<std::optional<job_outcome>>> next_outcome(
    std::shared_ptr<detail::watch_state> watch, std::shared_ptr<cancellation> cancel);

}  // namespace nunu::operations
