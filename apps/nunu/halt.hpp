/// \file
/// Why the command ends before its work is done, and what is told of it.
#pragma once

#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/cancellation_type.hpp>
#include <cstdint>
#include <functional>
#include <list>
#include <utility>

namespace cli {

enum class halt_reason : std::uint8_t { none, deadline, interrupt };

/// Used on one thread.
class halt {
 public:
  /// Calls `then` when the command is to end, as long as the object lives.
  class listener {
   public:
    listener(halt& of, std::function<void()> then)
        : of_(of), place_(of.listeners_.insert(of.listeners_.end(), std::move(then))) {}
    listener(const listener&) = delete;
    listener& operator=(const listener&) = delete;
    ~listener() { of_.listeners_.erase(place_); }

   private:
    halt& of_;
    std::list<std::function<void()>>::iterator place_;
  };

  void at_deadline() {
    if (reason_ != halt_reason::none) return;
    reason_ = halt_reason::deadline;
    tell();
  }

  /// Also after the deadline: whoever still waits then has had enough.
  void on_signal(int number) {
    reason_ = halt_reason::interrupt;
    signal_ = number;
    tell();
  }

  bool asked() const { return reason_ != halt_reason::none; }
  halt_reason reason() const { return reason_; }
  int signal() const { return signal_; }

 private:
  void tell() {
    // A listener may go when it is told, but only later: it belongs to a coroutine.
    for (const auto& then : listeners_) then();
  }

  halt_reason reason_ = halt_reason::none;
  int signal_ = 0;
  std::list<std::function<void()>> listeners_;
};

/// Operations that can be cancelled together.
class cancellable {
 public:
  /// One operation at a time, with `slot`.
  class member {
   public:
    explicit member(cancellable& of) : of_(of), place_(of.signals_.emplace(of.signals_.end())) {}
    member(const member&) = delete;
    member& operator=(const member&) = delete;
    ~member() { of_.signals_.erase(place_); }

    boost::asio::cancellation_slot slot() { return place_->slot(); }

   private:
    cancellable& of_;
    std::list<boost::asio::cancellation_signal>::iterator place_;
  };

  void cancel(boost::asio::cancellation_type type) {
    for (auto& signal : signals_) signal.emit(type);
  }

 private:
  std::list<boost::asio::cancellation_signal> signals_;
};

}  // namespace cli
