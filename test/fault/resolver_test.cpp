// A resolver that does not answer. The system's is asked through a function of the C library, in
// whose place the one below is called for a name that hangs.
#include <dlfcn.h>
#include <gtest/gtest.h>
#include <netdb.h>

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "events.hpp"
#include "loopback.hpp"
#include "operations.hpp"

namespace {

/// Holds every look-up of a name that hangs, until the test lets go.
struct gate {
  std::mutex mutex;
  std::condition_variable changed;
  int held = 0;
  bool open = false;
};

gate& the_gate() {
  static gate only;
  return only;
}

constexpr std::string_view kHangs = "hangs.test";

}  // namespace

extern "C" int getaddrinfo(const char* node, const char* service, const addrinfo* hints,
                           addrinfo** found) {
  if (node != nullptr && node == kHangs) {
    gate& g = the_gate();
    std::unique_lock lock(g.mutex);
    ++g.held;
    g.changed.notify_all();
    g.changed.wait(lock, [&g] { return g.open; });
    --g.held;
    return EAI_AGAIN;
  }
  using function = int(const char*, const char*, const addrinfo*, addrinfo**);
  static const auto real = reinterpret_cast<function*>(dlsym(RTLD_NEXT, "getaddrinfo"));
  return real(node, service, hints, found);
}

namespace nunu::test {
namespace {

class Fault15Waiting : public testing::Test {
 protected:
  Fault15Waiting() { set_open(false); }
  /// Before the context goes, which waits for the thread that resolves.
  ~Fault15Waiting() override { set_open(true); }

  static void set_open(bool open) {
    const std::lock_guard lock(the_gate().mutex);
    the_gate().open = open;
    the_gate().changed.notify_all();
  }

  static bool is_held() {
    const std::lock_guard lock(the_gate().mutex);
    return the_gate().held != 0;
  }

  static client_config config() {
    client_config c = config_for("http://" + std::string(kHangs));
    c.allow_plain_http = true;
    c.connect_timeout = 300ms;
    c.operation_timeout = 300ms;
    return c;
  }

  asio::io_context context;
};

class Fault15Resolver : public Fault15Waiting, public testing::WithParamInterface<operation> {};

TEST_P(Fault15Resolver, ThatHangsDoesNotKeepTheDeadlineFromFiring) {
  client c(context.get_executor(), config());
  call asked;
  asked.begin(c, GetParam());
  run_until(context, [] { return is_held(); });
  run_until(context, [&] { return asked.ended(); });
  EXPECT_TRUE(is_held());
  EXPECT_EQ(asked.code, errc::connect_timeout) << asked.details.to_string();
  EXPECT_EQ(asked.code, condition::not_sent);
}

INSTANTIATE_TEST_SUITE_P(Operations, Fault15Resolver, testing::ValuesIn(kRequests), operation_name);

TEST_F(Fault15Waiting, EndsAtItsDeadlineThoughTheResolverHangs) {
  client c(context.get_executor(), config());
  wait_options options;
  options.timeout = 300ms;
  std::optional<job_outcome> outcome;
  c.wait_for_jobs({"j"}, options, [&](boost::system::error_code ec, const wait_report& report) {
    EXPECT_FALSE(ec) << ec.message();
    outcome = report.outcomes.at(0);
  });
  run_until(context, [&] { return outcome.has_value(); });
  EXPECT_TRUE(is_held());
  EXPECT_EQ(outcome->kind, outcome_kind::still_running);
}

TEST_F(Fault15Waiting, IsOverAtOnceWhenTheClientIsClosedThoughTheResolverHangs) {
  client_config patient = config();
  patient.connect_timeout = patient.operation_timeout = 1h;
  client c(context.get_executor(), patient);
  ending waiting;
  c.wait_for_jobs({"j"}, waiting.handler());
  run_until(context, [] { return is_held(); });
  c.close();
  run_until(context, [&] { return waiting.reached(); });
  EXPECT_EQ(*waiting.code, errc::closed);
}

}  // namespace
}  // namespace nunu::test
