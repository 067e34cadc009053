#include "transport/dial.hpp"

#include <chrono>
#include <exception>
#include <utility>

namespace nunu::transport {
namespace {

using boost::system::error_code;
using clock = std::chrono::steady_clock;

std::vector<dial::endpoint> in_order(const std::vector<dial::endpoint>& resolved) {
  std::vector<core::address_family> families;
  families.reserve(resolved.size());
  for (const dial::endpoint& e : resolved)
    families.push_back(e.address().is_v6() ? core::address_family::ipv6
                                           : core::address_family::ipv4);
  std::vector<dial::endpoint> ordered;
  ordered.reserve(resolved.size());
  for (const std::size_t at : core::order_of_attempts(families)) ordered.push_back(resolved[at]);
  return ordered;
}

}  // namespace

dial::dial(const executor& ex, const std::vector<endpoint>& resolved)
    : executor_(ex), addresses_(in_order(resolved)), race_(addresses_.size()), progress_(ex) {}

task<error_code> dial::connect(socket& out) {
  try {
    while (!over_ && !winner_ && !race_.lost()) {
      while (race_.next_at() <= clock::now()) begin_next();
      progress_.expires_at(race_.next_at());
      co_await progress_.async_wait(as_result);
      const auto state = co_await asio::this_coro::cancellation_state;
      if (was_cancelled(state)) abort();
    }
  } catch (const std::exception&) {
    // Out of memory: nobody takes a connection that is made later.
    abort();
    throw;
  }
  if (over_) co_return asio::error::operation_aborted;
  over_ = true;
  if (winner_) out = std::move(attempts_[*winner_]);
  close_all();
  co_return winner_ ? error_code() : last_error_;
}

void dial::begin_next() {
  const std::size_t attempt = race_.begin_next(clock::now());
  attempts_.emplace_back(executor_);
  attempts_.back().async_connect(
      addresses_[attempt],
      [self = shared_from_this(), attempt](error_code ec) { self->attempt_ended(attempt, ec); });
}

void dial::attempt_ended(std::size_t attempt, error_code ec) {
  if (over_ || winner_) return;
  if (ec) {
    last_error_ = ec;
    attempts_[attempt].close(ec);
    race_.failed(attempt);
  } else {
    winner_ = attempt;
  }
  progress_.cancel();
}

void dial::abort() noexcept {
  over_ = true;
  close_all();
  progress_.cancel();
}

void dial::close_all() noexcept {
  error_code ignored;
  for (socket& attempt : attempts_) attempt.close(ignored);
}

}  // namespace nunu::transport
