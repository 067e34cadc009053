/// \file
/// Where a peer connects to.
#pragma once

#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>
#include <stdexcept>
#include <string>

namespace bench {

struct server_address {
  bool tls = false;
  std::string host;
  std::string port;
  /// For the `Host` header.
  std::string authority;
  /// Without a slash at its end.
  std::string path;
};

inline server_address parse_server_address(const std::string& url) {
  const auto parsed = boost::urls::parse_uri(url);
  if (!parsed) throw std::invalid_argument("--url is not a URL: " + url);
  const boost::urls::url_view view = *parsed;
  server_address address;
  address.tls = view.scheme_id() == boost::urls::scheme::https;
  if (!address.tls && view.scheme_id() != boost::urls::scheme::http)
    throw std::invalid_argument("--url is neither http nor https: " + url);
  address.host = std::string(view.encoded_host());
  address.authority = std::string(view.encoded_host_and_port());
  address.port = view.has_port() ? std::string(view.port()) : address.tls ? "443" : "80";
  address.path = std::string(view.encoded_path());
  while (address.path.ends_with('/')) address.path.pop_back();
  return address;
}

}  // namespace bench
