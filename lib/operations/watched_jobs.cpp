#include "operations/watched_jobs.hpp"

#include <algorithm>
#include <utility>

#include "operations/watch_state.hpp"

namespace nunu::operations {

void watched_jobs::add(slot job, std::string_view id) {
  if (job >= jobs_.size()) jobs_.resize(job + 1);
  ids_.add(job, id);
}

void watched_jobs::remove(slot job) noexcept {
  ids_.remove(job);
  jobs_[job] = {};
  status_texts_.erase(job);
  troubles_.erase(job);
}

void watched_jobs::add_interest(slot job, detail::watch_state& who, std::uint32_t position) {
  if (free_interests_.empty()) {
    if (interests_.size() == interests_.capacity()) {
      // That of the free ones first: to set one free must not need memory.
      const auto room = std::max<std::size_t>(16, 2 * interests_.size());
      free_interests_.reserve(room);
      interests_.reserve(room);
    }
    free_interests_.push_back(static_cast<std::uint32_t>(interests_.size()));
    interests_.emplace_back();
  }
  if (!wanted(job)) ++wanted_count_;
  const std::uint32_t added = free_interests_.back();
  free_interests_.pop_back();
  interests_[added] = {&who, position, jobs_[job].first_interest, false};
  jobs_[job].first_interest = added;
}

void watched_jobs::drop_interest(slot job, const detail::watch_state& who,
                                 std::uint32_t position) noexcept {
  for (std::uint32_t* link = &jobs_[job].first_interest; *link != kNone;
       link = &interests_[*link].next) {
    const interest& one = interests_[*link];
    if (one.who != &who || one.position != position) continue;
    free_interests_.push_back(std::exchange(*link, one.next));
    if (!wanted(job)) --wanted_count_;
    return;
  }
}

const watched_jobs::interest* watched_jobs::first_interest(slot job) const noexcept {
  return wanted(job) ? &interests_[jobs_[job].first_interest] : nullptr;
}

void watched_jobs::take_first_interest(slot job) noexcept {
  const std::uint32_t first = jobs_[job].first_interest;
  jobs_[job].first_interest = interests_[first].next;
  free_interests_.push_back(first);
  if (!wanted(job)) --wanted_count_;
}

void watched_jobs::fail_all(boost::system::error_code code, std::string_view message) noexcept {
  for (const entry& job : jobs_)
    for (std::uint32_t at = job.first_interest; at != kNone; at = interests_[at].next)
      interests_[at].who->fail(code, message);
}

std::string watched_jobs::status_text(slot job) const {
  if (const auto odd = status_texts_.find(job); odd != status_texts_.end()) return odd->second;
  const job_status known = jobs_[job].status;
  return known == job_status::unknown ? std::string() : std::string(to_string(known));
}

void watched_jobs::saw(const nunu::job& seen, slot job) {
  entry& e = jobs_[job];
  const auto odd = status_texts_.find(job);
  const bool was_odd = odd != status_texts_.end();
  const bool is_odd =
      seen.status == job_status::unknown || seen.status_text != to_string(seen.status);
  const bool changed =
      seen.status != e.status || was_odd != is_odd || (was_odd && odd->second != seen.status_text);
  if (is_odd && changed)
    status_texts_[job] = seen.status_text;
  else if (was_odd && changed)
    status_texts_.erase(odd);
  e.status = seen.status;
  for (std::uint32_t at = e.first_interest; at != kNone; at = interests_[at].next)
    if (!std::exchange(interests_[at].told, true) || changed) interests_[at].who->saw(seen);
}

const transport::failure* watched_jobs::trouble(slot job) const noexcept {
  const auto found = troubles_.find(job);
  return found == troubles_.end() ? nullptr : &found->second;
}

void watched_jobs::set_trouble(slot job, transport::failure why) {
  troubles_[job] = std::move(why);
}

}  // namespace nunu::operations
