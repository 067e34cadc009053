/// \file
/// Tells people on standard error, and programs on standard output, what happens while it happens.
#pragma once

#include <unistd.h>

#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include <nunu/client_stats.hpp>
#include <nunu/request_attempt.hpp>
#include <nunu/run.hpp>
#include "invocation.hpp"
#include "outlet.hpp"
#include "pace.hpp"
#include "progress.hpp"
#include "results.hpp"
#include "screen.hpp"
#include "silence.hpp"
#include "terminal.hpp"

namespace cli {

/// Used on one thread. What is told of a job comes in the order of its life.
class narrator {
 public:
  using time_point = progress::time_point;

  /// At most so many frames of a live display a second.
  static constexpr std::chrono::milliseconds kFrame{100};

  narrator(const output_options& options, const look& how, bool no_wait, time_point now);

  /// A run that will be started, if nothing ends the command before.
  void planned(const planned_run& run);
  void sent(const planned_run& run);
  /// Its ids are told before this returns.
  void started(const planned_run& run, const nunu::started_run& answer, bool adopted);
  /// It was sent, or not even that.
  void not_started(const planned_run& run, const result& why, bool was_sent);

  /// Jobs that others have started.
  void found(std::size_t jobs);
  void saw(std::string_view key, const nunu::job& job, nunu::job_status before);
  /// `before` is the last status that was told.
  void ended(const result& r, nunu::job_status before, time_point now);
  /// A result that was never under way: of a look, of a stop.
  void result_of(const result& r);

  /// For those who want to know all; the others are told when nothing gets through.
  void attempted(const nunu::request_attempt& made);

  /// For people, in any case.
  void say(std::string_view line);

  /// To be called every `kFrame`: shows what has changed.
  void tick(time_point now);
  /// Takes away what is written over, and counts the requests for those who want to know all.
  void end_display(const nunu::client_stats& stats);
  /// Why what did not pass did not, and how many did: for people, at the end.
  void conclude(const results& all);
  /// The last event.
  void done(const results& all, int exit_code);

  /// Writes to standard output, for those who read what the command is for. False: it cannot be
  /// written, or is not yet.
  bool print(std::string_view text);
  /// Why something could not be written there; 0: nothing is wrong with it.
  int print_error() const;

  /// So far nobody who reads what is told can hold up the command. From now on it waits for them.
  void be_patient();

 private:
  void event(const std::string& line);
  void add_line(std::string line);
  void add_ended_line(const result& r);
  void draw(time_point now);

  output_options options_;
  look how_;
  bool no_wait_;
  progress progress_;
  pace pace_;
  screen screen_;
  silence silence_;
  /// Lines to come above those that are written over.
  std::vector<std::string> above_;
  /// Of those that ended well since the last frame, how many are in `above_`, and how many are not.
  std::size_t good_shown_ = 0;
  std::size_t good_left_out_ = 0;
  bool changed_ = true;
  /// There is something to be written over.
  bool under_way_ = false;
  time_point drawn_;
  outlet standard_output_{STDOUT_FILENO};
  outlet standard_error_{STDERR_FILENO};
};

}  // namespace cli
