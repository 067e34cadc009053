/// \file
/// What people see of progress, as text.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include <nunu/request_attempt.hpp>
#include "progress.hpp"
#include "results.hpp"
#include "terminal.hpp"

namespace cli {

/// The lines that are written over: a bar with what is done and how long it takes, and counts by
/// state. None is wider than `columns`.
std::vector<std::string> live_lines(const progress& p, const look& how, std::size_t columns,
                                    progress::time_point now);

/// "12 of 200 jobs ended: 2 failed, 10 passed; 40 running, 148 queued; 1 min 5 s, about 4 min 0 s
/// left": the same for a log.
std::string progress_line(const progress& p, progress::time_point now);

/// A job that has ended: its headline and how long it took, within so many columns.
std::string ended_line(const result& r, const look& how, std::size_t columns);

/// "GET /api/v1/jobs/f80f…: 200 in 12 ms", or why there was no answer.
std::string attempt_line(const nunu::request_attempt& made);

/// The text in red, where there are colours.
std::string alarming(std::string_view text, const look& how);

}  // namespace cli
