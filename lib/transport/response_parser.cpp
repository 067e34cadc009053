#include "transport/response_parser.hpp"

#include <algorithm>
#include <charconv>
#include <string_view>

namespace nunu::transport {
namespace {

namespace http = boost::beast::http;

/// The N of `timeout=N` among the comma-separated parameters of a `Keep-Alive` header.
std::optional<std::chrono::seconds> parse_keep_alive_timeout(std::string_view value) {
  constexpr std::string_view name = "timeout=";
  const auto at = value.find(name);
  if (at == std::string_view::npos) return std::nullopt;
  unsigned seconds = 0;
  const char* const first = value.data() + at + name.size();
  const auto parsed = std::from_chars(first, value.data() + value.size(), seconds);
  if (parsed.ec != std::errc{}) return std::nullopt;
  return std::chrono::seconds(seconds);
}

}  // namespace

void response::clear() noexcept {
  status = 0;
  body.clear();
  retry_after.clear();
  keep_alive_timeout.reset();
}

response_parser::response_parser(response& out) : out_(out) {
  header_limit(kHeaderLimit);
  body_limit(kBodyLimit);
  // The header does not end the parsing: what has come of the body is taken with it.
  eager(true);
  out_.clear();
}

void response_parser::on_response_impl(int code, string_view, int, error_code&) {
  out_.status = code;
}

void response_parser::on_field_impl(http::field name, string_view, string_view value, error_code&) {
  if (name == http::field::retry_after)
    out_.retry_after.assign(value.data(), value.size());
  else if (name == http::field::keep_alive)
    out_.keep_alive_timeout = parse_keep_alive_timeout({value.data(), value.size()});
}

void response_parser::on_body_init_impl(const boost::optional<std::uint64_t>& length, error_code&) {
  // What the header claims is reserved only up to a size that any peer may make us spend.
  constexpr std::uint64_t most = 256 * 1024;
  if (length) out_.body.reserve(static_cast<std::size_t>(std::min(*length, most)));
}

std::size_t response_parser::on_body_impl(string_view body, error_code&) {
  out_.body.append(body.data(), body.size());
  return body.size();
}

std::size_t response_parser::on_chunk_body_impl(std::uint64_t, string_view body, error_code& ec) {
  return on_body_impl(body, ec);
}

}  // namespace nunu::transport
