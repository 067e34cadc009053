/// \file
/// What the reports share: what a result is called, why it is as it is, and what shows it. The
/// texts are as the service wrote them: whoever shows them makes them fit for where they go.
#pragma once

#include <array>
#include <boost/system/error_code.hpp>
#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ending.hpp"
#include "results.hpp"

namespace cli {

/// In this order people want to see them.
inline constexpr std::array<ending, ending_count> worst_first{
    ending::failed,        ending::blocked,     ending::execution_failure, ending::unknown,
    ending::start_unknown, ending::unreachable, ending::not_started,       ending::still_running,
    ending::stopped,       ending::rejected,    ending::skipped,           ending::passed};

/// Those that did not succeed, the worst first, else in their order. They belong to `all`.
std::vector<const result*> unsuccessful(const results& all);

/// "failed", "could not be carried out", "not started" and so on.
std::string_view in_words(ending e);
/// The same for this result: why a run was not sent, that a job could not be stopped.
std::string_view ending_in_words(const result& r);

/// The name of the test, or else what is known: key, job id, launch id.
std::string title_of(const result& r);
/// Empty where there is no job.
std::string job_id_of(const result& r);

/// Who stopped the job, as far as the service tells; empty when nobody did.
std::string stopper_of(const nunu::job& job);

/// Why there is no verdict, or the job could not be stopped. What does not apply is empty.
struct cause {
  boost::system::error_code code;
  nunu::diagnostics details;
};
std::optional<cause> cause_of(const result& r);

/// A step of a player that did not succeed; of the result's details, which it does not outlive.
struct failed_step {
  const nunu::player_run* player;
  const nunu::run_step* step;
};
/// The steps that ended badly. Of a player that ended badly without one, the last that it began.
std::vector<failed_step> failed_steps(const result& r);
/// "player 1 (android), step 3".
std::string in_words(const failed_step& failed);

/// What came in the way of a run that was not sent; empty: nothing but the end of the command.
std::string hindrance_of(const result& r);

/// In one sentence why it did not succeed, from what the service says; may be empty.
std::string reason_of(const result& r);

struct job_times {
  std::optional<nunu::timestamp> created;
  /// Of its first run.
  std::optional<nunu::timestamp> started;
  std::optional<nunu::timestamp> completed;
};
job_times times_of(const result& r);
/// From the start of its first run, or else from when it was created, to its end; 0 where one of
/// them is not known.
std::chrono::microseconds duration_of(const result& r);

}  // namespace cli
