#include "interpret.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>
#include <utility>

#include "choices.hpp"
#include "duration.hpp"
#include "job_list.hpp"
#include "launch_file.hpp"
#include "launch_id.hpp"
#include "run_flags.hpp"
#include "shard.hpp"
#include "usage_error.hpp"
#include "whole_number.hpp"

namespace cli {
namespace {

using std::chrono::milliseconds;

template <class T, std::size_t N>
T chosen(std::string_view flag, const std::optional<std::string>& word, const choices<T, N>& all,
         T otherwise) {
  if (!word) return otherwise;
  const auto at = std::ranges::find(all, *word, &std::pair<std::string_view, T>::first);
  if (at == all.end())
    throw usage_error(fmt::format("{}: '{}' is none of {}", flag, *word, joined(all)));
  return at->second;
}

template <class T>
T value_of(std::string_view flag, checked<T> read) {
  if (!read) throw usage_error(fmt::format("{}: {}", flag, read.error()));
  return *std::move(read);
}

milliseconds positive_duration(std::string_view flag, const std::string& text) {
  const milliseconds duration = value_of(flag, parse_duration(text));
  if (duration == milliseconds::zero())
    throw usage_error(fmt::format("{}: must be longer than nothing", flag));
  return duration;
}

void exclude(std::string_view one, bool has_one, std::string_view other, bool has_other) {
  if (has_one && has_other)
    throw usage_error(fmt::format("{} and {} cannot be given together", one, other));
}

/// Each state's bound is in proportion to what it is by default, but a job that is about to end, or
/// that was just started, is never asked for less often than then.
nunu::poll_cadence cadence_of(milliseconds running) {
  const nunu::poll_cadence usual;
  nunu::poll_cadence cadence = usual;
  cadence.running = running;
  cadence.queued = std::min(running * (usual.queued / usual.running), kLongestDuration);
  cadence.ending = std::min(running, usual.ending);
  cadence.first = std::min(running, usual.first);
  return cadence;
}

std::string report_file(std::string_view flag, const std::optional<std::string>& path) {
  if (path == "-")
    throw usage_error(
        fmt::format("{}: must be a file: reports do not go to standard output", flag));
  return path.value_or("");
}

output_options output_of(const command_line& given) {
  exclude("--json", given.json, "--ndjson", given.ndjson);
  exclude("--quiet", given.quiet, "--verbose", given.verbose);
  output_options output;
  if (given.json) output.form = output_form::json;
  if (given.ndjson) output.form = output_form::ndjson;
  output.quiet = given.quiet;
  output.verbose = given.verbose;
  output.color = chosen("--color", given.color, color_choices, output.color);
  output.junit = report_file("--junit", given.junit);
  output.summary = report_file("--summary", given.summary);
  output.html = report_file("--html", given.html);
  const auto refuse_same = [](std::string_view one, const std::string& of_one,
                              std::string_view other, const std::string& of_other) {
    if (!of_one.empty() && of_one == of_other)
      throw usage_error(fmt::format("{} and {} cannot write the same file", one, other));
  };
  refuse_same("--junit", output.junit, "--summary", output.summary);
  refuse_same("--junit", output.junit, "--html", output.html);
  refuse_same("--summary", output.summary, "--html", output.html);
  return output;
}

std::string group_of(const command_line& given) {
  if (given.group && !is_group(*given.group))
    throw usage_error(
        fmt::format("--group: '{}' must be 1 to {} lower-case letters, digits and '-'",
                    *given.group, kLongestGroup));
  return given.group.value_or("");
}

/// What only makes sense for those who wait.
void check_no_wait(const command_line& given) {
  constexpr std::string_view no_wait = "--no-wait";
  exclude(no_wait, given.no_wait, "--max-active", given.max_active.has_value());
  exclude(no_wait, given.no_wait, "--fail-fast", given.fail_fast);
  exclude(no_wait, given.no_wait, "--poll-interval", given.poll_interval.has_value());
  exclude(no_wait, given.no_wait, "--junit", given.junit.has_value());
  exclude(no_wait, given.no_wait, "--summary", given.summary.has_value());
  exclude(no_wait, given.no_wait, "--html", given.html.has_value());
}

std::vector<planned_run> run_of(const command_line& given, inputs& in) {
  exclude("--render-templates", given.render_templates, "--no-render-templates",
          given.no_render_templates);
  std::vector<planned_run> runs(1);
  runs.front().request = request_of(given, in);
  return runs;
}

std::vector<planned_run> runs_of(const command_line& given, inputs& in) {
  if (!given.file) throw usage_error("FILE: is missing: a launch file, or - for standard input");
  shard part;
  if (given.shard) part = value_of("--shard", parse_shard(*given.shard));
  const std::string text = in.read("FILE", *given.file);
  const std::string name = *given.file == "-" ? "standard input" : *given.file;
  auto runs = read_launch_file(name, text);
  if (!runs) {
    std::vector<std::string> lines = runs.error();
    lines.insert(lines.begin(), name + " cannot be used, and nothing was started:");
    throw content_error(std::move(lines));
  }
  return part_of(*std::move(runs), part);
}

std::optional<std::size_t> most_active(const command_line& given) {
  if (!given.max_active) return std::nullopt;
  const auto number = parse_whole_number(*given.max_active);
  if (!number || *number == 0)
    throw usage_error(
        fmt::format("--max-active: '{}' must be a whole number from 1", *given.max_active));
  return number;
}

std::vector<std::string> job_to_show(const command_line& given, inputs& in) {
  std::vector<std::string> jobs = read_job_list(given.jobs, "", in);
  if (jobs.size() > 1) throw usage_error("JOB: only one job can be shown at a time");
  return jobs;
}

}  // namespace

invocation interpret(command what, const command_line& given, inputs& in) {
  invocation asked;
  asked.command = what;
  asked.output = output_of(given);
  asked.group = group_of(given);
  asked.no_wait = given.no_wait;
  asked.dry_run = given.dry_run;
  asked.fail_fast = given.fail_fast;
  asked.max_active = most_active(given);
  if (given.timeout) asked.timeout = positive_duration("--timeout", *given.timeout);
  asked.on_timeout = chosen("--on-timeout", given.on_timeout, leftover_choices, asked.on_timeout);
  asked.on_interrupt =
      chosen("--on-interrupt", given.on_interrupt, leftover_choices, asked.on_interrupt);
  check_no_wait(given);
  nunu::poll_cadence polling;
  if (given.poll_interval)
    polling = cadence_of(positive_duration("--poll-interval", *given.poll_interval));

  // A token that is piped in would else be read as the ids of jobs.
  settings found = resolve_settings(given.settings, in);
  switch (what) {
    case command::run:
      asked.runs = run_of(given, in);
      break;
    case command::launch:
      asked.runs = runs_of(given, in);
      break;
    case command::wait:
    case command::stop:
    case command::status:
      asked.jobs = read_job_list(given.jobs, asked.group, in);
      break;
    case command::show:
      asked.jobs = job_to_show(given, in);
      break;
  }
  // A file can be checked by those who have no token.
  if (!asked.dry_run) check_settings(found);
  asked.client = std::move(found.config);
  asked.client.polling = polling;
  return asked;
}

}  // namespace cli
