#include "error_name.hpp"

#include <fmt/format.h>
#include <boost/asio/error.hpp>
#include <string_view>

#include <nunu/error.hpp>

namespace cli {
namespace {

std::string_view name_of(nunu::errc code) {
  switch (code) {
    case nunu::errc::invalid_config:
      return "invalid_config";
    case nunu::errc::invalid_request:
      return "invalid_request";
    case nunu::errc::closed:
      return "closed";
    case nunu::errc::resolve_failed:
      return "resolve_failed";
    case nunu::errc::connect_failed:
      return "connect_failed";
    case nunu::errc::tls_failed:
      return "tls_failed";
    case nunu::errc::certificate_rejected:
      return "certificate_rejected";
    case nunu::errc::connect_timeout:
      return "connect_timeout";
    case nunu::errc::connection_lost:
      return "connection_lost";
    case nunu::errc::response_timeout:
      return "response_timeout";
    case nunu::errc::bad_response:
      return "bad_response";
    case nunu::errc::response_too_large:
      return "response_too_large";
    case nunu::errc::unexpected_status:
      return "unexpected_status";
    case nunu::errc::bad_request:
      return "bad_request";
    case nunu::errc::unauthorized:
      return "unauthorized";
    case nunu::errc::quota_exceeded:
      return "quota_exceeded";
    case nunu::errc::forbidden:
      return "forbidden";
    case nunu::errc::not_found:
      return "not_found";
    case nunu::errc::payload_too_large:
      return "payload_too_large";
    case nunu::errc::rate_limited:
      return "rate_limited";
    case nunu::errc::server_error:
      return "server_error";
    case nunu::errc::start_outcome_unknown:
      return "start_outcome_unknown";
    case nunu::errc::callback_threw:
      return "callback_threw";
    case nunu::errc::proxy_failed:
      return "proxy_failed";
    case nunu::errc::proxy_rejected:
      return "proxy_rejected";
  }
  return {};
}

}  // namespace

std::string error_name(boost::system::error_code error) {
  if (!error) return {};
  if (error == boost::asio::error::operation_aborted) return "operation_aborted";
  if (error.category() == nunu::error_category()) {
    const std::string_view name = name_of(static_cast<nunu::errc>(error.value()));
    if (!name.empty()) return std::string(name);
  }
  return fmt::format("{}:{}", error.category().name(), error.value());
}

}  // namespace cli
