#include <nunu/client.hpp>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/dispatch.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <exception>
#include <memory>
#include <optional>
#include <tuple>
#include <utility>

#include "operations/client_state.hpp"
#include "operations/look_up_launch.hpp"
#include "operations/operation.hpp"
#include "operations/read_jobs.hpp"
#include "operations/read_runs.hpp"
#include "operations/start_run.hpp"
#include "operations/stop_jobs.hpp"
#include "operations/watch_state.hpp"

namespace nunu {
namespace {

namespace asio = boost::asio;

/// The form without a token: completes `begin` with an awaitable, and throws what went wrong.
template <class Result, class Begin>
asio::awaitable<Result> or_throw(Begin begin) {
  diagnostics details;
  auto initiate = [&](auto handler) { begin(&details, std::move(handler)); };
  auto token = asio::as_tuple(asio::use_awaitable);
  auto completed =
      asio::async_initiate<decltype(token), detail::signature<Result>>(initiate, token);
  auto [code, result] = co_await std::move(completed);
  if (code) throw error(code, std::move(details));
  co_return std::move(result);
}

}  // namespace

namespace detail {

void start_run(state_ptr state, run_request request, start_options options, diagnostics* diag,
               handler<started_run> handler) {
  auto cancel = std::make_shared<operations::cancellation>();
  auto body = operations::start_run(state, cancel, std::move(request), std::move(options));
  operations::begin_operation(std::move(state), diag, std::move(handler), std::move(cancel),
                              std::move(body));
}

void find_launch(state_ptr state, std::string launch_id, diagnostics* diag,
                 handler<std::optional<started_run>> handler) {
  auto cancel = std::make_shared<operations::cancellation>();
  auto body = operations::find_launch(state, cancel, std::move(launch_id));
  operations::begin_operation(std::move(state), diag, std::move(handler), std::move(cancel),
                              std::move(body));
}

void get_job(state_ptr state, std::string job_id, diagnostics* diag, handler<job> handler) {
  auto cancel = std::make_shared<operations::cancellation>();
  auto body = operations::get_job(state, cancel, std::move(job_id));
  operations::begin_operation(std::move(state), diag, std::move(handler), std::move(cancel),
                              std::move(body));
}

void list_jobs(state_ptr state, job_query query, diagnostics* diag, handler<job_page> handler) {
  auto cancel = std::make_shared<operations::cancellation>();
  auto body = operations::list_jobs(state, cancel, std::move(query));
  operations::begin_operation(std::move(state), diag, std::move(handler), std::move(cancel),
                              std::move(body));
}

void get_run(state_ptr state, std::string run_id, diagnostics* diag, handler<run_details> handler) {
  auto cancel = std::make_shared<operations::cancellation>();
  auto body = operations::get_run(state, cancel, std::move(run_id));
  operations::begin_operation(std::move(state), diag, std::move(handler), std::move(cancel),
                              std::move(body));
}

void list_bugs(state_ptr state, std::string run_id, diagnostics* diag,
               handler<std::vector<bug>> handler) {
  auto cancel = std::make_shared<operations::cancellation>();
  auto body = operations::list_bugs(state, cancel, std::move(run_id));
  operations::begin_operation(std::move(state), diag, std::move(handler), std::move(cancel),
                              std::move(body));
}

void wait_for_jobs(state_ptr state, std::vector<std::string> ids, wait_options options,
                   diagnostics* diag, handler<wait_report> handler) {
  auto watch = std::make_shared<watch_state>(state, std::move(ids), std::move(options),
                                             watch_state::wake_up::when_all_ended);
  auto cancel = std::make_shared<operations::cancellation>();
  auto body = operations::wait_for_jobs(std::move(watch), cancel);
  operations::begin_operation(std::move(state), diag, std::move(handler), std::move(cancel),
                              std::move(body));
}

/// A watch belongs to the strand, while its last reference may be let go on any thread: by the
/// caller's, by an operation that completes there, or with one that was never begun.
std::shared_ptr<watch_state> new_watch(const state_ptr& state, std::vector<std::string> ids,
                                       wait_options options) {
  const auto end_on_strand = [strand = state->strand](watch_state* last) {
    try {
      asio::dispatch(strand, [watch = std::unique_ptr<watch_state>(last)] {});
    } catch (const std::exception&) {
      // Out of memory: it has ended here.
      return;
    }
  };
  return {new watch_state(state, std::move(ids), std::move(options),
                          watch_state::wake_up::at_each_outcome),
          end_on_strand};
}

void stop_jobs(state_ptr state, std::vector<std::string> ids, diagnostics* diag,
               handler<stop_report> handler) {
  auto cancel = std::make_shared<operations::cancellation>();
  auto body = operations::stop_jobs(state, cancel, std::move(ids));
  operations::begin_operation(std::move(state), diag, std::move(handler), std::move(cancel),
                              std::move(body));
}

void next_outcome(std::shared_ptr<watch_state> watch, diagnostics* diag,
                  handler<std::optional<job_outcome>> handler) {
  auto client = watch->client();
  auto cancel = std::make_shared<operations::cancellation>();
  auto body = operations::next_outcome(std::move(watch), cancel);
  operations::begin_operation(std::move(client), diag, std::move(handler), std::move(cancel),
                              std::move(body));
}

}  // namespace detail

client::client(executor_type executor, client_config config)
    : state_(std::make_shared<detail::client_state>(executor, std::move(config))) {}

client& client::operator=(client&& other) noexcept {
  close();
  state_ = std::move(other.state_);
  return *this;
}

client::~client() {
  close();
}

client::executor_type client::get_executor() const noexcept {
  return state_->outer_executor;
}

asio::awaitable<started_run> client::start_run(run_request request) {
  return start_run(std::move(request), start_options());
}

asio::awaitable<started_run> client::start_run(run_request request, start_options options) {
  return or_throw<started_run>([state = state_, request = std::move(request),
                                options = std::move(options)](auto* diag, auto handler) mutable {
    detail::start_run(state, std::move(request), std::move(options), diag, std::move(handler));
  });
}

asio::awaitable<std::optional<started_run>> client::find_launch(std::string launch_id) {
  return or_throw<std::optional<started_run>>(
      [state = state_, id = std::move(launch_id)](auto* diag, auto handler) mutable {
        detail::find_launch(state, std::move(id), diag, std::move(handler));
      });
}

asio::awaitable<job> client::get_job(std::string job_id) {
  return or_throw<job>([state = state_, id = std::move(job_id)](auto* diag, auto handler) mutable {
    detail::get_job(state, std::move(id), diag, std::move(handler));
  });
}

asio::awaitable<job_page> client::list_jobs() {
  return list_jobs(job_query());
}

asio::awaitable<job_page> client::list_jobs(job_query query) {
  return or_throw<job_page>(
      [state = state_, query = std::move(query)](auto* diag, auto handler) mutable {
        detail::list_jobs(state, std::move(query), diag, std::move(handler));
      });
}

asio::awaitable<run_details> client::get_run(std::string run_id) {
  return or_throw<run_details>(
      [state = state_, id = std::move(run_id)](auto* diag, auto handler) mutable {
        detail::get_run(state, std::move(id), diag, std::move(handler));
      });
}

asio::awaitable<std::vector<bug>> client::list_bugs(std::string run_id) {
  return or_throw<std::vector<bug>>(
      [state = state_, id = std::move(run_id)](auto* diag, auto handler) mutable {
        detail::list_bugs(state, std::move(id), diag, std::move(handler));
      });
}

asio::awaitable<wait_report> client::wait_for_jobs(std::vector<std::string> ids) {
  return wait_for_jobs(std::move(ids), wait_options());
}

asio::awaitable<wait_report> client::wait_for_jobs(std::vector<std::string> ids,
                                                   wait_options options) {
  return or_throw<wait_report>([state = state_, ids = std::move(ids), options = std::move(options)](
                                   auto* diag, auto handler) mutable {
    detail::wait_for_jobs(state, std::move(ids), std::move(options), diag, std::move(handler));
  });
}

job_watch client::watch_jobs(std::vector<std::string> ids, wait_options options) {
  const auto watch = detail::new_watch(state_, std::move(ids), std::move(options));
  asio::post(state_->strand, [watch] { watch->begin(); });
  return job_watch(watch);
}

asio::awaitable<stop_report> client::stop_jobs(std::vector<std::string> ids) {
  return or_throw<stop_report>(
      [state = state_, ids = std::move(ids)](auto* diag, auto handler) mutable {
        detail::stop_jobs(state, std::move(ids), diag, std::move(handler));
      });
}

client_stats client::stats() const noexcept {
  const transport::counters& counts = state_->counts;
  client_stats s;
  s.starts = counts.starts.get();
  s.stops = counts.stops.get();
  s.polls = counts.polls.get();
  s.pages = counts.pages.get();
  s.reads = counts.reads.get();
  for (std::size_t i = 0; i < s.answers.size(); ++i) s.answers[i] = counts.answers[i].get();
  s.rate_limited = counts.rate_limited.get();
  s.broken_exchanges = counts.broken_exchanges.get();
  s.retries = counts.retries.get();
  s.connections_opened = counts.connections_opened.get();
  s.tls_handshakes = counts.tls_handshakes.get();
  s.tls_resumptions = counts.tls_resumptions.get();
  s.connections_open = counts.connections_open.get();
  s.jobs_watched = counts.jobs_watched.get();
  s.jobs_refreshed = counts.jobs_refreshed.get();
  s.groups_given_up = counts.groups_given_up.get();
  s.poll_rate = counts.poll_rate.load(std::memory_order_relaxed);
  return s;
}

void client::close() noexcept {
  if (state_) state_->close();
}

job_watch::job_watch(std::shared_ptr<detail::watch_state> state) noexcept
    : state_(std::move(state)) {}

job_watch& job_watch::operator=(job_watch&& other) noexcept {
  job_watch old(std::move(*this));
  state_ = std::move(other.state_);
  return *this;
}

job_watch::~job_watch() {
  if (!state_) return;
  try {
    asio::post(state_->client()->strand, [state = state_] { state->abandon(); });
  } catch (const std::exception&) {
    // Out of memory: who waits for an outcome gets it.
    return;
  }
}

asio::awaitable<std::optional<job_outcome>> job_watch::next() {
  return or_throw<std::optional<job_outcome>>([state = state_](auto* diag, auto handler) {
    detail::next_outcome(state, diag, std::move(handler));
  });
}

}  // namespace nunu
