/// \file
/// What a connection is made to, as URLs name it.
#pragma once

#include <boost/url/url_view.hpp>
#include <cstdint>
#include <string>

namespace nunu::wire {

struct endpoint {
  /// A name in lower case, or an address without brackets.
  std::string host;
  bool host_is_address = false;
  std::string port;

  friend bool operator==(const endpoint&, const endpoint&) = default;
};

/// Fills it in from a URL, or says what is wrong, such as "has no host".
std::string read_endpoint(boost::urls::url_view url, std::uint16_t default_port, endpoint& out);

/// With brackets around an IPv6 address.
std::string host_in_url(const endpoint& e);
std::string host_and_port(const endpoint& e);

}  // namespace nunu::wire
