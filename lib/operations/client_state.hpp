/// \file
/// Everything that the operations of a client share.
#pragma once

#include <atomic>
#include <boost/asio/any_io_executor.hpp>
#include <memory>
#include <optional>
#include <random>
#include <string>

#include <nunu/client_config.hpp>
#include <nunu/client_stats.hpp>
#include "core/retry_budget.hpp"
#include "operations/known_launches.hpp"
#include "operations/operation.hpp"
#include "operations/poll_engine.hpp"
#include "transport/connection_pool.hpp"
#include "transport/counters.hpp"
#include "transport/request_writer.hpp"
#include "transport/task.hpp"
#include "transport/tls_context.hpp"
#include "wire/origin.hpp"
#include "wire/proxy.hpp"

namespace nunu::operations {

/// A launch id or group that no other process makes up.
std::string new_label();

}  // namespace nunu::operations

namespace nunu::detail {

/// Used on its strand, all but the constructor, `counts`, `closed` and `close`.
class client_state : public std::enable_shared_from_this<client_state> {
 public:
  /// Throws `nunu::error` with `errc::invalid_config`.
  client_state(const boost::asio::any_io_executor& ex, client_config settings);

  /// From any thread: ends every operation, once. Without memory to reach the strand, nothing has
  /// happened.
  void close() noexcept;

  /// A draw for jitter, uniform in [0, 1).
  double draw();

  const boost::asio::any_io_executor outer_executor;
  const transport::executor strand;
  const client_config config;
  const wire::origin origin;
  const std::optional<wire::proxy> proxy;
  /// Of starts that name none.
  const std::string group;
  const transport::request_writer requests;
  std::unique_ptr<transport::tls_context> tls;
  transport::counters counts;
  const std::shared_ptr<transport::connection_pool> pool;
  core::retry_budget retries;
  operations::operation_list operations;
  operations::known_launches launches;
  operations::poll_engine polls;
  /// Set at once by `close`, whose work the strand does later.
  std::atomic<bool> closed = false;

 private:
  std::mt19937_64 random_;
};

}  // namespace nunu::detail
