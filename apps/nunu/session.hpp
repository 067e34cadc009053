/// \file
/// What the commands have in common while they run.
#pragma once

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <chrono>
#include <optional>

#include <nunu/client.hpp>
#include "halt.hpp"
#include "invocation.hpp"
#include "narrator.hpp"

namespace cli {

/// Used on one thread.
struct session {
  const invocation& what;
  nunu::client& client;
  narrator& tell;
  halt& stop;
  /// Of the whole command; none: there is none.
  std::optional<std::chrono::steady_clock::time_point> deadline;
  /// Operations that change nothing: they end as soon as the command is to end.
  cancellable reads{};
  halt::listener on_halt{stop, [this] { reads.cancel(boost::asio::cancellation_type::terminal); }};

  session(const invocation& i, nunu::client& c, narrator& n, halt& h,
          std::optional<std::chrono::steady_clock::time_point> d)
      : what(i), client(c), tell(n), stop(h), deadline(d) {}
  session(const session&) = delete;
  session& operator=(const session&) = delete;

  /// At least 0.
  std::optional<std::chrono::milliseconds> time_left() const {
    if (!deadline) return std::nullopt;
    const auto left =
        std::chrono::ceil<std::chrono::milliseconds>(*deadline - std::chrono::steady_clock::now());
    return std::max(left, std::chrono::milliseconds(0));
  }
};

/// The completion token of an operation that `by` cancels.
inline auto cancelled_by(cancellable::member& by) {
  namespace asio = boost::asio;
  return asio::bind_cancellation_slot(by.slot(), asio::as_tuple(asio::use_awaitable));
}

}  // namespace cli
