/// \file
/// The proxy that connections go through.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "wire/decoded.hpp"
#include "wire/endpoint.hpp"
#include "wire/origin.hpp"

namespace nunu::wire {

struct proxy : endpoint {
  /// The value of `Proxy-Authorization`; empty: none. A secret.
  std::string authorization;
};

/// Understands `client_config::proxy`. An error for: no http URL, a host or port that is none, a
/// path, a query, a fragment, and a user or password that cannot be sent. No error repeats the
/// text, which may have a password in it.
decoded<proxy> parse_proxy(std::string_view url);

/// The proxy for connections to `to`, if they go through one: those with plain http never do. A
/// proxy that nothing goes through is not looked at.
decoded<std::optional<proxy>> proxy_for(const origin& to, std::string_view proxy_url,
                                        std::string_view no_proxy);

}  // namespace nunu::wire
