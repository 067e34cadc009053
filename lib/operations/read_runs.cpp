#include "operations/read_runs.hpp"

#include <cstdint>
#include <set>
#include <utility>

#include "operations/read.hpp"
#include "wire/run_details_json.hpp"
#include "wire/validation.hpp"

namespace nunu::operations {
namespace {

/// Ten thousand bugs: no run has as many, so something is wrong with the listing.
constexpr std::int64_t kMostPages = 100;

void refuse_too_many(completion<wire::bug_page>& answered) {
  if (answered.code || answered.value.total_pages <= kMostPages) return;
  answered.code = errc::bad_response;
  answered.details.message = "the listing has too many pages for the bugs of one run";
}

/// Adds what no earlier page had: while the run goes on, its bugs move between pages.
void take_bugs(std::vector<bug> page, std::set<std::string>& seen, std::vector<bug>& out) {
  for (bug& one : page)
    if (one.id.empty() || seen.insert(one.id).second) out.push_back(std::move(one));
}

}  // namespace

transport::task<completion<run_details>> get_run(std::shared_ptr<detail::client_state> state,
                                                 std::shared_ptr<cancellation> cancel,
                                                 std::string run_id) {
  if (auto problem = wire::problem_with_run_id(run_id); !problem.empty())
    co_return invalid<run_details>(std::move(problem));
  auto found = co_await read(*state, *cancel, wire::run_target(state->origin, run_id),
                             operation_deadline(*state), &wire::decode_run_details);
  // Unlike the ids of jobs it is no UUID, so its case counts.
  if (!found.code && found.value.multiplayer_run_id != run_id) refuse_another(found, "run", run_id);
  co_return found;
}

transport::task<completion<std::vector<bug>>> list_bugs(std::shared_ptr<detail::client_state> state,
                                                        std::shared_ptr<cancellation> cancel,
                                                        std::string run_id) {
  if (auto problem = wire::problem_with_run_id(run_id); !problem.empty())
    co_return invalid<std::vector<bug>>(std::move(problem));
  const auto deadline = operation_deadline(*state);
  completion<std::vector<bug>> found;
  std::set<std::string> seen;
  std::int64_t pages = 1;
  for (std::int64_t page = 0; page < pages; ++page) {
    auto answered = co_await read(*state, *cancel, wire::bugs_target(state->origin, run_id, page),
                                  deadline, &wire::decode_bug_page);
    refuse_too_many(answered);
    if (answered.code) {
      found.code = answered.code;
      found.details = std::move(answered.details);
      found.value.clear();
      co_return found;
    }
    take_bugs(std::move(answered.value.bugs), seen, found.value);
    pages = answered.value.total_pages;
  }
  co_return found;
}

}  // namespace nunu::operations
