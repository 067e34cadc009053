#include "transport/connection_pool.hpp"

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <chrono>
#include <exception>
#include <utility>

namespace nunu::transport {
namespace {

using clock = std::chrono::steady_clock;

/// How late a deadline can be noticed. Deadlines are seconds.
constexpr std::chrono::milliseconds kSweepInterval{100};

}  // namespace

lease::lease(lease&& other) noexcept
    : pool_(std::exchange(other.pool_, nullptr)), connection_(std::move(other.connection_)) {}

lease& lease::operator=(lease&& other) noexcept {
  if (this != &other) {
    give_back();
    pool_ = std::exchange(other.pool_, nullptr);
    connection_ = std::move(other.connection_);
  }
  return *this;
}

void lease::give_back() noexcept {
  if (pool_ != nullptr) std::exchange(pool_, nullptr)->give_back(std::move(connection_));
}

connection_pool::connection_pool(const executor& ex, const wire::origin& to,
                                 const wire::proxy* through, tls_context* tls, limits bounds,
                                 counters& counts)
    : executor_(ex),
      origin_(to),
      proxy_(through),
      tls_(tls),
      limits_(bounds),
      counts_(counts),
      sweep_timer_(ex) {
  // Giving a connection back must not have to allocate.
  idle_.reserve(limits_.connections);
  busy_.reserve(limits_.connections);
}

task<result<lease>> connection_pool::acquire(priority who, core::duration freshness,
                                             core::time_point deadline) {
  if (closed_) co_return failure{errc::closed, "the client is closed"};
  if (leased_ < limits_.connections && queue_.empty()) {
    ++leased_;
  } else {
    const auto waited = co_await wait_for_turn(who, deadline);
    if (!waited) co_return waited.error();
  }
  lease held(*this);
  held.connection_ = take_idle(freshness);
  if (held) {
    busy_.push_back(held.connection_.get());
    start_sweep();
    co_return held;
  }
  // Connections that are too old for this request make room for a new one.
  while (!idle_.empty() && leased_ + idle_.size() > limits_.connections) idle_.erase(idle_.begin());
  held.connection_ = std::make_unique<connection>(executor_, origin_, proxy_, tls_, counts_);
  held->deadline = std::min(deadline, clock::now() + limits_.connect_time);
  busy_.push_back(held.connection_.get());
  update_gauge();
  start_sweep();
  const auto opened = co_await held->open();
  held->deadline = core::time_point::max();
  if (!opened) co_return opened.error();
  held->opened_at = held->last_answer_at = clock::now();
  co_return held;
}

task<result<void>> connection_pool::wait_for_turn(priority who, core::time_point deadline) {
  timer wake_up(executor_, deadline);
  turn mine{who, &wake_up};
  const auto behind = std::find_if(queue_.begin(), queue_.end(),
                                   [who](const turn* other) { return other->who > who; });
  const auto position = queue_.insert(behind, &mine);

  // A turn that was granted but cannot be used any more, because its owner was cancelled or the
  // whole client is being torn down, goes to the next.
  struct leave_queue {
    connection_pool& pool;
    turn& mine;
    std::list<turn*>::iterator position;
    bool keep_slot = false;
    ~leave_queue() {
      if (!mine.granted)
        pool.queue_.erase(position);
      else if (!keep_slot)
        pool.give_back(nullptr);
    }
  } leave{*this, mine, position};

  auto [ec] = co_await wake_up.async_wait(as_result);
  if (closed_) co_return failure{errc::closed, "the client was closed"};
  if (!mine.granted) {
    if (ec) co_return failure{ec, "cancelled"};
    co_return failure{errc::connect_timeout, "no connection became free in time"};
  }
  leave.keep_slot = true;
  co_return boost::system::in_place_value;
}

std::unique_ptr<connection> connection_pool::take_idle(core::duration freshness) {
  const auto now = clock::now();
  while (!idle_.empty()) {
    // The last one was used last: when it is not fresh enough, nor are the others.
    const auto unused = now - idle_.back()->last_answer_at;
    if (unused > freshness) return nullptr;
    std::unique_ptr<connection> taken = std::move(idle_.back());
    idle_.pop_back();
    const bool reusable = core::reusable(limits_.keep, now - taken->opened_at, unused, freshness,
                                         taken->server_keeps_for);
    if (reusable && !taken->turned_readable()) return taken;
  }
  return nullptr;
}

void connection_pool::give_back(std::unique_ptr<connection> used) noexcept {
  if (used) {
    std::erase(busy_, used.get());
    used->deadline = core::time_point::max();
    if (!closed_ && still_good(*used)) {
      idle_.push_back(std::move(used));
    }
    used.reset();
  }
  --leased_;
  update_gauge();
  if (busy_.empty() && sweeping_) sweep_timer_.cancel();
  grant_next();
}

void connection_pool::grant_next() noexcept {
  if (queue_.empty() || leased_ >= limits_.connections) return;
  turn* const next = queue_.front();
  queue_.pop_front();
  next->granted = true;
  ++leased_;
  next->wake_up->cancel();
}

bool connection_pool::may_keep(const lease& held, priority who) const noexcept {
  const bool wanted = !queue_.empty() && queue_.front()->who < who;
  return held && !wanted && still_good(*held.connection_);
}

bool connection_pool::still_good(const connection& used) const noexcept {
  return used.reusable() && clock::now() - used.opened_at < limits_.keep.age;
}

void connection_pool::drop_idle() noexcept {
  idle_.clear();
  update_gauge();
}

void connection_pool::close() noexcept {
  closed_ = true;
  for (connection* used : busy_) used->abort();
  for (turn* waiting : queue_) waiting->wake_up->cancel();
  drop_idle();
}

void connection_pool::update_gauge() noexcept {
  counts_.connections_open.set(busy_.size() + idle_.size());
}

void connection_pool::start_sweep() {
  if (sweeping_) return;
  asio::co_spawn(executor_, sweep(shared_from_this()),
                 [self = shared_from_this()](std::exception_ptr) {
                   self->sweeping_ = false;
                   // It ends early when memory runs out.
                   if (!self->busy_.empty()) self->start_sweep();
                 });
  sweeping_ = true;
}

task<void> connection_pool::sweep(std::shared_ptr<connection_pool> self) {
  while (!self->busy_.empty()) {
    self->sweep_timer_.expires_after(kSweepInterval);
    co_await self->sweep_timer_.async_wait(as_result);
    const auto now = clock::now();
    for (connection* used : self->busy_)
      if (used->deadline <= now) used->abort_late();
  }
}

}  // namespace nunu::transport
