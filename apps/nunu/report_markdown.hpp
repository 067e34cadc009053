/// \file
/// The report that GitHub shows on the page of a workflow's run.
#pragma once

#include <string>

#include "results.hpp"

namespace cli {

/// Markdown: a headline with counts, a table of what did not succeed, the worst first, with links,
/// and the details of each, folded. What others wrote is shown as it is and cannot become markup.
/// GitHub refuses a summary of more than 1 MiB: this is at most half of it, and says how many rows
/// and details it leaves out.
std::string markdown_report(const results& all);

}  // namespace cli
