// A host has several addresses, and not all of them need to work.
#include <gtest/gtest.h>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/this_coro.hpp>
#include <chrono>
#include <exception>
#include <memory>
#include <optional>
#include <vector>

#include "blackhole.hpp"
#include "events.hpp"
#include "loopback.hpp"
#include "transport/dial.hpp"

namespace nunu::test {
namespace {

using transport::dial;

/// Dialling, on the context that the servers use.
class Fault15 : public testing::Test {
 protected:
  asio::io_context context;
  transport::executor strand = asio::make_strand(asio::any_io_executor(context.get_executor()));
  dial::socket connected{strand};
  asio::cancellation_signal signal;
  std::weak_ptr<dial> dialling;
  std::optional<boost::system::error_code> result;

  void begin(const std::vector<dial::endpoint>& resolved) {
    const auto made = std::make_shared<dial>(strand, resolved);
    dialling = made;
    asio::co_spawn(strand, connect(made, connected),
                   asio::bind_cancellation_slot(
                       signal.slot(),
                       [this](std::exception_ptr, boost::system::error_code ec) { result = ec; }));
  }

  /// Nothing that has begun is left behind.
  void expect_that_all_has_ended() {
    context.restart();
    const auto give_up = std::chrono::steady_clock::now() + kPatience;
    while (context.run_one_until(give_up) != 0) continue;
    EXPECT_TRUE(context.stopped()) << "attempts go on";
    EXPECT_TRUE(dialling.expired());
  }

  /// An endpoint that refuses: it has a port, and does not listen.
  dial::endpoint closed_port(const asio::ip::address& at) {
    return {at, nobody_.local_endpoint().port()};
  }

 private:
  static transport::task<boost::system::error_code> connect(std::shared_ptr<dial> made,
                                                            dial::socket& out) {
    // As the operations do.
    co_await asio::this_coro::throw_if_cancelled(false);
    co_return co_await made->connect(out);
  }

  asio::ip::tcp::socket nobody_{context, {asio::ip::address_v4::loopback(), 0}};
};

TEST_F(Fault15, ABlackholedAddressDoesNotHoldUpTheNext) {
  const blackhole first(context);
  const asio::ip::tcp::acceptor second(context, {asio::ip::address_v4::loopback(), 0});
  begin({first.endpoint(), second.local_endpoint()});
  expect_that_all_has_ended();
  ASSERT_TRUE(result);
  ASSERT_FALSE(*result) << result->message();
  EXPECT_EQ(connected.remote_endpoint(), second.local_endpoint());
}

TEST_F(Fault15, Ipv4WorksWhereIpv6IsDead) {
  const asio::ip::tcp::acceptor works(context, {asio::ip::address_v4::loopback(), 0});
  begin({closed_port(asio::ip::address_v6::loopback()), works.local_endpoint()});
  expect_that_all_has_ended();
  ASSERT_TRUE(result);
  ASSERT_FALSE(*result) << result->message();
  EXPECT_EQ(connected.remote_endpoint(), works.local_endpoint());
}

TEST_F(Fault15, TheReasonOfTheLastFailureIsGivenWhenNoAddressWorks) {
  const dial::endpoint refuses = closed_port(asio::ip::address_v4::loopback());
  begin({refuses, refuses, refuses});
  expect_that_all_has_ended();
  EXPECT_EQ(result, asio::error::connection_refused);
  EXPECT_FALSE(connected.is_open());
}

TEST_F(Fault15, WithoutAddressesThereIsNoConnection) {
  begin({});
  expect_that_all_has_ended();
  EXPECT_EQ(result, asio::error::host_not_found);
}

TEST_F(Fault15, AbortEndsAllAttempts) {
  const blackhole hole(context);
  begin({hole.endpoint(), hole.endpoint()});
  settle(context);
  ASSERT_FALSE(result);
  dialling.lock()->abort();
  expect_that_all_has_ended();
  EXPECT_EQ(result, asio::error::operation_aborted);
  EXPECT_FALSE(connected.is_open());
}

TEST_F(Fault15, CancellingEndsAllAttempts) {
  const blackhole hole(context);
  begin({hole.endpoint(), hole.endpoint()});
  settle(context);
  ASSERT_FALSE(result);
  signal.emit(asio::cancellation_type::terminal);
  expect_that_all_has_ended();
  EXPECT_EQ(result, asio::error::operation_aborted);
  EXPECT_FALSE(connected.is_open());
}

TEST_F(Fault15, AConnectionThatIsMadeWhileItIsCancelledIsClosed) {
  const asio::ip::tcp::acceptor works(context, {asio::ip::address_v4::loopback(), 0});
  // One step of the context after another, until the cancellation has come too late.
  for (int steps = 0;; ++steps) {
    result.reset();
    connected.close();
    begin({works.local_endpoint()});
    context.restart();
    for (int i = 0; i < steps && !result; ++i) context.run_one();
    if (result) break;
    signal.emit(asio::cancellation_type::terminal);
    expect_that_all_has_ended();
    ASSERT_TRUE(result) << "cancelled after " << steps;
    EXPECT_EQ(connected.is_open(), !*result) << "cancelled after " << steps;
  }
  EXPECT_FALSE(*result) << result->message();
}

TEST_F(Fault15, AContextThatEndsMeanwhileLeavesNothing) {
  auto own = std::make_unique<asio::io_context>();
  const blackhole hole(context);
  {
    const transport::executor on_it = asio::make_strand(asio::any_io_executor(own->get_executor()));
    dial::socket out(on_it);
    const std::vector<dial::endpoint> resolved(2, hole.endpoint());
    const auto made = std::make_shared<dial>(on_it, resolved);
    dialling = made;
    asio::co_spawn(on_it, made->connect(out), [](std::exception_ptr, auto) {});
    own->poll();
  }
  EXPECT_FALSE(dialling.expired()) << "its attempts own it";
  own.reset();
  EXPECT_TRUE(dialling.expired());
}

}  // namespace
}  // namespace nunu::test
