#include "simulator/server.hpp"

#include <openssl/ssl.h>

#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/dispatch.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/system/system_error.hpp>
#include <chrono>
#include <exception>
#include <list>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "simulator/api.hpp"
#include "simulator/certificate.hpp"
#include "simulator/config_check.hpp"
#include "simulator/connection.hpp"
#include "simulator/fault_plan.hpp"
#include "simulator/route.hpp"

namespace nunu::simulation {
namespace {

using tcp = asio::ip::tcp;
using acceptor = asio::basic_socket_acceptor<tcp, strand>;

// How long to wait for connections to end when the process may open no more of them.
constexpr std::chrono::milliseconds accept_pause{100};

bool out_of_resources(boost::system::error_code ec) {
  namespace errc = boost::system::errc;
  return ec == errc::too_many_files_open || ec == errc::too_many_files_open_in_system ||
         ec == errc::no_buffer_space || ec == errc::not_enough_memory;
}

asio::ssl::context make_tls_context(const certificate& own) {
  asio::ssl::context context(asio::ssl::context::tls_server);
  context.use_certificate(asio::buffer(own.certificate_pem), asio::ssl::context::pem);
  context.use_private_key(asio::buffer(own.private_key_pem), asio::ssl::context::pem);
  SSL_CTX* const native = context.native_handle();
  SSL_CTX_set_min_proto_version(native, TLS1_2_VERSION);
  // Without it OpenSSL refuses to resume sessions. The sessions themselves are in the tickets.
  constexpr unsigned char session_context[] = "nunu";
  SSL_CTX_set_session_id_context(native, session_context, sizeof session_context - 1);
  return context;
}

// What a coroutine throws is a defect, or a lack of memory: it goes to whoever runs the context.
void rethrow(std::exception_ptr failure) {
  if (failure) {
    std::rethrow_exception(failure);
  }
}

class server final : public detail::simulator_state,
                     public request_handler,
                     public std::enable_shared_from_this<server> {
 public:
  server(const asio::any_io_executor& executor, const simulator_config& config);

  void accept() override;
  void close() override;
  std::uint16_t port() const override { return port_; }
  std::string base_url() const override;
  void set_faults(std::vector<fault> rules) override;
  void pause_listening(std::chrono::milliseconds duration) override;
  std::string certificate_pem() const override { return certificate_.certificate_pem; }
  simulator_stats stats() const override;

 private:
  static task<void> accept_connections(std::shared_ptr<server> self);
  static task<void> serve_plain(std::shared_ptr<server> self, plain_stream socket);
  static task<void> serve_tls(std::shared_ptr<server> self, plain_stream socket);
  static task<void> sit_out_pause(std::shared_ptr<server> self);
  template <class Stream>
  task<bool> breaks(connection<Stream>& served, fault::stage at);
  void bind(std::uint16_t port);
  void begin(plain_stream socket);
  void abort_connections();

  answer handle(const request& r, std::string& body) override;
  answer refuse(const rejection& why, std::string& body) override;
  bool has_faults() const override { return !faults_.empty(); }
  std::optional<injection> next_fault(std::string_view target) override;
  answer fail(int status, std::string& body) override { return api_.fail(status, body); }
  void count(const injection& happening) override;
  model_time now() const;
  void publish_stats();

  strand strand_;
  acceptor acceptor_;
  strand_timer accept_timer_;
  std::uint16_t port_ = 0;
  certificate certificate_;
  std::optional<asio::ssl::context> tls_;
  api api_;
  fault_plan faults_;
  std::chrono::steady_clock::time_point began_ = std::chrono::steady_clock::now();
  bool closed_ = false;
  // Asked for, and not begun.
  std::optional<std::chrono::milliseconds> pause_;

  // How to end each open connection. The coroutine that serves it adds and removes it.
  class open_connection;
  std::list<open_connection*> open_;

  mutable std::mutex published_mutex_;
  simulator_stats published_;
};

/// Keeps a connection in the list of open ones for as long as it is served.
class server::open_connection {
 public:
  template <class Stream>
  open_connection(server& owner, connection<Stream>& served)
      : owner_(owner),
        abort_([](void* c) { static_cast<connection<Stream>*>(c)->abort(); }),
        served_(&served),
        place_(owner.open_.insert(owner.open_.end(), this)) {}
  open_connection(const open_connection&) = delete;
  open_connection& operator=(const open_connection&) = delete;
  ~open_connection() { owner_.open_.erase(place_); }

  void abort() { abort_(served_); }

 private:
  server& owner_;
  void (*abort_)(void*);
  void* served_;
  std::list<open_connection*>::iterator place_;
};

timestamp wall_clock() {
  return std::chrono::time_point_cast<std::chrono::microseconds>(std::chrono::system_clock::now());
}

server::server(const asio::any_io_executor& executor, const simulator_config& config)
    : strand_(asio::make_strand(executor)),
      acceptor_(strand_),
      accept_timer_(strand_),
      api_(config, wall_clock()),
      faults_(config.faults, config.seed) {
  bind(config.port);
  acceptor_.listen();
  port_ = acceptor_.local_endpoint().port();
  if (config.tls) {
    certificate_ = make_certificate();
    tls_.emplace(make_tls_context(certificate_));
  }
}

void server::bind(std::uint16_t port) {
  const tcp::endpoint local(asio::ip::address_v4::loopback(), port);
  acceptor_.open(local.protocol());
  // A port whose last connections linger in TIME_WAIT can be listened on again at once.
  acceptor_.set_option(asio::socket_base::reuse_address(true));
  acceptor_.bind(local);
}

std::string server::base_url() const {
  return (tls_ ? "https://localhost:" : "http://localhost:") + std::to_string(port_) + "/api/v1";
}

simulator_stats server::stats() const {
  const std::lock_guard lock(published_mutex_);
  return published_;
}

void server::publish_stats() {
  const std::lock_guard lock(published_mutex_);
  published_ = api_.stats();
}

void server::accept() {
  asio::co_spawn(strand_, accept_connections(shared_from_this()), rethrow);
}

void server::close() {
  asio::post(strand_, [self = shared_from_this()] {
    self->closed_ = true;
    boost::system::error_code ignored;  // the descriptor is gone either way
    self->acceptor_.close(ignored);
    self->accept_timer_.cancel();
    self->abort_connections();
  });
}

void server::abort_connections() {
  for (open_connection* open : open_) {
    open->abort();
  }
}

void server::set_faults(std::vector<fault> rules) {
  check_faults(rules, tls_.has_value());
  asio::post(strand_, [self = shared_from_this(), rules = std::move(rules)]() mutable {
    self->faults_.replace(std::move(rules));
  });
}

void server::pause_listening(std::chrono::milliseconds duration) {
  asio::post(strand_, [self = shared_from_this(), duration] {
    if (self->closed_) {
      return;
    }
    self->pause_ = duration;
    self->accept_timer_.cancel();
    // A port that is bound and not listened on refuses, and becomes nobody else's meanwhile: not
    // even a client's own, whose connection to it would then be one to itself.
    boost::system::error_code ignored;  // the descriptor is gone either way
    self->acceptor_.close(ignored);
    self->bind(self->port_);
    self->abort_connections();
  });
}

task<void> server::sit_out_pause(std::shared_ptr<server> self) {
  while (self->pause_) {
    self->accept_timer_.expires_after(*self->pause_);
    self->pause_.reset();
    [[maybe_unused]] const auto [ended] = co_await self->accept_timer_.async_wait(as_result);
  }
  if (!self->closed_) {
    self->acceptor_.listen();
  }
}

task<void> server::accept_connections(std::shared_ptr<server> self) {
  while (!self->closed_) {
    if (self->pause_) {
      co_await sit_out_pause(self);
      continue;
    }
    auto [ec, socket] = co_await self->acceptor_.async_accept(as_result);
    if (!ec) {
      self->begin(std::move(socket));
    } else if (out_of_resources(ec)) {
      self->accept_timer_.expires_after(accept_pause);
      [[maybe_unused]] const auto [ended] = co_await self->accept_timer_.async_wait(as_result);
    } else if (ec != asio::error::operation_aborted && ec != asio::error::connection_aborted) {
      throw boost::system::system_error(ec, "accept");
    }
  }
}

void server::begin(plain_stream socket) {
  if (closed_ || pause_) {
    return;
  }
  ++api_.traffic().connections;
  publish_stats();
  boost::system::error_code ec;
  socket.set_option(tcp::no_delay(true), ec);
  if (ec) {
    return;  // the peer is gone already
  }
  auto served = tls_ ? serve_tls(shared_from_this(), std::move(socket))
                     : serve_plain(shared_from_this(), std::move(socket));
  asio::co_spawn(strand_, std::move(served), rethrow);
}

task<void> server::serve_plain(std::shared_ptr<server> self, plain_stream socket) {
  const auto served = std::make_shared<connection<plain_stream>>(std::move(socket), *self);
  const open_connection open(*self, *served);
  const bool broken = co_await self->breaks(*served, fault::stage::accept);
  if (!broken) {
    co_await served->converse();
  }
}

task<void> server::serve_tls(std::shared_ptr<server> self, plain_stream socket) {
  tls_stream stream(std::move(socket), *self->tls_);
  const auto served = std::make_shared<connection<tls_stream>>(std::move(stream), *self);
  const open_connection open(*self, *served);
  for (const fault::stage at : {fault::stage::accept, fault::stage::handshake}) {
    const bool broken = co_await self->breaks(*served, at);
    if (broken) {
      co_return;
    }
  }
  const auto [ec] = co_await served->stream().async_handshake(tls_stream::server, as_result);
  if (ec) {
    ++self->api_.traffic().tls_failures;
    co_return;
  }
  ++self->api_.traffic().tls_handshakes;
  if (SSL_session_reused(served->stream().native_handle()) == 1) {
    ++self->api_.traffic().tls_resumptions;
  }
  self->publish_stats();
  co_await served->converse();
}

// Whether a fault has ended the connection before anything was said.
template <class Stream>
task<bool> server::breaks(connection<Stream>& served, fault::stage at) {
  const auto happening = faults_.for_connection(at);
  if (!happening) {
    co_return false;
  }
  if (at == fault::stage::handshake) {
    co_await served.wait_for_peer();
  }
  count(*happening);
  co_await served.break_at_once(*happening);
  co_return true;
}

std::optional<injection> server::next_fault(std::string_view target) {
  return faults_.for_request(target.empty() ? endpoint::unknown : find_route(target).to);
}

void server::count(const injection& happening) {
  api_.traffic().faults.add(happening);
  publish_stats();
}

answer server::handle(const request& r, std::string& body) {
  const answer given = api_.handle(r, now(), body);
  publish_stats();
  return given;
}

answer server::refuse(const rejection& why, std::string& body) {
  const answer given = api_.refuse(why, body);
  publish_stats();
  return given;
}

model_time server::now() const {
  return std::chrono::duration_cast<model_time>(std::chrono::steady_clock::now() - began_);
}

}  // namespace
}  // namespace nunu::simulation

namespace nunu::detail {

std::shared_ptr<simulator_state> simulator_state::listen(boost::asio::any_io_executor executor,
                                                         const simulator_config& config) {
  simulation::check(config);
  return std::make_shared<simulation::server>(std::move(executor), config);
}

}  // namespace nunu::detail
