#include "simulator/world.hpp"

#include <algorithm>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <limits>
#include <span>

namespace nunu::simulation {
namespace {

constexpr std::string_view launch_tag_prefix = "nunu-launch-";
constexpr std::string_view ephemeral_tag = "api";
constexpr std::string_view ephemeral_name = "[api] ephemeral test";
constexpr std::string_view platform = "simulated_phone";
constexpr std::string_view queued_message = "successfully queued test!";

// The number behind the id of a bug's occurrence is the run's with the bug's own in its low bits.
constexpr unsigned bug_bits = 8;

}  // namespace

world::world(const simulator_config& config, timestamp epoch)
    : project_id_(config.project_id),
      tests_per_plan_(static_cast<std::uint32_t>(config.tests_per_plan)),
      epoch_(epoch),
      courses_(config),
      job_ids_(config.seed, id_kind::job),
      run_ids_(config.seed),
      test_ids_(config.seed, id_kind::test),
      plan_test_ids_(config.seed, id_kind::plan_test),
      plan_execution_ids_(config.seed, id_kind::test_plan_execution),
      bug_occurrence_ids_(config.seed, id_kind::bug_occurrence) {}

started_run world::start(const run_request& request, model_time now) {
  launch l = new_launch(request);
  add_tags(l, request);
  add_jobs(l, now);
  index(l);
  const auto number = static_cast<std::uint32_t>(launches_.size());
  launches_.push_back(l);

  started_run started;
  started.job_ids.reserve(l.job_count);
  for (job_number j = l.first_job; j < l.first_job + l.job_count; ++j) {
    started.job_ids.push_back(job_ids_.at(j));
  }
  started.build_id = request.build_id;
  started.message = queued_message;
  if (l.kind == launch_kind::plan) {
    started.test_plan_execution_id = plan_execution_ids_.at(number);
  } else if (l.kind == launch_kind::instructions) {
    started.test_id = test_ids_.at(number);
  }
  return started;
}

world::launch world::new_launch(const run_request& request) {
  launch l{};
  l.first_job = static_cast<job_number>(jobs_.size());
  l.job_count = 1;
  l.players = 1;
  if (!request.instructions.empty()) {
    l.kind = launch_kind::instructions;
    l.subject = texts_.intern(request.name.empty() ? ephemeral_name : request.name);
    l.goal = texts_.intern(request.instructions);
  } else if (!request.test_plan_id.empty()) {
    l.kind = launch_kind::plan;
    l.subject = plans_.intern(request.test_plan_id);
    l.job_count = tests_per_plan_;
  } else {
    l.kind = launch_kind::test;
    l.subject = tests_.intern(request.multiplayer_test_id);
    l.job_count = static_cast<std::uint32_t>(request.instances.value_or(1));
    l.retries = static_cast<std::uint8_t>(request.retries.value_or(0));
    l.players = static_cast<std::uint8_t>(std::clamp<std::size_t>(
        request.player_deployment_configs.size(), 1, std::numeric_limits<std::uint8_t>::max()));
  }
  l.build_id = texts_.intern(request.build_id);
  l.template_data = texts_.intern(
      request.template_data.empty() ? "" : boost::json::serialize(request.template_data));
  l.templating_enabled = request.render_templates.value_or(!request.template_data.empty());
  return l;
}

void world::add_tags(launch& l, const run_request& request) {
  l.first_tag = static_cast<std::uint32_t>(launch_tags_.size());
  bool seen_before = false;
  const auto add = [&](std::string_view tag) {
    const std::size_t known = tags_.size();
    const std::uint32_t number = tags_.intern(tag);
    if (number == known) {
      jobs_of_tag_.emplace_back();
    } else if (tag.starts_with(launch_tag_prefix) && !jobs_of_tag_[number].empty()) {
      seen_before = true;
    }
    launch_tags_.push_back(number);
  };
  if (l.kind == launch_kind::instructions) {
    add(ephemeral_tag);
  }
  for (const std::string& tag : request.additional_tags) {
    add(tag);
  }
  l.tag_count = static_cast<std::uint32_t>(launch_tags_.size()) - l.first_tag;
  launches_seen_twice_ += seen_before ? 1 : 0;
}

void world::add_jobs(const launch& l, model_time now) {
  for (std::uint32_t i = 0; i < l.job_count; ++i) {
    job_record record{};
    record.launch = static_cast<std::uint32_t>(launches_.size());
    record.first_attempt = static_cast<std::uint32_t>(attempts_.size());
    record.course = courses_.draw(now, l.retries, attempts_);
    record.attempt_count = static_cast<std::uint8_t>(attempts_.size() - record.first_attempt);
    jobs_.push_back(record);
  }
}

void world::index(const launch& l) {
  const job_range jobs{l.first_job, l.first_job + l.job_count};
  for (std::uint32_t i = 0; i < l.tag_count; ++i) {
    append(jobs_of_tag_[launch_tags_[l.first_tag + i]], jobs);
  }
  if (l.kind == launch_kind::test) {
    jobs_of_test_.resize(tests_.size());
    append(jobs_of_test_[l.subject], jobs);
  } else if (l.kind == launch_kind::plan) {
    launches_of_plan_.resize(plans_.size());
    launches_of_plan_[l.subject].push_back(static_cast<std::uint32_t>(launches_.size()));
  }
}

std::optional<job_number> world::find_job(std::string_view id) const {
  const auto number = job_ids_.find(id);
  if (!number || *number >= jobs_.size()) {
    return std::nullopt;
  }
  return static_cast<job_number>(*number);
}

std::span<const attempt> world::attempts_of(const job_record& record) const {
  return std::span(attempts_).subspan(record.first_attempt, record.attempt_count);
}

void world::describe(job_number number, model_time now, job& out) const {
  const job_record& record = jobs_[number];
  const launch& l = launches_[record.launch];
  const job_position position = locate(record.course, attempts_of(record), now);

  job_ids_.write(number, out.job_id);
  out.project_id = project_id_;
  out.status = position.status;
  out.status_text = to_string(position.status);
  out.created_at = stamp(record.course.created);
  out.completed_at.reset();
  if (position.status == job_status::completed) {
    out.completed_at = stamp(record.course.completes);
  }
  write_test(record, number, out);
  out.platform = platform;
  out.build_id = texts_[l.build_id];
  out.queue_rejection_reason.clear();
  out.templating_enabled = l.templating_enabled;
  const std::string& template_data = texts_[l.template_data];
  out.template_data = nullptr;
  if (!template_data.empty()) {
    out.template_data = boost::json::parse(template_data);
  }
  out.stopped_by = nullptr;
  if (now >= record.course.stopped) {
    out.stopped_by = boost::json::object{{"type", "api"}};
  }
  out.tags.resize(l.tag_count);
  for (std::uint32_t i = 0; i < l.tag_count; ++i) {
    out.tags[i] = tags_[launch_tags_[l.first_tag + i]];
  }
  const auto begun = static_cast<int>(position.attempts_begun);
  out.retries.total = l.retries;
  out.retries.remaining = l.retries - std::max(0, begun - 1);
  write_runs(record, now, position, out);
}

void world::write_test(const job_record& record, job_number number, job& out) const {
  const launch& l = launches_[record.launch];
  out.test_plan_execution_id.clear();
  switch (l.kind) {
    case launch_kind::test:
      out.multiplayer_test_id = tests_[l.subject];
      out.test_name = "test " + out.multiplayer_test_id;
      break;
    case launch_kind::plan: {
      const std::uint32_t test = number - l.first_job;
      plan_test_ids_.write(std::uint64_t{l.subject} << plan_test_bits | test,
                           out.multiplayer_test_id);
      out.test_name = plans_[l.subject] + ", test " + std::to_string(test + 1);
      plan_execution_ids_.write(record.launch, out.test_plan_execution_id);
      break;
    }
    case launch_kind::instructions:
      test_ids_.write(record.launch, out.multiplayer_test_id);
      out.test_name = texts_[l.subject];
      break;
  }
}

void world::write_runs(const job_record& record, model_time now, const job_position& position,
                       job& out) const {
  out.runs.resize(position.attempts_begun);
  for (std::size_t i = 0; i < out.runs.size(); ++i) {
    const attempt_view view = view_attempt(record.course, attempts_of(record), position, i, now);
    job_run& run = out.runs[i];
    run.multiplayer_run_id = run_ids_.at(record.first_attempt + i);
    run.state = to_string(view.state);
    run.result = view.result;
    run.result_text = to_string(view.result);
    run.started_at = stamp(view.started);
    run.completed_at.reset();
    if (view.completed) {
      run.completed_at = stamp(*view.completed);
    }
    run.players = launches_[record.launch].players;
  }
}

stop_outcome world::stop(std::string_view job_id, model_time now) {
  const auto number = find_job(job_id);
  if (!number) {
    return stop_outcome::no_such_job;
  }
  job_record& record = jobs_[*number];
  return simulation::stop(record.course, attempts_of(record), now)
             ? stop_outcome::stopped
             : stop_outcome::already_completed;
}

std::optional<run_reference> world::find_run(std::string_view id, model_time now) const {
  const auto number = run_ids_.find(id);
  if (!number || *number >= attempts_.size()) {
    return std::nullopt;
  }
  const auto next = std::partition_point(
      jobs_.begin(), jobs_.end(),
      [&number](const job_record& record) { return record.first_attempt <= *number; });
  const auto record = std::prev(next);
  const std::size_t index = *number - record->first_attempt;
  if (index >= locate(record->course, attempts_of(*record), now).attempts_begun) {
    return std::nullopt;
  }
  return run_reference{static_cast<job_number>(record - jobs_.begin()), index};
}

run_background world::background(const run_reference& run, std::size_t bug_count) const {
  const job_record& record = jobs_[run.job];
  const launch& l = launches_[record.launch];
  run_background result;
  result.goal = l.kind == launch_kind::instructions ? texts_[l.goal] : "Reach the end of the test.";
  const std::uint64_t attempt_number = record.first_attempt + run.index;
  for (std::size_t i = 0; i < bug_count; ++i) {
    result.bug_occurrence_ids.push_back(bug_occurrence_ids_.at(attempt_number << bug_bits | i));
  }
  return result;
}

}  // namespace nunu::simulation
