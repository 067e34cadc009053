// A server that leaves the client waiting, for as long as a test wants.
#pragma once

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
#include <deque>
#include <string>
#include <utility>

namespace nunu::test {

namespace asio = boost::asio;

/// Takes connections, remembers what it hears, and says nothing until it is told to.
class quiet_server {
 public:
  explicit quiet_server(asio::io_context& context)
      : acceptor_(context, {asio::ip::address_v4::loopback(), 0}) {
    asio::co_spawn(context, accept(), asio::detached);
  }

  std::string base_url(const std::string& scheme) const {
    return scheme + "://localhost:" + std::to_string(acceptor_.local_endpoint().port());
  }

  std::size_t connections() const { return visits_.size(); }
  const std::string& received(std::size_t connection) const { return visits_[connection].received; }
  /// Whether the client has closed it.
  bool ended(std::size_t connection) const { return visits_[connection].ended; }
  /// Heads of requests, that is.
  std::size_t requests(std::size_t connection) const {
    const std::string& text = received(connection);
    std::size_t sum = 0;
    for (auto at = text.find("\r\n\r\n"); at != std::string::npos;
         at = text.find("\r\n\r\n", at + 1))
      ++sum;
    return sum;
  }
  std::size_t requests() const {
    std::size_t sum = 0;
    for (std::size_t i = 0; i < connections(); ++i) sum += requests(i);
    return sum;
  }

  /// Blocks, but what a test says fits into the system's buffers.
  void say(std::size_t connection, const std::string& bytes) {
    asio::write(visits_[connection].socket, asio::buffer(bytes));
  }
  /// Says that it has nothing more to say (FIN).
  void hang_up(std::size_t connection) {
    visits_[connection].socket.shutdown(asio::ip::tcp::socket::shutdown_send);
  }
  void reset(std::size_t connection) {
    visits_[connection].socket.set_option(asio::ip::tcp::socket::linger(true, 0));
    visits_[connection].socket.close();
  }

 private:
  struct visit {
    asio::ip::tcp::socket socket;
    std::string received{};
    bool ended = false;
  };

  asio::awaitable<void> accept() {
    for (;;) {
      auto [ec, socket] = co_await acceptor_.async_accept(asio::as_tuple(asio::use_awaitable));
      if (ec) co_return;
      // What it says in two writes would else wait for the client's delayed ACK.
      socket.set_option(asio::ip::tcp::no_delay(true), ec);
      visit& latest = visits_.emplace_back(visit{std::move(socket)});
      asio::co_spawn(acceptor_.get_executor(), listen_to(latest), asio::detached);
    }
  }

  static asio::awaitable<void> listen_to(visit& v) {
    for (;;) {
      char heard[4096];
      auto [ec, count] = co_await v.socket.async_read_some(asio::buffer(heard),
                                                           asio::as_tuple(asio::use_awaitable));
      if (ec) break;
      v.received.append(heard, count);
    }
    v.ended = true;
  }

  asio::ip::tcp::acceptor acceptor_;
  /// A deque: the coroutines write to its elements while others are added.
  std::deque<visit> visits_;
};

}  // namespace nunu::test
