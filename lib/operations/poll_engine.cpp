#include "operations/poll_engine.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <chrono>
#include <exception>
#include <optional>
#include <utility>

#include "core/names.hpp"
#include "operations/client_state.hpp"
#include "operations/exchange.hpp"
#include "operations/watch_state.hpp"
#include "wire/job_json.hpp"

namespace nunu::operations {
namespace {

namespace asio = boost::asio;
using clock = std::chrono::steady_clock;
using transport::task;

}  // namespace

/// What a worker keeps from poll to poll.
struct polling {
  transport::lease held;
  request what{request_kind::poll, {}, {}};
  attempt last;
  wire::job_decoder decoder;
  job seen;
};

poll_engine::poll_engine(detail::client_state& state)
    : state_(state), schedule_(state.config.polling), timer_(state.strand) {}

void poll_engine::join(detail::watch_state& watch) {
  for (std::uint32_t position = 0; position < watch.ids().size(); ++position) {
    const slot job = find_or_add(watch.ids()[position]);
    add_interest(job, watch, position);
    watch.set_slot(position, job);
  }
  tidy();
  pump();
}

void poll_engine::leave(detail::watch_state& watch) noexcept {
  for (std::uint32_t position = 0; position < watch.slots().size(); ++position) {
    const slot job = watch.slots()[position];
    if (job == detail::watch_state::kNoSlot) continue;
    drop_interest(job, watch, position);
    watch.set_slot(position, detail::watch_state::kNoSlot);
    // A job in flight is forgotten when its answer comes: until then nobody else may poll it.
    if (jobs_[job].first_interest == kNone && !schedule_.in_flight(job)) {
      schedule_.remove(job);
      forget(job);
    }
  }
  tidy();
}

void poll_engine::close() {
  closed_ = true;
  timer_.cancel();
  for (const auto& [id, job] : by_id_)
    for (std::uint32_t at = jobs_[job].first_interest; at != kNone; at = interests_[at].next)
      interests_[at].who->fail(errc::closed, "the client was closed");
}

const transport::failure* poll_engine::trouble_of(slot job) const noexcept {
  if (jobs_[job].trouble) return jobs_[job].trouble.get();
  return outage_ ? &*outage_ : nullptr;
}

poll_engine::slot poll_engine::find_or_add(const std::string& id) {
  if (const auto known = by_id_.find(id); known != by_id_.end()) return known->second;
  const slot job = schedule_.add(clock::now(), state_.draw());
  if (job >= jobs_.size()) jobs_.resize(job + 1);
  jobs_[job].id = id;
  by_id_.emplace(jobs_[job].id, job);
  return job;
}

void poll_engine::add_interest(slot job, detail::watch_state& who, std::uint32_t position) {
  if (free_interests_.empty()) {
    free_interests_.push_back(static_cast<std::uint32_t>(interests_.size()));
    interests_.emplace_back();
  }
  const std::uint32_t added = free_interests_.back();
  free_interests_.pop_back();
  if (jobs_[job].first_interest == kNone) ++watched_;
  interests_[added] = {&who, position, false, jobs_[job].first_interest};
  jobs_[job].first_interest = added;
}

void poll_engine::drop_interest(slot job, const detail::watch_state& who,
                                std::uint32_t position) noexcept {
  for (std::uint32_t* link = &jobs_[job].first_interest; *link != kNone;
       link = &interests_[*link].next) {
    const interest& one = interests_[*link];
    if (one.who != &who || one.position != position) continue;
    free_interests_.push_back(std::exchange(*link, one.next));
    if (jobs_[job].first_interest == kNone) --watched_;
    return;
  }
}

void poll_engine::forget(slot job) noexcept {
  by_id_.erase(jobs_[job].id);
  jobs_[job] = {};
}

void poll_engine::tidy() noexcept {
  state_.counts.jobs_watched.set(watched_);
  // A timer for nothing would keep the context from running out of work.
  if (schedule_.size() == 0) timer_.cancel();
}

void poll_engine::pump() {
  while (!closed_ && workers_ < state_.config.max_connections) {
    const auto action = schedule_.next(clock::now());
    if (action.what == core::schedule::what_next::wait_until) arm(action.when);
    if (action.what != core::schedule::what_next::poll) return;
    ++workers_;
    asio::co_spawn(state_.strand, work(state_.shared_from_this(), action.job), asio::detached);
  }
}

void poll_engine::arm(core::time_point when) {
  if (armed_for_ <= when) return;
  armed_for_ = when;
  timer_.expires_at(when);
  timer_.async_wait([state = state_.shared_from_this(), this, when](boost::system::error_code) {
    // Another time may have been set meanwhile; then this is not the wait that counts.
    if (armed_for_ != when) return;
    armed_for_ = core::time_point::max();
    pump();
  });
}

task<void> poll_engine::work(std::shared_ptr<detail::client_state> state, slot first) {
  poll_engine& self = state->polls;
  polling p;
  for (slot job = first;;) {
    bool carried_out = false;
    try {
      co_await self.poll(p, job);
      carried_out = true;
      self.land(p, job);
    } catch (const std::exception&) {
      // Out of memory, most likely. The job is asked for again; others must not suffer.
      p.held.give_back();
      if (!carried_out || self.schedule_.in_flight(job))
        self.schedule_.failed(job, clock::now(), {}, state->draw());
    }
    if (self.closed_) break;
    const auto action = self.schedule_.next(clock::now());
    if (action.what != core::schedule::what_next::poll) break;
    job = action.job;
    self.pump();
  }
  p.held.give_back();
  --self.workers_;
  self.pump();
}

/// What is wrong with the answer to the poll of this job; empty: it was understood.
static std::string problem_with_answer(polling& p, const std::string& id) {
  if (const auto decoded = p.decoder.decode_job(p.last.reply.body, p.seen); !decoded)
    return decoded.error();
  if (!core::same_job_id(p.seen.job_id, id)) return "it is about job " + p.seen.job_id;
  return {};
}

task<void> poll_engine::poll(polling& p, slot job) {
  p.last.outcome = {};
  if (!state_.pool->may_keep(p.held, transport::priority::poll)) {
    p.held.give_back();
    // After a failure only a new connection proves anything: others may be as stale as the last.
    const auto freshness = schedule_.failing() ? core::duration::zero() : core::duration::max();
    auto held = co_await state_.pool->acquire(transport::priority::poll, freshness,
                                              core::time_point::max());
    if (!held) {
      mark_not_sent(p.last, held.error());
      co_return;
    }
    p.held = *std::move(held);
  }
  const std::string target = wire::job_target(state_.origin, jobs_[job].id);
  state_.requests.get(target, p.what.bytes);
  co_await exchange_on(state_, p.held, p.what, core::time_point::max(), p.last);
  if (!p.held->reusable()) p.held.give_back();
}

void poll_engine::land(polling& p, slot job) {
  const auto now = clock::now();
  std::string problem = "its status is not 200";
  if (p.last.outcome.progress == core::progress::answered && p.last.outcome.status == 200)
    problem = problem_with_answer(p, jobs_[job].id);
  p.last.outcome.understood = problem.empty();
  if (p.last.outcome.progress == core::progress::answered) outage_.reset();

  switch (core::decide_poll(p.last.outcome)) {
    case core::poll_decision::seen:
      jobs_[job].trouble.reset();
      tell_status(job, p.seen);
      if (p.seen.status == job_status::completed) {
        tell_finished(job, p.seen);
        return;
      }
      schedule_.observed(job, p.seen.status, now, state_.draw());
      break;
    case core::poll_decision::ask_later:
      outage_ = {error_of(p.last), details_of(state_, p.last, request_for(job)).to_string()};
      schedule_.failed(job, now, p.last.outcome.retry_after, state_.draw());
      break;
    case core::poll_decision::not_understood:
      jobs_[job].trouble = std::make_unique<transport::failure>(transport::failure{
          errc::bad_response,
          details_of_unfamiliar(state_, p.last, request_for(job), problem).to_string()});
      schedule_.observed(job, jobs_[job].status, now, state_.draw());
      break;
    case core::poll_decision::unreachable:
      tell_unreachable(job, p.last);
      return;
    case core::poll_decision::all_unreachable:
      tell_all_unreachable(job, p.last);
      return;
  }
  if (jobs_[job].first_interest == kNone) {
    schedule_.remove(job);
    forget(job);
    tidy();
  }
}

request poll_engine::request_for(slot job) const {
  return {request_kind::poll, "GET " + wire::job_target(state_.origin, jobs_[job].id), {}};
}

void poll_engine::tell_status(slot job, const nunu::job& seen) {
  watched_job& watched = jobs_[job];
  const bool changed = watched.status_text != seen.status_text;
  watched.status = seen.status;
  watched.status_text = seen.status_text;
  for (std::uint32_t at = watched.first_interest; at != kNone; at = interests_[at].next)
    if (!std::exchange(interests_[at].told, true) || changed) interests_[at].who->saw(seen);
}

void poll_engine::tell_finished(slot job, nunu::job& seen) {
  job_outcome outcome;
  outcome.kind = outcome_kind::finished;
  outcome.status = seen.status;
  outcome.status_text = seen.status_text;
  outcome.verdict = verdict_of(seen);
  outcome.job = std::move(seen);
  tell_end(job, std::move(outcome));
}

void poll_engine::tell_unreachable(slot job, const attempt& refused) {
  job_outcome outcome;
  outcome.kind = outcome_kind::unreachable;
  outcome.status = jobs_[job].status;
  outcome.status_text = jobs_[job].status_text;
  outcome.error = error_of(refused);
  outcome.error_message = details_of(state_, refused, request_for(job)).to_string();
  tell_end(job, std::move(outcome));
}

void poll_engine::tell_all_unreachable(slot asked, const attempt& refused) {
  std::vector<slot> all;
  for (const auto& [id, job] : by_id_)
    if (job == asked || !schedule_.in_flight(job)) all.push_back(job);
  for (const slot job : all) tell_unreachable(job, refused);
}

void poll_engine::tell_end(slot job, job_outcome outcome) {
  // The last who waits gets the outcome itself, the others copies: most jobs have only one.
  std::optional<interest> last;
  for (std::uint32_t at = jobs_[job].first_interest; at != kNone; at = last->next) {
    if (last) last->who->ended(last->position, outcome);
    last = interests_[at];
    free_interests_.push_back(at);
    last->who->set_slot(last->position, detail::watch_state::kNoSlot);
  }
  if (last) {
    --watched_;
    last->who->ended(last->position, std::move(outcome));
  }
  if (schedule_.in_flight(job))
    schedule_.answered_for_good(job);
  else
    schedule_.remove(job);
  forget(job);
  tidy();
}

}  // namespace nunu::operations
