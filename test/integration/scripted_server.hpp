// A peer that answers with the bytes it is told to, and remembers what it was sent.
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
#include <charconv>
#include <deque>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace nunu::test {

namespace asio = boost::asio;

/// What the head of a message says of its body's length; 0: nothing.
inline std::size_t content_length(const std::string& head) {
  constexpr std::string_view name = "Content-Length: ";
  const auto at = head.find(name);
  std::size_t length = 0;
  if (at != std::string::npos)
    std::from_chars(head.data() + at + name.size(), head.data() + head.size(), length);
  return length;
}

class scripted_server {
 public:
  enum class then { keep_open, close, reset };

  struct reply {
    std::string bytes;
    then after = then::keep_open;
  };

  /// Gives the answer to a request; none: silence.
  using answering = std::function<std::optional<reply>(const std::string& request)>;

  scripted_server(asio::io_context& context, answering answer)
      : acceptor_(context, {asio::ip::address_v4::loopback(), 0}), answer_(std::move(answer)) {
    asio::co_spawn(context, accept(), asio::detached);
  }

  /// Answers in this order, then not at all.
  scripted_server(asio::io_context& context, std::deque<reply> script)
      : scripted_server(context, [this](const std::string&) { return next_of_script(); }) {
    script_ = std::move(script);
  }

  std::string base_url() const { return "http://127.0.0.1:" + std::to_string(endpoint().port()); }
  asio::ip::tcp::endpoint endpoint() const { return acceptor_.local_endpoint(); }
  const std::vector<std::string>& requests() const { return requests_; }
  int connections() const { return connections_; }
  std::size_t replies_left() const { return script_.size(); }
  void close() { acceptor_.close(); }

 private:
  asio::awaitable<void> accept() {
    for (;;) {
      auto [ec, socket] = co_await acceptor_.async_accept(asio::as_tuple(asio::use_awaitable));
      if (ec) co_return;
      ++connections_;
      asio::co_spawn(acceptor_.get_executor(), serve(std::move(socket)), asio::detached);
    }
  }

  asio::awaitable<void> serve(asio::ip::tcp::socket socket) {
    std::string received;
    for (;;) {
      auto [ec, head] = co_await asio::async_read_until(
          socket, asio::dynamic_buffer(received), "\r\n\r\n", asio::as_tuple(asio::use_awaitable));
      if (ec) co_return;
      const std::size_t whole = head + content_length(received.substr(0, head));
      while (received.size() < whole) {
        char more[4096];
        auto [read_error, count] = co_await socket.async_read_some(
            asio::buffer(more), asio::as_tuple(asio::use_awaitable));
        if (read_error) co_return;
        received.append(more, count);
      }
      requests_.push_back(received.substr(0, whole));
      received.erase(0, whole);
      const std::optional<reply> next = answer_(requests_.back());
      if (!next) continue;
      co_await asio::async_write(socket, asio::buffer(next->bytes),
                                 asio::as_tuple(asio::use_awaitable));
      if (next->after == then::reset) socket.set_option(asio::ip::tcp::socket::linger(true, 0), ec);
      if (next->after != then::keep_open) co_return;
    }
  }

  std::optional<reply> next_of_script() {
    if (script_.empty()) return std::nullopt;
    reply next = std::move(script_.front());
    script_.pop_front();
    return next;
  }

  asio::ip::tcp::acceptor acceptor_;
  answering answer_;
  std::deque<reply> script_;
  std::vector<std::string> requests_;
  int connections_ = 0;
};

/// An answer with a length and this body.
inline std::string answer(int status, const std::string& body, const std::string& headers = {}) {
  return "HTTP/1.1 " + std::to_string(status) + " x\r\n" + headers +
         "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

}  // namespace nunu::test
