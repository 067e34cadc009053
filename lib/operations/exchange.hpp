/// \file
/// Requests as the operations see them: what to send, what became of it, and when to try again.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <nunu/error.hpp>
#include "core/clock.hpp"
#include "core/exchange.hpp"
#include "operations/client_state.hpp"
#include "transport/connection_pool.hpp"
#include "transport/failure.hpp"
#include "transport/task.hpp"

namespace nunu::operations {

/// Any connection that the pool would reuse.
inline constexpr core::duration kAnyAge = core::duration::max();

enum class request_kind : std::uint8_t { start, stop, read, poll, page };

struct request {
  request_kind kind;
  /// Method and target, for diagnostics.
  std::string name;
  std::string bytes;
};

request get_request(const detail::client_state& state, request_kind kind, std::string target);
request post_request(const detail::client_state& state, request_kind kind, std::string target,
                     std::string_view json);

/// What became of one attempt.
struct attempt {
  core::exchange_outcome outcome;
  transport::response reply;
  /// Set when there is no answer.
  transport::failure failure;
  core::time_point sent_at{};
  /// Until it was answered or failed. 0: it was not sent.
  core::duration duration{};
  /// The operation was cancelled before this attempt was made, or before another one.
  bool cancelled = false;
};

/// Ids of jobs as diagnostics may have them: the service could have put the key there.
std::vector<std::string> for_diagnostics(const detail::client_state& state,
                                         std::vector<std::string> job_ids);

/// Makes it an attempt for which there was no connection.
void mark_not_sent(attempt& out, transport::failure why);

/// Around an exchange on a leased connection: gives it its deadline, then notes what came of it.
void before_exchange(detail::client_state& state, transport::lease& held, request_kind kind,
                     core::time_point deadline, attempt& out);
void after_exchange(detail::client_state& state, transport::lease& held,
                    const transport::result<void>& exchanged, attempt& out);

/// Tells who asked to be told of each attempt.
void tell_attempt(detail::client_state& state, const request& what, const attempt& made) noexcept;

/// Waits until the service allows another request, and for a connection that has answered within
/// `freshness`, or a new one. False: `out` says why there is none.
transport::task<bool> ready_to_send(detail::client_state& state, const cancellation& cancel,
                                    const request& what, core::duration freshness,
                                    core::time_point deadline, transport::lease& held,
                                    attempt& out);

/// Makes an exchange, and tells the budget of requests what came of it.
transport::task<void> send_on(detail::client_state& state, transport::lease& held,
                              const request& what, core::time_point deadline, attempt& out);

/// One attempt of any request but a start. From when a stop is on its way *total* cancellation is
/// not accepted, since it promises that nothing happened; it is again when nothing did.
transport::task<attempt> try_once(detail::client_state& state, cancellation& cancel,
                                  const request& what, core::time_point deadline);

/// Sends a request that may be said twice, until there is an answer to it or the operation's time
/// is up.
transport::task<attempt> exchange_repeatable(detail::client_state& state, cancellation& cancel,
                                             const request& what, core::time_point deadline);

enum class after_pause : std::uint8_t { try_again, give_up };

/// Waits before the next attempt, if the client's budget of retries has one left and it would come
/// in time. When there is to be none, `last` says why.
transport::task<after_pause> back_off(detail::client_state& state, const cancellation& cancel,
                                      attempt& last, unsigned failures, core::time_point deadline);

/// The end of the operation that starts now.
core::time_point operation_deadline(const detail::client_state& state);

/// What to tell the caller of an attempt that did not give what was asked for.
boost::system::error_code error_of(const attempt& failed);
diagnostics details_of(const detail::client_state& state, const attempt& failed,
                       const request& what);

/// The same for an answer that came but does not say what it should.
diagnostics details_of_unfamiliar(const detail::client_state& state, const attempt& answered,
                                  const request& what, std::string_view problem);

}  // namespace nunu::operations
