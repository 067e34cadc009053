#include "transport/tls_context.hpp"

#include <boost/asio/buffer.hpp>
#include <ctime>
#include <functional>
#include <utility>

#include <nunu/error.hpp>

namespace nunu::transport {
namespace {

namespace ssl = boost::asio::ssl;

void apply(const char* field, const std::string& pem,
           const std::function<void(boost::asio::const_buffer, boost::system::error_code&)>& use) {
  if (pem.empty()) return;
  boost::system::error_code ec;
  use(boost::asio::buffer(pem), ec);
  if (ec)
    throw error(errc::invalid_config,
                {.message = std::string("tls.") + field + " cannot be used: " + ec.message()});
}

/// Where an SSL_CTX points at its tls_context; slot 0 belongs to Asio.
int context_index() {
  static const int index = SSL_CTX_get_ex_new_index(0, nullptr, nullptr, nullptr, nullptr);
  return index;
}

bool used_once(const SSL_SESSION* session) {
  return SSL_SESSION_get_protocol_version(session) >= TLS1_3_VERSION;
}

/// The server has said for how long its ticket is good (RFC 8446, 4.6.1).
bool expired(const SSL_SESSION* session) {
  const auto lifetime = static_cast<long>(SSL_SESSION_get_ticket_lifetime_hint(session));
  return SSL_SESSION_get_time(session) + lifetime <= std::time(nullptr);
}

}  // namespace

tls_context::tls_context(const tls_config& config, std::size_t connections)
    : context_(ssl::context::tls_client), most_sessions_(connections) {
  SSL_CTX* const native = context_.native_handle();
  SSL_CTX_set_min_proto_version(native, TLS1_2_VERSION);
  context_.set_verify_mode(ssl::verify_peer);

  using boost::asio::const_buffer;
  using boost::system::error_code;
  if (config.ca_pem.empty()) context_.set_default_verify_paths();
  apply("ca_pem", config.ca_pem,
        [this](const_buffer pem, error_code& ec) { context_.add_certificate_authority(pem, ec); });
  apply("certificate_pem", config.certificate_pem,
        [this](const_buffer pem, error_code& ec) { context_.use_certificate_chain(pem, ec); });
  // Without this OpenSSL would ask for a passphrase at the terminal, and wait.
  context_.set_password_callback(
      [](std::size_t, ssl::context::password_purpose) { return std::string(); });
  apply("private_key_pem", config.private_key_pem, [this](const_buffer pem, error_code& ec) {
    context_.use_private_key(pem, ssl::context::pem, ec);
  });

  // OpenSSL's own store looks sessions up for servers only; a client keeps them itself.
  SSL_CTX_set_session_cache_mode(native, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL_STORE);
  SSL_CTX_set_ex_data(native, context_index(), this);
  SSL_CTX_sess_set_new_cb(native, &tls_context::on_new_session);
}

void tls_context::resume(SSL* connection) {
  if (sessions_.empty()) return;
  // If OpenSSL will not have it, the handshake is a full one: nothing is lost.
  if (!used_once(sessions_.back().get())) {
    SSL_set_session(connection, sessions_.back().get());
    return;
  }
  // The oldest first: else, while few connections come and go, those below would expire, and not be
  // there when all connections need one.
  while (sessions_.size() > 1 && expired(sessions_.front().get())) sessions_.pop_front();
  SSL_set_session(connection, sessions_.front().get());
  sessions_.pop_front();
}

int tls_context::on_new_session(SSL* connection, SSL_SESSION* session) {
  auto* const self =
      static_cast<tls_context*>(SSL_CTX_get_ex_data(SSL_get_SSL_CTX(connection), context_index()));
  session_ptr owned(session);
  if (self->sessions_.size() == self->most_sessions_) self->sessions_.pop_front();
  self->sessions_.push_back(std::move(owned));
  return 1;
}

}  // namespace nunu::transport
