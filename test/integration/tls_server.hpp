// A TLS server whose certificate, versions and demands a test chooses, with the authorities that
// issue the certificates. It tells what it saw of each connection.
#pragma once

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>

#include "scripted_server.hpp"

namespace nunu::test {

namespace asio = boost::asio;
using namespace std::chrono_literals;

/// A certificate, followed by those of the authorities between it and a root, and its private key.
struct identity {
  std::string certificate_pem;
  std::string private_key_pem;
};

/// What a certificate says.
struct subject {
  std::string name = "subject";
  std::string alternative_names = "DNS:localhost,IP:127.0.0.1,IP:::1";
  std::chrono::seconds valid_from = -1h;
  std::chrono::seconds valid_until = 24h;
  std::string usage = "serverAuth";
};

template <auto Free>
struct freed_by {
  template <class T>
  void operator()(T* object) const {
    Free(object);
  }
};

using key_ptr = std::unique_ptr<EVP_PKEY, freed_by<EVP_PKEY_free>>;
using x509_ptr = std::unique_ptr<X509, freed_by<X509_free>>;
using extension_ptr = std::unique_ptr<X509_EXTENSION, freed_by<X509_EXTENSION_free>>;
using bio_ptr = std::unique_ptr<BIO, freed_by<BIO_free_all>>;

namespace certificates {

inline void check(bool ok, const char* what) {
  if (!ok) throw std::runtime_error(std::string("cannot make a certificate: ") + what);
}

inline key_ptr new_key() {
  key_ptr key(EVP_EC_gen("P-256"));
  check(key != nullptr, "EVP_EC_gen");
  return key;
}

template <class Write>
std::string to_pem(Write write) {
  const bio_ptr bio(BIO_new(BIO_s_mem()));
  check(bio != nullptr && write(bio.get()) == 1, "PEM");
  char* text = nullptr;
  const long size = BIO_get_mem_data(bio.get(), &text);
  return {text, static_cast<std::size_t>(size)};
}

inline std::string to_pem(X509* certificate) {
  return to_pem([&](BIO* bio) { return PEM_write_bio_X509(bio, certificate); });
}

/// With a passphrase the key is encrypted.
inline std::string to_pem(EVP_PKEY* key, std::string passphrase = {}) {
  return to_pem([&](BIO* bio) {
    return PEM_write_bio_PrivateKey(bio, key, passphrase.empty() ? nullptr : EVP_aes_128_cbc(),
                                    nullptr, 0, nullptr,
                                    passphrase.empty() ? nullptr : passphrase.data());
  });
}

inline void add_extension(X509* certificate, X509* issuer, int kind, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx_nodb(&context);
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  const extension_ptr extension(X509V3_EXT_conf_nid(nullptr, &context, kind, value.c_str()));
  check(extension != nullptr && X509_add_ext(certificate, extension.get(), -1) == 1, value.c_str());
}

/// Everything but what sets an authority and others apart, and the signature.
inline x509_ptr begin(const subject& of, EVP_PKEY* key, X509* issuer) {
  // OpenSSL looks for an issuer by name and serial number, so no two may be alike.
  static std::uint64_t last_serial = 0;
  constexpr long version_3 = 2;
  x509_ptr made(X509_new());
  check(made != nullptr && X509_set_version(made.get(), version_3) == 1, "version");
  check(ASN1_INTEGER_set_uint64(X509_get_serialNumber(made.get()), ++last_serial) == 1, "serial");
  X509_NAME* const name = X509_get_subject_name(made.get());
  check(X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8,
                                   reinterpret_cast<const unsigned char*>(of.name.c_str()), -1, -1,
                                   0) == 1,
        "name");
  X509* const issued_by = issuer == nullptr ? made.get() : issuer;
  check(X509_set_issuer_name(made.get(), X509_get_subject_name(issued_by)) == 1, "issuer");
  const auto from = static_cast<long>(of.valid_from.count());
  const auto until = static_cast<long>(of.valid_until.count());
  check(X509_gmtime_adj(X509_getm_notBefore(made.get()), from) != nullptr, "not before");
  check(X509_gmtime_adj(X509_getm_notAfter(made.get()), until) != nullptr, "not after");
  check(X509_set_pubkey(made.get(), key) == 1, "public key");
  add_extension(made.get(), issued_by, NID_subject_key_identifier, "hash");
  return made;
}

inline x509_ptr make_leaf(const subject& of, EVP_PKEY* key, X509* issuer, EVP_PKEY* issuer_key) {
  x509_ptr made = begin(of, key, issuer);
  add_extension(made.get(), issuer, NID_key_usage, "critical,digitalSignature");
  add_extension(made.get(), issuer, NID_ext_key_usage, of.usage);
  if (!of.alternative_names.empty())
    add_extension(made.get(), issuer, NID_subject_alt_name, of.alternative_names);
  check(X509_sign(made.get(), issuer_key, EVP_sha256()) > 0, "signature");
  return made;
}

inline x509_ptr make_authority(const std::string& name, EVP_PKEY* key, X509* issuer,
                               EVP_PKEY* issuer_key) {
  subject of;
  of.name = name;
  x509_ptr made = begin(of, key, issuer);
  add_extension(made.get(), issuer, NID_basic_constraints, "critical,CA:TRUE");
  add_extension(made.get(), issuer, NID_key_usage, "critical,keyCertSign");
  check(X509_sign(made.get(), issuer_key, EVP_sha256()) > 0, "signature");
  return made;
}

/// Its own issuer, but not an authority.
inline identity self_signed(const subject& of) {
  const key_ptr key = new_key();
  const x509_ptr made = make_leaf(of, key.get(), nullptr, key.get());
  return {to_pem(made.get()), to_pem(key.get())};
}

}  // namespace certificates

/// Issues certificates.
class authority {
 public:
  /// A root, or below one.
  explicit authority(const std::string& name)
      : certificate_(certificates::make_authority(name, key_.get(), nullptr, key_.get())) {}
  authority(const std::string& name, const authority& above)
      : certificate_(certificates::make_authority(name, key_.get(), above.certificate_.get(),
                                                  above.key_.get())),
        chain_(certificate_pem() + above.chain_) {}

  std::string certificate_pem() const { return certificates::to_pem(certificate_.get()); }

  identity issue(const subject& to) const {
    const key_ptr key = certificates::new_key();
    const x509_ptr made = certificates::make_leaf(to, key.get(), certificate_.get(), key_.get());
    return {certificates::to_pem(made.get()) + chain_, certificates::to_pem(key.get())};
  }

 private:
  key_ptr key_ = certificates::new_key();
  x509_ptr certificate_;
  /// From this one up to the root, without it.
  std::string chain_;
};

/// Gives each request the same answer, as long as it has no body; or whatever a test says to it.
class tls_server {
 public:
  /// Where the server keeps the sessions that clients may resume.
  enum class sessions { in_tickets, in_its_memory };
  /// What follows its answer.
  enum class then {
    keep_open,
    /// It says that nothing more will come (close_notify), and waits for the client's end.
    close,
    close_without_notice,
    /// It neither says nor decrypts anything more, whatever comes, until the client has closed.
    ignore
  };

  struct options {
    identity own;
    std::string answer;
    int oldest_version = TLS1_2_VERSION;
    int newest_version = TLS1_3_VERSION;
    /// Not empty: it demands a certificate that this authority or one below it has issued.
    std::string client_ca_pem{};
    sessions keeps = sessions::in_tickets;
    /// How long it resumes a session.
    std::chrono::seconds resumes_for = 1h;
    asio::ip::address address = asio::ip::address_v4::loopback();
    then after = then::keep_open;
    /// Not empty: gives the answer to a whole request, its body included.
    std::function<std::string(const std::string& request)> answering{};
  };

  /// One connection, as the server saw it.
  struct visit {
    /// What the handshake came to; none while it is under way.
    std::optional<boost::system::error_code> handshake;
    /// The name that the client asked for (SNI), if it did.
    std::optional<std::string> server_name;
    /// The common name in the client's certificate; empty when it showed none.
    std::string client_name;
    int version = 0;
    bool resumed = false;
    /// All that the client said after the handshake, decrypted.
    std::string received;
    bool ended = false;
  };

  /// Throws what the system or OpenSSL objects to.
  tls_server(asio::io_context& context, options chosen)
      : options_(std::move(chosen)), acceptor_(context, {options_.address, 0}) {
    configure();
    asio::co_spawn(context, accept(), asio::detached);
  }

  /// `host` as it is written in a URL.
  std::string base_url(const std::string& host = "localhost") const {
    return "https://" + host + ":" + std::to_string(endpoint().port());
  }
  asio::ip::tcp::endpoint endpoint() const { return acceptor_.local_endpoint(); }

  /// In the order in which they came.
  const std::deque<visit>& visits() const { return visits_; }
  bool all_ended() const {
    return std::ranges::all_of(visits_, [](const visit& v) { return v.ended; });
  }

 private:
  using stream = asio::ssl::stream<asio::ip::tcp::socket>;

  void configure() {
    tls_.use_certificate_chain(asio::buffer(options_.own.certificate_pem));
    tls_.use_private_key(asio::buffer(options_.own.private_key_pem), asio::ssl::context::pem);
    SSL_CTX* const native = tls_.native_handle();
    SSL_CTX_set_min_proto_version(native, options_.oldest_version);
    SSL_CTX_set_max_proto_version(native, options_.newest_version);
    // At the usual level OpenSSL has no cipher for versions before 1.2.
    if (options_.oldest_version < TLS1_2_VERSION)
      SSL_CTX_set_cipher_list(native, "DEFAULT:@SECLEVEL=0");
    if (options_.keeps == sessions::in_its_memory) SSL_CTX_set_options(native, SSL_OP_NO_TICKET);
    SSL_CTX_set_timeout(native, static_cast<long>(options_.resumes_for.count()));
    // Without it OpenSSL refuses to resume sessions.
    constexpr unsigned char session_context[] = "test";
    SSL_CTX_set_session_id_context(native, session_context, sizeof session_context - 1);
    if (options_.client_ca_pem.empty()) return;
    tls_.add_certificate_authority(asio::buffer(options_.client_ca_pem));
    tls_.set_verify_mode(asio::ssl::verify_peer | asio::ssl::verify_fail_if_no_peer_cert);
  }

  asio::awaitable<void> accept() {
    for (;;) {
      auto [ec, socket] = co_await acceptor_.async_accept(asio::as_tuple(asio::use_awaitable));
      if (ec) co_return;
      // Tickets and the answer are two writes: else the second waits for the client's delayed ACK.
      socket.set_option(asio::ip::tcp::no_delay(true), ec);
      visit& seen = visits_.emplace_back();
      asio::co_spawn(acceptor_.get_executor(), serve(std::move(socket), seen), asio::detached);
    }
  }

  asio::awaitable<void> serve(asio::ip::tcp::socket socket, visit& seen) {
    stream client(std::move(socket), tls_);
    auto [ec] =
        co_await client.async_handshake(stream::server, asio::as_tuple(asio::use_awaitable));
    describe(client.native_handle(), seen);
    seen.handshake = ec;
    if (ec)
      co_await wait_for_the_end(client.next_layer());
    else
      co_await converse(client, seen);
    // Clients just close; OpenSSL would take that for a reason to forget the session.
    SSL_set_shutdown(client.native_handle(), SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN);
    seen.ended = true;
  }

  static void describe(SSL* client, visit& seen) {
    if (const char* name = SSL_get_servername(client, TLSEXT_NAMETYPE_host_name))
      seen.server_name = name;
    seen.version = SSL_version(client);
    seen.resumed = SSL_session_reused(client) == 1;
    const X509* const shown = SSL_get0_peer_certificate(client);
    if (shown == nullptr) return;
    char name[64] = {};
    X509_NAME_get_text_by_NID(X509_get_subject_name(shown), NID_commonName, name, sizeof name);
    seen.client_name = name;
  }

  asio::awaitable<void> converse(stream& client, visit& seen) {
    std::size_t answered = 0;
    for (;;) {
      char more[4096];
      auto [ec, count] =
          co_await client.async_read_some(asio::buffer(more), asio::as_tuple(asio::use_awaitable));
      if (ec) co_return;
      seen.received.append(more, count);
      const auto end = end_of_request(seen.received, answered);
      if (!end) continue;
      const std::string reply =
          options_.answering ? options_.answering(seen.received.substr(answered, *end - answered))
                             : options_.answer;
      answered = *end;
      auto [write_error, written] = co_await asio::async_write(client, asio::buffer(reply),
                                                               asio::as_tuple(asio::use_awaitable));
      if (write_error) co_return;
      if (options_.after == then::keep_open) continue;
      if (options_.after == then::ignore) co_return co_await read_to_the_end(client.next_layer());
      if (options_.after == then::close)
        co_await client.async_shutdown(asio::as_tuple(asio::use_awaitable));
      co_return;
    }
  }

  /// Of the one that begins there, if it is whole.
  std::optional<std::size_t> end_of_request(const std::string& received, std::size_t begin) const {
    const auto end = received.find("\r\n\r\n", begin);
    if (end == std::string::npos) return std::nullopt;
    const std::size_t head = end + 4 - begin;
    const std::size_t whole =
        head + (options_.answering ? content_length(received.substr(begin, head)) : 0);
    if (received.size() - begin < whole) return std::nullopt;
    return begin + whole;
  }

  /// A socket closed with bytes unread sends a reset, which may overtake the alert that tells the
  /// client what was wrong.
  static asio::awaitable<void> wait_for_the_end(asio::ip::tcp::socket& socket) {
    boost::system::error_code ignored;
    socket.shutdown(asio::ip::tcp::socket::shutdown_send, ignored);
    co_await read_to_the_end(socket);
  }

  static asio::awaitable<void> read_to_the_end(asio::ip::tcp::socket& socket) {
    for (;;) {
      char unread[4096];
      auto [ec, count] = co_await socket.async_read_some(asio::buffer(unread),
                                                         asio::as_tuple(asio::use_awaitable));
      if (ec) co_return;
    }
  }

  options options_;
  asio::ip::tcp::acceptor acceptor_;
  asio::ssl::context tls_{asio::ssl::context::tls_server};
  /// A deque: the coroutines write to its elements while others are added.
  std::deque<visit> visits_;
};

}  // namespace nunu::test
