// chaos: what one caller does at random, and cancels at a random moment.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <random>

namespace nunu::chaos {

namespace asio = boost::asio;

/// When an operation is cancelled, counted from its beginning, and how.
struct cancelling {
  std::chrono::milliseconds after;
  asio::cancellation_type type;
};

/// Of one start: the same for the same seed, whatever the others do.
class draws {
 public:
  draws(std::uint64_t seed, std::uint64_t start) {
    std::seed_seq both{seed, start};
    random_.seed(both);
  }

  bool chance(double probability) { return uniform() < probability; }

  std::optional<cancelling> maybe_cancelled(double probability) {
    if (!chance(probability)) return std::nullopt;
    constexpr asio::cancellation_type types[] = {asio::cancellation_type::total,
                                                 asio::cancellation_type::partial,
                                                 asio::cancellation_type::terminal};
    // About as long as what is slow takes.
    constexpr double most_ms = 1'000.0;
    const std::chrono::milliseconds after(static_cast<int>(most_ms * uniform()));
    return cancelling{after, types[static_cast<std::size_t>(3 * uniform())]};
  }

  /// For another who waits for the same.
  draws fork() { return {random_(), random_()}; }

 private:
  double uniform() { return std::uniform_real_distribution<double>(0.0, 1.0)(random_); }

  std::mt19937_64 random_;
};

/// Cancels the operation that its slot was given to, unless it is destroyed before.
class canceller {
 public:
  canceller(const asio::any_io_executor& ex, const std::optional<cancelling>& when) : timer_(ex) {
    if (!when) return;
    timer_.expires_after(when->after);
    timer_.async_wait(
        [weak = std::weak_ptr(signal_), type = when->type](boost::system::error_code ec) {
          if (const auto signal = weak.lock(); signal && !ec) signal->emit(type);
        });
  }

  asio::cancellation_slot slot() { return signal_->slot(); }

 private:
  std::shared_ptr<asio::cancellation_signal> signal_ =
      std::make_shared<asio::cancellation_signal>();
  asio::steady_timer timer_;
};

}  // namespace nunu::chaos
