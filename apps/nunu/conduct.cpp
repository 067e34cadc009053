#include "conduct.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/json/serialize.hpp>
#include <chrono>
#include <csignal>
#include <exception>
#include <functional>
#include <optional>
#include <string>
#include <system_error>
#include <utility>

#include "carry_out.hpp"
#include "display.hpp"
#include "ending.hpp"
#include "evidence.hpp"
#include "exit_code.hpp"
#include "explain.hpp"
#include "halt.hpp"
#include "interrupts.hpp"
#include "launching.hpp"
#include "narrator.hpp"
#include "plain_text.hpp"
#include "report_files.hpp"
#include "report_json.hpp"
#include "session.hpp"
#include "show.hpp"
#include "terminal.hpp"
#include "workflow_commands.hpp"

namespace cli {
namespace {

namespace asio = boost::asio;
using clock = std::chrono::steady_clock;

constexpr int kUsage = static_cast<int>(exit_code::usage);

void complain(std::string_view text) {
  write_all(STDERR_FILENO, fmt::format("nunu: {}\n", printable_line(text)));
}

/// The exit status, when printing has failed with that error, or with none. A reader who has gone
/// away has read enough.
int after_printing(int error, int status) {
  if (error == 0 || error == EPIPE) return status;
  complain("cannot write standard output: " + std::generic_category().message(error));
  return status == 0 ? kUsage : status;
}

std::string subject_of(const nunu::run_request& request) {
  if (!request.multiplayer_test_id.empty()) return "test " + request.multiplayer_test_id;
  if (!request.test_plan_id.empty()) return "test plan " + request.test_plan_id;
  constexpr std::size_t enough = 60;
  return fmt::format("\"{}\"", shortened(printable_line(request.instructions), enough));
}

/// What would be started: a line each, or an object each.
std::string dry_run(const invocation& what) {
  namespace json = boost::json;
  std::string lines;
  json::array runs;
  for (const planned_run& run : what.runs) {
    const std::string launch_id = launch_id_of(what.group, run);
    json::object one;
    one["key"] = valid_utf8(run.key);
    one["launch_id"] = launch_id;
    one["multiplayer_test_id"] = valid_utf8(run.request.multiplayer_test_id);
    one["test_plan_id"] = valid_utf8(run.request.test_plan_id);
    one["instructions"] = valid_utf8(run.request.instructions);
    one["deployment_config_id"] = valid_utf8(run.request.deployment_config_id);
    if (what.output.form == output_form::ndjson) {
      one["event"] = "planned";
      lines += json::serialize(one) + "\n";
    }
    runs.emplace_back(std::move(one));
    if (what.output.form != output_form::text) continue;
    lines += run.key.empty() ? std::string() : printable_line(run.key) + ": ";
    lines += printable_line(subject_of(run.request));
    lines += " on " + printable_line(run.request.deployment_config_id);
    lines += launch_id.empty() ? "\n" : fmt::format(" (launch id {})\n", launch_id);
  }
  if (what.output.form != output_form::json) return lines;
  json::object document;
  document["dry_run"] = true;
  document["group"] = valid_utf8(what.group);
  document["runs"] = std::move(runs);
  return json::serialize(document) + "\n";
}

/// What `status` and `stop` say of a job, or of a group that could not be listed.
std::string job_line(const result& r) {
  const std::string line = printable_line(job_id_of(r));
  if (ending_of(r) == ending::still_running && !is_unseen(r))
    return line + " " + printable_line(r.outcome.status_text) + "\n";
  const std::string said = headline(r);
  return said.starts_with(line) ? said + "\n" : line + " " + said + "\n";
}

/// What goes to standard output meanwhile would be written over, where that is the terminal too.
look look_for(const invocation& what) {
  look how = look_of(environment_of_stderr(), what.output.color);
  const bool prints_meanwhile = what.no_wait || what.output.form == output_form::ndjson;
  if (prints_meanwhile && isatty(STDOUT_FILENO) == 1) how.live = false;
  return how;
}

class conductor {
 public:
  explicit conductor(const invocation& what)
      : what_(what),
        tell_(what.output, look_for(what), what.no_wait, clock::now()),
        frames_(context_),
        deadline_(context_),
        client_(context_.get_executor(), client_config_of(what)),
        session_(what_, client_, tell_, stop_, deadline_of(what)) {
    interrupts_.emplace(context_.get_executor(), [this](int number) { interrupted(number); });
  }

  int run() {
    if (session_.deadline) {
      deadline_.expires_at(*session_.deadline);
      deadline_.async_wait([this](boost::system::error_code ec) {
        if (!ec) at_deadline();
      });
    }
    asio::co_spawn(context_, show_frames(), [](std::exception_ptr) {});
    std::exception_ptr thrown;
    asio::co_spawn(context_, what_.command == command::show ? show_job() : work(),
                   [&](std::exception_ptr failure) {
                     thrown = failure;
                     context_.stop();
                   });
    context_.run();
    tell_.end_display(client_.stats());
    // From now on nothing is to be stopped, and the first signal ends the command.
    interrupts_.reset();
    tell_.be_patient();
    if (thrown) std::rethrow_exception(thrown);
    const int status = what_.command == command::show ? status_ : finish();
    return after_printing(tell_.print_error(), status);
  }

 private:
  static std::optional<clock::time_point> deadline_of(const invocation& what) {
    if (!what.timeout) return std::nullopt;
    return clock::now() + *what.timeout;
  }

  nunu::client_config client_config_of(const invocation& what) {
    nunu::client_config config = what.client;
    config.on_attempt = [this](const nunu::request_attempt& made) { tell_.attempted(made); };
    return config;
  }

  asio::awaitable<void> work() { all_ = co_await carry_out(session_); }

  asio::awaitable<void> show_job() {
    try {
      const shown_job shown = co_await show(session_);
      if (what_.output.form == output_form::text)
        tell_.print(text_of(shown));
      else
        tell_.print(boost::json::serialize(json_of(shown)) + "\n");
    } catch (const nunu::error& e) {
      results failed;
      failed.jobs.emplace_back();
      failed.jobs.back().outcome.kind = nunu::outcome_kind::unreachable;
      failed.jobs.back().outcome.error = e.code();
      status_ = exit_status_of(failed, what_, stop_);
      if (!stop_.asked()) tell_.say(fmt::format("nunu: {}", printable_line(e.what())));
    }
  }

  void interrupted(int number) {
    tell_.say(number == SIGINT ? "interrupted; once more quits at once"
                               : "asked to end; once more quits at once");
    stop_.on_signal(number);
  }

  void at_deadline() {
    tell_.say("the time is up");
    stop_.at_deadline();
  }

  asio::awaitable<void> show_frames() {
    while (true) {
      frames_.expires_after(narrator::kFrame);
      co_await frames_.async_wait(asio::use_awaitable);
      tell_.tick(clock::now());
    }
  }

  /// The others have no results of tests to report.
  bool waits() const {
    return what_.command != command::stop && what_.command != command::status && !what_.no_wait;
  }

  int finish() {
    int status = exit_status_of(all_, what_, stop_);
    if (all_.jobs.empty() && what_.command == command::status)
      tell_.say(fmt::format("no jobs in group {}", what_.group));
    if (all_.jobs.empty() && what_.command == command::stop)
      tell_.say(fmt::format("nothing to stop in group {}", what_.group));
    if (what_.command == command::status && what_.output.form == output_form::text) {
      for (const result& r : all_.jobs) tell_.print(job_line(r));
    } else if (what_.command == command::stop) {
      for (const result& r : all_.jobs)
        if (!what_.output.quiet || !succeeded(r)) write_all(STDERR_FILENO, job_line(r));
    } else if (what_.no_wait) {
      if (const results failed = failed_starts(all_); !failed.jobs.empty()) tell_.conclude(failed);
    } else {
      tell_.conclude(all_);
    }
    quoted_.end();
    if (const std::string problems = waits() ? write_reports(what_.output, all_) : std::string();
        !problems.empty()) {
      write_all(STDERR_FILENO, printable(problems));
      if (status == 0) status = kUsage;
    }
    if (what_.output.form == output_form::json) tell_.print(json_report(all_, status));
    tell_.done(all_, status);
    return status;
  }

  const invocation& what_;
  halt stop_;
  narrator tell_;
  asio::io_context context_{1};
  asio::steady_timer frames_;
  asio::steady_timer deadline_;
  nunu::client client_;
  session session_;
  std::optional<interrupts> interrupts_;
  workflow_commands_off quoted_;
  results all_;
  int status_ = 0;
};

}  // namespace

int print_only(std::string_view text, int status) {
  return after_printing(write_all(STDOUT_FILENO, text) ? 0 : errno, status);
}

int conduct(const invocation& what) {
  if (what.dry_run) return print_only(dry_run(what), 0);
  if (const std::string problem = problem_with_reports(what.output); !problem.empty()) {
    complain(problem);
    return kUsage;
  }
  try {
    conductor all(what);
    return all.run();
  } catch (const nunu::error& e) {
    complain(e.what());
    results failed;
    failed.jobs.emplace_back();
    failed.jobs.back().start_error = e.code();
    return static_cast<int>(exit_code_of(failed));
  }
}

}  // namespace cli
