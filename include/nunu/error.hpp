/// \file
/// Every way an operation can fail, and what is known about it when it did.
#pragma once

#include <boost/system/error_code.hpp>
#include <boost/system/error_condition.hpp>
#include <boost/system/system_error.hpp>
#include <string>
#include <type_traits>
#include <vector>

#include <nunu/export.hpp>

namespace nunu {

/// What went wrong. Cancellation is reported as `boost::asio::error::operation_aborted`.
enum class errc {
  /// `client_config` cannot work; thrown by the client's constructor.
  invalid_config = 1,
  /// A request that the service is sure to reject; nothing was sent. The message names the field.
  invalid_request,
  /// The client was closed or destroyed before the operation ended.
  closed,
  /// The host's name could not be resolved.
  resolve_failed,
  /// No address of the host accepted a connection.
  connect_failed,
  /// The TLS handshake failed for a reason other than the certificate.
  tls_failed,
  /// The server's certificate is not trusted, has expired, or is for another host.
  certificate_rejected,
  /// No connection was ready to write on in time.
  connect_timeout,
  /// The connection broke after a write began and before the whole answer came.
  connection_lost,
  /// The whole answer did not come in time.
  response_timeout,
  /// The answer is not HTTP, not JSON, or not what the API documents. `diagnostics::body` has it.
  bad_response,
  /// The answer is larger than the client accepts.
  response_too_large,
  /// A status that the API does not document for this request, such as a redirect.
  unexpected_status,
  /// 400: the service rejected the request.
  bad_request,
  /// 401: the API key is missing or wrong.
  unauthorized,
  /// 402: the project's quota is used up.
  quota_exceeded,
  /// 403: the key lacks the permission.
  forbidden,
  /// 404: there is no such job, run, test, plan or project.
  not_found,
  /// 413: the request is larger than the service accepts.
  payload_too_large,
  /// 429: too many requests, and still so when the operation's time was up; or the service has
  /// asked, with `Retry-After`, to be left alone for longer than that, and nothing more was sent.
  rate_limited,
  /// 408 or 5xx.
  server_error,
  /// It is not known whether a start that was sent took effect, although it was looked up as far as
  /// possible. It is never sent again by itself; `diagnostics::launch_id` identifies it.
  start_outcome_unknown,
  /// A callback given by the caller threw; the message is what it threw.
  callback_threw,
  /// The proxy did not open a tunnel to the host: it refused, answered what is not HTTP, or not in
  /// time. Nothing has gone to the service.
  proxy_failed,
  /// The proxy wants another user or password (it says 401 or 407). It is not tried again, and
  /// nothing has gone to the service.
  proxy_rejected,
};

/// What a caller wants to know about an error, to test it against: `if (ec == nunu::condition::…)`.
/// An error can match several.
enum class condition {
  /// Nothing was written, so nothing can have happened at the service.
  not_sent = 1,
  /// The request may have taken effect at the service.
  outcome_unknown,
  /// The same call may succeed later. Say it again only if that cannot start a second run.
  retryable,
  /// The caller has to change something: the request, the key, the configuration.
  caller_error,
};

NUNU_EXPORT const boost::system::error_category& error_category() noexcept;
NUNU_EXPORT const boost::system::error_category& condition_category() noexcept;

inline boost::system::error_code make_error_code(errc code) noexcept {
  return {static_cast<int>(code), error_category()};
}

inline boost::system::error_condition make_error_condition(condition c) noexcept {
  return {static_cast<int>(c), condition_category()};
}

/// What is known about a failed operation. Fields that do not apply are empty or 0.
/// It never contains the API key.
struct diagnostics {
  /// What happened, for people: the field that is invalid, the reason a connect failed.
  std::string message{};
  /// Method and target of the last request, such as `GET /api/v1/jobs/f80f…`.
  std::string request{};
  /// Status of the last answer.
  int http_status = 0;
  /// The service's own words: `message` or `error` of its answer.
  std::string service_message{};
  /// The service's `code`, such as `NOT_FOUND`.
  std::string service_code{};
  /// The start of an answer's body (at most 4 KiB) where the client could not make sense of it.
  std::string body{};
  /// Of an operation that was cancelled before another attempt: what the last one had failed with.
  boost::system::error_code last_failure{};
  /// Identifies a start that may have taken effect.
  std::string launch_id{};
  /// Ids of jobs that the service named in its answer although the operation failed.
  std::vector<std::string> job_ids{};

  /// All of it in one line, for a log or an exception's `what()`.
  NUNU_EXPORT std::string to_string() const;
};

/// What the operations throw: an error code with its diagnostics.
class error : public boost::system::system_error {
 public:
  NUNU_EXPORT error(boost::system::error_code code, nunu::diagnostics details);

  const nunu::diagnostics& get_diagnostics() const noexcept { return diagnostics_; }

 private:
  nunu::diagnostics diagnostics_;
};

}  // namespace nunu

template <>
struct boost::system::is_error_code_enum<nunu::errc> : std::true_type {};
template <>
struct boost::system::is_error_condition_enum<nunu::condition> : std::true_type {};
