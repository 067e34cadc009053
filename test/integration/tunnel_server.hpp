// A proxy that opens a tunnel to whom it is told, and remembers what it saw.
#pragma once

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <cstddef>
#include <deque>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace nunu::test {

namespace asio = boost::asio;

class tunnel_server {
 public:
  /// Whatever host it is asked for, the way leads to `target`.
  tunnel_server(asio::io_context& context, asio::ip::tcp::endpoint target)
      : acceptor_(context, {asio::ip::address_v4::loopback(), 0}), target_(std::move(target)) {
    asio::co_spawn(context, accept(), asio::detached);
  }

  /// The next who asks for a tunnel gets this answer instead.
  void refuse_once(std::string answer) { refusals_.push_back(std::move(answer)); }

  /// Comes before each agreement.
  void say_first(std::string informational) { first_ = std::move(informational); }

  std::string host_and_port() const {
    return "127.0.0.1:" + std::to_string(acceptor_.local_endpoint().port());
  }
  /// The headers, one for each tunnel.
  const std::vector<std::string>& requests() const { return requests_; }
  /// All that clients sent, in tunnels too.
  const std::string& seen() const { return seen_; }

 private:
  using socket = asio::ip::tcp::socket;
  static constexpr asio::as_tuple_t<asio::use_awaitable_t<>> kToken{};

  asio::awaitable<void> accept() {
    for (;;) {
      auto [ec, client] = co_await acceptor_.async_accept(kToken);
      if (ec) co_return;
      asio::co_spawn(acceptor_.get_executor(), open(std::make_shared<socket>(std::move(client))),
                     asio::detached);
    }
  }

  asio::awaitable<void> open(std::shared_ptr<socket> client) {
    std::string header;
    auto [ec, length] =
        co_await asio::async_read_until(*client, asio::dynamic_buffer(header), "\r\n\r\n", kToken);
    if (ec) co_return;
    seen_ += header;
    requests_.push_back(header);
    if (!refusals_.empty()) {
      const std::string refusal = std::move(refusals_.front());
      refusals_.pop_front();
      co_await asio::async_write(*client, asio::buffer(refusal), kToken);
      co_return;
    }
    const auto server = std::make_shared<socket>(acceptor_.get_executor());
    auto [connect_error] = co_await server->async_connect(target_, kToken);
    if (connect_error) co_return;
    const std::string agrees = first_ + "HTTP/1.1 200 Connection established\r\n\r\n";
    co_await asio::async_write(*client, asio::buffer(agrees), kToken);
    asio::co_spawn(acceptor_.get_executor(), pass_on(server, client, nullptr), asio::detached);
    co_await pass_on(client, server, &seen_);
  }

  static asio::awaitable<void> pass_on(std::shared_ptr<socket> from, std::shared_ptr<socket> to,
                                       std::string* seen) {
    for (;;) {
      char bytes[4096];
      auto [ec, count] = co_await from->async_read_some(asio::buffer(bytes), kToken);
      if (ec) break;
      if (seen != nullptr) seen->append(bytes, count);
      auto [write_error, written] =
          co_await asio::async_write(*to, asio::buffer(bytes, count), kToken);
      if (write_error) break;
    }
    boost::system::error_code ignored;
    to->shutdown(socket::shutdown_send, ignored);
  }

  asio::ip::tcp::acceptor acceptor_;
  asio::ip::tcp::endpoint target_;
  std::deque<std::string> refusals_;
  std::string first_;
  std::vector<std::string> requests_;
  std::string seen_;
};

}  // namespace nunu::test
