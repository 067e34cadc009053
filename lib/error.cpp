#include <nunu/error.hpp>

#include <algorithm>
#include <utility>

namespace nunu {
namespace {

std::string text_of(errc code) {
  switch (code) {
    case errc::invalid_config:
      return "the client's configuration is invalid";
    case errc::invalid_request:
      return "the request is invalid";
    case errc::closed:
      return "the client was closed";
    case errc::resolve_failed:
      return "the host's name could not be resolved";
    case errc::connect_failed:
      return "no connection could be made";
    case errc::tls_failed:
      return "the TLS handshake failed";
    case errc::certificate_rejected:
      return "the server's certificate was rejected";
    case errc::connect_timeout:
      return "no connection was ready in time";
    case errc::connection_lost:
      return "the connection broke before the whole answer came";
    case errc::response_timeout:
      return "the answer did not come in time";
    case errc::bad_response:
      return "the answer is not what the API documents";
    case errc::response_too_large:
      return "the answer is too large";
    case errc::unexpected_status:
      return "the answer has an unexpected status";
    case errc::bad_request:
      return "the service rejected the request";
    case errc::unauthorized:
      return "the API key is missing or wrong";
    case errc::quota_exceeded:
      return "the project's quota is used up";
    case errc::forbidden:
      return "the API key lacks the permission";
    case errc::not_found:
      return "not found";
    case errc::payload_too_large:
      return "the request is too large for the service";
    case errc::rate_limited:
      return "too many requests";
    case errc::server_error:
      return "the service failed";
    case errc::start_outcome_unknown:
      return "it is not known whether the run was started";
    case errc::callback_threw:
      return "a callback threw an exception";
    case errc::proxy_failed:
      return "the proxy opened no way to the host";
    case errc::proxy_rejected:
      return "the proxy wants another user or password";
  }
  return "unknown error " + std::to_string(static_cast<int>(code));
}

bool matches(errc code, condition asked) noexcept {
  switch (asked) {
    case condition::not_sent:
      switch (code) {
        case errc::invalid_config:
        case errc::invalid_request:
        case errc::resolve_failed:
        case errc::connect_failed:
        case errc::tls_failed:
        case errc::certificate_rejected:
        case errc::connect_timeout:
        case errc::proxy_failed:
        case errc::proxy_rejected:
          return true;
        default:
          return false;
      }
    case condition::outcome_unknown:
      switch (code) {
        case errc::connection_lost:
        case errc::response_timeout:
        case errc::bad_response:
        case errc::response_too_large:
        case errc::server_error:
        case errc::start_outcome_unknown:
          return true;
        default:
          return false;
      }
    case condition::retryable:
      switch (code) {
        case errc::resolve_failed:
        case errc::connect_failed:
        case errc::tls_failed:
        case errc::connect_timeout:
        case errc::proxy_failed:
        case errc::connection_lost:
        case errc::response_timeout:
        case errc::rate_limited:
        case errc::server_error:
          return true;
        default:
          return false;
      }
    case condition::caller_error:
      switch (code) {
        case errc::invalid_config:
        case errc::invalid_request:
        case errc::certificate_rejected:
        case errc::proxy_rejected:
        case errc::bad_request:
        case errc::unauthorized:
        case errc::quota_exceeded:
        case errc::forbidden:
        case errc::not_found:
        case errc::payload_too_large:
          return true;
        default:
          return false;
      }
  }
  return false;
}

class nunu_category final : public boost::system::error_category {
 public:
  const char* name() const noexcept override { return "nunu"; }
  std::string message(int value) const override { return text_of(static_cast<errc>(value)); }
  bool equivalent(int value, const boost::system::error_condition& asked) const noexcept override {
    if (asked.category() == condition_category())
      return matches(static_cast<errc>(value), static_cast<condition>(asked.value()));
    return error_category::equivalent(value, asked);
  }
};

class nunu_conditions final : public boost::system::error_category {
 public:
  const char* name() const noexcept override { return "nunu.condition"; }
  std::string message(int value) const override {
    switch (static_cast<condition>(value)) {
      case condition::not_sent:
        return "nothing was sent";
      case condition::outcome_unknown:
        return "the request may have taken effect";
      case condition::retryable:
        return "the same call may succeed later";
      case condition::caller_error:
        return "the caller has to change something";
    }
    return "unknown condition " + std::to_string(value);
  }
};

void append(std::string& line, std::string_view separator, std::string_view part) {
  if (part.empty()) return;
  if (!line.empty()) line.append(separator);
  line.append(part);
}

}  // namespace

const boost::system::error_category& error_category() noexcept {
  static const nunu_category category;
  return category;
}

const boost::system::error_category& condition_category() noexcept {
  static const nunu_conditions category;
  return category;
}

std::string diagnostics::to_string() const {
  std::string line = request;
  if (http_status != 0) append(line, ": ", "status " + std::to_string(http_status));
  append(line, ": ", service_message);
  if (!service_code.empty()) append(line, " ", "(" + service_code + ")");
  append(line, ": ", message);
  if (!launch_id.empty()) append(line, "; ", "launch id " + launch_id);
  for (std::size_t i = 0; i < job_ids.size(); ++i)
    append(line, i == 0 ? "; " : ", ", i == 0 ? "job ids " + job_ids[i] : job_ids[i]);
  append(line, "; ", body.empty() ? "" : "answer: " + body);
  // What others wrote must not end the line, nor speak to a terminal.
  std::replace_if(
      line.begin(), line.end(),
      [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; }, ' ');
  return line;
}

error::error(boost::system::error_code code, nunu::diagnostics details)
    : system_error(code, details.to_string()), diagnostics_(std::move(details)) {}

}  // namespace nunu
