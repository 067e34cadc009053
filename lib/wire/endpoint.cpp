#include "wire/endpoint.hpp"

#include <algorithm>
#include <charconv>
#include <string_view>

namespace nunu::wire {
namespace {

namespace urls = boost::urls;

char lower(char c) noexcept {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool is_host_name(std::string_view host) noexcept {
  const auto allowed = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_';
  };
  return !host.empty() && std::ranges::all_of(host, allowed);
}

/// 0: that is no port. Boost 1.81 would drop what is above 16 bits.
std::uint16_t port_in(std::string_view digits) noexcept {
  std::uint16_t port = 0;
  // What is too large leaves it alone.
  std::from_chars(digits.data(), digits.data() + digits.size(), port);
  return port;
}

}  // namespace

std::string read_endpoint(urls::url_view url, std::uint16_t default_port, endpoint& out) {
  if (!url.has_authority()) return "has no host";
  // Boost 1.81 takes 127.0.0.1.example.com for the address 127.0.0.1 and a path .example.com, and
  // user@a@b for the host a and a path @b.
  if (!url.encoded_path().empty() && !url.encoded_path().starts_with('/')) {
    return "has a host that is no name and no address";
  }
  const bool says_port = url.has_port() && !url.port().empty();
  const std::uint16_t port = says_port ? port_in(url.port()) : default_port;
  if (port == 0) return "has a port outside 1 to 65535";
  out.port = std::to_string(port);

  switch (url.host_type()) {
    case urls::host_type::ipv4:
      out.host = url.host_ipv4_address().to_string();
      out.host_is_address = true;
      break;
    case urls::host_type::ipv6:
      out.host = url.host_ipv6_address().to_string();
      out.host_is_address = true;
      break;
    default:
      out.host = std::string_view(url.encoded_host());
      out.host_is_address = false;
      std::ranges::transform(out.host, out.host.begin(), lower);
      if (out.host.empty()) return "has no host";
      if (!is_host_name(out.host)) return "has a host that is no name and no address";
  }
  return {};
}

std::string host_in_url(const endpoint& e) {
  const bool brackets = e.host_is_address && e.host.find(':') != std::string::npos;
  return brackets ? '[' + e.host + ']' : e.host;
}

std::string host_and_port(const endpoint& e) {
  return host_in_url(e) + ':' + e.port;
}

}  // namespace nunu::wire
