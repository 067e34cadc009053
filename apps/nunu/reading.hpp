/// \file
/// Asking the service for what is there. Everything ends as soon as the command is to end.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <string>
#include <vector>

#include <nunu/job.hpp>
#include <nunu/run_details.hpp>
#include "results.hpp"
#include "session.hpp"

namespace cli {

/// Operations of one kind at once: as many as there are connections by default.
inline constexpr std::size_t kReadsAtOnce = 16;

/// Throw `nunu::error`.
boost::asio::awaitable<nunu::job> read_job(session& s, std::string job_id);
boost::asio::awaitable<nunu::run_details> read_run(session& s, std::string run_id);
boost::asio::awaitable<std::vector<nunu::bug>> read_bugs(session& s, std::string run_id);

/// All pages of the jobs of a group, once, each job once. Throws `nunu::error`.
boost::asio::awaitable<std::vector<nunu::job>> list_group_once(session& s);
/// The same until a listing has nothing that is new: pages shift while jobs are created.
boost::asio::awaitable<std::vector<nunu::job>> list_group(session& s);

/// What is known of the job after one look.
nunu::job_outcome outcome_of(const nunu::job& job);
/// What is known of a job that could not be asked for.
nunu::job_outcome outcome_of(std::string job_id, boost::system::error_code error,
                             const nunu::diagnostics& why);

}  // namespace cli
