// Stands between a client and a server, and breaks the first connection after any number of bytes.
#pragma once

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <utility>

namespace nunu::test {

namespace asio = boost::asio;

/// Passes on what both sides say. The io_context must not run any more once it is destroyed.
class breaking_relay {
 public:
  /// Whose bytes are counted.
  enum class speaker : std::uint8_t { client, server };
  /// How the client learns that the connection is broken. The server's side is just closed.
  enum class manner : std::uint8_t { fin, reset };

  /// So many bytes are passed on, and then, when there is another one, the connection breaks.
  struct fault {
    speaker of;
    std::size_t after;
    manner how;
  };

  breaking_relay(asio::io_context& context, asio::ip::tcp::endpoint server, fault first)
      : acceptor_(context, {asio::ip::address_v4::loopback(), 0}), server_(server), fault_(first) {
    asio::co_spawn(context, accept(), asio::detached);
  }

  unsigned short port() const { return acceptor_.local_endpoint().port(); }
  int connections() const { return connections_; }
  bool has_broken() const { return broken_; }

 private:
  using socket = asio::ip::tcp::socket;
  static constexpr auto kToken = asio::as_tuple(asio::use_awaitable);
  static constexpr std::size_t kUnlimited = std::numeric_limits<std::size_t>::max();

  struct line {
    socket client;
    socket server;
  };

  asio::awaitable<void> accept() {
    for (;;) {
      auto [ec, client] = co_await acceptor_.async_accept(kToken);
      if (ec) co_return;
      const bool is_first = ++connections_ == 1;
      asio::co_spawn(acceptor_.get_executor(), connect(std::move(client), is_first),
                     asio::detached);
    }
  }

  asio::awaitable<void> connect(socket client, bool is_first) {
    const auto both =
        std::make_shared<line>(line{std::move(client), socket(acceptor_.get_executor())});
    auto [ec] = co_await both->server.async_connect(server_, kToken);
    if (ec) co_return;
    const auto limit = [&](speaker of) {
      return is_first && fault_.of == of ? fault_.after : kUnlimited;
    };
    const std::size_t of_client = limit(speaker::client);
    const std::size_t of_server = limit(speaker::server);
    asio::co_spawn(acceptor_.get_executor(), pass(both, both->client, both->server, of_client),
                   asio::detached);
    asio::co_spawn(acceptor_.get_executor(), pass(both, both->server, both->client, of_server),
                   asio::detached);
  }

  asio::awaitable<void> pass(std::shared_ptr<line> both, socket& from, socket& to,
                             std::size_t limit) {
    char bytes[4096];
    while (limit != 0) {
      auto [ec, count] =
          co_await from.async_read_some(asio::buffer(bytes, std::min(sizeof bytes, limit)), kToken);
      if (ec) co_return close(*both);
      limit -= count;
      auto [write_error, written] =
          co_await asio::async_write(to, asio::buffer(bytes, count), kToken);
      if (write_error) co_return close(*both);
    }
    auto [ec] = co_await from.async_wait(socket::wait_read, kToken);
    if (ec || !has_another_byte(from)) co_return close(*both);
    broken_ = true;
    co_await break_off(*both);
  }

  static bool has_another_byte(socket& from) {
    boost::system::error_code ec;
    return from.available(ec) != 0 && !ec;
  }

  asio::awaitable<void> break_off(line& both) {
    boost::system::error_code ignored;
    both.server.close(ignored);
    if (fault_.how == manner::reset) {
      both.client.set_option(socket::linger(true, 0), ignored);
      both.client.close(ignored);
      co_return;
    }
    both.client.shutdown(socket::shutdown_send, ignored);
    // Closed with bytes unread, it would reset the connection after all.
    for (;;) {
      char unread[4096];
      auto [ec, count] = co_await both.client.async_read_some(asio::buffer(unread), kToken);
      if (ec) co_return;
    }
  }

  static void close(line& both) {
    boost::system::error_code ignored;
    both.client.close(ignored);
    both.server.close(ignored);
  }

  asio::ip::tcp::acceptor acceptor_;
  asio::ip::tcp::endpoint server_;
  fault fault_;
  int connections_ = 0;
  bool broken_ = false;
};

}  // namespace nunu::test
