#include "narrator.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/asio/error.hpp>
#include <utility>

#include "admission.hpp"
#include "display.hpp"
#include "ending.hpp"
#include "events.hpp"
#include "evidence.hpp"
#include "explain.hpp"
#include "plain_text.hpp"
#include "text_width.hpp"
#include "time_text.hpp"

namespace cli {
namespace {

using namespace std::chrono_literals;

/// More of those that passed is more than anybody reads in a tenth of a second.
constexpr std::size_t kMostGoodLinesInAFrame = 10;
/// As many as details were asked for; more scrolls away unread.
constexpr std::size_t kMostExplained = 100;

std::size_t expected_jobs(const planned_run& run) {
  return jobs_of(run.request).value_or(1);
}

bool is_alarming(const result& r) {
  return !succeeded(r) && ending_of(r) != ending::skipped;
}

/// Otherwise the service, or the way to it, is in trouble, or it wants us to wait.
bool got_through(const nunu::request_attempt& made) {
  const int status = made.http_status;
  return status != 0 && status != 408 && status != 429 && status < 500;
}

std::string started_line(const planned_run& run, const nunu::started_run& answer, bool adopted) {
  std::string line = adopted ? "already started" : "started";
  if (!run.key.empty()) line += " " + printable_line(run.key);
  line += answer.job_ids.empty() ? ": no jobs" : ":";
  for (const std::string& id : answer.job_ids) line += " " + printable_line(id);
  return line;
}

std::string requests_line(const nunu::client_stats& s) {
  std::string line = fmt::format("requests: {} starts, {} stops, {} polls, {} pages, {} reads",
                                 s.starts, s.stops, s.polls, s.pages, s.reads);
  line += fmt::format("; answers: {} 2xx, {} 4xx ({} 429), {} 5xx; {} broken, {} tried again",
                      s.answers[2], s.answers[4], s.rate_limited, s.answers[5], s.broken_exchanges,
                      s.retries);
  return line;
}

}  // namespace

narrator::narrator(const output_options& options, const look& how, bool no_wait, time_point now)
    : options_(options), how_(how), no_wait_(no_wait), progress_(now), pace_(now), drawn_(now) {
  if (options_.quiet) how_.live = false;
}

void narrator::planned(const planned_run& run) {
  progress_.run_planned(expected_jobs(run));
  under_way_ = true;
}

void narrator::sent(const planned_run&) {
  progress_.run_sent();
  changed_ = true;
}

void narrator::started(const planned_run& run, const nunu::started_run& answer, bool adopted) {
  progress_.run_answered(expected_jobs(run));
  progress_.jobs_known(answer.job_ids.size());
  if (options_.form == output_form::ndjson)
    event(started_event(now_utc(), run.key, answer, adopted));
  if (no_wait_ && options_.form == output_form::text) {
    std::string ids;
    for (const std::string& id : answer.job_ids) ids += printable_line(id) + "\n";
    // Somewhere they must be.
    if (!print(ids)) add_line(started_line(run, answer, adopted));
  } else {
    add_line(started_line(run, answer, adopted));
  }
  for (const nunu::device_result& device : answer.device_results) {
    if (device.ok) continue;
    say(fmt::format("not started on {}: {}", printable_line(device.device_label),
                    printable_line(device.error.empty() ? device.message : device.error)));
  }
  // A crash must not leave the user without the ids.
  if (how_.live) draw(std::chrono::steady_clock::now());
}

void narrator::not_started(const planned_run& run, const result& why, bool was_sent) {
  if (was_sent)
    progress_.run_answered(expected_jobs(run));
  else
    progress_.run_given_up(expected_jobs(run));
  progress_.run_ended(ending_of(why));
  if (options_.form == output_form::ndjson) event(finished_event(now_utc(), why));
  if (!was_not_sent(why)) add_ended_line(why);
  changed_ = true;
}

void narrator::found(std::size_t jobs) {
  progress_.jobs_known(jobs);
  under_way_ = true;
  changed_ = true;
}

void narrator::saw(std::string_view key, const nunu::job& job, nunu::job_status before) {
  progress_.job_moved(before, job.status);
  if (options_.form == output_form::ndjson) event(state_event(now_utc(), key, job));
  changed_ = true;
}

void narrator::ended(const result& r, nunu::job_status before, time_point now) {
  progress_.job_ended(before, ending_of(r), now);
  if (options_.form == output_form::ndjson) event(finished_event(now_utc(), r));
  add_ended_line(r);
  changed_ = true;
}

void narrator::result_of(const result& r) {
  if (options_.form == output_form::ndjson) event(finished_event(now_utc(), r));
}

void narrator::attempted(const nunu::request_attempt& made) {
  if (options_.verbose) return add_line(attempt_line(made));
  // The command itself has ended it.
  if (made.error == boost::asio::error::operation_aborted) return;
  const time_point now = std::chrono::steady_clock::now();
  const auto begun = now - std::chrono::duration_cast<time_point::duration>(made.duration);
  switch (silence_.after(got_through(made), begun, now)) {
    case silence::news::none:
      break;
    case silence::news::began:
      if (!options_.quiet) say("nothing gets through to the service: " + attempt_line(made));
      break;
    case silence::news::over:
      if (!options_.quiet) say("the service answers again");
      break;
  }
}

void narrator::say(std::string_view line) {
  add_line(std::string(line));
}

void narrator::add_ended_line(const result& r) {
  // When it is quiet, the explanation at the end says it all.
  if (options_.quiet) return;
  const bool alarm = is_alarming(r);
  if (!how_.live && !alarm) return;
  if (!alarm && ++good_shown_ > kMostGoodLinesInAFrame) {
    ++good_left_out_;
    return;
  }
  // A log is as wide as it has to be.
  const std::size_t columns = how_.live ? terminal_columns() : std::size_t{10'000};
  add_line(ended_line(r, how_, columns));
}

void narrator::add_line(std::string line) {
  if (how_.live) {
    above_.push_back(std::move(line));
  } else {
    line += '\n';
    standard_error_.write(line);
  }
}

void narrator::draw(time_point now) {
  if (good_left_out_ > 0)
    above_.push_back(fmt::format("and {} more that ended well", good_left_out_));
  good_shown_ = good_left_out_ = 0;
  const std::size_t columns = terminal_columns();
  std::vector<std::string> live;
  if (under_way_) live = live_lines(progress_, how_, columns > 1 ? columns - 1 : 1, now);
  standard_error_.write(screen_.frame(above_, live, columns));
  above_.clear();
  changed_ = false;
  drawn_ = now;
}

void narrator::tick(time_point now) {
  if (how_.live) {
    const bool another_second = under_way_ && now - drawn_ >= 1s;
    const bool has_news = changed_ || another_second || !above_.empty();
    if (has_news && !standard_error_.is_held_up()) draw(now);
  } else if (!options_.quiet && under_way_ &&
             pace_.due(now, progress_.jobs_ended(), progress_.jobs_in_all())) {
    add_line(progress_line(progress_, now));
  }
}

void narrator::end_display(const nunu::client_stats& stats) {
  if (options_.verbose) add_line(requests_line(stats));
  if (!how_.live) return;
  under_way_ = false;
  draw(std::chrono::steady_clock::now());
  how_.live = false;
}

void narrator::conclude(const results& all) {
  std::size_t explained = 0;
  std::size_t left_out = 0;
  std::size_t not_sent = 0;
  std::string last_hindrance;
  for (const result* r : unsuccessful(all)) {
    if (!is_alarming(*r)) continue;
    if (was_not_sent(*r)) {
      ++not_sent;
      if (std::string found = hindrance_of(*r); !found.empty()) last_hindrance = std::move(found);
    } else if (explained++ < kMostExplained)
      standard_error_.write("\n" + explain(*r));
    else
      ++left_out;
  }
  if (left_out > 0) say(fmt::format("\nand {} more that did not pass", left_out));
  if (not_sent > 0 && options_.quiet) say(fmt::format("{} not started", not_sent));
  if (!last_hindrance.empty()) say(fmt::format("not started: {}", printable_line(last_hindrance)));
  if (options_.quiet) return;
  const std::size_t count = all.jobs.size();
  say(fmt::format("{}{} {}: {}; {}", explained > 0 ? "\n" : "", count, count == 1 ? "job" : "jobs",
                  in_words(tally(all)), in_words(all.ended - all.began)));
}

void narrator::done(const results& all, int exit_code) {
  if (options_.form == output_form::ndjson) event(done_event(now_utc(), exit_code, tally(all)));
}

void narrator::event(const std::string& line) {
  print(line);
}

bool narrator::print(std::string_view text) {
  return standard_output_.write(text);
}

int narrator::print_error() const {
  return standard_output_.error();
}

void narrator::be_patient() {
  standard_output_.be_patient();
  standard_error_.be_patient();
}

}  // namespace cli
