// A simulator in a thread of its own, and peers that speak to it byte by byte.
#pragma once

#include <gtest/gtest.h>
#include <openssl/ssl.h>

#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/host_name_verification.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/write.hpp>
#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <utility>

#include <nunu/simulator.hpp>

namespace nunu::test {

namespace asio = boost::asio;
using tcp = asio::ip::tcp;
using tls_stream = asio::ssl::stream<tcp::socket>;
using namespace std::chrono_literals;

inline const std::string kKey = "X-Api-Key: simulator-key\r\n";
inline const std::string kStart = R"({"multiplayer_test_id":"t","deployment_config_id":"d"})";

inline std::string get(const std::string& path, const std::string& headers = kKey) {
  return "GET /api/v1" + path + " HTTP/1.1\r\nHost: localhost\r\n" + headers + "\r\n";
}

inline std::string post(const std::string& path, const std::string& body) {
  return "POST /api/v1" + path + " HTTP/1.1\r\nHost: localhost\r\n" + kKey +
         "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

struct reply {
  int status = 0;
  std::string head;
  std::string body;
};

/// One connection, spoken to byte by byte.
template <class Stream>
class peer {
 public:
  template <class... Args>
  explicit peer(Args&&... args) : stream_(std::forward<Args>(args)...) {}

  Stream& stream() { return stream_; }

  void send(std::string_view text) { asio::write(stream_, asio::buffer(text)); }

  /// The next answer; status 0 when the server closed instead.
  reply receive(bool has_body = true) {
    reply r;
    boost::system::error_code ec;
    const std::size_t size =
        asio::read_until(stream_, asio::dynamic_buffer(pending_), "\r\n\r\n", ec);
    if (ec) return r;
    r.head = pending_.substr(0, size);
    pending_.erase(0, size);
    r.status = std::stoi(r.head.substr(std::string_view("HTTP/1.1 ").size()));
    if (!has_body) return r;
    const auto length = r.head.find("Content-Length: ");
    const std::size_t body = std::stoul(r.head.substr(length + 16));
    if (pending_.size() < body) {
      asio::read(stream_, asio::dynamic_buffer(pending_),
                 asio::transfer_exactly(body - pending_.size()));
    }
    r.body = pending_.substr(0, body);
    pending_.erase(0, body);
    return r;
  }

  reply exchange(std::string_view request) {
    send(request);
    return receive();
  }

  bool closed_by_server() {
    char byte = 0;
    boost::system::error_code ec;
    return pending_.empty() && asio::read(stream_, asio::buffer(&byte, 1), ec) == 0;
  }

 private:
  Stream stream_;
  std::string pending_;
};

/// A simulator whose context runs in a thread of its own.
class SimulatorServer : public testing::Test {
 protected:
  void listen(simulator_config config = plain()) {
    simulator_.emplace(context_.get_executor(), std::move(config));
    runner_ = std::thread([this] { context_.run(); });
  }

  // The context has nothing left to do once the simulator is gone: else this hangs.
  void TearDown() override {
    simulator_.reset();
    if (runner_.joinable()) runner_.join();
  }

  static simulator_config plain() {
    simulator_config c;
    c.tls = false;
    return c;
  }

  simulator& service() { return *simulator_; }
  tcp::endpoint address() const { return {asio::ip::address_v4::loopback(), simulator_->port()}; }

  peer<tcp::socket> connect() {
    peer<tcp::socket> p(own_context_);
    p.stream().connect(address());
    return p;
  }

  asio::ssl::context trusting_context(int max_version = TLS1_3_VERSION) const {
    asio::ssl::context tls(asio::ssl::context::tls_client);
    const std::string ca = simulator_->certificate_pem();
    tls.add_certificate_authority(asio::buffer(ca));
    tls.set_verify_mode(asio::ssl::verify_peer);
    SSL_CTX_set_max_proto_version(tls.native_handle(), max_version);
    return tls;
  }

  peer<tls_stream> connect(asio::ssl::context& tls, const std::string& host,
                           SSL_SESSION* session = nullptr) {
    peer<tls_stream> p(own_context_, tls);
    p.stream().next_layer().connect(address());
    p.stream().set_verify_callback(asio::ssl::host_name_verification(host));
    if (session != nullptr) SSL_set_session(p.stream().native_handle(), session);
    p.stream().handshake(tls_stream::client);
    return p;
  }

  asio::io_context own_context_;

 private:
  asio::io_context context_;
  std::optional<simulator> simulator_;
  std::thread runner_;
};

}  // namespace nunu::test
