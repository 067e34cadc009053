#include "operations/read_jobs.hpp"

#include <span>
#include <utility>

#include "core/names.hpp"
#include "operations/client_state.hpp"
#include "operations/exchange.hpp"
#include "wire/job_json.hpp"
#include "wire/validation.hpp"

namespace nunu::operations {
namespace {

template <class Result>
completion<Result> invalid(std::string problem) {
  return {errc::invalid_request, {.message = std::move(problem)}};
}

template <class Result>
transport::task<completion<Result>> read(
    detail::client_state& state, cancellation& cancel, std::string target,
    wire::decoded<void> (wire::job_decoder::*decode)(std::string_view, Result&)) {
  const request what = get_request(state, request_kind::read, std::move(target));
  const attempt last = co_await exchange_repeatable(state, cancel, what, operation_deadline(state));
  completion<Result> result;
  if (last.outcome.progress != core::progress::answered || last.outcome.status != 200) {
    result.code = error_of(last);
    result.details = details_of(state, last, what);
    co_return result;
  }
  wire::job_decoder decoder;
  if (const auto decoded = (decoder.*decode)(last.reply.body, result.value); !decoded) {
    result.code = errc::bad_response;
    result.details = details_of_unfamiliar(state, last, what, decoded.error());
    result.value = {};
  }
  co_return result;
}

}  // namespace

transport::task<completion<job>> get_job(std::shared_ptr<detail::client_state> state,
                                         std::shared_ptr<cancellation> cancel, std::string job_id) {
  if (auto problem = wire::problem_with_job_ids(std::span(&job_id, 1)); !problem.empty())
    co_return invalid<job>(std::move(problem));
  auto found = co_await read(*state, *cancel, wire::job_target(state->origin, job_id),
                             &wire::job_decoder::decode_job);
  if (!found.code && !core::same_job_id(found.value.job_id, job_id)) {
    found.code = errc::bad_response;
    // Its id is not quoted: who answers so may have put anything there, the key too.
    found.details.message = "asked for job " + job_id + ", answered with another";
    found.value = {};
  }
  co_return found;
}

transport::task<completion<job_page>> list_jobs(std::shared_ptr<detail::client_state> state,
                                                std::shared_ptr<cancellation> cancel,
                                                job_query query) {
  if (auto problem = wire::problem_with(query); !problem.empty())
    co_return invalid<job_page>(std::move(problem));
  co_return co_await read(*state, *cancel, wire::jobs_target(state->origin, query),
                          &wire::job_decoder::decode_page);
}

}  // namespace nunu::operations
