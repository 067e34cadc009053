#include "transport/tunnel.hpp"

#include <algorithm>
#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/error.hpp>
#include <cstddef>

#include "transport/response_parser.hpp"

namespace nunu::transport {
namespace {

namespace http = boost::beast::http;
using boost::system::error_code;

/// Such an answer has a line and a few fields.
constexpr std::size_t kReadSize = 4096;

/// Reads one answer. The buffer keeps what comes after it.
task<error_code> read_header(dial::socket& proxy, boost::beast::flat_buffer& buffer, int& status) {
  response header;
  response_parser parser(header);
  // Whatever its header says, a proxy that agrees sends no body (RFC 9110, 9.3.6), and nobody reads
  // that of one that does not.
  parser.skip(true);
  error_code ec;
  while (!parser.is_done()) {
    if (was_cancelled(co_await asio::this_coro::cancellation_state))
      co_return asio::error::operation_aborted;
    if (buffer.size() != 0) buffer.consume(parser.put(buffer.data(), ec));
    if (ec == http::error::need_more) ec.clear();
    if (!ec && !parser.is_done() && buffer.size() == buffer.max_size())
      ec = http::error::header_limit;
    if (ec || parser.is_done()) break;
    const std::size_t room = std::min(kReadSize, buffer.max_size() - buffer.size());
    auto [read_error, count] = co_await proxy.async_read_some(buffer.prepare(room), as_result);
    if (read_error) co_return read_error;
    buffer.commit(count);
  }
  status = header.status;
  co_return ec;
}

}  // namespace

std::string connect_request(const wire::endpoint& to, const wire::proxy& through) {
  const std::string target = wire::host_and_port(to);
  std::string request = "CONNECT ";
  request.append(target).append(" HTTP/1.1\r\nHost: ").append(target);
  request.append("\r\nUser-Agent: nunu-cpp/" NUNU_VERSION "\r\n");
  if (!through.authorization.empty())
    request.append("Proxy-Authorization: ").append(through.authorization).append("\r\n");
  return request.append("\r\n");
}

task<tunnel_answer> ask_for_tunnel(dial::socket& proxy, std::string_view request) {
  tunnel_answer said;
  auto [write_error, written] = co_await asio::async_write(proxy, asio::buffer(request), as_result);
  said.error = write_error;

  boost::beast::flat_buffer buffer(response_parser::kHeaderLimit);
  for (int informational = 0; !said.error; ++informational) {
    said.error = co_await read_header(proxy, buffer, said.status);
    const bool is_final = said.status >= 200 || said.status == kSwitchingProtocols;
    if (is_final || informational == kMostInformational) break;
  }
  if (said.agreed() && buffer.size() != 0) said.error = http::error::unexpected_body;
  co_return said;
}

}  // namespace nunu::transport
