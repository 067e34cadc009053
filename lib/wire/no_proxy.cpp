#include "wire/no_proxy.hpp"

#include <algorithm>
#include <array>
#include <boost/url/ipv4_address.hpp>
#include <boost/url/ipv6_address.hpp>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

namespace nunu::wire {
namespace {

namespace urls = boost::urls;

constexpr std::string_view kSeparators = ", \t";

/// What stands in the list, such as `host`, `host:port`, `[::1]:port`, `10.0.0.0/8`.
struct entry {
  std::string_view host;
  std::string_view port;
};

entry split(std::string_view text) noexcept {
  if (text.starts_with('[')) {
    const auto end = text.find(']');
    if (end == std::string_view::npos) return {};
    const std::string_view rest = text.substr(end + 1);
    // `[fd00::]/8` is written, too, but which of the two it is meant to be nobody says.
    if (!rest.empty() && rest.front() != ':') return {};
    return {text.substr(1, end - 1), rest.empty() ? rest : rest.substr(1)};
  }
  const auto colon = text.find(':');
  // An IPv6 address without brackets has several.
  if (colon == std::string_view::npos || text.find(':', colon + 1) != std::string_view::npos)
    return {text, {}};
  return {text.substr(0, colon), text.substr(colon + 1)};
}

struct address_bytes {
  std::array<unsigned char, 16> bytes{};
  std::size_t size = 0;
};

std::optional<address_bytes> parse_address(std::string_view text) {
  address_bytes parsed;
  const auto keep = [&parsed](const auto& bytes) {
    std::copy(bytes.begin(), bytes.end(), parsed.bytes.begin());
    parsed.size = bytes.size();
    return parsed;
  };
  if (const auto v4 = urls::parse_ipv4_address(text)) return keep(v4->to_bytes());
  if (const auto v6 = urls::parse_ipv6_address(text)) return keep(v6->to_bytes());
  return std::nullopt;
}

bool same_prefix(const address_bytes& a, const address_bytes& b, unsigned bits) noexcept {
  for (std::size_t i = 0; i < a.size && bits > 0; ++i) {
    const unsigned in_this_byte = bits < 8 ? bits : 8;
    const unsigned differs = static_cast<unsigned>(a.bytes[i]) ^ b.bytes[i];
    if (differs >> (8 - in_this_byte) != 0) return false;
    bits -= in_this_byte;
  }
  return true;
}

/// `range` is an address, or one with the length of a prefix.
bool is_within(std::string_view address, std::string_view range) {
  const auto slash = range.find('/');
  const auto asked = parse_address(address);
  const auto listed = parse_address(range.substr(0, slash));
  if (!asked || !listed || asked->size != listed->size) return false;
  const auto all_bits = static_cast<unsigned>(listed->size * 8);
  unsigned bits = all_bits;
  if (slash != std::string_view::npos) {
    const std::string_view length = range.substr(slash + 1);
    const char* const begin = length.data();
    const char* const end = begin + length.size();
    const auto parsed = std::from_chars(begin, end, bits);
    if (parsed.ec != std::errc() || parsed.ptr != end || bits > all_bits) return false;
  }
  return same_prefix(*asked, *listed, bits);
}

std::string_view without_root(std::string_view name) noexcept {
  if (name.ends_with('.')) name.remove_suffix(1);
  return name;
}

bool same_letters(std::string_view lower_case, std::string_view any_case) noexcept {
  const auto same = [](char l, char a) {
    return l == (a >= 'A' && a <= 'Z' ? static_cast<char>(a - 'A' + 'a') : a);
  };
  return std::equal(lower_case.begin(), lower_case.end(), any_case.begin(), any_case.end(), same);
}

/// The name itself, or one below it.
bool is_of_domain(std::string_view name, std::string_view domain) noexcept {
  name = without_root(name);
  domain = without_root(domain);
  if (domain.starts_with("*.")) domain.remove_prefix(1);
  if (domain.starts_with('.')) domain.remove_prefix(1);
  if (domain.empty() || name.size() < domain.size()) return false;
  const std::size_t below = name.size() - domain.size();
  return same_letters(name.substr(below), domain) && (below == 0 || name[below - 1] == '.');
}

bool matches(std::string_view text, const endpoint& to) {
  if (text == "*") return true;
  const entry listed = split(text);
  if (!listed.port.empty() && listed.port != to.port) return false;
  return to.host_is_address ? is_within(to.host, listed.host) : is_of_domain(to.host, listed.host);
}

}  // namespace

bool goes_past_proxy(const endpoint& to, std::string_view no_proxy) {
  while (!no_proxy.empty()) {
    const auto end = no_proxy.find_first_of(kSeparators);
    if (matches(no_proxy.substr(0, end), to)) return true;
    no_proxy.remove_prefix(end == std::string_view::npos ? no_proxy.size() : end + 1);
  }
  return false;
}

}  // namespace nunu::wire
