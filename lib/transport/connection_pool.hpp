/// \file
/// The connections of a client: few, kept open, and handed to who needs one most.
#pragma once

#include <cstddef>
#include <cstdint>
#include <list>
#include <memory>
#include <vector>

#include "core/clock.hpp"
#include "core/connection_reuse.hpp"
#include "transport/connection.hpp"
#include "transport/counters.hpp"
#include "transport/failure.hpp"
#include "transport/task.hpp"

namespace nunu::transport {

class connection_pool;

/// Who gets a connection first when there are not enough.
enum class priority : std::uint8_t { start_or_stop, read, poll };

/// The right to use one connection. Giving it back wakes the next in the queue, on every path.
class lease {
 public:
  lease() = default;
  lease(lease&& other) noexcept;
  lease& operator=(lease&& other) noexcept;
  ~lease() { give_back(); }

  void give_back() noexcept;
  explicit operator bool() const noexcept { return connection_ != nullptr; }
  connection* operator->() const noexcept { return connection_.get(); }

 private:
  friend class connection_pool;
  explicit lease(connection_pool& from) noexcept : pool_(&from) {}

  connection_pool* pool_ = nullptr;
  std::unique_ptr<connection> connection_;
};

/// Used on the client's strand. Looks after the deadlines of leased connections: one coarse sweep
/// instead of a timer for each exchange.
class connection_pool : public std::enable_shared_from_this<connection_pool> {
 public:
  struct limits {
    std::size_t connections;
    core::connection_limits keep;
    /// To open one connection, once its turn has come.
    core::duration connect_time;
  };

  /// As `connection`.
  connection_pool(const executor& ex, const wire::origin& to, const wire::proxy* through,
                  tls_context* tls, limits bounds, counters& counts);

  /// Waits for a turn, then takes a connection that has answered within `freshness`, or opens one.
  /// All failures mean that nothing was sent; `connect_timeout` when the turn has not come at
  /// `deadline`, or opening takes too long.
  task<result<lease>> acquire(priority who, core::duration freshness, core::time_point deadline);

  /// Whether `who` may use the connection for one more exchange: it is good for one, and nobody
  /// more important waits for it.
  bool may_keep(const lease& held, priority who) const noexcept;

  /// Closes what is open and unused.
  void drop_idle() noexcept;

  /// Ends everything; later calls fail with `closed`.
  void close() noexcept;

 private:
  friend class lease;

  struct turn {
    priority who;
    timer* wake_up;
    bool granted = false;
  };

  task<result<void>> wait_for_turn(priority who, core::time_point deadline);
  std::unique_ptr<connection> take_idle(core::duration freshness);
  void give_back(std::unique_ptr<connection> used) noexcept;
  void grant_next() noexcept;
  bool still_good(const connection& used) const noexcept;
  void update_gauge() noexcept;
  void start_sweep();
  static task<void> sweep(std::shared_ptr<connection_pool> self);

  executor executor_;
  const wire::origin& origin_;
  const wire::proxy* proxy_;
  tls_context* tls_;
  limits limits_;
  counters& counts_;
  /// By importance, then by arrival. Waiting coroutines own their turns.
  std::list<turn*> queue_;
  /// Slots in use: leases, and turns that were granted.
  std::size_t leased_ = 0;
  std::vector<connection*> busy_;
  /// The most recently used last.
  std::vector<std::unique_ptr<connection>> idle_;
  timer sweep_timer_;
  bool sweeping_ = false;
  bool closed_ = false;
};

}  // namespace nunu::transport
