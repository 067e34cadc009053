/// \file
/// The client: starts runs of game tests at nunu.ai and waits for their jobs.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/awaitable.hpp>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <nunu/client_config.hpp>
#include <nunu/client_stats.hpp>
#include <nunu/detail/handler.hpp>
#include <nunu/error.hpp>
#include <nunu/export.hpp>
#include <nunu/job.hpp>
#include <nunu/job_watch.hpp>
#include <nunu/run.hpp>
#include <nunu/run_details.hpp>
#include <nunu/stop.hpp>
#include <nunu/wait.hpp>

namespace nunu {

namespace detail {
class client_state;
using state_ptr = std::shared_ptr<client_state>;

NUNU_EXPORT void start_run(state_ptr state, run_request request, start_options options,
                           diagnostics* diag, handler<started_run> handler);
NUNU_EXPORT void find_launch(state_ptr state, std::string launch_id, diagnostics* diag,
                             handler<std::optional<started_run>> handler);
NUNU_EXPORT void get_job(state_ptr state, std::string job_id, diagnostics* diag,
                         handler<job> handler);
NUNU_EXPORT void list_jobs(state_ptr state, job_query query, diagnostics* diag,
                           handler<job_page> handler);
NUNU_EXPORT void get_run(state_ptr state, std::string run_id, diagnostics* diag,
                         handler<run_details> handler);
NUNU_EXPORT void list_bugs(state_ptr state, std::string run_id, diagnostics* diag,
                           handler<std::vector<bug>> handler);
NUNU_EXPORT void wait_for_jobs(state_ptr state, std::vector<std::string> ids, wait_options options,
                               diagnostics* diag, handler<wait_report> handler);
NUNU_EXPORT void stop_jobs(state_ptr state, std::vector<std::string> ids, diagnostics* diag,
                           handler<stop_report> handler);
}  // namespace detail

/// A connection pool, a poll engine and the operations on them, for one origin and one API key.
/// Make one for a program and share it: all waiters of a client share its polls.
///
/// **Calling.** Each operation has three forms:
/// - without a token it returns a lazy `asio::awaitable` that gives the result or throws
///   `nunu::error`, a `system_error` with `diagnostics`;
/// - with a completion token last (`asio::as_tuple(asio::use_awaitable)`, a callback,
///   `asio::use_future`, `asio::deferred`, …) it completes with
///   `void(boost::system::error_code, Result)`;
/// - with a `diagnostics&` before the token the details of an error are left there. It is written
///   before the handler is called and must stay valid until then.
///
/// With GCC 12, name requests, options and lists before the `co_await` that uses them: that
/// compiler destroys the strings of a braced temporary in such an expression twice. (The same is
/// why there are overloads here where a default argument would do.)
///
/// **Executor.** The work is done on a strand of the executor that the client was made with.
/// Handlers run on their associated executor, by default that strand.
///
/// **Lifetime.** The execution context must outlive the client; operations need not be awaited
/// first: `close()` and the destructor complete every operation exactly once, with `errc::closed`.
///
/// **Thread safety.** Every member may be called from any thread, construction, destruction and
/// moves aside.
///
/// **Cancellation.** Operations support per-operation cancellation; types are said at each. A
/// signal may be emitted from any thread, but, as with every Asio signal, not at the same time as
/// the operation is begun or its handler runs. Cancelling never stops a job at the service: only
/// `stop_jobs` does.
///
/// **Trying again.** What may be tried again is, after a pause that doubles from 0.5 to 30 seconds
/// and is drawn from its whole range, `Retry-After` on top, until
/// `client_config::operation_timeout`. All operations share 50 retries, of which ten successes earn
/// one back, and so do five seconds: in an outage they soon fail with their first attempt. Waiting
/// for jobs, which has its own ways, and 429 cost none.
///
/// **Errors of every operation**: `errc::closed`; `operation_aborted` when cancelled; when its time
/// or the client's retries are used up, what came in the way of the last attempt: `resolve_failed`,
/// `connect_failed`, `proxy_failed`, `tls_failed`, `connect_timeout`, `connection_lost`,
/// `response_timeout`, `rate_limited`, `server_error`; at once `certificate_rejected`,
/// `proxy_rejected`, `bad_response`, `response_too_large`, and `unauthorized`, `forbidden` and the
/// other codes by status. With an error the result is empty unless an operation says otherwise; the
/// form that throws cannot give such a partial result. An exception that a handler throws leaves
/// through the function that runs its executor.
class client {
 public:
  using executor_type = boost::asio::any_io_executor;

  /// Makes a client; nothing is sent. Throws `nunu::error` with `errc::invalid_config` whose
  /// message names the field, also when the PEM texts of `config.tls` cannot be used.
  NUNU_EXPORT client(executor_type executor, client_config config);
  client(client&&) noexcept = default;
  /// Closes the client that is assigned to.
  NUNU_EXPORT client& operator=(client&& other) noexcept;
  NUNU_EXPORT ~client();

  /// The executor that the client was made with.
  NUNU_EXPORT executor_type get_executor() const noexcept;

  /// Starts a test, a test plan or instructions (`POST /runs` of the API reference).
  ///
  /// Result: the started jobs. A multi-device start that succeeded in part is a result too.
  /// When the request was written and no full answer came, or one that does not tell (408, 5xx, a
  /// 2xx that is not understood), the run is looked up by its launch tag for as long as
  /// `client_config::reconcile_window`, and what is found is the result: the service has no
  /// idempotency key, so the request is not sent again. What is known not to have started (nothing
  /// written, 429) is, until `client_config::operation_timeout`; a request that is on its way by
  /// then is given its `response_timeout` all the same. With `start_options::launch_id` it is asked
  /// first whether that has started something already, as by `find_launch`.
  ///
  /// Errors: `errc::invalid_request`, nothing sent, the message names the field;
  /// `errc::start_outcome_unknown` when the look-up found nothing, or cannot be made (no tags, 401
  /// or 403 for listing): `diagnostics::launch_id` tells which tag (`nunu-launch-<id>`) its jobs
  /// carry if it did take effect, and `diagnostics::job_ids` which of them were seen; the same when
  /// another call of this client is still starting the launch id when the operation's time is up.
  /// When it cannot be asked whether a given launch id has started something, nothing is sent, and
  /// the error says what came in the way. `start_options::if_unknown` can ask for sending it all
  /// the same.
  ///
  /// Cancellation: *total* until the first byte is written; *partial* and *terminal* also later,
  /// and then the run may start at the service all the same: `diagnostics::launch_id` tells its
  /// tag. The operation ends at once, but its answer is still waited for, and looked up when it
  /// does not come: what has started is told to `client_config::on_late_start` and remembered.
  /// Until then `find_launch` and `start_run` with this launch id wait for what becomes of it: to
  /// call `start_run` again with the launch id of the one that was cancelled starts nothing twice.
  NUNU_EXPORT boost::asio::awaitable<started_run> start_run(run_request request);
  NUNU_EXPORT boost::asio::awaitable<started_run> start_run(run_request request,
                                                            start_options options);

  template <boost::asio::completion_token_for<detail::signature<started_run>> Token>
  auto start_run(run_request request, Token&& token) {
    return initiate_start(std::move(request), {}, nullptr, std::forward<Token>(token));
  }

  template <boost::asio::completion_token_for<detail::signature<started_run>> Token>
  auto start_run(run_request request, start_options options, Token&& token) {
    return initiate_start(std::move(request), std::move(options), nullptr,
                          std::forward<Token>(token));
  }

  template <boost::asio::completion_token_for<detail::signature<started_run>> Token>
  auto start_run(run_request request, start_options options, diagnostics& diag, Token&& token) {
    return initiate_start(std::move(request), std::move(options), &diag,
                          std::forward<Token>(token));
  }

  /// Finds out what a launch id has started, in this process or another one
  /// (`GET /jobs?tags=nunu-launch-<id>`, all pages).
  ///
  /// Result: the run, or none when the service lists no job with the launch's tag. What this client
  /// remembers of its latest starts is given at once: those whose launch id was given, and those
  /// that were cancelled too late. What it is starting at the moment is waited for. Otherwise it
  /// takes two listings in a row that agree,
  /// `client_config::reconcile_interval` apart, since a start that the service is still carrying
  /// out has only some of its jobs. "None" is as good as the service's listing: a start whose
  /// request is still on its way is not in it, nor is one without tags. Of a start that this client
  /// has sent and that is unknown, an empty listing tells nothing: that is
  /// `start_outcome_unknown`, after `client_config::reconcile_window`.
  ///
  /// Errors: `errc::invalid_request` (not a launch id), `forbidden` when the key may not list, and
  /// `start_outcome_unknown` when no two listings agreed, or this client is still starting it when
  /// the operation's time is up; broken exchanges, 408, 429, 5xx and
  /// listings that are not understood are tried again until `client_config::operation_timeout`.
  /// `diagnostics::job_ids` has the jobs that were seen all the same.
  ///
  /// Cancellation (all types): nothing changes at the service.
  /// Source: API reference, `GET /jobs`: all tags must match; the order is not documented.
  NUNU_EXPORT boost::asio::awaitable<std::optional<started_run>> find_launch(std::string launch_id);

  template <boost::asio::completion_token_for<detail::signature<std::optional<started_run>>> Token>
  auto find_launch(std::string launch_id, Token&& token) {
    return initiate_find(std::move(launch_id), nullptr, std::forward<Token>(token));
  }

  template <boost::asio::completion_token_for<detail::signature<std::optional<started_run>>> Token>
  auto find_launch(std::string launch_id, diagnostics& diag, Token&& token) {
    return initiate_find(std::move(launch_id), &diag, std::forward<Token>(token));
  }

  /// Asks for one job (`GET /jobs/{jobId}`).
  ///
  /// Errors: `errc::invalid_request` (an empty id, or one with a control character), `not_found`.
  /// `bad_response` also when the answer is about another job.
  /// Broken exchanges, 408, 429 and 5xx are tried again until `client_config::operation_timeout`.
  /// Cancellation (all types): nothing changes at the service.
  NUNU_EXPORT boost::asio::awaitable<job> get_job(std::string job_id);

  template <boost::asio::completion_token_for<detail::signature<job>> Token>
  auto get_job(std::string job_id, Token&& token) {
    return initiate_get(std::move(job_id), nullptr, std::forward<Token>(token));
  }

  template <boost::asio::completion_token_for<detail::signature<job>> Token>
  auto get_job(std::string job_id, diagnostics& diag, Token&& token) {
    return initiate_get(std::move(job_id), &diag, std::forward<Token>(token));
  }

  /// Asks for one page of a listing (`GET /jobs`). Errors, retries and cancellation as for
  /// `get_job`; `errc::invalid_request` also for a page below 0, a page size outside 1 to 100, and
  /// a tag that is empty or has a comma.
  NUNU_EXPORT boost::asio::awaitable<job_page> list_jobs();
  NUNU_EXPORT boost::asio::awaitable<job_page> list_jobs(job_query query);

  template <boost::asio::completion_token_for<detail::signature<job_page>> Token>
  auto list_jobs(job_query query, Token&& token) {
    return initiate_list(std::move(query), nullptr, std::forward<Token>(token));
  }

  template <boost::asio::completion_token_for<detail::signature<job_page>> Token>
  auto list_jobs(job_query query, diagnostics& diag, Token&& token) {
    return initiate_list(std::move(query), &diag, std::forward<Token>(token));
  }

  /// Asks for one run of a job in full (`GET /runs/{runId}`): `run_id` is a
  /// `job_run::multiplayer_run_id`. A run can be asked for as soon as its job lists it; what is not
  /// known of it yet is empty.
  ///
  /// Errors: `errc::invalid_request` (an empty id, or one with a control character), `not_found`.
  /// `bad_response` also when the answer is about another run.
  /// Broken exchanges, 408, 429 and 5xx are tried again until `client_config::operation_timeout`.
  /// Cancellation (all types): nothing changes at the service.
  NUNU_EXPORT boost::asio::awaitable<run_details> get_run(std::string run_id);

  template <boost::asio::completion_token_for<detail::signature<run_details>> Token>
  auto get_run(std::string run_id, Token&& token) {
    return initiate_get_run(std::move(run_id), nullptr, std::forward<Token>(token));
  }

  template <boost::asio::completion_token_for<detail::signature<run_details>> Token>
  auto get_run(std::string run_id, diagnostics& diag, Token&& token) {
    return initiate_get_run(std::move(run_id), &diag, std::forward<Token>(token));
  }

  /// Asks for the bugs that a run has found (`GET /runs/{runId}/bugs`), all pages of them.
  ///
  /// Result: the bugs in the service's order, each once; none for a run that has found none.
  /// Errors, retries and cancellation as for `get_run`, the time being that for all pages together;
  /// `bad_response` also when there are more than 100 pages. With an error the result is empty,
  /// whichever page was at fault.
  NUNU_EXPORT boost::asio::awaitable<std::vector<bug>> list_bugs(std::string run_id);

  template <boost::asio::completion_token_for<detail::signature<std::vector<bug>>> Token>
  auto list_bugs(std::string run_id, Token&& token) {
    return initiate_list_bugs(std::move(run_id), nullptr, std::forward<Token>(token));
  }

  template <boost::asio::completion_token_for<detail::signature<std::vector<bug>>> Token>
  auto list_bugs(std::string run_id, diagnostics& diag, Token&& token) {
    return initiate_list_bugs(std::move(run_id), &diag, std::forward<Token>(token));
  }

  /// Waits until every job has finished or become unreachable, or the time is up.
  ///
  /// Result: one outcome for each id, in the caller's order. A deadline, an unknown job and a
  /// failed test are results. While the service is down the wait goes on until its deadline; where
  /// trying again cannot help (the certificate was rejected, or our user by the proxy), every job
  /// is unreachable.
  /// Errors: `errc::invalid_request` (an id that is empty or has a control character),
  /// `errc::callback_threw`; the result then has the outcomes so far.
  /// Cancellation (all types): the result has the outcomes so far; jobs go on at the service.
  NUNU_EXPORT boost::asio::awaitable<wait_report> wait_for_jobs(std::vector<std::string> ids);
  NUNU_EXPORT boost::asio::awaitable<wait_report> wait_for_jobs(std::vector<std::string> ids,
                                                                wait_options options);

  template <boost::asio::completion_token_for<detail::signature<wait_report>> Token>
  auto wait_for_jobs(std::vector<std::string> ids, Token&& token) {
    return initiate_wait(std::move(ids), {}, nullptr, std::forward<Token>(token));
  }

  template <boost::asio::completion_token_for<detail::signature<wait_report>> Token>
  auto wait_for_jobs(std::vector<std::string> ids, wait_options options, Token&& token) {
    return initiate_wait(std::move(ids), std::move(options), nullptr, std::forward<Token>(token));
  }

  template <boost::asio::completion_token_for<detail::signature<wait_report>> Token>
  auto wait_for_jobs(std::vector<std::string> ids, wait_options options, diagnostics& diag,
                     Token&& token) {
    return initiate_wait(std::move(ids), std::move(options), &diag, std::forward<Token>(token));
  }

  /// Watches jobs and gives their outcomes as they finish. Returns at once and never throws for the
  /// ids: the first `next()` reports what is wrong with them. `options.timeout` counts from here.
  NUNU_EXPORT job_watch watch_jobs(std::vector<std::string> ids, wait_options options = {});

  /// Stops jobs at the service (`POST /runs/stop`). Stopping takes effect at once there, and again
  /// has no effect.
  ///
  /// Result: what became of each id, in the caller's order, jobs that do not exist (404) too.
  /// More than 500 ids are sent in several requests. Errors: `errc::invalid_request` (no id, or one
  /// that is empty or has a control character); broken exchanges, 429 and 5xx are tried again until
  /// `client_config::operation_timeout`. With an error the result has what is known of each id;
  /// an id that is not known of has status 0.
  /// Cancellation: *total* as long as nothing can have been stopped; *partial* and *terminal* also
  /// later, and then jobs may have been stopped.
  NUNU_EXPORT boost::asio::awaitable<stop_report> stop_jobs(std::vector<std::string> ids);

  template <boost::asio::completion_token_for<detail::signature<stop_report>> Token>
  auto stop_jobs(std::vector<std::string> ids, Token&& token) {
    return initiate_stop(std::move(ids), nullptr, std::forward<Token>(token));
  }

  template <boost::asio::completion_token_for<detail::signature<stop_report>> Token>
  auto stop_jobs(std::vector<std::string> ids, diagnostics& diag, Token&& token) {
    return initiate_stop(std::move(ids), &diag, std::forward<Token>(token));
  }

  /// Counts up to now; each is exact, together they need not be of one moment.
  NUNU_EXPORT client_stats stats() const noexcept;

  /// Completes every operation with `errc::closed`, and closes all connections. Operations begun
  /// later complete with it too. Calling it again does nothing.
  NUNU_EXPORT void close() noexcept;

 private:
  template <class Token>
  auto initiate_start(run_request request, start_options options, diagnostics* diag,
                      Token&& token) {
    return boost::asio::async_initiate<Token, detail::signature<started_run>>(
        [state = state_](auto handler, run_request r, start_options o, diagnostics* d) {
          detail::start_run(state, std::move(r), std::move(o), d, std::move(handler));
        },
        token, std::move(request), std::move(options), diag);
  }

  template <class Token>
  auto initiate_find(std::string launch_id, diagnostics* diag, Token&& token) {
    return boost::asio::async_initiate<Token, detail::signature<std::optional<started_run>>>(
        [state = state_](auto handler, std::string id, diagnostics* d) {
          detail::find_launch(state, std::move(id), d, std::move(handler));
        },
        token, std::move(launch_id), diag);
  }

  template <class Token>
  auto initiate_get(std::string job_id, diagnostics* diag, Token&& token) {
    return boost::asio::async_initiate<Token, detail::signature<job>>(
        [state = state_](auto handler, std::string id, diagnostics* d) {
          detail::get_job(state, std::move(id), d, std::move(handler));
        },
        token, std::move(job_id), diag);
  }

  template <class Token>
  auto initiate_list(job_query query, diagnostics* diag, Token&& token) {
    return boost::asio::async_initiate<Token, detail::signature<job_page>>(
        [state = state_](auto handler, job_query q, diagnostics* d) {
          detail::list_jobs(state, std::move(q), d, std::move(handler));
        },
        token, std::move(query), diag);
  }

  template <class Token>
  auto initiate_get_run(std::string run_id, diagnostics* diag, Token&& token) {
    return boost::asio::async_initiate<Token, detail::signature<run_details>>(
        [state = state_](auto handler, std::string id, diagnostics* d) {
          detail::get_run(state, std::move(id), d, std::move(handler));
        },
        token, std::move(run_id), diag);
  }

  template <class Token>
  auto initiate_list_bugs(std::string run_id, diagnostics* diag, Token&& token) {
    return boost::asio::async_initiate<Token, detail::signature<std::vector<bug>>>(
        [state = state_](auto handler, std::string id, diagnostics* d) {
          detail::list_bugs(state, std::move(id), d, std::move(handler));
        },
        token, std::move(run_id), diag);
  }

  template <class Token>
  auto initiate_wait(std::vector<std::string> ids, wait_options options, diagnostics* diag,
                     Token&& token) {
    return boost::asio::async_initiate<Token, detail::signature<wait_report>>(
        [state = state_](auto handler, std::vector<std::string> i, wait_options o, diagnostics* d) {
          detail::wait_for_jobs(state, std::move(i), std::move(o), d, std::move(handler));
        },
        token, std::move(ids), std::move(options), diag);
  }

  template <class Token>
  auto initiate_stop(std::vector<std::string> ids, diagnostics* diag, Token&& token) {
    return boost::asio::async_initiate<Token, detail::signature<stop_report>>(
        [state = state_](auto handler, std::vector<std::string> i, diagnostics* d) {
          detail::stop_jobs(state, std::move(i), d, std::move(handler));
        },
        token, std::move(ids), diag);
  }

  detail::state_ptr state_;
};

}  // namespace nunu
