#include "operations/known_launches.hpp"

#include <algorithm>
#include <boost/asio/error.hpp>
#include <boost/asio/this_coro.hpp>
#include <cassert>
#include <chrono>
#include <exception>
#include <functional>
#include <iterator>

namespace nunu::operations {
namespace {

/// More than a program starts before it looks after what went wrong.
constexpr std::size_t kMostRuns = 1'000;
/// About 7 MB.
constexpr std::size_t kMostJobs = 100'000;

std::size_t hash_of(std::string_view launch_id) noexcept {
  return std::hash<std::string_view>()(launch_id);
}

}  // namespace

known_launches::under_way known_launches::begin(const std::string& launch_id) {
  assert(!under_way_.contains(launch_id));
  return under_way(*this, under_way_.insert(launch_id).first);
}

void known_launches::end(std::set<std::string>::iterator launch_id) noexcept {
  const auto [first, last] = waiting_.equal_range(*launch_id);
  for (auto waiter = first; waiter != last; ++waiter) waiter->second->cancel();
  under_way_.erase(launch_id);
}

transport::task<boost::system::error_code> known_launches::wait_until_over(
    std::string launch_id, const cancellation& cancel, core::time_point deadline) {
  // Another who waited may have been quicker to begin it anew.
  while (under_way_.contains(launch_id)) {
    if (cancel.requested) co_return boost::asio::error::operation_aborted;
    if (std::chrono::steady_clock::now() >= deadline) co_return errc::start_outcome_unknown;
    const auto strand = co_await boost::asio::this_coro::executor;
    transport::timer over(strand, deadline);
    struct leave_at_end {
      std::multimap<std::string, transport::timer*>& from;
      std::multimap<std::string, transport::timer*>::iterator position;
      ~leave_at_end() { from.erase(position); }
    } leave{waiting_, waiting_.emplace(launch_id, &over)};
    co_await over.async_wait(transport::as_result);
  }
  co_return boost::system::error_code();
}

diagnostics known_launches::details_of_under_way(const std::string& launch_id) {
  diagnostics details;
  details.message = "another call is still starting the launch id";
  details.launch_id = launch_id;
  return details;
}

void known_launches::remember(const started_run& run, bool has_tag) noexcept {
  if (run.job_ids.empty()) return;
  if (!has_tag) mark_unknown(run.launch_id);
  try {
    runs_.push_back(run);
  } catch (const std::exception&) {
    // Out of memory: the service can still be asked.
    return;
  }
  if (has_tag) unknown_.erase(hash_of(run.launch_id));
  jobs_ += run.job_ids.size();
  const auto latest = std::prev(runs_.end());
  const auto older = std::find_if(runs_.begin(), latest, [&run](const started_run& known) {
    return known.launch_id == run.launch_id;
  });
  if (older != latest) forget(older);
  while (runs_.size() > kMostRuns || (jobs_ > kMostJobs && runs_.size() > 1)) forget(runs_.begin());
}

void known_launches::forget(std::deque<started_run>::iterator run) noexcept {
  jobs_ -= run->job_ids.size();
  runs_.erase(run);
}

const started_run* known_launches::find(std::string_view launch_id) const noexcept {
  const auto found = std::find_if(runs_.begin(), runs_.end(), [&](const started_run& known) {
    return known.launch_id == launch_id;
  });
  return found == runs_.end() ? nullptr : &*found;
}

void known_launches::mark_unknown(const std::string& launch_id) noexcept {
  try {
    unknown_.insert(hash_of(launch_id));
  } catch (const std::exception&) {
    // Out of memory: the service is still asked before it is sent again.
    return;
  }
}

bool known_launches::is_unknown(std::string_view launch_id) const noexcept {
  return unknown_.contains(hash_of(launch_id));
}

}  // namespace nunu::operations
