/// \file
/// One client's connection to the simulator.
#pragma once

#include <algorithm>
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/basic_stream_socket.hpp>
#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/wait_traits.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <chrono>
#include <memory>
#include <string>
#include <type_traits>
#include <utility>

#include "simulator/answer_text.hpp"
#include "simulator/request_reader.hpp"

namespace nunu::simulation {

namespace asio = boost::asio;

using strand = asio::strand<asio::any_io_executor>;
template <class T>
using task = asio::awaitable<T, strand>;
inline constexpr asio::as_tuple_t<asio::use_awaitable_t<strand>> as_result{};

using plain_stream = asio::basic_stream_socket<asio::ip::tcp, strand>;
using tls_stream = asio::ssl::stream<plain_stream>;
using strand_timer =
    asio::basic_waitable_timer<std::chrono::steady_clock,
                               asio::wait_traits<std::chrono::steady_clock>, strand>;

/// What connections need from the server. Called on the strand.
class request_handler {
 public:
  virtual answer handle(const request& r, std::string& body) = 0;
  virtual answer refuse(const rejection& why, std::string& body) = 0;

 protected:
  ~request_handler() = default;
};

/// Lives on the strand. One coroutine at a time runs its members; `abort` may come in between.
template <class Stream>
class connection : public std::enable_shared_from_this<connection<Stream>> {
 public:
  connection(Stream stream, request_handler& handler)
      : stream_(std::move(stream)), handler_(handler), end_timer_(stream_.get_executor()) {}

  Stream& stream() { return stream_; }

  /// Makes every pending operation end with an error.
  void abort() {
    boost::system::error_code ignored;  // a socket that cannot be closed was closed by the peer
    socket().close(ignored);
  }

  /// Answers requests, one after the other, until the peer goes away or must go.
  task<void> converse();

 private:
  enum class next_request { ready, refused, peer_gone };

  static constexpr bool is_tls = !std::is_same_v<Stream, plain_stream>;
  static constexpr std::size_t read_size = 16 * 1024;  // as much as one TLS record carries
  // How long the last answer may take to reach a peer that does not close its side.
  static constexpr std::chrono::seconds end_timeout{1};

  plain_stream& socket() {
    if constexpr (is_tls) {
      return stream_.next_layer();
    } else {
      return stream_;
    }
  }

  task<next_request> read_request();
  task<bool> write_answer_text();
  task<void> end(bool peer_may_be_sending);

  Stream stream_;
  request_handler& handler_;
  strand_timer end_timer_;
  request_reader reader_;
  boost::beast::flat_buffer buffer_{request_reader::max_buffer};
  std::string body_;
  std::string answer_text_;
};

template <class Stream>
task<void> connection<Stream>::converse() {
  for (;;) {
    reader_.restart();
    const next_request next = co_await read_request();
    if (next == next_request::peer_gone) {
      co_return;
    }
    body_.clear();
    answer given;
    answer_form form;
    if (next == next_request::ready) {
      given = handler_.handle(reader_.get(), body_);
      form = {reader_.keep_alive(), reader_.is_http_1_0(), reader_.is_head()};
    } else {
      given = handler_.refuse(reader_.why_refused(), body_);
      form.keep_alive = false;
    }
    write_answer(given, body_, form, answer_text_);
    const bool written = co_await write_answer_text();
    if (!written) {
      co_return;
    }
    if (!form.keep_alive) {
      co_await end(next == next_request::refused);
      co_return;
    }
  }
}

template <class Stream>
auto connection<Stream>::read_request() -> task<next_request> {
  for (;;) {
    // What was pipelined behind the last request comes first.
    switch (reader_.feed(buffer_)) {
      case read_progress::complete:
        co_return next_request::ready;
      case read_progress::refused:
        co_return next_request::refused;
      case read_progress::needs_more:
        break;
    }
    const std::size_t room = buffer_.max_size() - buffer_.size();
    const auto space = buffer_.prepare(std::min(room, read_size));
    const auto [ec, size] = co_await stream_.async_read_some(space, as_result);
    if (ec) {
      co_return next_request::peer_gone;
    }
    buffer_.commit(size);
  }
}

template <class Stream>
task<bool> connection<Stream>::write_answer_text() {
  const auto text = asio::buffer(answer_text_);
  const auto [ec, size] = co_await asio::async_write(stream_, text, as_result);
  co_return !ec;
}

// A socket that is closed while its peer still sends makes the peer's system drop the answer.
template <class Stream>
task<void> connection<Stream>::end(bool peer_may_be_sending) {
  end_timer_.expires_after(end_timeout);
  end_timer_.async_wait([self = this->weak_from_this()](boost::system::error_code ec) {
    const auto alive = self.lock();
    if (!ec && alive) {
      alive->abort();
    }
  });
  if constexpr (is_tls) {
    // Whether the peer says goodbye too makes no difference.
    [[maybe_unused]] const auto [ec] = co_await stream_.async_shutdown(as_result);
  }
  if (peer_may_be_sending) {
    buffer_.clear();  // it may be full
    boost::system::error_code ec;
    socket().shutdown(asio::socket_base::shutdown_send, ec);
    while (!ec) {
      const auto space = buffer_.prepare(read_size);
      auto [read_error, size] = co_await socket().async_read_some(space, as_result);
      ec = read_error;
    }
  }
}

}  // namespace nunu::simulation
