/// \file
/// What the user has asked for: arguments, environment and files, read and checked as a whole.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <nunu/client_config.hpp>
#include <nunu/run.hpp>

namespace cli {

enum class command : std::uint8_t { run, launch, wait, stop, status, show };

/// A run that is to be started.
struct planned_run {
  /// Its name within its launch file: given there, or its place in it, from 1. Empty for `nunu
  /// run`.
  std::string key;
  /// For `nunu::start_options`: the same for the same run of the same group, so that a command
  /// which is run again finds what it started. Empty where there is no group.
  std::string launch_id;
  nunu::run_request request;
};

/// What becomes of the jobs that this invocation started, when it ends before them.
enum class leftover : std::uint8_t { leave, stop };

enum class color_choice : std::uint8_t { automatic, always, never };

/// What goes to standard output.
enum class output_form : std::uint8_t {
  /// Nothing but what the command is for: ids of jobs with `--no-wait`, what `show` shows.
  text,
  /// One document at the end.
  json,
  /// An event a line.
  ndjson,
};

struct output_options {
  output_form form = output_form::text;
  bool quiet = false;
  bool verbose = false;
  color_choice color = color_choice::automatic;
  /// Files to write; empty: none.
  std::string junit;
  std::string summary;
  std::string html;
};

struct invocation {
  cli::command command = cli::command::run;
  nunu::client_config client;

  /// `run`: one; `launch`: those of the file, or of its shard.
  std::vector<planned_run> runs;
  /// `launch`: the tags of its jobs and their launch ids come from it. `wait`, `stop`, `status`:
  /// all its jobs are meant. Empty: none.
  std::string group;
  /// `wait`, `stop`, `status`: in the user's order, each once. `show`: one.
  std::vector<std::string> jobs;

  /// Print the ids of the jobs and end.
  bool no_wait = false;
  /// Say what would be started and end.
  bool dry_run = false;
  bool fail_fast = false;
  /// So many jobs in flight; none: no bound.
  std::optional<std::size_t> max_active;
  /// For the whole command; none: for ever.
  std::optional<std::chrono::milliseconds> timeout;
  leftover on_timeout = leftover::leave;
  leftover on_interrupt = leftover::stop;

  output_options output;
};

}  // namespace cli
