/// \file
/// The simulated service itself: what was started, and how far it is. Plain state that is told the
/// time; it knows no clock, no network and no text of the API.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <nunu/job.hpp>
#include <nunu/run.hpp>
#include <nunu/simulator.hpp>
#include "simulator/ids.hpp"
#include "simulator/job_ranges.hpp"
#include "simulator/string_pool.hpp"
#include "simulator/timeline.hpp"

namespace nunu::simulation {

enum class stop_outcome {
  stopped,
  already_completed,
  no_such_job,
};

/// One attempt of one job.
struct run_reference {
  job_number job;
  /// Of the job's attempts, from 0.
  std::size_t index;
};

/// What a run is about, beyond what its job says.
struct run_background {
  /// What the test is to reach.
  std::string goal;
  std::vector<std::string> bug_occurrence_ids;
};

/// Runs, jobs and their courses. All randomness comes from `config.seed`, so that the same calls at
/// the same times give the same world. `now` never goes back.
class world {
 public:
  /// `epoch` is what `now` 0 is called in timestamps.
  world(const simulator_config& config, timestamp epoch);

  /// `request` is one that `check_start` has nothing against.
  started_run start(const run_request& request, model_time now);

  std::optional<job_number> find_job(std::string_view id) const;

  /// Overwrites all of `out`, reusing its memory.
  void describe(job_number number, model_time now, job& out) const;

  /// Newest first. `query` is in range.
  void list(const job_query& query, model_time now, job_page& out) const;

  stop_outcome stop(std::string_view job_id, model_time now);

  /// None for a run that has not begun, too.
  std::optional<run_reference> find_run(std::string_view id, model_time now) const;
  run_background background(const run_reference& run, std::size_t bug_count) const;

  std::uint64_t run_count() const { return launches_.size(); }
  std::uint64_t job_count() const { return jobs_.size(); }
  std::uint64_t launches_seen_twice() const { return launches_seen_twice_; }

 private:
  enum class launch_kind : std::uint8_t { test, plan, instructions };

  // What the jobs of one start have in common. Texts are numbers in the pools.
  struct launch {
    job_number first_job;
    std::uint32_t job_count;
    std::uint32_t subject;
    std::uint32_t goal;
    std::uint32_t build_id;
    std::uint32_t template_data;
    std::uint32_t first_tag;
    std::uint32_t tag_count;
    launch_kind kind;
    std::uint8_t retries;
    std::uint8_t players;
    bool templating_enabled;
  };

  struct job_record {
    job_course course;
    std::uint32_t launch;
    std::uint32_t first_attempt;
    std::uint8_t attempt_count;
  };

  launch new_launch(const run_request& request);
  void add_tags(launch& l, const run_request& request);
  void add_jobs(const launch& l, model_time now);
  void index(const launch& l);

  std::span<const attempt> attempts_of(const job_record& record) const;
  struct selection {
    std::vector<job_number> jobs;
    std::uint64_t total;
  };
  selection select(const job_ranges& candidates, const job_query& query) const;
  selection select_by_status(const job_ranges& candidates, const job_query& query,
                             model_time now) const;
  job_ranges candidates_for(const job_query& query) const;
  job_ranges jobs_of_test(std::string_view id) const;
  job_ranges jobs_of_plan_execution(std::string_view id) const;
  bool has_status(job_number number, job_query::status_filter filter, model_time now) const;
  void write_test(const job_record& record, job_number number, job& out) const;
  void write_runs(const job_record& record, model_time now, const job_position& position,
                  job& out) const;
  timestamp stamp(model_time t) const { return epoch_ + t; }

  // The number behind the id of a plan's test is the plan's with the test's own in its low bits;
  // `tests_per_plan` is far below 2^16.
  static constexpr unsigned plan_test_bits = 16;

  std::string project_id_;
  std::uint32_t tests_per_plan_;
  timestamp epoch_;
  course_source courses_;

  uuid_space job_ids_;
  run_id_space run_ids_;
  uuid_space test_ids_;
  uuid_space plan_test_ids_;
  uuid_space plan_execution_ids_;
  uuid_space bug_occurrence_ids_;

  std::vector<launch> launches_;
  std::vector<job_record> jobs_;
  std::vector<attempt> attempts_;
  std::vector<std::uint32_t> launch_tags_;

  string_pool texts_;
  string_pool tags_;
  string_pool tests_;
  string_pool plans_;
  // Beside the pools: the jobs of each tag and test, the launches of each plan.
  std::vector<job_ranges> jobs_of_tag_;
  std::vector<job_ranges> jobs_of_test_;
  std::vector<std::vector<std::uint32_t>> launches_of_plan_;

  std::uint64_t launches_seen_twice_ = 0;
};

}  // namespace nunu::simulation
