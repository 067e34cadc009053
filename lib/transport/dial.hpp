/// \file
/// Connecting to a host that may have several addresses.
#pragma once

#include <boost/asio/basic_stream_socket.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/system/error_code.hpp>
#include <cstddef>
#include <deque>
#include <memory>
#include <optional>
#include <vector>

#include "core/connection_race.hpp"
#include "transport/task.hpp"

namespace nunu::transport {

/// Lets the addresses of a host race. Used once, on the client's strand, and made by
/// `std::make_shared`: the attempts under way own it, so that it may be let go of at any time.
class dial : public std::enable_shared_from_this<dial> {
 public:
  using socket = asio::basic_stream_socket<asio::ip::tcp, executor>;
  using endpoint = asio::ip::tcp::endpoint;

  /// `resolved` is as the resolver gave it.
  dial(const executor& ex, const std::vector<endpoint>& resolved);

  /// Gives the connection that was made first and closes all others. An error: why the last of all
  /// attempts failed, or `operation_aborted` when it was aborted or cancelled.
  task<boost::system::error_code> connect(socket& out);

  /// Ends `connect`.
  void abort() noexcept;

 private:
  void begin_next();
  void attempt_ended(std::size_t attempt, boost::system::error_code ec);
  void close_all() noexcept;

  executor executor_;
  std::vector<endpoint> addresses_;
  core::connection_race race_;
  /// A deque, since an attempt under way stays where it is.
  std::deque<socket> attempts_;
  /// Expires when the next attempt is due; cancelled when one has ended.
  timer progress_;
  std::optional<std::size_t> winner_;
  boost::system::error_code last_error_ = asio::error::host_not_found;
  bool over_ = false;
};

}  // namespace nunu::transport
