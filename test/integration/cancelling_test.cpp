// Each operation, cancelled with each type, before and after its request was written.
#include <gtest/gtest.h>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "loopback.hpp"
#include "scripted_server.hpp"

namespace nunu::test {
namespace {

using type = asio::cancellation_type;

/// A client of a server that never answers.
class Cancelling : public testing::Test {
 protected:
  asio::io_context context;
  // An empty reply keeps the connection open and the client waiting.
  scripted_server server{context, {{""}}};
  std::optional<client> c;
  asio::cancellation_signal signal;
  std::optional<boost::system::error_code> completed;
  diagnostics details;

  Cancelling() {
    client_config config;
    config.base_url = server.base_url();
    config.api_key = api_key("key");
    c.emplace(context.get_executor(), config);
  }

  auto handler() {
    return asio::bind_cancellation_slot(
        signal.slot(), [this](boost::system::error_code ec, const auto&) { completed = ec; });
  }

  void begin(const std::string& operation) {
    if (operation == "start_run") c->start_run(a_test(), start_options(), details, handler());
    if (operation == "get_job") c->get_job("j", details, handler());
    if (operation == "list_jobs") c->list_jobs(job_query(), details, handler());
    if (operation == "get_run") c->get_run("r", details, handler());
    if (operation == "list_bugs") c->list_bugs("r", details, handler());
    if (operation == "stop_jobs") c->stop_jobs({"j"}, details, handler());
  }

  void run_until(const std::function<bool()>& reached) {
    while (!reached() && context.run_one_for(kPatience) != 0) {
    }
  }

  /// All that is ready, without waiting.
  void settle() {
    while (context.poll_one() != 0) {
    }
  }
};

struct row {
  const char* operation;
  type asked;
  bool accepted_after_the_write;
};

const row kRows[] = {
    {"start_run", type::total, false},   {"start_run", type::partial, true},
    {"start_run", type::terminal, true}, {"stop_jobs", type::total, false},
    {"stop_jobs", type::partial, true},  {"stop_jobs", type::terminal, true},
    {"get_job", type::total, true},      {"get_job", type::partial, true},
    {"get_job", type::terminal, true},   {"list_jobs", type::total, true},
    {"list_jobs", type::partial, true},  {"list_jobs", type::terminal, true},
    {"get_run", type::total, true},      {"get_run", type::partial, true},
    {"get_run", type::terminal, true},   {"list_bugs", type::total, true},
    {"list_bugs", type::partial, true},  {"list_bugs", type::terminal, true},
};

class CancellingEach : public Cancelling, public testing::WithParamInterface<row> {};

TEST_P(CancellingEach, BeforeTheWriteSendsNothing) {
  begin(GetParam().operation);
  signal.emit(GetParam().asked);
  run_until([&] { return completed.has_value(); });
  ASSERT_TRUE(completed);
  EXPECT_EQ(*completed, asio::error::operation_aborted);
  EXPECT_TRUE(details.launch_id.empty());
  EXPECT_FALSE(details.last_failure);
  EXPECT_TRUE(server.requests().empty());
}

TEST_P(CancellingEach, AfterTheWriteEndsItIfTheTypeAllows) {
  begin(GetParam().operation);
  run_until([&] { return !server.requests().empty(); });
  signal.emit(GetParam().asked);
  settle();
  EXPECT_EQ(completed.has_value(), GetParam().accepted_after_the_write);
  if (!completed) {
    signal.emit(type::terminal);
    run_until([&] { return completed.has_value(); });
  }
  ASSERT_TRUE(completed);
  EXPECT_EQ(*completed, asio::error::operation_aborted);
  const bool is_start = std::string(GetParam().operation) == "start_run";
  EXPECT_EQ(details.launch_id.empty(), !is_start) << "what may have started is not told";
}

TEST_F(Cancelling, BetweenTwoAttemptsKeepsWhatTheLastOneFailedWith) {
  for (const char* operation :
       {"start_run", "stop_jobs", "get_job", "list_jobs", "get_run", "list_bugs"}) {
    // A start is sent again only after what is known not to have started it.
    const scripted_server::reply refused{
        answer(429, R"({"error":"too many","code":"SLOW_DOWN"})", "Retry-After: 60\r\n")};
    scripted_server refusing(context, {refused});
    client_config config;
    config.base_url = refusing.base_url();
    config.api_key = api_key("key");
    c.emplace(context.get_executor(), config);
    completed.reset();
    begin(operation);
    run_until([&] { return c->stats().rate_limited == 1; });
    settle();
    EXPECT_FALSE(completed) << operation;
    signal.emit(type::total);
    run_until([&] { return completed.has_value(); });
    EXPECT_EQ(completed, asio::error::operation_aborted) << operation;
    EXPECT_EQ(details.last_failure, errc::rate_limited) << operation;
    EXPECT_EQ(details.http_status, 429) << operation;
    EXPECT_EQ(details.service_message, "too many") << operation;
    EXPECT_NE(details.message.find("cancelled"), std::string::npos) << details.message;
    EXPECT_TRUE(details.launch_id.empty()) << operation;
  }
}

TEST_F(Cancelling, WithinAnAttemptThatIsNotSentKeepsWhatTheOneBeforeFailedWith) {
  for (const char* operation :
       {"start_run", "stop_jobs", "get_job", "list_jobs", "get_run", "list_bugs"}) {
    // Leaves at the first, and says nothing to the others.
    asio::ip::tcp::acceptor acceptor(context, {asio::ip::address_v4::loopback(), 0});
    int accepted = 0;
    std::vector<asio::ip::tcp::socket> silent;
    const std::function<void()> accept = [&] {
      acceptor.async_accept([&](boost::system::error_code ec, asio::ip::tcp::socket peer) {
        if (ec) return;
        if (++accepted > 1) silent.push_back(std::move(peer));
        accept();
      });
    };
    accept();
    client_config config;
    config.base_url = "https://127.0.0.1:" + std::to_string(acceptor.local_endpoint().port());
    config.api_key = api_key("key");
    c.emplace(context.get_executor(), config);
    completed.reset();
    begin(operation);
    run_until([&] { return !silent.empty(); });
    settle();
    EXPECT_FALSE(completed) << operation;
    signal.emit(type::total);
    run_until([&] { return completed.has_value(); });
    EXPECT_EQ(completed, asio::error::operation_aborted) << operation;
    EXPECT_EQ(details.last_failure, errc::tls_failed) << operation;
    EXPECT_NE(details.message.find("cancelled"), std::string::npos) << details.message;
    EXPECT_TRUE(details.launch_id.empty()) << operation;
    acceptor.close();
    settle();
  }
}

TEST_F(Cancelling, BetweenTwoLookUpsKeepsWhatTheLastOneFailedWith) {
  scripted_server failing(context, {{answer(503, R"({"error":"down"})")}});
  client_config config;
  config.base_url = failing.base_url();
  config.api_key = api_key("key");
  config.reconcile_interval = kPatience;
  c.emplace(context.get_executor(), config);
  start_options options;
  options.launch_id = "launch-1";
  c->start_run(a_test(), options, details, handler());
  run_until([&] { return c->stats().answers[5] == 1; });
  settle();
  EXPECT_FALSE(completed);
  signal.emit(type::total);
  run_until([&] { return completed.has_value(); });
  EXPECT_EQ(completed, asio::error::operation_aborted);
  EXPECT_EQ(details.last_failure, errc::server_error);
  EXPECT_EQ(details.service_message, "down");
}

INSTANTIATE_TEST_SUITE_P(Table, CancellingEach, testing::ValuesIn(kRows),
                         [](const testing::TestParamInfo<row>& tested) {
                           const char* const asked = tested.param.asked == type::total ? "total"
                                                     : tested.param.asked == type::partial
                                                         ? "partial"
                                                         : "terminal";
                           return std::string(tested.param.operation) + "_" + asked;
                         });

}  // namespace
}  // namespace nunu::test
