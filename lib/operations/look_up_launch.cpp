#include "operations/look_up_launch.hpp"

#include <algorithm>
#include <boost/asio/error.hpp>
#include <chrono>
#include <utility>
#include <vector>

#include "core/launch.hpp"
#include "operations/client_state.hpp"
#include "operations/exchange.hpp"
#include "wire/api_limits.hpp"
#include "wire/job_json.hpp"
#include "wire/validation.hpp"

namespace nunu::operations {
namespace {

using clock = std::chrono::steady_clock;
using core::launch_lookup;
using transport::task;

/// A hundred thousand jobs: no start has as many, so something is wrong with the listing.
constexpr int kMostPages = 1'000;

/// One listing of a launch tag, with all its pages.
struct listing {
  std::string tag;
  /// The latest page.
  request what{request_kind::read, {}, {}};
  attempt last{};
  /// What is wrong with the answer, where there is one.
  std::string problem{};
  std::vector<std::string> job_ids{};
  /// What the answer to the start would have said, too.
  std::string build_id{};
  std::string test_plan_execution_id{};
};

bool is_whole(const listing& l) noexcept {
  return core::decide_listing(l.last.outcome) == core::listing_decision::complete;
}

bool carries(const job& j, const std::string& tag) {
  return std::find(j.tags.begin(), j.tags.end(), tag) != j.tags.end();
}

/// A service that does not heed the filter would give us the jobs of others.
std::string problem_with_jobs(const std::vector<job>& jobs, const std::string& tag) {
  for (const job& j : jobs)
    if (!carries(j, tag))
      return "it lists job " + j.job_id + ", which does not carry the tag " + tag;
  return {};
}

/// What is wrong with the answer, taken for a page; empty: it was understood.
std::string read_page(const attempt& answered, const std::string& tag, job_page& out) {
  if (answered.outcome.progress != core::progress::answered || answered.outcome.status != 200)
    return "its status is not 200";
  wire::job_decoder decoder;
  if (const auto decoded = decoder.decode_page(answered.reply.body, out); !decoded) {
    out = {};
    return decoded.error();
  }
  if (out.total_pages > kMostPages) return "it has too many pages for one start";
  // Without it nobody knows whether this is all.
  if (!out.jobs.empty() && out.total_pages < 1) return "it has jobs, but no pagination";
  return problem_with_jobs(out.jobs, tag);
}

void take_jobs(const std::vector<job>& jobs, listing& out) {
  for (const job& j : jobs) {
    if (!carries(j, out.tag)) continue;
    out.job_ids.push_back(j.job_id);
    if (out.build_id.empty()) out.build_id = j.build_id;
    if (out.test_plan_execution_id.empty()) out.test_plan_execution_id = j.test_plan_execution_id;
  }
}

task<void> list_all_pages(detail::client_state& state, cancellation& cancel,
                          core::time_point deadline, listing& out) {
  job_query query;
  query.tags.push_back(out.tag);
  query.page_size = wire::kMostJobsOnAPage;
  for (;; ++query.page) {
    out.what = get_request(state, request_kind::read, wire::jobs_target(state.origin, query));
    out.last = co_await try_once(state, cancel, out.what, deadline);
    job_page page;
    out.problem = read_page(out.last, out.tag, page);
    out.last.outcome.understood = out.problem.empty();
    take_jobs(page.jobs, out);
    if (!is_whole(out)) co_return;
    if (query.page + 1 >= page.total_pages) co_return;
  }
}

void explain(const detail::client_state& state, const listing& failed, launch_finding& out) {
  if (core::claims_success(failed.last.outcome)) {
    out.code = errc::bad_response;
    out.details = details_of_unfamiliar(state, failed.last, failed.what, failed.problem);
  } else {
    out.code = error_of(failed.last);
    out.details = details_of(state, failed.last, failed.what);
  }
}

}  // namespace

task<launch_finding> look_up_launch(detail::client_state& state, cancellation& cancel,
                                    std::string launch_id, launch_lookup::question asked,
                                    core::time_point ends_at, core::time_point deadline) {
  launch_finding result;
  result.run.launch_id = launch_id;
  const auto begins_at = clock::now();
  const launch_lookup::pace pace{ends_at - begins_at, state.config.reconcile_interval};
  launch_lookup lookup(asked, pace, begins_at, state.draw());
  while (lookup.next() == launch_lookup::step::list && !cancel.requested) {
    transport::timer pause(state.strand, lookup.list_at());
    co_await pause.async_wait(transport::as_result);
    listing latest;
    latest.tag = core::launch_tag(launch_id);
    co_await list_all_pages(state, cancel, deadline, latest);
    if (is_whole(latest)) {
      lookup.listed(latest.job_ids, clock::now(), state.draw());
      result.run.build_id = std::move(latest.build_id);
      result.run.test_plan_execution_id = std::move(latest.test_plan_execution_id);
      result.code = {};
      result.details = {};
    } else {
      lookup.failed(latest.last.outcome, latest.job_ids, clock::now(), state.draw());
      // A listing that was cancelled says less than one that had failed before.
      if (!result.code || !cancel.requested) explain(state, latest, result);
    }
  }
  result.run.job_ids = lookup.job_ids();
  if (lookup.next() != launch_lookup::step::list) {
    result.ended = lookup.next();
  } else {
    constexpr auto cancelled = boost::asio::error::operation_aborted;
    if (result.code != cancelled) result.details.last_failure = result.code;
    result.code = cancelled;
    if (result.details.message.empty()) result.details.message = "cancelled";
  }
  co_return result;
}

task<completion<std::optional<started_run>>> find_launch(
    std::shared_ptr<detail::client_state> state, std::shared_ptr<cancellation> cancel,
    std::string launch_id) {
  completion<std::optional<started_run>> result;
  if (auto problem = wire::problem_with_launch_id(launch_id); !problem.empty()) {
    result.code = errc::invalid_request;
    result.details.message = std::move(problem);
    co_return result;
  }
  const auto deadline = operation_deadline(*state);
  if (const auto ec = co_await state->launches.wait_until_over(launch_id, *cancel, deadline)) {
    result.code = ec;
    result.details = known_launches::details_of_under_way(launch_id);
    co_return result;
  }
  const started_run* const known = state->launches.find(launch_id);
  if (known != nullptr && !cancel->requested) {
    result.value = *known;
    co_return result;
  }
  // That nothing is listed proves nothing of a start that this client has sent.
  const bool was_sent = state->launches.is_unknown(launch_id);
  const auto about = was_sent ? launch_lookup::question::what_became_of_it
                              : launch_lookup::question::has_it_started;
  const auto ends_at =
      was_sent ? std::min(deadline, clock::now() + state->config.reconcile_window) : deadline;
  launch_finding found =
      co_await look_up_launch(*state, *cancel, launch_id, about, ends_at, deadline);
  switch (found.ended) {
    case launch_lookup::step::found:
      result.value = std::move(found.run);
      break;
    case launch_lookup::step::nothing_started:
      break;
    case launch_lookup::step::list:
    case launch_lookup::step::give_up:
      result.code = found.code;
      result.details = std::move(found.details);
      if (!result.code) {
        result.code = errc::start_outcome_unknown;
        result.details.message = "no two listings in a row told what it has started";
      }
      result.details.launch_id = std::move(launch_id);
      result.details.job_ids = for_diagnostics(*state, std::move(found.run.job_ids));
      break;
  }
  co_return result;
}

}  // namespace nunu::operations
