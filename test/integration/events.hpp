// Waiting for events instead of for time.
#pragma once

#include <boost/asio/io_context.hpp>
#include <chrono>
#include <functional>
#include <optional>
#include <stdexcept>

#include <nunu/client.hpp>
#include "loopback.hpp"

namespace nunu::test {

/// Throws when it takes longer than any test should.
inline void run_until(asio::io_context& context, const std::function<bool()>& reached) {
  const auto give_up = std::chrono::steady_clock::now() + kPatience;
  context.restart();
  while (!reached() && context.run_one_until(give_up) != 0) {
  }
  if (!reached()) throw std::runtime_error("what the test waits for does not come");
}

/// All that is ready, without waiting.
inline void settle(asio::io_context& context) {
  context.restart();
  context.poll();
}

/// How an operation ended, once it has.
struct ending {
  std::optional<boost::system::error_code> code{};
  diagnostics details{};

  bool reached() const { return code.has_value(); }
  auto handler() {
    return [this](boost::system::error_code ec, const auto&) { code = ec; };
  }
};

}  // namespace nunu::test
