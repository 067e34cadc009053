/// \file
/// Looking a start up by its launch tag: when to list, and what listings prove.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include <nunu/unknown_start.hpp>
#include "core/backoff.hpp"
#include "core/clock.hpp"
#include "core/exchange.hpp"

namespace nunu::core {

/// What follows from an attempt to list a launch tag.
enum class listing_decision {
  complete,
  list_again,
  /// Rejected for what it is, by the service (401, 403) or by us (the certificate), or by the proxy
  /// (401, 407): asking again cannot help.
  refused,
};

listing_decision decide_listing(const exchange_outcome& outcome) noexcept;

/// Finds the jobs of one launch. No single listing proves anything: pages shift while they are
/// read, and a start that is still being carried out has only some of its jobs. So two listings in
/// a row must agree, and some time apart. Jobs that were seen once are real: they are never
/// dropped.
class launch_lookup {
 public:
  enum class question {
    /// A start was written. That no job is listed proves nothing: the service may be at it still.
    what_became_of_it,
    /// Whether an earlier call, perhaps of another process, has started something. Two empty
    /// listings say that it has not.
    has_it_started,
  };

  enum class step {
    /// At `list_at`.
    list,
    /// `job_ids` has the jobs that it started.
    found,
    nothing_started,
    /// It cannot be found out. `job_ids` may have some of its jobs.
    give_up,
  };

  struct pace {
    /// No listing begins when so much time has passed.
    duration window;
    /// At least so much time lies between two listings that agree, or a quarter of the window when
    /// that is shorter.
    duration interval;
  };

  /// Draws are uniform in [0, 1).
  launch_lookup(question asked, const pace& how, time_point now, double draw) noexcept;

  step next() const noexcept { return next_; }
  time_point list_at() const noexcept { return list_at_; }
  time_point ends_at() const noexcept { return ends_at_; }

  /// All pages were read; these are the jobs on them that carry the tag.
  void listed(std::span<const std::string> ids, time_point now, double draw);
  /// A page could not be read, or not be relied on; `ids` are the jobs that carry the tag all the
  /// same, on this page and those before it.
  void failed(const exchange_outcome& outcome, std::span<const std::string> ids, time_point now,
              double draw);

  /// In ascending order, each once: all that any listing had.
  const std::vector<std::string>& job_ids() const noexcept { return seen_; }

 private:
  void list_again_in(duration least, duration jitter, time_point now) noexcept;

  question asked_;
  duration interval_;
  time_point ends_at_;
  time_point list_at_;
  step next_ = step::list;
  /// Grows while nothing is found, and while listings fail.
  backoff pause_;
  unsigned empty_in_a_row_ = 0;
  unsigned failures_in_a_row_ = 0;
  bool listed_before_ = false;
  /// Of the last listing that was whole, in ascending order.
  std::vector<std::string> latest_;
  std::vector<std::string> seen_;
};

/// What follows for a start that was ambiguous, once it was looked up.
enum class unknown_decision {
  /// The jobs that were found are its result.
  adopt,
  report,
  send_again,
};

/// `ended` is how the look-up ended, `give_up` also when there was none; `jobs_seen` says how many
/// jobs of the launch any listing has shown.
unknown_decision decide_unknown(launch_lookup::step ended, std::size_t jobs_seen,
                                unknown_start wish) noexcept;

}  // namespace nunu::core
