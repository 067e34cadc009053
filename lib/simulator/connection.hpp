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
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include "simulator/answer_text.hpp"
#include "simulator/fault_plan.hpp"
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

  virtual bool has_faults() const = 0;
  /// The fault of a request, if it has one. Asked once for each while there are faults.
  virtual std::optional<injection> next_fault(std::string_view target) = 0;
  /// What a fault answers.
  virtual answer fail(int status, std::string& body) = 0;
  virtual void count(const injection& happening) = 0;

 protected:
  ~request_handler() = default;
};

/// Lives on the strand. One coroutine at a time runs its members; `abort` may come in between.
template <class Stream>
class connection : public std::enable_shared_from_this<connection<Stream>> {
 public:
  connection(Stream stream, request_handler& handler)
      : stream_(std::move(stream)), handler_(handler), timer_(stream_.get_executor()) {}

  Stream& stream() { return stream_; }

  /// Makes every pending operation end with an error.
  void abort() {
    boost::system::error_code ignored;  // a socket that cannot be closed was closed by the peer
    socket().close(ignored);
    timer_.cancel();
  }

  /// Ends when there is something to read, or when the peer has gone away.
  task<void> wait_for_peer();

  /// Lets a fault happen to a connection over which nothing was said yet.
  task<void> break_at_once(injection happening);

  /// Answers requests, one after the other, until the peer goes away or must go.
  task<void> converse();

 private:
  enum class next_request {
    ready,
    refused,
    /// A fault keeps it from the service: all of it, or what has come of it.
    kept_back,
    cut_short,
    peer_gone,
  };

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
  std::optional<next_request> look_for_fault(read_progress progress);
  answer_form answer_request(next_request next);
  answer_form answer_instead(next_request next);
  answer replace(const answer& given);
  task<bool> write(std::string_view text);
  task<bool> write_spoilt();
  task<bool> drip(std::string_view text);
  task<void> break_off(fault::action how);
  void reset();
  task<void> end(bool peer_may_be_sending);
  task<void> shut_down();
  task<void> drain();
  void abort_in_time();

  Stream stream_;
  request_handler& handler_;
  strand_timer timer_;
  request_reader reader_;
  boost::beast::flat_buffer buffer_{request_reader::max_buffer};
  std::string body_;
  std::string answer_text_;
  std::optional<injection> fault_;
  bool asked_for_fault_ = false;
};

template <class Stream>
task<void> connection<Stream>::converse() {
  for (;;) {
    reader_.restart();
    fault_.reset();
    asked_for_fault_ = false;
    const next_request next = co_await read_request();
    if (next == next_request::peer_gone) {
      co_return;
    }
    const bool reaches_service = next == next_request::ready || next == next_request::refused;
    const answer_form form = reaches_service ? answer_request(next) : answer_instead(next);
    bool goes_on = false;
    if (fault_) {
      goes_on = co_await write_spoilt();
    } else {
      goes_on = co_await write(answer_text_);
    }
    if (!goes_on) {
      co_return;
    }
    if (!form.keep_alive) {
      co_await end(next == next_request::refused || next == next_request::cut_short);
      co_return;
    }
  }
}

template <class Stream>
auto connection<Stream>::read_request() -> task<next_request> {
  for (;;) {
    // What was pipelined behind the last request comes first.
    const read_progress progress = reader_.feed(buffer_);
    if (fault_ || handler_.has_faults()) {
      if (const auto broken = look_for_fault(progress)) {
        co_return *broken;
      }
    }
    switch (progress) {
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

// How the request ends if a fault ends it here.
template <class Stream>
auto connection<Stream>::look_for_fault(read_progress progress) -> std::optional<next_request> {
  const bool refused = progress == read_progress::refused;
  if (!refused && !reader_.header_done()) {
    return std::nullopt;
  }
  if (!asked_for_fault_) {
    asked_for_fault_ = true;
    fault_ = handler_.next_fault(refused ? std::string_view() : reader_.target());
  }
  request_progress read{reader_.taken(), reader_.taken(), true};
  if (progress == read_progress::needs_more) {
    read = {reader_.taken() + buffer_.size(), reader_.size(), false};
  }
  if (!fault_ || !fault_->stops_request(read)) {
    return std::nullopt;
  }
  const bool whole = !refused && fault_->leaves_request_whole(read);
  return whole ? next_request::kept_back : next_request::cut_short;
}

template <class Stream>
answer_form connection<Stream>::answer_request(next_request next) {
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
  if (fault_) {
    handler_.count(*fault_);
    given = replace(given);
  }
  write_answer(given, body_, form, answer_text_);
  return form;
}

// To a request that the service does not see.
template <class Stream>
answer_form connection<Stream>::answer_instead(next_request next) {
  handler_.count(*fault_);
  answer_form form;
  form.keep_alive = false;
  if (next == next_request::kept_back) {
    form = {reader_.keep_alive(), reader_.is_http_1_0(), reader_.is_head()};
  }
  answer_text_.clear();
  if (fault_->rule().status) {
    const answer given = replace(answer());
    write_answer(given, body_, form, answer_text_);
  }
  return form;
}

template <class Stream>
answer connection<Stream>::replace(const answer& given) {
  answer replaced = given;
  if (const auto status = fault_->rule().status) {
    body_.clear();
    replaced = handler_.fail(*status, body_);
  }
  if (const auto& body = fault_->rule().body) {
    body_ = *body;
  }
  return replaced;
}

// Whether the peer is still there.
template <class Stream>
task<bool> connection<Stream>::write(std::string_view text) {
  const auto bytes = asio::buffer(text);
  const auto [ec, size] = co_await asio::async_write(stream_, bytes, as_result);
  co_return !ec;
}

// Whether the connection goes on.
template <class Stream>
task<bool> connection<Stream>::write_spoilt() {
  const std::size_t before = fault_->spoil(answer_text_);
  const std::string_view text = answer_text_;
  const bool written = co_await write(text.substr(0, before));
  if (!written) {
    co_return false;
  }
  switch (fault_->rule().then) {
    case fault::action::none:
    case fault::action::garbage:
      co_return true;
    case fault::action::drip:
      co_return co_await drip(text.substr(before));
    default:
      co_await break_off(fault_->rule().then);
      co_return false;
  }
}

template <class Stream>
task<bool> connection<Stream>::drip(std::string_view text) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    timer_.expires_after(fault_->rule().drip_interval);
    const auto [aborted] = co_await timer_.async_wait(as_result);
    if (aborted) {
      co_return false;
    }
    const bool written = co_await write(text.substr(i, 1));
    if (!written) {
      co_return false;
    }
  }
  co_return true;
}

template <class Stream>
task<void> connection<Stream>::wait_for_peer() {
  [[maybe_unused]] const auto [ec] =
      co_await socket().async_wait(asio::socket_base::wait_read, as_result);
}

template <class Stream>
task<void> connection<Stream>::break_at_once(injection happening) {
  answer_text_.clear();
  happening.spoil(answer_text_);
  const auto garbage = asio::buffer(answer_text_);
  [[maybe_unused]] const auto [ec, size] = co_await asio::async_write(socket(), garbage, as_result);
  const fault::action then = happening.rule().then;
  // There is no TLS yet in which to say goodbye.
  const bool in_order = then == fault::action::close || then == fault::action::garbage;
  co_await break_off(in_order ? fault::action::truncate : then);
}

template <class Stream>
task<void> connection<Stream>::break_off(fault::action how) {
  switch (how) {
    case fault::action::reset:
      reset();
      break;
    case fault::action::stall:
      co_await drain();
      break;
    case fault::action::truncate:
      abort_in_time();
      co_await shut_down();
      break;
    default:
      co_await end(true);
      break;
  }
}

template <class Stream>
void connection<Stream>::reset() {
  boost::system::error_code ignored;  // a peer that is gone needs no RST
  socket().set_option(asio::socket_base::linger(true, 0), ignored);
  socket().close(ignored);
}

template <class Stream>
task<void> connection<Stream>::end(bool peer_may_be_sending) {
  abort_in_time();
  if constexpr (is_tls) {
    // Whether the peer says goodbye too makes no difference.
    [[maybe_unused]] const auto [ec] = co_await stream_.async_shutdown(as_result);
  }
  if (peer_may_be_sending) {
    co_await shut_down();
  }
}

// A socket that is closed while its peer still sends makes the peer's system drop the answer.
template <class Stream>
task<void> connection<Stream>::shut_down() {
  boost::system::error_code ec;
  socket().shutdown(asio::socket_base::shutdown_send, ec);
  if (!ec) {
    co_await drain();
  }
}

// Until the peer goes away.
template <class Stream>
task<void> connection<Stream>::drain() {
  buffer_.clear();  // it may be full
  boost::system::error_code ec;
  while (!ec) {
    const auto space = buffer_.prepare(read_size);
    const auto [read_error, size] = co_await socket().async_read_some(space, as_result);
    ec = read_error;
  }
}

template <class Stream>
void connection<Stream>::abort_in_time() {
  timer_.expires_after(end_timeout);
  timer_.async_wait([self = this->weak_from_this()](boost::system::error_code ec) {
    const auto alive = self.lock();
    if (!ec && alive) {
      alive->abort();
    }
  });
}

}  // namespace nunu::simulation
