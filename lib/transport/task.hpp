/// \file
/// The coroutine type of the library's own code. All of it runs on the client's strand.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <chrono>

namespace nunu::transport {

namespace asio = boost::asio;

using executor = asio::strand<asio::any_io_executor>;

template <class T>
using task = asio::awaitable<T, executor>;

/// Whether the coroutine whose state this is was cancelled. Between two of its steps nothing else
/// tells: an operation that begins after the signal knows nothing of it.
inline bool was_cancelled(const asio::cancellation_state& state) noexcept {
  return state.cancelled() != asio::cancellation_type::none;
}

/// Gives the error code beside the result instead of throwing it.
inline constexpr asio::as_tuple_t<asio::use_awaitable_t<executor>> as_result{};

using timer = asio::basic_waitable_timer<std::chrono::steady_clock,
                                         asio::wait_traits<std::chrono::steady_clock>, executor>;

}  // namespace nunu::transport
