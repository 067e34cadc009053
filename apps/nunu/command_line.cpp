#include "command_line.hpp"

#include <CLI/CLI.hpp>

#include <array>
#include <cstddef>

#include "choices.hpp"

namespace cli {
namespace {

constexpr const char* kConnection = "Connection";
constexpr const char* kOutput = "Output";
constexpr const char* kWaiting = "Waiting";

constexpr const char* kFooter =
    R"(Examples:
  nunu run --test TEST --deployment DEPLOYMENT
  nunu launch nightly.json --group nightly-$CI_PIPELINE_ID --junit report.xml
  nunu wait --group nightly-1234 --timeout 30m

'nunu COMMAND --help' says more about a command.

Exit status: 0 all passed, 1 some test failed, 2 usage or configuration, 3 nothing
ran, 4 authentication or permission, 5 the service or the network failed or tests
could not be carried out, 6 deadline with jobs still running, 130 and 143 signals.)";

constexpr const char* kRunFooter =
    R"(Examples:
  nunu run --test TEST --deployment DEPLOYMENT --retries 2
  nunu run --plan PLAN --deployment DEPLOYMENT --build BUILD --junit report.xml
  nunu run --instructions @smoke.txt --name smoke --deployment DEPLOYMENT --no-wait
  nunu run --test TEST --player 1=DEPLOYMENT --player 2=DEPLOYMENT:BUILD
  nunu run --test TEST --deployment DEPLOYMENT --template level=3 \
    --option performance_monitoring=true)";

constexpr const char* kLaunchFooter =
    R"(The file is JSON, with the fields of the API's POST /runs:
  {"defaults": {"deployment_config_id": "DEPLOYMENT"},
   "runs": [{"key": "smoke", "multiplayer_test_id": "TEST", "retries": 2},
            {"key": "all", "test_plan_id": "PLAN"}]}

Examples:
  nunu launch nightly.json --dry-run
  nunu launch nightly.json --group nightly-1234
  nunu launch nightly.json --group nightly-1234 --shard 2/4
  generate-runs | nunu launch - --max-active 50 --fail-fast)";

constexpr const char* kWaitFooter =
    R"(Examples:
  nunu wait JOB JOB --timeout 1h
  nunu run --test TEST --deployment DEPLOYMENT --no-wait | nunu wait --junit report.xml
  nunu wait --group nightly-1234 --json)";

constexpr const char* kStopFooter =
    R"(Examples:
  nunu stop JOB
  nunu stop --group nightly-1234
  nunu stop - < jobs.txt)";

constexpr const char* kStatusFooter =
    R"(Examples:
  nunu status JOB JOB
  nunu status --group nightly-1234 --json)";

constexpr const char* kShowFooter = "Example:\n  nunu show JOB";

constexpr const char* kCompletionFooter =
    R"(Examples:
  source <(nunu completion bash)
  nunu completion zsh > "${fpath[1]}/_nunu"
  nunu completion fish > ~/.config/fish/completions/nunu.fish)";

/// Declares flags of one command, in the group that was named last.
class declaration {
 public:
  explicit declaration(CLI::App& app) : app_(app) {}

  declaration& group(const char* name) {
    group_ = name;
    return *this;
  }

  declaration& value(const char* flag, std::optional<std::string>& out, const std::string& type,
                     const char* description) {
    app_.add_option(flag, out, description)->type_name(type)->group(group_);
    return *this;
  }

  /// May be given more than once, each time with one value.
  declaration& values(const char* flag, std::vector<std::string>& out, const std::string& type,
                      const char* description) {
    app_.add_option(flag, out, description)
        ->type_name(type)
        ->allow_extra_args(false)
        ->expected(1)
        ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll)
        ->group(group_);
    return *this;
  }

  declaration& flag(const char* flags, bool& out, const char* description) {
    app_.add_flag(flags, out, description)->group(group_);
    return *this;
  }

 private:
  CLI::App& app_;
  /// CLI11's own, which arguments without a flag have to be in: without a group they are hidden.
  std::string group_ = "Options";
};

void add_request(CLI::App& app, command_line& out) {
  declaration(app)
      .group("What to run (one of these)")
      .value("--test", out.test, "ID", "A test")
      .value("--plan", out.plan, "ID", "A test plan: each test in it becomes a job")
      .value("--instructions", out.instructions, "TEXT|@FILE", "An ephemeral test, in words")
      .group("How to run it")
      .value("--deployment", out.deployment, "ID", "Deployment config: where to run")
      .value("--build", out.build, "ID", "Build, for configs that use Build Storage")
      .value("--name", out.name, "TEXT", "Name; with --instructions")
      .value("--agent-config", out.agent_config, "ID", "Agent config")
      .values("--tag", out.tags, "TAG", "Tag of the jobs; repeatable")
      .value("--retries", out.retries, "N", "Retries of execution failures, 0 to 10; with --test")
      .value("--instances", out.instances, "N", "How many jobs, 1 to 10; with --test")
      .values("--player", out.players, "N=ID[:BUILD]",
              "Deployment config of player N; repeatable; with --test")
      .flag("--all-devices", out.all_devices, "Run on all configured devices")
      .flag("--render-templates", out.render_templates, "Render templates")
      .flag("--no-render-templates", out.no_render_templates, "Do not render templates")
      .values("--template", out.templates, "KEY=VALUE", "Template data; repeatable")
      .values("--option", out.options, "KEY=VALUE",
              "Run option; VALUE is JSON, or else text; repeatable");
}

void add_connection(CLI::App& app, command_line& out) {
  declaration(app)
      .group(kConnection)
      .value("--token-file", out.settings.token_file, "FILE",
             "Read the API token there; -: standard input")
      .value("--project", out.settings.project, "ID", "Project")
      .value("--api-url", out.settings.api_url, "URL", "The API; default: https://nunu.ai/api/v1")
      .value("--ca", out.settings.ca_file, "FILE", "Trust these CAs instead of the system's (PEM)")
      .flag("--allow-plain-http", out.settings.allow_plain_http,
            "Send the token over http:// to any host");
}

void add_talking(CLI::App& app, command_line& out) {
  declaration(app)
      .group(kOutput)
      .flag("-q,--quiet", out.quiet, "Say only the ids of jobs and what went wrong")
      .flag("-v,--verbose", out.verbose, "Tell each request and its answer (not the token)")
      .value("--color", out.color, joined(color_choices), "Colors; default: auto");
}

void add_programs_output(CLI::App& app, command_line& out) {
  declaration(app)
      .group(kOutput)
      .flag("--json", out.json, "One JSON document on standard output, at the end")
      .flag("--ndjson", out.ndjson, "A JSON event a line on standard output");
}

void add_reports(CLI::App& app, command_line& out) {
  declaration(app)
      .group("Reports")
      .value("--junit", out.junit, "FILE", "Write a JUnit report")
      .value("--summary", out.summary, "FILE", "Write a summary in Markdown")
      .value("--html", out.html, "FILE", "Write a page with a timeline and all failures");
}

void add_waiting(CLI::App& app, command_line& out) {
  declaration(app)
      .group(kWaiting)
      .value("--timeout", out.timeout, "DURATION", "End after so long, such as 90s or 1h30m")
      .value("--poll-interval", out.poll_interval, "DURATION",
             "How often a running job is asked for; default: 30s");
}

/// Of the commands that start something.
void add_leaving(CLI::App& app, command_line& out) {
  declaration(app)
      .group(kWaiting)
      .flag("--no-wait", out.no_wait, "Print the ids of the jobs and end")
      .value("--on-timeout", out.on_timeout, joined(leftover_choices),
             "What becomes of unfinished jobs; default: leave")
      .value("--on-interrupt", out.on_interrupt, joined(leftover_choices),
             "The same on Ctrl-C and SIGTERM; default: stop");
}

void add_everything_about_waiting(CLI::App& app, command_line& out) {
  add_waiting(app, out);
  add_programs_output(app, out);
  add_talking(app, out);
  add_reports(app, out);
  add_connection(app, out);
}

CLI::App& add_command(CLI::App& app, const char* name, const char* description,
                      const char* footer) {
  CLI::App* const command = app.add_subcommand(name, description);
  command->group("Commands")->footer(footer)->allow_extras();
  command->set_help_flag("-h,--help", "Say this");
  return *command;
}

void add_run(CLI::App& app, command_line& out) {
  CLI::App& run = add_command(app, "run", "Start one run and wait for its jobs", kRunFooter);
  add_request(run, out);
  declaration(run)
      .group("How to run it")
      .value("--group", out.group, "NAME",
             "Group of the jobs; the same command again finds what it started");
  add_leaving(run, out);
  add_everything_about_waiting(run, out);
}

void add_launch(CLI::App& app, command_line& out) {
  CLI::App& launch = add_command(app, "launch", "Start all runs of a launch file and wait for them",
                                 kLaunchFooter);
  declaration(launch)
      .value("FILE", out.file, "FILE", "The launch file; -: standard input")
      .group("Launching")
      .value("--group", out.group, "NAME",
             "Group of the jobs; the same group again finds what it started")
      .value("--shard", out.shard, "I/N", "Every N-th run, from the I-th on; I is 1 to N")
      .value("--max-active", out.max_active, "N", "At most so many jobs in flight")
      .flag("--fail-fast", out.fail_fast, "Stop all jobs once one did not pass, and start no more")
      .flag("--dry-run", out.dry_run, "Check the file, say what would be started, and end");
  // Its type is its name, and is there for completion.
  launch.get_option("FILE")->option_text(" ");
  add_leaving(launch, out);
  add_everything_about_waiting(launch, out);
}

void add_jobs(CLI::App& app, command_line& out) {
  declaration(app)
      .group("Which jobs")
      .value("--group", out.group, "NAME", "All jobs of this group");
  app.add_option("JOB", out.jobs, "Ids of jobs; -, or nothing in a pipe: from standard input")
      ->type_name("");
}

void add_commands_on_jobs(CLI::App& app, command_line& out) {
  CLI::App& wait = add_command(app, "wait", "Wait for jobs", kWaitFooter);
  add_jobs(wait, out);
  add_everything_about_waiting(wait, out);
  for (const auto& [name, description, footer] :
       {std::array{"stop", "Stop jobs", kStopFooter},
        std::array{"status", "Say how jobs are doing, without waiting", kStatusFooter}}) {
    CLI::App& command = add_command(app, name, description, footer);
    add_jobs(command, out);
    add_programs_output(command, out);
    add_talking(command, out);
    add_connection(command, out);
  }
  CLI::App& show =
      add_command(app, "show", "Show runs, players, steps, reports and bugs of a job", kShowFooter);
  show.add_option("JOB", out.jobs, "Id of the job; -: from standard input")
      ->type_name("")
      ->expected(0, 1);
  declaration(show).group(kOutput).flag("--json", out.json, "One JSON document on standard output");
  add_talking(show, out);
  add_connection(show, out);
}

void add_completion(CLI::App& app, command_line& out) {
  CLI::App& completion = add_command(
      app, "completion", "Print a script that completes commands and flags", kCompletionFooter);
  declaration(completion).value("SHELL", out.shell, joined(shell_choices), "For which shell");
}

}  // namespace

std::unique_ptr<CLI::App> declare_commands(command_line& out) {
  auto app = std::make_unique<CLI::App>("Starts tests at nunu.ai and waits for them.", "nunu");
  constexpr std::size_t column = 36;
  app->get_formatter()->column_width(column);
  app->get_formatter()->label("SUBCOMMAND", "COMMAND [FLAGS]");
  app->get_formatter()->label("OPTIONS", "FLAGS");
  app->footer(kFooter);
  app->set_help_flag("-h,--help", "Say this");
  app->set_version_flag("--version", "nunu " NUNU_VERSION, "Say the version");
  app->require_subcommand(0, 1);
  app->allow_extras();
  add_run(*app, out);
  add_launch(*app, out);
  add_commands_on_jobs(*app, out);
  add_completion(*app, out);
  return app;
}

}  // namespace cli
