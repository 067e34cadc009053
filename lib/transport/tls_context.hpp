/// \file
/// TLS settings shared by all connections of a client, with the sessions that they resume.
#pragma once

#include <openssl/ssl.h>

#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <cstddef>
#include <deque>
#include <memory>
#include <string>

#include <nunu/client_config.hpp>

namespace nunu::transport {

/// Not movable: OpenSSL's callback points at it. Used on the client's strand.
class tls_context {
 public:
  /// For so many connections at once. Throws `nunu::error` with `errc::invalid_config` that names
  /// the field of `tls_config`.
  tls_context(const tls_config& config, std::size_t connections);
  tls_context(const tls_context&) = delete;
  tls_context& operator=(const tls_context&) = delete;

  boost::asio::ssl::context& native() noexcept { return context_; }

  /// Offers a session that an earlier connection left, if there is one.
  void resume(SSL* connection);

 private:
  struct free_session {
    void operator()(SSL_SESSION* session) const noexcept { SSL_SESSION_free(session); }
  };
  using session_ptr = std::unique_ptr<SSL_SESSION, free_session>;

  static int on_new_session(SSL* connection, SSL_SESSION* session);

  boost::asio::ssl::context context_;
  /// A ticket of TLS 1.3 is used once. So many are kept that all connections find one when the
  /// server ends them together, and no more: what is kept from before a restart is worth nothing.
  std::size_t most_sessions_;
  /// The latest last.
  std::deque<session_ptr> sessions_;
};

}  // namespace nunu::transport
