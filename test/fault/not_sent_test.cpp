// The service cannot be reached: nothing is sent, and it is tried again with pauses.
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <tuple>

#include "events.hpp"
#include "loopback.hpp"
#include "operations.hpp"
#include "scripted_server.hpp"

namespace nunu::test {
namespace {

/// Failures that may pass are tried again until the operation's time is up: soon, then.
constexpr auto kSoonUp = 300ms;

/// Takes connections, says what is not TLS, and closes.
class babbling_server {
 public:
  explicit babbling_server(asio::io_context& context)
      : acceptor_(context, {asio::ip::address_v4::loopback(), 0}) {
    asio::co_spawn(context, accept(), asio::detached);
  }

  unsigned short port() const { return acceptor_.local_endpoint().port(); }

 private:
  asio::awaitable<void> accept() {
    const auto token = asio::as_tuple(asio::use_awaitable);
    for (;;) {
      auto [ec, socket] = co_await acceptor_.async_accept(token);
      if (ec) co_return;
      char hello[4096];
      co_await socket.async_read_some(asio::buffer(hello), token);
      const std::string babble = "HTTP/1.1 400 Bad Request\r\n\r\n";
      co_await asio::async_write(socket, asio::buffer(babble), token);
    }
  }

  asio::ip::tcp::acceptor acceptor_;
};

enum class obstacle : std::uint8_t { refused, unreachable, no_such_name, not_tls };

struct expected {
  const char* name;
  errc code;
};

expected expected_of(obstacle what) {
  switch (what) {
    case obstacle::refused:
      return {"refused", errc::connect_failed};
    case obstacle::unreachable:
      return {"unreachable", errc::connect_failed};
    case obstacle::no_such_name:
      return {"no_such_name", errc::resolve_failed};
    case obstacle::not_tls:
      break;
  }
  return {"not_tls", errc::tls_failed};
}

class Fault06 : public testing::TestWithParam<std::tuple<operation, obstacle>> {
 protected:
  asio::io_context context;
  babbling_server babbling{context};
  /// Has a port, and does not listen: so nobody else gets it, either.
  asio::ip::tcp::socket nobody{context, {asio::ip::address_v4::loopback(), 0}};
  std::size_t failures = 0;

  client_config config() {
    client_config c = config_for(url());
    c.allow_plain_http = true;
    c.operation_timeout = kSoonUp;
    c.on_attempt = [this](const request_attempt&) { ++failures; };
    return c;
  }

  std::uint64_t requests_written(const client& c) {
    const client_stats s = c.stats();
    return s.starts + s.stops + s.reads + s.polls + s.pages;
  }

 private:
  std::string url() {
    switch (std::get<obstacle>(GetParam())) {
      case obstacle::refused:
        return "http://127.0.0.1:" + std::to_string(nobody.local_endpoint().port());
      case obstacle::unreachable:
        // The system itself refuses to connect to everyone.
        return "http://255.255.255.255:9";
      case obstacle::no_such_name:
        // The label is longer than any name may have, so that no server need be asked.
        return "http://" + std::string(64, 'x') + ".test";
      case obstacle::not_tls:
        break;
    }
    return "https://127.0.0.1:" + std::to_string(babbling.port());
  }
};

TEST_P(Fault06, NothingIsSentAndItIsTriedAgainWithPausesUntilTheTimeIsUp) {
  const auto& [what, in_the_way] = GetParam();
  const errc code = expected_of(in_the_way).code;
  client c(context.get_executor(), config());
  if (what == operation::wait_for_jobs || what == operation::watch_jobs) {
    // Waiting has a deadline of its own, and that is no failure.
    const job_watch polls = c.watch_jobs({"j"});
    run_until(context, [&] { return failures != 0; });
    wait_options options;
    options.timeout = kSoonUp;
    std::optional<job_outcome> outcome;
    c.wait_for_jobs({"j"}, options, [&](boost::system::error_code ec, const wait_report& report) {
      EXPECT_FALSE(ec) << ec.message();
      outcome = report.outcomes.at(0);
    });
    run_until(context, [&] { return outcome.has_value(); });
    EXPECT_EQ(outcome->kind, outcome_kind::still_running);
    EXPECT_EQ(outcome->error, code) << outcome->error_message;
  } else {
    call result;
    result.begin(c, what);
    run_until(context, [&] { return result.ended(); });
    EXPECT_EQ(result.code, code) << result.details.to_string();
    EXPECT_EQ(result.code, condition::not_sent);
    EXPECT_EQ(result.code, condition::retryable);
    EXPECT_TRUE(result.details.launch_id.empty()) << "a run that cannot have started has an id";
    // Without pauses there would be hundreds.
    EXPECT_LT(c.stats().retries, 20U);
  }
  EXPECT_EQ(requests_written(c), 0U);
}

INSTANTIATE_TEST_SUITE_P(
    Table, Fault06,
    testing::Combine(testing::Values(operation::start_run, operation::get_job, operation::list_jobs,
                                     operation::get_run, operation::list_bugs,
                                     operation::wait_for_jobs, operation::stop_jobs),
                     testing::Values(obstacle::refused, obstacle::unreachable,
                                     obstacle::no_such_name, obstacle::not_tls)),
    [](const testing::TestParamInfo<std::tuple<operation, obstacle>>& tested) {
      return std::string(name_of(std::get<operation>(tested.param))) + "_" +
             expected_of(std::get<obstacle>(tested.param)).name;
    });

/// As long as it lives, the process gets no more descriptors.
class no_descriptors {
 public:
  no_descriptors() {
    getrlimit(RLIMIT_NOFILE, &before_);
    const int next = dup(STDERR_FILENO);
    close(next);
    rlimit none = before_;
    none.rlim_cur = static_cast<rlim_t>(next);
    setrlimit(RLIMIT_NOFILE, &none);
  }
  ~no_descriptors() { setrlimit(RLIMIT_NOFILE, &before_); }
  no_descriptors(const no_descriptors&) = delete;
  no_descriptors& operator=(const no_descriptors&) = delete;

 private:
  rlimit before_{};
};

class Fault06Descriptors : public testing::TestWithParam<operation> {};

TEST_P(Fault06Descriptors, WithoutOneNothingIsSentUntilThereIs) {
#ifdef __SANITIZE_ADDRESS__
  // There is no such macro for the sanitizer that the same preset adds.
  GTEST_SKIP() << "UBSan opens a pipe to look at an object's type, and without descriptors takes "
                  "every object for a bad one";
#endif
  asio::io_context context;
  scripted_server server(context, {{answer_for(GetParam())}});
  // To begin to accept takes a descriptor, too.
  settle(context);
  client c(context.get_executor(), config_for(server.base_url()));
  call result;
  {
    const no_descriptors left;
    result.begin(c, GetParam());
    run_until(context, [&] { return c.stats().retries == 1; });
    EXPECT_FALSE(result.ended()) << result.details.to_string();
    EXPECT_EQ(server.connections(), 0);
  }
  run_until(context, [&] { return result.ended(); });
  EXPECT_TRUE(result.delivered) << result.details.to_string();
  EXPECT_EQ(server.requests().size(), 1U);
}

INSTANTIATE_TEST_SUITE_P(Operations, Fault06Descriptors, testing::ValuesIn(kRequests),
                         operation_name);

}  // namespace
}  // namespace nunu::test
