/// \file
/// Several coroutines at once, of which somebody waits for the last.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <cstddef>
#include <exception>
#include <functional>
#include <utility>

#include "bell.hpp"

namespace cli {

/// Used on one thread. Must outlive its coroutines: `wait` for them.
class crew {
 public:
  explicit crew(boost::asio::any_io_executor executor)
      : executor_(std::move(executor)), home_(executor_) {}

  void spawn(boost::asio::awaitable<void> work) {
    ++out_;
    boost::asio::co_spawn(executor_, std::move(work), [this](std::exception_ptr thrown) {
      if (thrown && !thrown_) thrown_ = thrown;
      if (--out_ == 0) home_.ring();
    });
  }

  /// Until all have ended. Throws what the first that threw has thrown.
  boost::asio::awaitable<void> wait() {
    while (out_ > 0) co_await home_.wait();
    if (thrown_) std::rethrow_exception(std::exchange(thrown_, nullptr));
  }

 private:
  boost::asio::any_io_executor executor_;
  bell home_;
  std::size_t out_ = 0;
  std::exception_ptr thrown_;
};

/// Calls `work` with 0 to `count - 1`, `at_once` of them at the same time. Throws what the first
/// that threw has thrown, when all have ended.
boost::asio::awaitable<void> for_each_of(
    std::size_t count, std::size_t at_once,
    std::function<boost::asio::awaitable<void>(std::size_t)> work);

}  // namespace cli
