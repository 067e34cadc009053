#include "transport/connection.hpp"

#include <sys/socket.h>

#include <algorithm>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/ssl/error.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/http/error.hpp>
#include <cerrno>
#include <string>
#include <utility>

#include "transport/tunnel.hpp"

namespace nunu::transport {
namespace {

namespace http = boost::beast::http;
using boost::system::error_code;

/// Bounds what a peer can make us hold beside the body: a header, a chunk header with its
/// extensions, or a trailer, of which Beast limits only the first, and one read ahead of it.
constexpr std::size_t kBufferLimit = response_parser::kHeaderLimit + 64 * 1024;

/// As much as a page of 100 jobs has, nearly.
constexpr std::size_t kReadSize = 64 * 1024;

/// To the same user and password a proxy will say it again. Some say 407 only where there are none,
/// and 401 where they are wrong (tinyproxy 1.11).
constexpr bool rejects_user(int status) noexcept {
  return status == 407 || status == 401;
}

failure cancelled() {
  return {asio::error::operation_aborted, "cancelled"};
}

errc classify(const error_code& ec) noexcept {
  if (ec == http::error::header_limit || ec == http::error::body_limit ||
      ec == http::error::buffer_overflow)
    return errc::response_too_large;
  if (ec.category() == http::make_error_code(http::error::end_of_stream).category() &&
      ec != http::error::end_of_stream && ec != http::error::partial_message)
    return errc::bad_response;
  return errc::connection_lost;
}

}  // namespace

connection::connection(const executor& ex, const wire::origin& to, const wire::proxy* through,
                       tls_context* tls, counters& counts)
    : origin_(to),
      proxy_(through),
      peer_(through != nullptr ? static_cast<const wire::endpoint&>(*through) : to),
      tls_(tls),
      counts_(counts),
      socket_(ex),
      resolver_(ex),
      buffer_(kBufferLimit) {}

connection::~connection() {
  // Without this OpenSSL takes the session for a broken one, which can then not be resumed.
  if (stream_)
    SSL_set_shutdown(stream_->native_handle(), SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN);
}

failure connection::explain(errc code, errc if_late, error_code why, std::string_view doing,
                            const wire::endpoint& with) const {
  if (aborted_ && !late_) return {errc::closed, "the client was closed"};
  if (!late_ && why == asio::error::operation_aborted) return cancelled();
  std::string message(doing);
  message += &with == proxy_ ? " proxy " : " ";
  message.append(with.host).append(":").append(with.port).append(": ");
  message += late_ ? "took too long" : why.message();
  return {late_ ? if_late : code, std::move(message)};
}

task<result<void>> connection::open() {
  auto connected = co_await resolve_and_connect();
  if (connected && proxy_ != nullptr) connected = co_await pass_proxy();
  if (!connected || tls_ == nullptr) co_return connected;
  if (was_cancelled(co_await asio::this_coro::cancellation_state)) co_return cancelled();
  co_return co_await handshake();
}

/// A look-up cannot be interrupted, so nobody waits for it but for an event that it, cancellation
/// and `abort` bring about. It owns what it writes to.
struct connection::lookup {
  explicit lookup(const executor& ex) : ended(ex, core::time_point::max()) {}

  timer ended;
  error_code error = asio::error::operation_aborted;
  resolver::results_type found;
};

task<error_code> connection::resolve() {
  const auto port = static_cast<std::uint16_t>(std::stoul(peer_.port));
  if (peer_.host_is_address) {
    endpoints_ = {{asio::ip::make_address(peer_.host), port}};
    co_return error_code();
  }
  // Whatever a resolver may say (RFC 6761, 6.3): plain http is allowed to this name.
  if (peer_.host == "localhost") {
    endpoints_ = {{asio::ip::address_v4::loopback(), port},
                  {asio::ip::address_v6::loopback(), port}};
    co_return error_code();
  }
  const auto asked = std::make_shared<lookup>(socket_.get_executor());
  lookup_ = asked;
  resolver_.async_resolve(peer_.host, peer_.port,
                          [asked](error_code ec, resolver::results_type found) {
                            asked->error = ec;
                            asked->found = std::move(found);
                            asked->ended.cancel();
                          });
  co_await asked->ended.async_wait(as_result);
  lookup_.reset();
  for (const auto& entry : asked->found) endpoints_.push_back(entry.endpoint());
  co_return asked->error;
}

task<result<void>> connection::resolve_and_connect() {
  if (const error_code ec = co_await resolve(); ec || aborted_)
    co_return explain(errc::resolve_failed, errc::connect_timeout, ec, "resolving", peer_);
  if (was_cancelled(co_await asio::this_coro::cancellation_state)) co_return cancelled();
  dial_ = std::make_shared<dial>(socket_.get_executor(), endpoints_);
  error_code ec = co_await dial_->connect(socket_);
  dial_.reset();
  if (!ec && !aborted_) socket_.set_option(asio::ip::tcp::no_delay(true), ec);
  if (ec || aborted_)
    co_return explain(errc::connect_failed, errc::connect_timeout, ec, "connecting to", peer_);
  counts_.connections_opened.add();
  co_return boost::system::in_place_value;
}

/// A failure means that nothing has gone to the service.
task<result<void>> connection::pass_proxy() {
  if (was_cancelled(co_await asio::this_coro::cancellation_state)) co_return cancelled();
  const std::string request = connect_request(origin_, *proxy_);
  const tunnel_answer said = co_await ask_for_tunnel(socket_, request);
  if (said.error || aborted_)
    co_return explain(errc::proxy_failed, errc::proxy_failed, said.error,
                      "asking for a tunnel through", *proxy_);
  if (!said.agreed())
    co_return failure{rejects_user(said.status) ? errc::proxy_rejected : errc::proxy_failed,
                      "proxy " + wire::host_and_port(*proxy_) + " answered with status " +
                          std::to_string(said.status)};
  co_return boost::system::in_place_value;
}

task<result<void>> connection::handshake() {
  stream_.emplace(socket_, tls_->native());
  SSL* const ssl = stream_->native_handle();
  tls_->resume(ssl);
  if (!expect_host(ssl))
    co_return failure{errc::tls_failed, "OpenSSL cannot verify the host " + origin_.host};

  auto [ec] = co_await stream_->async_handshake(asio::ssl::stream_base::client, as_result);
  if (ec || aborted_) {
    const long verified = SSL_get_verify_result(ssl);
    if (verified == X509_V_OK || aborted_)
      co_return explain(errc::tls_failed, errc::connect_timeout, ec, "TLS handshake with", origin_);
    co_return failure{errc::certificate_rejected,
                      "the certificate of " + origin_.host +
                          " was rejected: " + X509_verify_cert_error_string(verified)};
  }
  counts_.tls_handshakes.add();
  if (SSL_session_reused(ssl)) counts_.tls_resumptions.add();
  co_return boost::system::in_place_value;
}

/// OpenSSL's own checks: when they fail, they say what does not match.
bool connection::expect_host(SSL* ssl) const noexcept {
  const char* const host = origin_.host.c_str();
  if (origin_.host_is_address) return X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl), host) == 1;
  // SNI is for names only (RFC 6066, 3).
  return SSL_set1_host(ssl, host) == 1 && SSL_set_tlsext_host_name(ssl, host) == 1;
}

task<result<void>> connection::exchange(std::string_view request, response& out) {
  return stream_ ? exchange_over(*stream_, request, out) : exchange_over(socket_, request, out);
}

template <class Stream>
task<result<void>> connection::exchange_over(Stream& stream, std::string_view request,
                                             response& out) {
  reusable_ = false;
  auto [write_error, written] =
      co_await asio::async_write(stream, asio::buffer(request), as_result);
  // A server that answers early, with 413 perhaps, may close before it has read everything: then
  // its answer is worth more than the error of the write.
  if (aborted_ || write_error == asio::error::operation_aborted)
    co_return explain(errc::connection_lost, errc::response_timeout, write_error, "sending to",
                      origin_);
  if (was_cancelled(co_await asio::this_coro::cancellation_state)) co_return cancelled();

  bool keep_alive = false;
  for (int informational = 0;; ++informational) {
    response_parser parser(out);
    while (!parser.is_done()) {
      error_code ec = parse_buffered(parser);
      if (parser.is_done() && !ec) break;
      if (!ec) {
        auto [read_error, count] =
            co_await stream.async_read_some(buffer_.prepare(room_to_read()), as_result);
        buffer_.commit(count);
        ec = read_error == asio::error::eof ? end_of_input(parser) : read_error;
      }
      if (!ec) continue;
      const error_code cause = write_error ? write_error : ec;
      co_return explain(classify(cause), errc::response_timeout, cause, "waiting for the answer of",
                        origin_);
    }
    // An answer that is whole counts, even if time was up or the client was closed just now.
    keep_alive = parser.keep_alive();
    if (out.status >= 200) break;
    if (out.status == kSwitchingProtocols || informational == kMostInformational)
      co_return failure{errc::bad_response,
                        "unexpected informational answer " + std::to_string(out.status)};
  }
  if (out.keep_alive_timeout) server_keeps_for = out.keep_alive_timeout;
  reusable_ = !aborted_ && !write_error && keep_alive && !bytes_left();
  co_return boost::system::in_place_value;
}

/// Gives the parser what has come. The buffer keeps what it has no use for yet.
error_code connection::parse_buffered(response_parser& parser) {
  error_code ec;
  if (buffer_.size() == 0) return ec;
  buffer_.consume(parser.put(buffer_.data(), ec));
  if (ec == http::error::need_more) ec.clear();
  if (!ec && !parser.is_done() && buffer_.size() == buffer_.max_size())
    ec = http::error::buffer_overflow;
  return ec;
}

std::size_t connection::room_to_read() const noexcept {
  return std::min(kReadSize, buffer_.max_size() - buffer_.size());
}

/// The server has closed the connection; a body without a length ends that way.
error_code connection::end_of_input(response_parser& parser) {
  error_code ec;
  if (!parser.got_some()) return http::error::end_of_stream;
  parser.put_eof(ec);
  return ec;
}

void connection::abort() noexcept {
  aborted_ = true;
  reusable_ = false;
  if (lookup_) lookup_->ended.cancel();
  if (dial_) dial_->abort();
  error_code ignored;
  socket_.close(ignored);
}

void connection::abort_late() noexcept {
  late_ = true;
  abort();
}

/// The server sent more than the answer. What is encrypted may be in OpenSSL's hands already.
bool connection::bytes_left() noexcept {
  if (buffer_.size() != 0) return true;
  if (!stream_) return false;
  auto* const ssl = stream_->native_handle();
  return SSL_has_pending(ssl) == 1 || BIO_ctrl_pending(SSL_get_rbio(ssl)) != 0;
}

bool connection::turned_readable() noexcept {
  char byte = 0;
  const auto peeked = ::recv(socket_.native_handle(), &byte, 1, MSG_PEEK | MSG_DONTWAIT);
  return peeked >= 0 || (errno != EAGAIN && errno != EWOULDBLOCK);
}

}  // namespace nunu::transport
