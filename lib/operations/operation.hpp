/// \file
/// How an operation runs: from the caller's handler to a coroutine on the client's strand, and
/// back.
#pragma once

#include <boost/asio/any_completion_executor.hpp>
#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/associated_executor.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/dispatch.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/execution/outstanding_work.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/prefer.hpp>
#include <exception>
#include <memory>
#include <new>
#include <set>
#include <system_error>
#include <utility>

#include <nunu/detail/handler.hpp>
#include <nunu/error.hpp>
#include "transport/task.hpp"

namespace nunu::operations {

/// What an operation comes to. With an error, `value` has what is known all the same.
template <class Result>
struct completion {
  boost::system::error_code code;
  diagnostics details;
  Result value{};
};

/// The means to cancel one operation. Used on the client's strand.
///
/// What the caller asks for is judged here, by the types that the operation accepts at the moment.
/// Inward goes *terminal* alone, the only type that all of Asio's and Beast's operations obey; and
/// it is remembered, since some (resolving, one that has just completed) cannot be signalled at
/// all.
struct cancellation {
  using type = boost::asio::cancellation_type;

  boost::asio::cancellation_signal signal;
  type accepted = type::terminal | type::partial | type::total;
  bool requested = false;

  void request(type asked) {
    if ((asked & accepted) == type::none) return;
    requested = true;
    signal.emit(type::terminal);
  }
};

/// The operations of a client that are under way, so that closing it can end them. Used on its
/// strand.
class operation_list {
 public:
  using entry = std::shared_ptr<cancellation>;
  using place = std::set<entry>::node_type;

  /// Made beforehand, so that to enter the list needs no memory.
  static place place_for(entry e) {
    std::set<entry> alone;
    const auto at = alone.insert(std::move(e)).first;
    return alone.extract(at);
  }

  void add(place p) noexcept { entries_.insert(std::move(p)); }
  void remove(const entry& e) noexcept { entries_.erase(e); }
  /// Nobody is in the list afterwards.
  void cancel_all() noexcept {
    // Taken out first: an operation that ends leaves the list.
    const std::set<entry> all = std::exchange(entries_, {});
    for (const entry& e : all) e->request(boost::asio::cancellation_type::terminal);
  }

 private:
  std::set<entry> entries_;
};

inline boost::system::error_code code_of(std::exception_ptr thrown) {
  try {
    std::rethrow_exception(std::move(thrown));
  } catch (const boost::system::system_error& e) {
    return e.code();
  } catch (const std::system_error& e) {
    return e.code();
  } catch (const std::bad_alloc&) {
    return make_error_code(boost::system::errc::not_enough_memory);
  } catch (...) {
    return make_error_code(boost::system::errc::state_not_recoverable);
  }
}

/// An operation learns of its cancellation as an error code, so that it can tell what it knows.
template <class Result>
transport::task<completion<Result>> without_throwing(transport::task<completion<Result>> body) {
  co_await boost::asio::this_coro::throw_if_cancelled(false);
  co_return co_await std::move(body);
}

/// The end of an operation, which is still to come: all that it takes is there beforehand.
template <class Result>
struct ending {
  detail::handler<Result> handler;
  boost::asio::cancellation_slot slot;
  /// Of the handler; where it has none of its own, the client's strand.
  boost::asio::any_completion_executor executor;
  boost::system::error_code code{};
  Result value{};
  bool reached = false;

  void call() {
    // A signal that comes later must not reach for a strand that may be gone.
    if (slot.is_connected()) slot.clear();
    std::move(handler)(code, std::move(value));
  }
};

/// Runs `body` on the strand of `state` and then the handler on its associated executor, exactly
/// once. `cancel` is the body's as well. When it throws, nothing has begun.
///
/// The caller's cancellation slot may be signalled from any thread, while Asio wants a signal to be
/// emitted where its coroutine runs: so the slot posts to the strand, and a signal of our own is
/// emitted there.
template <class State, class Result>
void begin_operation(std::shared_ptr<State> state, diagnostics* diag,
                     detail::handler<Result> handler, std::shared_ptr<cancellation> cancel,
                     transport::task<completion<Result>> body) {
  namespace asio = boost::asio;
  auto place = operation_list::place_for(cancel);
  auto slot = asio::get_associated_cancellation_slot(handler);
  const asio::any_completion_executor own = state->strand;
  const auto handler_executor = asio::get_associated_executor(handler, own);
  const bool is_own = handler_executor == own;
  const auto end = std::make_shared<ending<Result>>(
      ending<Result>{std::move(handler), slot,
                     asio::prefer(handler_executor, asio::execution::outstanding_work.tracked)});

  auto complete = [state, diag, cancel, end, is_own](std::exception_ptr thrown,
                                                     completion<Result> done) {
    end->reached = true;
    state->operations.remove(cancel);
    if (thrown) done.code = code_of(std::move(thrown));
    // Whatever closing the client broke, closing it is the reason.
    if (done.code && state->closed) done.code = errc::closed;
    if (diag != nullptr) *diag = std::move(done.details);
    end->code = done.code;
    end->value = std::move(done.value);
    // This is the strand: to go on needs no memory.
    if (is_own) return end->call();
    asio::dispatch(end->executor, [end] { end->call(); });
  };

  if (slot.is_connected())
    slot.assign([cancel, weak = std::weak_ptr(state)](asio::cancellation_type type) {
      // When the execution context is gone, so is the operation.
      if (const auto alive = weak.lock())
        asio::post(alive->strand, [cancel, type] { cancel->request(type); });
    });
  // The list of operations is the strand's, so entering it waits for the strand.
  auto begin = [state, cancel, end, complete, place = std::move(place),
                body = std::move(body)]() mutable {
    if (state->closed) cancel->requested = true;
    state->operations.add(std::move(place));
    try {
      asio::co_spawn(state->strand, without_throwing(std::move(body)),
                     asio::bind_cancellation_slot(cancel->signal.slot(), complete));
    } catch (const std::exception&) {
      // Out of memory; or it has ended already, and its handler threw.
      if (end->reached) throw;
      complete(std::current_exception(), {});
    }
  };
  try {
    asio::post(state->strand, std::move(begin));
  } catch (const std::exception&) {
    if (slot.is_connected()) slot.clear();
    throw;
  }
}

}  // namespace nunu::operations
