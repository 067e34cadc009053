#include "operations/client_state.hpp"

#include <boost/asio/post.hpp>
#include <exception>
#include <utility>

#include <nunu/error.hpp>
#include "core/launch.hpp"
#include "wire/validation.hpp"

namespace nunu::operations {

std::string new_label() {
  // Not from the generator of a client, whose seed is short.
  std::random_device device;
  const auto half = [&device] { return std::uint64_t{device()} << 32 | device(); };
  const std::uint64_t high = half();
  return core::mint_label(high, half());
}

}  // namespace nunu::operations

namespace nunu::detail {
namespace {

[[noreturn]] void refuse(std::string problem) {
  throw error(errc::invalid_config, {.message = std::move(problem)});
}

client_config checked(client_config config) {
  if (std::string problem = wire::problem_with(config); !problem.empty())
    refuse(std::move(problem));
  return config;
}

wire::origin origin_of(const client_config& config) {
  auto origin = wire::parse_base_url(config.base_url, config.project_id, config.allow_plain_http);
  if (!origin) refuse(std::move(origin).error());
  return *std::move(origin);
}

std::optional<wire::proxy> proxy_of(const client_config& config, const wire::origin& to) {
  auto proxy = wire::proxy_for(to, config.proxy.reveal(), config.no_proxy);
  if (!proxy) refuse(std::move(proxy).error());
  return *std::move(proxy);
}

}  // namespace

client_state::client_state(const boost::asio::any_io_executor& ex, client_config settings)
    : outer_executor(ex),
      strand(boost::asio::make_strand(ex)),
      config(checked(std::move(settings))),
      origin(origin_of(config)),
      proxy(proxy_of(config, origin)),
      group(config.group.empty() ? operations::new_label() : config.group),
      requests(origin, config.api_key),
      tls(origin.tls ? std::make_unique<transport::tls_context>(config.tls, config.max_connections)
                     : nullptr),
      pool(std::make_shared<transport::connection_pool>(
          strand, origin, proxy ? &*proxy : nullptr, tls.get(),
          transport::connection_pool::limits{config.max_connections,
                                             {config.max_connection_age, config.idle_timeout},
                                             config.connect_timeout},
          counts)),
      polls(*this),
      random_(std::random_device{}()) {}

void client_state::close() noexcept {
  if (closed.exchange(true)) return;
  try {
    boost::asio::post(strand, [self = shared_from_this()] {
      self->polls.close();
      self->operations.cancel_all();
      self->pool->close();
    });
  } catch (const std::exception&) {
    closed = false;
  }
}

double client_state::draw() {
  return std::uniform_real_distribution<double>(0.0, 1.0)(random_);
}

}  // namespace nunu::detail
