/// \file
/// Results for the report in HTML, made up: the same each time.
#pragma once

#include <cstddef>
#include <string>

#include "results.hpp"

namespace example {

/// Each ending once, and a job that passed at its third attempt. Two suites.
cli::results launch_with_every_ending();

/// So many jobs, of which one in seventeen did not pass and some took two attempts. Twelve suites.
cli::results nightly_launch(std::size_t jobs);

/// A failed job and a refused start, with this text at every place that others than this program
/// write.
cli::results launch_with_text(const std::string& text);

}  // namespace example
