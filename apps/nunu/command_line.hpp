/// \file
/// The commands of `nunu` and their flags, as they are written on the command line.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "settings.hpp"

namespace CLI {
class App;
}

namespace cli {

/// What was given, as texts; only the flags of the command that was given can be there.
struct command_line {
  setting_flags settings;
  std::optional<std::string> poll_interval;

  /// `run`.
  std::optional<std::string> test, plan, instructions, deployment, name, build, agent_config;
  std::vector<std::string> tags;
  std::optional<std::string> retries, instances;
  std::vector<std::string> players;
  bool all_devices = false;
  bool render_templates = false;
  bool no_render_templates = false;
  std::vector<std::string> templates;
  std::vector<std::string> options;

  /// `launch`.
  std::optional<std::string> file, shard, max_active;
  bool fail_fast = false;
  bool dry_run = false;

  /// `wait`, `stop`, `status`, and one of `show`.
  std::vector<std::string> jobs;

  std::optional<std::string> group;
  bool no_wait = false;
  std::optional<std::string> timeout, on_timeout, on_interrupt;

  bool json = false;
  bool ndjson = false;
  std::optional<std::string> junit, summary, html;
  bool quiet = false;
  bool verbose = false;
  std::optional<std::string> color;

  /// `completion`.
  std::optional<std::string> shell;
};

/// What the parser fills; it must outlive it. What it does not know is left in each command's
/// remaining arguments.
std::unique_ptr<CLI::App> declare_commands(command_line& out);

}  // namespace cli
