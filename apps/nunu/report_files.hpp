/// \file
/// Where reports go.
#pragma once

#include <string>

#include "invocation.hpp"
#include "results.hpp"

namespace cli {

/// What keeps a report from being written, in words that name the file; empty: nothing. To be asked
/// before anything is started. Leaves no file behind that was not there.
std::string problem_with_reports(const output_options& options);

/// Writes those that were asked for, and what GitHub Actions takes without being asked: the summary
/// at the end of `$GITHUB_STEP_SUMMARY`, annotations to standard error. Empty, or what went wrong,
/// a line each.
std::string write_reports(const output_options& options, const results& all);

}  // namespace cli
