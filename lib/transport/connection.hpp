/// \file
/// One connection to the service, and one exchange at a time on it.
#pragma once

#include <boost/asio/ip/basic_resolver.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <cstddef>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "core/clock.hpp"
#include "transport/counters.hpp"
#include "transport/dial.hpp"
#include "transport/failure.hpp"
#include "transport/response_parser.hpp"
#include "transport/task.hpp"
#include "transport/tls_context.hpp"
#include "wire/origin.hpp"
#include "wire/proxy.hpp"

namespace nunu::transport {

/// Used on the client's strand. It has no timer of its own: its owner looks at `deadline` now and
/// then, and calls `abort`.
class connection {
 public:
  /// `through` is null where there is no proxy, `tls` for plain http. What is referred to must
  /// outlive the connection.
  connection(const executor& ex, const wire::origin& to, const wire::proxy* through,
             tls_context* tls, counters& counts);
  ~connection();
  connection(const connection&) = delete;
  connection& operator=(const connection&) = delete;

  /// Resolves, connects, asks the proxy for a tunnel and shakes hands. All failures mean that
  /// nothing of a request was sent.
  task<result<void>> open();

  /// Writes the request and reads the whole answer into `out`. A failure means that the request may
  /// have arrived. Afterwards, `reusable` tells whether there can be another exchange.
  task<result<void>> exchange(std::string_view request, response& out);

  /// Ends what is going on, with `closed` or, after `abort_late`, with a timeout. No effect when
  /// nothing is.
  void abort() noexcept;
  void abort_late() noexcept;

  /// The last exchange was whole, and the server keeps the connection open.
  bool reusable() const noexcept { return reusable_; }
  /// The server has closed the connection or sent what nobody asked for. Asks the kernel.
  bool turned_readable() noexcept;

  /// The owner's to set; having been opened counts as an answer.
  core::time_point opened_at{};
  core::time_point last_answer_at{};
  /// When the present step is late; the owner's to set and to look at.
  core::time_point deadline = core::time_point::max();
  /// How long the server said that it keeps an unused connection.
  std::optional<std::chrono::seconds> server_keeps_for;

 private:
  using socket = dial::socket;
  using resolver = asio::ip::basic_resolver<asio::ip::tcp, executor>;
  struct lookup;
  using tls_stream = asio::ssl::stream<socket&>;

  template <class Stream>
  task<result<void>> exchange_over(Stream& stream, std::string_view request, response& out);
  boost::system::error_code parse_buffered(response_parser& parser);
  std::size_t room_to_read() const noexcept;
  static boost::system::error_code end_of_input(response_parser& parser);
  task<result<void>> resolve_and_connect();
  task<result<void>> pass_proxy();
  task<result<void>> handshake();
  bool expect_host(SSL* ssl) const noexcept;
  failure explain(errc code, errc if_late, boost::system::error_code why, std::string_view doing,
                  const wire::endpoint& with) const;
  task<boost::system::error_code> resolve();
  bool bytes_left() noexcept;

  const wire::origin& origin_;
  const wire::proxy* proxy_;
  /// What the socket is connected to: the proxy where there is one.
  const wire::endpoint& peer_;
  tls_context* tls_;
  counters& counts_;
  socket socket_;
  resolver resolver_;
  /// While resolving.
  std::shared_ptr<lookup> lookup_;
  std::vector<dial::endpoint> endpoints_;
  /// While connecting.
  std::shared_ptr<dial> dial_;
  std::optional<tls_stream> stream_;
  boost::beast::flat_buffer buffer_;
  bool reusable_ = false;
  bool aborted_ = false;
  bool late_ = false;
};

}  // namespace nunu::transport
