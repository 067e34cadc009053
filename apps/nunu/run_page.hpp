/// \file
/// The run of a job that decided its verdict, and the page for people about it.
#pragma once

#include <string>
#include <string_view>

#include <nunu/job.hpp>

namespace cli {

/// Of the runs that count for the verdict (see `nunu::verdict_of`) the worst, the latest of those
/// that are as bad. Null for a job without runs.
const nunu::job_run* deciding_run(const nunu::job& job);

/// `<origin of the API>/nexus/<project>/runs/m/<run>/details`; empty where one of them is missing.
/// Source: nunu's own links to runs.
std::string run_page(std::string_view base_url, std::string_view project_id,
                     std::string_view run_id);

/// That of the run that decided.
std::string run_page(std::string_view base_url, const nunu::job& job);

}  // namespace cli
