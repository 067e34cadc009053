/// \file
/// Results of watched jobs, one by one as the jobs finish.
#pragma once

#include <boost/asio/async_result.hpp>
#include <boost/asio/awaitable.hpp>
#include <memory>
#include <optional>
#include <utility>

#include <nunu/detail/handler.hpp>
#include <nunu/error.hpp>
#include <nunu/export.hpp>
#include <nunu/wait.hpp>

namespace nunu {

namespace detail {
class watch_state;
NUNU_EXPORT void next_outcome(std::shared_ptr<watch_state> watch, diagnostics* diag,
                              handler<std::optional<job_outcome>> handler);
}  // namespace detail

/// What `client::watch_jobs` gives: a stream of outcomes in the order in which jobs finish.
///
/// Destroying it, or assigning another to it, ends the watch: a `next` that is waiting completes
/// with `operation_aborted`, and the jobs themselves go on at the service. It may outlive its
/// client, and then gives `errc::closed` after what was heard before, but not the execution
/// context. Movable, not copyable. Safe to destroy from any thread; `next` may be called from any
/// thread, one call at a time.
class job_watch {
 public:
  NUNU_EXPORT explicit job_watch(std::shared_ptr<detail::watch_state> state) noexcept;
  job_watch(job_watch&&) noexcept = default;
  NUNU_EXPORT job_watch& operator=(job_watch&& other) noexcept;
  NUNU_EXPORT ~job_watch();

  /// Waits for the next outcome: one for each watched id, those that are still running at the
  /// deadline too, and then none.
  ///
  /// Errors: `errc::invalid_request` (an id that is empty or has a control character),
  /// `errc::closed`, `errc::callback_threw`, `operation_aborted`. After an error other than
  /// `operation_aborted` there are no more outcomes. Cancellation (all types): ends this call
  /// alone; no outcome is lost. Throws `nunu::error` when awaited in this form.
  NUNU_EXPORT boost::asio::awaitable<std::optional<job_outcome>> next();

  /// The same with a completion token; signature `void(error_code, std::optional<job_outcome>)`.
  /// The handler runs on its associated executor, by default the client's.
  template <boost::asio::completion_token_for<detail::signature<std::optional<job_outcome>>> Token>
  auto next(Token&& token) {
    return initiate(nullptr, std::forward<Token>(token));
  }

  /// The same, leaving the details of an error in `diag`, which must stay valid until completion.
  template <boost::asio::completion_token_for<detail::signature<std::optional<job_outcome>>> Token>
  auto next(diagnostics& diag, Token&& token) {
    return initiate(&diag, std::forward<Token>(token));
  }

 private:
  template <class Token>
  auto initiate(diagnostics* diag, Token&& token) {
    return boost::asio::async_initiate<Token, detail::signature<std::optional<job_outcome>>>(
        [state = state_](auto handler, diagnostics* d) {
          detail::next_outcome(state, d, std::move(handler));
        },
        token, diag);
  }

  std::shared_ptr<detail::watch_state> state_;
};

}  // namespace nunu
