#include "simulator/api.hpp"

#include <algorithm>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include "simulator/run_details.hpp"
#include "simulator/start_rules.hpp"
#include "wire/error_json.hpp"
#include "wire/job_json.hpp"
#include "wire/run_json.hpp"
#include "wire/stop_json.hpp"

namespace nunu::simulation {
namespace {

namespace json = boost::json;

rejection not_found(std::string message) {
  return {404, "NOT_FOUND", std::move(message), {}};
}

// The decoder's sentence begins with the field where one is at fault, else with "the body".
rejection undecodable(const std::string& problem) {
  const bool names_a_field = !problem.starts_with("the body ");
  return {400, "VALIDATION_ERROR", problem,
          names_a_field ? problem.substr(0, problem.find(' ')) : std::string()};
}

permission needed_for(endpoint to) {
  const bool changes = method_of(to) == "POST";
  return changes ? permission::operate : permission::read;
}

json::object faults_by_stage(const fault_counts& faults) {
  json::object by_stage;
  if (faults.accept > 0) {
    by_stage["accept"] = faults.accept;
  }
  if (faults.handshake > 0) {
    by_stage["handshake"] = faults.handshake;
  }
  const auto add = [&by_stage](std::string_view name, const auto& counts) {
    json::object by_endpoint;
    for (std::size_t e = 0; e < endpoint_count; ++e) {
      if (counts[e] > 0) {
        by_endpoint[to_string(static_cast<endpoint>(e))] = counts[e];
      }
    }
    if (!by_endpoint.empty()) {
      by_stage[name] = std::move(by_endpoint);
    }
  };
  add("request", faults.request);
  add("answer", faults.answer);
  return by_stage;
}

}  // namespace

api::api(const simulator_config& config, timestamp epoch) : config_(config), world_(config, epoch) {
  if (config.rate_limit_per_second) {
    limit_.emplace(*config.rate_limit_per_second);
  }
}

answer api::handle(const request& r, model_time now, std::string& body) {
  const route to = find_route(r.target);
  if (to.to == endpoint::stats && r.method == method_of(to.to)) {
    return write_stats(body);
  }
  const answer given = answer_route(to, r, now, body);
  count(to.to, given.status);
  return given;
}

answer api::refuse(const rejection& why, std::string& body) {
  count(endpoint::unknown, why.status);
  return reject(why, body);
}

answer api::fail(int status, std::string& body) const {
  return reject({status, "INJECTED_FAULT", "a fault rule of the simulator says so", {}}, body);
}

answer api::answer_route(const route& to, const request& r, model_time now, std::string& body) {
  if (const auto refused = check_access(to, r)) {
    return reject(*refused, body);
  }
  if (limit_) {
    if (const auto wait = limit_->take(now)) {
      answer limited = reject({429, "RATE_LIMITED", "too many requests", {}}, body);
      if (config_.send_retry_after) {
        limited.retry_after = std::chrono::ceil<std::chrono::seconds>(*wait);
      }
      return limited;
    }
  }
  if (to.to == endpoint::unknown) {
    return reject(not_found("no such path"), body);
  }
  if (r.method != method_of(to.to)) {
    answer refused =
        reject({405, "METHOD_NOT_ALLOWED", "this path does not take that method", {}}, body);
    refused.allow = method_of(to.to);
    return refused;
  }
  if (permission_of(config_, r.api_key) < needed_for(to.to)) {
    return reject({403, "FORBIDDEN", "the API key lacks the permission project:operate-runs", {}},
                  body);
  }
  switch (to.to) {
    case endpoint::start_run:
    case endpoint::start_plan:
      return decode_and_start(to, r, now, body);
    case endpoint::get_job:
      return get_job(to, now, body);
    case endpoint::list_jobs:
      return list_jobs(to, now, body);
    case endpoint::stop_jobs:
      return stop_jobs(r, now, body);
    default:
      return get_run(to, now, body);
  }
}

std::optional<rejection> api::check_access(const route& to, const request& r) const {
  if (permission_of(config_, r.api_key) == permission::none) {
    return rejection{401,
                     "UNAUTHORIZED",
                     r.api_key.empty() ? "the X-Api-Key header is missing" : "unknown API key",
                     {}};
  }
  if (to.project_id && *to.project_id != config_.project_id) {
    return not_found("project not found");
  }
  return std::nullopt;
}

answer api::decode_and_start(const route& to, const request& r, model_time now, std::string& body) {
  auto decoded = wire::decode_run_request(r.body);
  if (!decoded) {
    return reject(undecodable(decoded.error()), body);
  }
  run_request& start_request = *decoded;
  if (to.to == endpoint::start_plan) {
    start_request.test_plan_id = to.id;
  }
  if (const auto broken = check_start(start_request)) {
    return reject(*broken, body);
  }
  const started_run started = world_.start(start_request, now);
  if (config_.older_envelopes) {
    body += wire::encode_started_run_envelope(started);
    return {.status = 200, .retry_after = {}, .allow = {}};
  }
  body += wire::encode_started_run(started);
  return {.status = 201, .retry_after = {}, .allow = {}};
}

answer api::get_job(const route& to, model_time now, std::string& body) {
  const auto number = world_.find_job(to.id);
  if (!number) {
    return reject(not_found("job not found"), body);
  }
  world_.describe(*number, now, job_);
  wire::encode_job(job_, body);
  return {};
}

answer api::list_jobs(const route& to, model_time now, std::string& body) {
  job_query query;
  if (const auto broken = parse_job_query(to.query, query)) {
    return reject(*broken, body);
  }
  world_.list(query, now, page_);
  wire::encode_page(page_, body);
  return {};
}

answer api::stop_jobs(const request& r, model_time now, std::string& body) {
  const auto ids = wire::decode_stop_request(r.body);
  if (!ids) {
    return reject(undecodable(ids.error()), body);
  }
  stop_report report;
  bool any_exists = false;
  for (const std::string& id : *ids) {
    stop_result result;
    result.job_id = id;
    switch (world_.stop(id, now)) {
      case stop_outcome::stopped:
        result.ok = true;
        result.status = 200;
        result.message = "Job stopped";
        ++report.stopped_count;
        break;
      case stop_outcome::already_completed:
        result.status = 500;
        result.error = "Job already completed";
        break;
      case stop_outcome::no_such_job:
        result.status = 404;
        result.error = "Job not found";
        break;
    }
    any_exists = any_exists || result.status != 404;
    report.results.push_back(std::move(result));
  }
  answer given;
  if (!any_exists) {
    given.status = 404;
    report.results.clear();
    report.message = "No jobs found";
  } else {
    const auto received = static_cast<std::int64_t>(ids->size());
    given.status = report.stopped_count == received ? 200 : 207;
    report.message = "Stopped " + std::to_string(report.stopped_count) + "/" +
                     std::to_string(received) + " job(s)";
  }
  body += wire::encode_stop_report(report, ids->size());
  return given;
}

answer api::get_run(const route& to, model_time now, std::string& body) {
  const auto found = world_.find_run(to.id, now);
  if (!found) {
    return reject(not_found("run not found"), body);
  }
  world_.describe(found->job, now, job_);
  const job_run& run = job_.runs[found->index];
  const run_background background = world_.background(*found, bug_count(run.result));
  if (to.to == endpoint::list_bugs) {
    encode_bugs(run, background, body);
  } else {
    encode_run_details(job_, run, background, body);
  }
  return {};
}

answer api::reject(const rejection& why, std::string& body) const {
  wire::service_error error;
  error.message = why.message;
  error.code = why.code;
  if (config_.older_envelopes) {
    body += wire::encode_error_envelope(error, why.status);
  } else if (why.field.empty()) {
    body += wire::encode_error(error);
  } else {
    json::object with_field{{"error", why.message}, {"code", why.code}};
    with_field["details"] = json::object{{"field", why.field}};
    body += json::serialize(with_field);
  }
  return {.status = why.status, .retry_after = {}, .allow = {}};
}

void api::count(endpoint to, int status) {
  ++requests_;
  const auto place = std::find(statuses.begin(), statuses.end(), status) - statuses.begin();
  ++answers_[static_cast<std::size_t>(to)].at(static_cast<std::size_t>(place));
}

simulator_stats api::stats() const {
  simulator_stats counts;
  counts.requests = requests_;
  counts.connections = traffic_.connections;
  counts.tls_handshakes = traffic_.tls_handshakes;
  counts.tls_resumptions = traffic_.tls_resumptions;
  counts.runs = world_.run_count();
  counts.jobs = world_.job_count();
  counts.launches_seen_twice = world_.launches_seen_twice();
  counts.faults = traffic_.faults.total;
  return counts;
}

answer api::write_stats(std::string& body) const {
  json::object by_endpoint;
  for (std::size_t e = 0; e < endpoint_count; ++e) {
    json::object by_status;
    for (std::size_t s = 0; s < statuses.size(); ++s) {
      if (answers_[e][s] > 0) {
        by_status[std::to_string(statuses[s])] = answers_[e][s];
      }
    }
    if (!by_status.empty()) {
      by_endpoint[to_string(static_cast<endpoint>(e))] = std::move(by_status);
    }
  }
  json::object counts{{"requests", requests_},
                      {"requests_by_endpoint", std::move(by_endpoint)},
                      {"connections", traffic_.connections},
                      {"tls_handshakes", traffic_.tls_handshakes},
                      {"tls_resumptions", traffic_.tls_resumptions},
                      {"tls_failures", traffic_.tls_failures},
                      {"runs", world_.run_count()},
                      {"jobs", world_.job_count()},
                      {"launches_seen_twice", world_.launches_seen_twice()},
                      {"faults", traffic_.faults.total},
                      {"faults_by_stage", faults_by_stage(traffic_.faults)}};
  body += json::serialize(counts);
  return {};
}

}  // namespace nunu::simulation
