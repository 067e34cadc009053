#include "report_samples.hpp"

#include <fmt/format.h>
#include <array>
#include <chrono>
#include <memory>
#include <string_view>
#include <utility>
#include <vector>

#include "example_results.hpp"

namespace example {
namespace {

nunu::job_run run_between(nunu::timestamp start, nunu::timestamp end, nunu::run_result outcome,
                          std::string id) {
  nunu::job_run run;
  run.multiplayer_run_id = std::move(id);
  run.state = "COMPLETED";
  run.result = outcome;
  run.result_text = to_string(outcome);
  run.started_at = start;
  run.completed_at = end;
  run.players = 1;
  return run;
}

/// Puts the job in the result's place for it, and takes its verdict.
void set_job(cli::result& r, nunu::job job) {
  r.outcome.job_id = job.job_id;
  r.outcome.verdict = nunu::verdict_of(job);
  r.outcome.job = std::make_shared<nunu::job>(std::move(job));
}

cli::result passed_at_the_third_attempt() {
  cli::result r = finished(nunu::verdict::passed);
  nunu::job job = completed_job(nunu::verdict::passed, "Cross the bridge");
  job.completed_at = noon + 200s;
  job.retries = {2, 0};
  job.runs = {run_between(noon + 20s, noon + 50s, nunu::run_result::error, "run-a"),
              run_between(noon + 60s, noon + 90s, nunu::run_result::timeout, "run-b"),
              run_between(noon + 100s, noon + 190s, nunu::run_result::success, "run-c")};
  set_job(r, std::move(job));
  return r;
}

cli::result failed_purchase() {
  cli::result r = failed_at_a_step("The sword is in the inventory",
                                   "The shop took 120 coins and said \"Sold!\".\nThe inventory was "
                                   "still empty after a restart of the game.");
  set_job(r, completed_job(nunu::verdict::failed, "Buy a sword"));
  nunu::bug& bug = r.bugs.front();
  bug.category = "Gameplay";
  bug.confidence = "0.9";
  bug.description = "The shop takes the coins, but the item never arrives.";
  bug.reproduction_steps = "1. Buy the sword.\n2. Open the inventory.";
  return r;
}

nunu::run_result nightly_outcome(std::size_t number) {
  constexpr std::array rare{nunu::run_result::failed,  nunu::run_result::blocked,
                            nunu::run_result::timeout, nunu::run_result::skipped,
                            nunu::run_result::stopped, nunu::run_result::failed};
  return number % 17 == 5 ? rare.at(number / 17 % rare.size()) : nunu::run_result::success;
}

nunu::job nightly_job(std::size_t number, std::string_view place) {
  constexpr std::array deeds{"Reach", "Find the key in", "Win the fight in", "Leave", "Cross"};
  nunu::job job = completed_job(nunu::verdict::passed,
                                fmt::format("{} {}", deeds.at(number % deeds.size()), place));
  job.job_id = fmt::format("f80f9a1c-4c1e-4b6a-9d2f-{:012}", number);
  job.created_at = noon + std::chrono::milliseconds(number * 20);
  // 240 of them run at once.
  const auto start =
      noon + 15s + 95s * (number / 240) + std::chrono::seconds(number * 7 % 60 + number / 50 % 2);
  const auto end = start + std::chrono::seconds(40 + number * 37 % 150);
  const std::string id = fmt::format("a0b07c55-4c1e-4b6a-9d2f-{:012}", number);
  job.runs.clear();
  if (number % 29 == 3) {
    job.retries = {1, 0};
    job.runs.push_back(
        run_between(start - 12s, start - 4s, nunu::run_result::error, "first-" + id));
  }
  job.runs.push_back(run_between(start, end, nightly_outcome(number), id));
  job.completed_at = end + 4s;
  return job;
}

cli::result nightly_result(std::size_t number) {
  constexpr std::array places{"the harbour", "the mine",  "the market",
                              "the castle",  "the swamp", "the bridge"};
  const std::string place = places.at(number % places.size());
  nunu::job job = nightly_job(number, place);
  const bool failed = job.runs.back().result == nunu::run_result::failed;
  cli::result r =
      failed ? failed_at_a_step("The player stands before " + place,
                                "The screen stayed black for two minutes, and no key was answered.")
             : finished(nunu::verdict::passed);
  r.key = std::to_string(number);
  r.suite = fmt::format("Chapter {}", number % 12 + 1);
  r.url = fmt::format("https://nunu.ai/nexus/3f1c2a7e/runs/m/{}/details",
                      job.runs.back().multiplayer_run_id);
  set_job(r, std::move(job));
  return r;
}

}  // namespace

cli::results launch_with_every_ending() {
  std::vector<cli::result> jobs{finished(nunu::verdict::passed, "Finish the tutorial"),
                                finished(nunu::verdict::skipped, "Play a match with a friend"),
                                finished(nunu::verdict::blocked, "Switch the language"),
                                failed_purchase(),
                                finished(nunu::verdict::execution_failure, "Watch the intro"),
                                finished(nunu::verdict::stopped, "Lose on purpose"),
                                finished(nunu::verdict::unknown, "Meet the unexpected"),
                                still_running(),
                                unreachable(nunu::errc::not_found),
                                not_started(nunu::errc::bad_request),
                                not_started(nunu::errc::start_outcome_unknown)};
  for (cli::result& r : jobs) r.suite = "Smoke";
  jobs.push_back(finished(nunu::verdict::rejected, "Race against the ghost"));
  jobs.push_back(passed_at_the_third_attempt());
  for (auto r = jobs.end() - 2; r != jobs.end(); ++r) r->suite = "World";
  return of(std::move(jobs));
}

cli::results nightly_launch(std::size_t jobs) {
  std::vector<cli::result> all;
  all.reserve(jobs);
  for (std::size_t number = 0; number < jobs; ++number) all.push_back(nightly_result(number));
  return of(std::move(all));
}

cli::results launch_with_text(const std::string& text) {
  cli::result failed = failed_at_a_step(text, text);
  nunu::job job = completed_job(nunu::verdict::failed, text);
  job.job_id = job.platform = job.build_id = text;
  job.stopped_by = boost::json::object{{"name", text}};
  nunu::job_run& run = job.runs.front();
  run.multiplayer_run_id = run.state = run.result_text = text;
  set_job(failed, std::move(job));
  failed.key = failed.suite = failed.url = text;
  failed.details->players.front().platform = text;
  failed.details->players.front().steps.back().result_text = text;
  nunu::bug& bug = failed.bugs.front();
  bug.title = bug.description = bug.category = bug.severity_text = text;
  bug.confidence = bug.reproduction_steps = text;

  cli::result refused = not_started(nunu::errc::bad_response);
  refused.key = refused.suite = text;
  nunu::diagnostics& details = refused.start_details;
  details.message = details.request = details.service_message = details.service_code = text;
  details.body = details.launch_id = text;
  details.job_ids = {text};

  cli::results all = of({std::move(failed), std::move(refused)});
  all.group = text;
  return all;
}

}  // namespace example
