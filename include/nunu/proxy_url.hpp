/// \file
/// Where a proxy is, as a type that cannot be printed by accident.
#pragma once

#include <string>
#include <string_view>
#include <utility>

namespace nunu {

/// `http://[user:password@]host[:port]`: the scheme may be missing, the port is 80 by default, and
/// user and password are percent-encoded.
///
/// It converts to nothing and cannot be streamed, so that the password does not end up in a log. It
/// is sent to the proxy and nowhere else.
class proxy_url {
 public:
  /// No proxy.
  proxy_url() = default;

  /// The client refuses what it cannot use, without repeating it.
  explicit proxy_url(std::string value) : value_(std::move(value)) {}

  bool empty() const noexcept { return value_.empty(); }

  /// The text itself, for the one place that reads it.
  std::string_view reveal() const noexcept { return value_; }

 private:
  std::string value_;
};

}  // namespace nunu
