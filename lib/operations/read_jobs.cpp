#include "operations/read_jobs.hpp"

#include <span>
#include <string_view>
#include <utility>

#include "core/job_ids.hpp"
#include "operations/read.hpp"
#include "wire/job_json.hpp"
#include "wire/validation.hpp"

namespace nunu::operations {
namespace {

template <class Result>
wire::decoded<Result> decode_by(wire::decoded<void> (wire::job_decoder::*decode)(std::string_view,
                                                                                 Result&),
                                std::string_view body) {
  wire::job_decoder decoder;
  Result result;
  if (const auto decoded = (decoder.*decode)(body, result); !decoded)
    return {boost::system::in_place_error, decoded.error()};
  return result;
}

wire::decoded<job> decode_job(std::string_view body) {
  return decode_by(&wire::job_decoder::decode_job, body);
}

wire::decoded<job_page> decode_page(std::string_view body) {
  return decode_by(&wire::job_decoder::decode_page, body);
}

}  // namespace

transport::task<completion<job>> get_job(std::shared_ptr<detail::client_state> state,
                                         std::shared_ptr<cancellation> cancel, std::string job_id) {
  if (auto problem = wire::problem_with_job_ids(std::span(&job_id, 1)); !problem.empty())
    co_return invalid<job>(std::move(problem));
  auto found = co_await read(*state, *cancel, wire::job_target(state->origin, job_id),
                             operation_deadline(*state), &decode_job);
  if (!found.code && !core::same_job_id(found.value.job_id, job_id))
    refuse_another(found, "job", job_id);
  co_return found;
}

transport::task<completion<job_page>> list_jobs(std::shared_ptr<detail::client_state> state,
                                                std::shared_ptr<cancellation> cancel,
                                                job_query query) {
  if (auto problem = wire::problem_with(query); !problem.empty())
    co_return invalid<job_page>(std::move(problem));
  co_return co_await read(*state, *cancel, wire::jobs_target(state->origin, query),
                          operation_deadline(*state), &decode_page);
}

}  // namespace nunu::operations
