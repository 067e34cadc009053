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

/// Such an answer has a line and a few fields.
constexpr std::size_t kReadSize = 4096;

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

  response header;
  response_parser parser(header);
  // Whatever its header says, a proxy that agrees sends no body (RFC 9110, 9.3.6), and nobody reads
  // that of one that does not.
  parser.skip(true);
  boost::beast::flat_buffer buffer(response_parser::kHeaderLimit);
  while (!said.error && !parser.is_done()) {
    if (was_cancelled(co_await asio::this_coro::cancellation_state)) {
      said.error = asio::error::operation_aborted;
      break;
    }
    const std::size_t room = std::min(kReadSize, buffer.max_size() - buffer.size());
    auto [read_error, count] = co_await proxy.async_read_some(buffer.prepare(room), as_result);
    said.error = read_error;
    if (read_error) break;
    buffer.commit(count);
    buffer.consume(parser.put(buffer.data(), said.error));
    if (said.error == http::error::need_more) said.error.clear();
    if (!said.error && !parser.is_done() && buffer.size() == buffer.max_size())
      said.error = http::error::header_limit;
  }
  said.status = header.status;
  if (said.agreed() && buffer.size() != 0) said.error = http::error::unexpected_body;
  co_return said;
}

}  // namespace nunu::transport
