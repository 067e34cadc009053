#include "operations/poll_engine.hpp"

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <chrono>
#include <exception>
#include <limits>
#include <utility>

#include "core/job_ids.hpp"
#include "core/launch.hpp"
#include "operations/client_state.hpp"
#include "operations/exchange.hpp"
#include "operations/watch_state.hpp"
#include "wire/job_json.hpp"

namespace nunu::operations {

using transport::task;
using what_next = core::schedule::what_next;
using clock = std::chrono::steady_clock;

/// What a worker keeps from request to request.
struct polling {
  transport::lease held;
  /// Of the job that was asked for last.
  std::string id;
  request what{request_kind::poll, {}, {}};
  attempt last;
  wire::job_decoder decoder;
  job seen;
  job_page page;
};

namespace {

namespace asio = boost::asio;

/// What is wrong with the answer to the poll of this job; empty: it was understood.
std::string problem_with_poll(polling& p) {
  if (p.last.outcome.progress != core::progress::answered || p.last.outcome.status != 200)
    return "its status is not 200";
  if (const auto decoded = p.decoder.decode_job(p.last.reply.body, p.seen); !decoded)
    return decoded.error();
  if (!core::same_job_id(p.seen.job_id, p.id)) return "it is about job " + p.seen.job_id;
  return {};
}

/// Whether the answer is a page of jobs.
bool is_page(polling& p) {
  return p.last.outcome.progress == core::progress::answered && p.last.outcome.status == 200 &&
         p.decoder.decode_page(p.last.reply.body, p.page);
}

std::uint32_t total_pages(const job_page& page) noexcept {
  constexpr std::int64_t most = std::numeric_limits<std::uint32_t>::max();
  return static_cast<std::uint32_t>(std::min(page.total_pages, most));
}

core::schedule::batching batching_of(const client_config& config) noexcept {
  return config.batch_polls ? core::schedule::batching::on : core::schedule::batching::off;
}

}  // namespace

poll_engine::poll_engine(detail::client_state& state)
    : state_(state),
      schedule_(state.config.polling, batching_of(state.config)),
      groups_(schedule_),
      timer_(state.strand) {}

void poll_engine::join(detail::watch_state& watch) {
  try {
    for (std::uint32_t position = 0; position < watch.ids().size(); ++position)
      add_interest(watch, position);
    tidy();
    pump();
  } catch (const std::exception&) {
    leave(watch);
    throw;
  }
}

void poll_engine::add_interest(detail::watch_state& watch, std::uint32_t position) {
  const std::string& id = watch.ids()[position];
  const auto known = jobs_.find(id);
  const slot job = known ? *known : add(id);
  try {
    jobs_.add_interest(job, watch, position);
  } catch (const std::exception&) {
    forget_if_unwanted(job);
    throw;
  }
  watch.set_slot(position, job);
  if (!known) find_group(job, id, watch.group());
}

void poll_engine::leave(detail::watch_state& watch) noexcept {
  for (std::uint32_t position = 0; position < watch.slots().size(); ++position) {
    const slot job = watch.slots()[position];
    if (job == detail::watch_state::kNoSlot) continue;
    jobs_.drop_interest(job, watch, position);
    watch.set_slot(position, detail::watch_state::kNoSlot);
    forget_if_unwanted(job);
  }
  tidy();
}

bool poll_engine::remember(const started_run& run, const std::string& label) noexcept {
  if (!state_.config.batch_polls || closed_) return false;
  try {
    group_key key{group_key::kind::test_plan_execution, run.test_plan_execution_id};
    if (!label.empty()) key = {group_key::kind::tag, core::group_tag(label)};
    if (key.value.empty()) return false;
    groups_.remember(run.job_ids, key);
    return true;
  } catch (const std::exception&) {
    // Out of memory: the start must not fail for it.
    return false;
  }
}

void poll_engine::close() noexcept {
  closed_ = true;
  timer_.cancel();
  jobs_.fail_all(errc::closed, "the client was closed");
}

void poll_engine::hold_back(core::duration retry_after) {
  schedule_.unavailable(retry_after, clock::now(), state_.draw());
}

const transport::failure* poll_engine::trouble_of(slot job) const noexcept {
  if (const auto* own = jobs_.trouble(job)) return own;
  return outage_ ? &*outage_ : nullptr;
}

poll_engine::slot poll_engine::add(const std::string& id) {
  const slot job = schedule_.add(clock::now(), state_.draw());
  try {
    jobs_.add(job, id);
  } catch (const std::exception&) {
    // Out of memory: without an id it cannot be asked for.
    schedule_.remove(job);
    throw;
  }
  return job;
}

void poll_engine::find_group(slot job, const std::string& id, const std::string& label) {
  if (const auto started = groups_.recall(id); started != core::schedule::kNoGroup)
    assign(job, started);
  else if (!label.empty())
    assign(job, groups_.find_or_add({group_key::kind::tag, core::group_tag(label)}));
}

void poll_engine::assign(slot job, group to) {
  try {
    schedule_.assign(job, to, clock::now(), state_.draw());
  } catch (const std::exception&) {
    groups_.drop_if_unused(to);
    throw;
  }
}

void poll_engine::forget(slot job) noexcept {
  const group was_in = schedule_.group_of(job);
  if (schedule_.in_flight(job))
    schedule_.answered_for_good(job, clock::now());
  else
    schedule_.remove(job);
  jobs_.remove(job);
  if (was_in != core::schedule::kNoGroup) groups_.drop_if_unused(was_in);
}

void poll_engine::forget_if_unwanted(slot job) noexcept {
  // A job in flight is forgotten when its answer comes: until then nobody else may poll it.
  if (!jobs_.wanted(job) && !schedule_.in_flight(job)) forget(job);
}

void poll_engine::tidy() noexcept {
  state_.counts.jobs_watched.set(jobs_.wanted_count());
  state_.counts.groups_given_up.set(schedule_.groups_given_up());
  state_.counts.poll_rate.store(schedule_.budget().rate().value_or(0.0), std::memory_order_relaxed);
  // A timer for nothing would keep the context from running out of work.
  if (schedule_.size() == 0) timer_.cancel();
}

/// What a worker has taken on: given up if it does not come to be done, also when there is no
/// memory for the worker itself.
class poll_engine::errand {
 public:
  errand(poll_engine& from, const action& taken) noexcept : what_(taken), engine_(&from) {
    ++engine_->workers_;
  }
  errand(errand&& other) noexcept
      : what_(other.what_),
        landed_(other.landed_),
        engine_(std::exchange(other.engine_, nullptr)) {}
  errand& operator=(errand&&) = delete;
  ~errand() {
    if (engine_ == nullptr) return;
    end();
    --engine_->workers_;
  }

  /// It has come to be done.
  void land() noexcept { landed_ = true; }
  /// Gives it up, unless it has.
  void end() noexcept {
    if (!std::exchange(landed_, true)) engine_->give_up(what_);
  }
  /// The one before has ended.
  void take_on(const action& next) noexcept {
    what_ = next;
    landed_ = false;
  }

  const action& what() const noexcept { return what_; }

 private:
  action what_;
  bool landed_ = false;
  poll_engine* engine_;
};

void poll_engine::pump() {
  while (!closed_ && workers_ < state_.config.max_connections) {
    const action next = schedule_.next(clock::now());
    if (next.what == what_next::wait_until) arm(next.when);
    if (next.what == what_next::wait_until || next.what == what_next::nothing) return;
    errand taken(*this, next);
    asio::co_spawn(
        state_.strand, work(state_.shared_from_this(), std::move(taken)),
        [state = state_.shared_from_this()](std::exception_ptr) { state->polls.pump(); });
  }
}

void poll_engine::arm(core::time_point when) {
  if (armed_for_ <= when) return;
  // Until there is a wait again, no time is waited for.
  armed_for_ = core::time_point::max();
  timer_.expires_at(when);
  timer_.async_wait([state = state_.shared_from_this(), this, when](boost::system::error_code) {
    // Another time may have been set meanwhile; then this is not the wait that counts.
    if (armed_for_ != when) return;
    armed_for_ = core::time_point::max();
    try {
      pump();
    } catch (const std::exception&) {
      // Out of memory, most likely. Once more; then whoever runs the context is told.
      pump();
    }
  });
  armed_for_ = when;
}

task<void> poll_engine::work(std::shared_ptr<detail::client_state> state, errand taken) {
  poll_engine& self = state->polls;
  polling p;
  while (true) {
    try {
      p.last.outcome = {};
      p.last.failure = {};
      p.last.duration = {};
      self.write_request(p, taken.what());
      if (!state->pool->may_keep(p.held, transport::priority::poll))
        co_await self.take_connection(p);
      const bool must_wait = self.budget().floor() > clock::now();
      if (p.held && !must_wait) {
        before_exchange(*state, p.held, p.what.kind, core::time_point::max(), p.last);
        const auto exchanged = co_await p.held->exchange(p.what.bytes, p.last.reply);
        after_exchange(*state, p.held, exchanged, p.last);
        if (!p.held->reusable()) p.held.give_back();
      }
      if (must_wait) {
        self.hand_back(taken.what());
      } else {
        tell_attempt(*state, p.what, p.last);
        self.land(p, taken.what());
      }
      taken.land();
    } catch (const std::exception&) {
      // Out of memory, most likely.
      p.held.give_back();
    }
    taken.end();
    if (self.closed_) break;
    const action next = self.schedule_.next(clock::now());
    if (next.what != what_next::poll && next.what != what_next::sweep) break;
    taken.take_on(next);
    self.pump();
  }
}

task<void> poll_engine::take_connection(polling& p) {
  p.held.give_back();
  auto held =
      co_await state_.pool->acquire(transport::priority::poll, kAnyAge, core::time_point::max());
  if (held)
    p.held = *std::move(held);
  else
    mark_not_sent(p.last, held.error());
}

void poll_engine::write_request(polling& p, const action& what) const {
  const bool is_page = what.what == what_next::sweep;
  p.what.kind = is_page ? request_kind::page : request_kind::poll;
  p.id.clear();
  if (!is_page) jobs_.append_id(what.job, p.id);
  state_.requests.get(target_of(p, what), p.what.bytes);
}

void poll_engine::land(polling& p, const action& what) {
  if (p.last.outcome.progress == core::progress::answered) outage_.reset();
  if (what.what == what_next::sweep)
    land_page(p, what);
  else
    land_poll(p, what);
}

/// The request is asked for again; others must not suffer.
void poll_engine::give_up(const action& what) noexcept {
  if (what.what == what_next::sweep)
    schedule_.page_failed(what.of, what.page, clock::now(), state_.draw());
  else if (schedule_.in_flight(what.job))
    schedule_.failed(what.job, clock::now(), state_.draw());
}

/// While it waited for its turn, another was told to wait.
void poll_engine::hand_back(const action& what) noexcept {
  schedule_.take_back(what, clock::now());
  if (what.what == what_next::sweep)
    groups_.drop_if_unused(what.of);
  else if (!jobs_.wanted(what.job))
    forget(what.job);
  tidy();
}

void poll_engine::land_poll(polling& p, const action& what) {
  const slot job = what.job;
  const auto now = clock::now();
  const std::string problem = problem_with_poll(p);
  p.last.outcome.understood = problem.empty();

  switch (core::decide_poll(p.last.outcome)) {
    case core::poll_decision::seen:
      jobs_.clear_trouble(job);
      jobs_.saw(p.seen, job);
      if (p.seen.status == job_status::completed) {
        tell_finished(job, p.seen);
        break;
      }
      schedule_.observed(job, p.seen.status, now, state_.draw());
      if (schedule_.group_of(job) == core::schedule::kNoGroup)
        if (const group_key key = group_key_of(p.seen); !key.value.empty())
          assign(job, groups_.find_or_add(key));
      break;
    case core::poll_decision::ask_later:
      note_outage(p, what);
      schedule_.failed(job, now, state_.draw());
      break;
    case core::poll_decision::rejected:
      note_outage(p, what);
      schedule_.rejected(job, p.last.sent_at, now, p.last.outcome.retry_after, state_.draw());
      break;
    case core::poll_decision::not_understood:
      jobs_.set_trouble(
          job, {errc::bad_response,
                details_of_unfamiliar(state_, p.last, request_for(p, what), problem).to_string()});
      schedule_.observed(job, jobs_.status(job), now, state_.draw());
      break;
    case core::poll_decision::unreachable:
      tell_unreachable(job, p.last, request_for(p, what));
      break;
    case core::poll_decision::all_unreachable:
      tell_all_unreachable(p.last, request_for(p, what));
      schedule_.failed(job, now, state_.draw());
      break;
  }
  // The answer was the last word on it, or whoever waited has left.
  if (!jobs_.wanted(job)) forget(job);
  tidy();
}

void poll_engine::land_page(polling& p, const action& what) {
  const auto now = clock::now();
  p.last.outcome.understood = is_page(p);

  switch (core::decide_page(p.last.outcome)) {
    case core::page_decision::seen:
      for (job& seen : p.page.jobs) {
        const auto job = jobs_.find(seen.job_id);
        // What is in flight has an answer of its own coming.
        if (!job || schedule_.in_flight(*job)) continue;
        state_.counts.jobs_refreshed.add();
        jobs_.clear_trouble(*job);
        jobs_.saw(seen, *job);
        if (seen.status == job_status::completed) {
          tell_finished(*job, seen);
          forget(*job);
          continue;
        }
        assign(*job, what.of);
        schedule_.found(what.of, *job, seen.status);
      }
      schedule_.page_landed(what.of, total_pages(p.page), now, state_.draw());
      break;
    case core::page_decision::ask_later:
      note_outage(p, what);
      schedule_.page_failed(what.of, what.page, now, state_.draw());
      break;
    case core::page_decision::rejected:
      note_outage(p, what);
      schedule_.page_rejected(what.of, what.page, p.last.sent_at, now, p.last.outcome.retry_after,
                              state_.draw());
      break;
    case core::page_decision::useless:
      schedule_.page_useless(what.of, now, state_.draw());
      break;
    case core::page_decision::refused:
      schedule_.listing_refused(what.of, now, state_.draw());
      break;
    case core::page_decision::all_unreachable:
      tell_all_unreachable(p.last, request_for(p, what));
      schedule_.page_useless(what.of, now, state_.draw());
      break;
  }
  groups_.drop_if_unused(what.of);
  tidy();
}

std::string poll_engine::target_of(const polling& p, const action& what) const {
  if (what.what == what_next::sweep)
    return wire::jobs_target(state_.origin, groups_.query(what.of, what.page));
  return wire::job_target(state_.origin, p.id);
}

request poll_engine::request_for(const polling& p, const action& what) const {
  return {request_kind::poll, "GET " + target_of(p, what), {}};
}

void poll_engine::note_outage(const polling& p, const action& what) {
  outage_ = {error_of(p.last), details_of(state_, p.last, request_for(p, what)).to_string()};
}

void poll_engine::tell_finished(slot job, nunu::job& seen) {
  job_outcome outcome;
  outcome.kind = outcome_kind::finished;
  outcome.status = seen.status;
  outcome.status_text = seen.status_text;
  outcome.verdict = verdict_of(seen);
  outcome.job = std::make_shared<const nunu::job>(std::move(seen));
  tell_end(job, outcome);
}

void poll_engine::tell_unreachable(slot job, const attempt& refused, const request& what) {
  job_outcome outcome;
  outcome.kind = outcome_kind::unreachable;
  outcome.status = jobs_.status(job);
  outcome.status_text = jobs_.status_text(job);
  outcome.error = error_of(refused);
  outcome.error_message = details_of(state_, refused, what).to_string();
  tell_end(job, outcome);
}

void poll_engine::tell_all_unreachable(const attempt& refused, const request& what) {
  jobs_.for_each_wanted([&](slot job) {
    tell_unreachable(job, refused, what);
    if (!schedule_.in_flight(job)) forget(job);
  });
}

void poll_engine::tell_end(slot job, const job_outcome& outcome) {
  // An interest is taken only when it is satisfied: if memory runs out the job is asked for again.
  while (const watched_jobs::interest* waiting = jobs_.first_interest(job)) {
    waiting->who->ended(waiting->position, outcome);
    waiting->who->set_slot(waiting->position, detail::watch_state::kNoSlot);
    jobs_.take_first_interest(job);
  }
}

}  // namespace nunu::operations
