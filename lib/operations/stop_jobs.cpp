#include "operations/stop_jobs.hpp"

#include <algorithm>
#include <cstdint>
#include <span>
#include <utility>

#include "core/job_ids.hpp"
#include "operations/client_state.hpp"
#include "operations/exchange.hpp"
#include "wire/stop_json.hpp"
#include "wire/validation.hpp"

namespace nunu::operations {
namespace {

/// Ids in one request: about 20 KB, which no gateway refuses.
constexpr std::size_t kMostIdsInARequest = 500;

/// Takes over what the answer says of each id. An id that it leaves out shares the fate of all,
/// where the answer speaks of all.
void merge(stop_report answer, int status, std::span<stop_result> into, stop_report& whole) {
  core::job_ids ids;
  for (std::uint32_t i = 0; i < answer.results.size(); ++i)
    if (!ids.find(answer.results[i].job_id)) ids.add(i, answer.results[i].job_id);
  for (stop_result& result : into) {
    if (const auto said = ids.find(result.job_id)) {
      // The id stays as the caller writes it.
      std::string id = std::move(result.job_id);
      result = answer.results[*said];
      result.job_id = std::move(id);
    } else {
      result.ok = status == 200 && std::cmp_equal(answer.stopped_count, into.size());
      if (result.ok || status == 404) result.status = status;
    }
  }
  whole.message = std::move(answer.message);
}

}  // namespace

transport::task<completion<stop_report>> stop_jobs(std::shared_ptr<detail::client_state> state,
                                                   std::shared_ptr<cancellation> cancel,
                                                   std::vector<std::string> ids) {
  completion<stop_report> result;
  std::string problem = ids.empty() ? "no job ids are given" : wire::problem_with_job_ids(ids);
  if (!problem.empty()) {
    result.code = errc::invalid_request;
    result.details.message = std::move(problem);
    co_return result;
  }
  for (const std::string& id : ids) result.value.results.push_back({.job_id = id});

  const auto deadline = operation_deadline(*state);
  for (std::size_t first = 0; first < ids.size() && !result.code; first += kMostIdsInARequest) {
    const std::size_t count = std::min(kMostIdsInARequest, ids.size() - first);
    const std::string body = wire::encode_stop_request(std::span(ids).subspan(first, count));
    const request what =
        post_request(*state, request_kind::stop, wire::stop_target(state->origin), body);
    const attempt last = co_await exchange_repeatable(*state, *cancel, what, deadline);

    const int status = last.outcome.status;
    auto answer = wire::decode_stop_report(last.reply.body);
    if (answer && (status == 200 || status == 207 || status == 404)) {
      merge(*std::move(answer), status, std::span(result.value.results).subspan(first, count),
            result.value);
    } else if (status == 200 || status == 207) {
      result.code = errc::bad_response;
      result.details = details_of_unfamiliar(*state, last, what, answer.error());
    } else {
      result.code = error_of(last);
      result.details = details_of(*state, last, what);
    }
  }
  result.value.stopped_count =
      std::count_if(result.value.results.begin(), result.value.results.end(),
                    [](const stop_result& r) { return r.ok; });
  co_return result;
}

}  // namespace nunu::operations
