/// \file
/// What a client knows of its launches without asking the service.
#pragma once

#include <cstddef>
#include <deque>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <unordered_set>
#include <utility>

#include <nunu/error.hpp>
#include <nunu/run.hpp>
#include "core/clock.hpp"
#include "operations/operation.hpp"
#include "transport/task.hpp"

namespace nunu::operations {

/// Used on the client's strand.
class known_launches {
 public:
  /// A launch id is under way as long as this lives.
  class under_way {
   public:
    under_way(under_way&& other) noexcept
        : in_(std::exchange(other.in_, nullptr)), at_(other.at_) {}
    under_way& operator=(under_way&&) = delete;
    ~under_way() {
      if (in_ != nullptr) in_->end(at_);
    }

   private:
    friend class known_launches;
    under_way(known_launches& in, std::set<std::string>::iterator at) noexcept
        : in_(&in), at_(at) {}

    known_launches* in_;
    std::set<std::string>::iterator at_;
  };

  /// It must not be under way: two starts with one launch id would each find that the other has not
  /// started anything yet.
  under_way begin(const std::string& launch_id);

  /// Waits until this launch id is not under way. Fails with `start_outcome_unknown` when it still
  /// is at the deadline, and when it is cancelled.
  transport::task<boost::system::error_code> wait_until_over(std::string launch_id,
                                                             const cancellation& cancel,
                                                             core::time_point deadline);
  /// What to tell the caller then.
  static diagnostics details_of_under_way(const std::string& launch_id);

  /// The latest thousand are kept, or fewer when they have very many jobs. Those without jobs, of
  /// which no device could be started, are not: their launch id has started nothing. One whose jobs
  /// do not carry its tag cannot be looked up when it is forgotten, so it is unknown then.
  void remember(const started_run& run, bool has_tag) noexcept;
  /// Null when it is not known, or forgotten.
  const started_run* find(std::string_view launch_id) const noexcept;

  /// It was sent, and nobody knows what became of it. Kept until it is remembered with its tag:
  /// forgotten, it could be started once more.
  void mark_unknown(const std::string& launch_id) noexcept;
  bool is_unknown(std::string_view launch_id) const noexcept;

 private:
  void end(std::set<std::string>::iterator launch_id) noexcept;
  void forget(std::deque<started_run>::iterator run) noexcept;

  std::set<std::string> under_way_;
  /// Who waits for the end of which launch; the coroutines own their timers.
  std::multimap<std::string, transport::timer*> waiting_;
  /// The latest last.
  std::deque<started_run> runs_;
  std::size_t jobs_ = 0;
  /// Of those that are unknown, the hashes: some 40 bytes each, so that all can be kept. Should two
  /// launch ids ever have the same, one that was not sent is looked up as if it had been.
  std::unordered_set<std::size_t> unknown_;
};

}  // namespace nunu::operations
