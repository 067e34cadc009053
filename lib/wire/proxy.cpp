#include "wire/proxy.hpp"

#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>
#include <cstddef>
#include <cstdint>
#include <utility>

#include "wire/control_characters.hpp"
#include "wire/no_proxy.hpp"

namespace nunu::wire {
namespace {

namespace urls = boost::urls;

/// RFC 4648, 4.
std::string base64(std::string_view bytes) {
  constexpr std::string_view digits =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string encoded;
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    const std::string_view group = bytes.substr(i, 3);
    std::uint32_t bits = 0;
    for (std::size_t at = 0; at < 3; ++at)
      bits = bits << 8 | (at < group.size() ? static_cast<unsigned char>(group[at]) : 0U);
    for (std::size_t at = 0; at < 4; ++at)
      encoded += at <= group.size() ? digits[bits >> (18 - 6 * at) & 0x3f] : '=';
  }
  return encoded;
}

/// RFC 7617, 2. Fills in the authorization, or says what is wrong.
std::string read_credentials(urls::url_view url, proxy& out) {
  const std::string user = url.user();
  const std::string password = url.password();
  if (user.empty() && password.empty()) return {};
  if (has_control_character(user) || has_control_character(password))
    return "has a control character in its user or password";
  if (user.find(':') != std::string::npos) return "has a colon in its user, which ends it";
  out.authorization = "Basic " + base64(user + ':' + password);
  return {};
}

decoded<proxy> wrong(std::string_view problem) {
  return {boost::system::in_place_error, std::string("proxy ").append(problem)};
}

}  // namespace

decoded<proxy> parse_proxy(std::string_view url) {
  std::string text(url);
  if (text.find("://") == std::string::npos) text.insert(0, "http://");
  const auto parsed = urls::parse_uri(text);
  if (!parsed) return wrong("is not a URL");
  if (parsed->scheme_id() != urls::scheme::http) return wrong("is not an http URL");
  proxy p;
  constexpr std::uint16_t default_port = 80;
  if (std::string problem = read_endpoint(*parsed, default_port, p); !problem.empty())
    return wrong(problem);
  if (!parsed->encoded_path().empty() && parsed->encoded_path() != "/") return wrong("has a path");
  if (parsed->has_query()) return wrong("has a query");
  if (parsed->has_fragment()) return wrong("has a fragment");
  if (std::string problem = read_credentials(*parsed, p); !problem.empty()) return wrong(problem);
  return p;
}

decoded<std::optional<proxy>> proxy_for(const origin& to, std::string_view proxy_url,
                                        std::string_view no_proxy) {
  if (proxy_url.empty() || !to.tls || goes_past_proxy(to, no_proxy)) return std::optional<proxy>();
  decoded<proxy> parsed = parse_proxy(proxy_url);
  if (!parsed) return {boost::system::in_place_error, std::move(parsed).error()};
  return std::optional<proxy>(*std::move(parsed));
}

}  // namespace nunu::wire
