// Every operation, while its connection breaks after each byte of the request and of the answer.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "events.hpp"
#include "loopback.hpp"
#include "operations.hpp"
#include "scripted_server.hpp"
#include "scripted_start.hpp"
#include "support/breaking_relay.hpp"
#include "tls_server.hpp"

namespace nunu::test {
namespace {

using manner = breaking_relay::manner;
using speaker = breaking_relay::speaker;

/// What a start after that step asks for: it tells its requests from others'.
run_request start_of(std::size_t step) {
  run_request request = a_test();
  request.multiplayer_test_id = "step-" + std::to_string(step);
  return request;
}

/// A service that lists what it was asked to start, and counts it.
class keeping_service {
 public:
  explicit keeping_service(operation what) : what_(what) {}

  std::string answer_to(const std::string& request) {
    constexpr std::string_view tag = "tags=nunu-launch-";
    const auto at = request.find(tag);
    if (request.starts_with("GET") && at != std::string::npos && what_ == operation::start_run) {
      const auto begin = at + tag.size();
      return listing_of(request.substr(begin, request.find_first_of("& ", begin) - begin));
    }
    if (what_ == operation::start_run) started_.push_back(request);
    return answer_for(what_);
  }

  auto starts_of(std::size_t step) const {
    const std::string id = '"' + start_of(step).multiplayer_test_id + '"';
    return std::ranges::count_if(
        started_, [&](const std::string& r) { return r.find(id) != std::string::npos; });
  }

 private:
  std::string listing_of(const std::string& launch_id) const {
    const bool is_known = std::ranges::any_of(
        started_, [&](const std::string& r) { return launch_id_in(r) == launch_id; });
    return page_of(launch_id,
                   is_known ? std::vector<std::string>{"j"} : std::vector<std::string>{});
  }

  operation what_;
  std::vector<std::string> started_;
};

/// Without TLS.
class plain_service : public keeping_service {
 public:
  plain_service(asio::io_context& context, operation what)
      : keeping_service(what), server_(context, [this](const std::string& r) {
          return scripted_server::reply{answer_to(r)};
        }) {}

  static constexpr const char* kScheme = "http";
  asio::ip::tcp::endpoint endpoint() const { return server_.endpoint(); }
  std::string certificate_pem() const { return {}; }

 private:
  scripted_server server_;
};

class tls_service : public keeping_service {
 public:
  tls_service(asio::io_context& context, operation what)
      : keeping_service(what), server_(context, options()) {}

  static constexpr const char* kScheme = "https";
  asio::ip::tcp::endpoint endpoint() const { return server_.endpoint(); }
  std::string certificate_pem() const { return trusted_.certificate_pem(); }

 private:
  tls_server::options options() {
    tls_server::options chosen{trusted_.issue(subject()), {}};
    chosen.answering = [this](const std::string& request) { return answer_to(request); };
    return chosen;
  }

  authority trusted_{"trusted"};
  tls_server server_;
};

/// One operation of a client of its own, over a connection that breaks after so many bytes.
template <class Service>
struct attempt {
  attempt(asio::io_context& context, const Service& service, breaking_relay::fault first)
      : step(first.after), relay(context, service.endpoint(), first) {
    client_config config =
        config_for(std::string(Service::kScheme) + "://localhost:" + std::to_string(relay.port()));
    config.tls.ca_pem = service.certificate_pem();
    config.max_connections = 1;
    // Of an answer that broke the run is there to be found, however busy the machine is.
    config.reconcile_window = first.of == speaker::server ? 5s : 1s;
    c.emplace(context.get_executor(), config);
  }

  /// Of a request, that is; a handshake that broke is none.
  bool exchange_broke() const { return c->stats().broken_exchanges != 0; }

  std::size_t step;
  breaking_relay relay;
  std::optional<client> c;
  call result;
};

/// Enough to make the pauses before second attempts pass side by side, and few enough for the
/// descriptors that a process usually may have.
constexpr std::size_t kAtOnce = 128;

struct counts {
  std::size_t broken = 0;
  std::size_t broken_exchanges = 0;
};

template <class Service>
void expect_the_one_right_outcome(operation what, const attempt<Service>& a,
                                  const Service& service) {
  SCOPED_TRACE("broken after byte " + std::to_string(a.step) + ": " + a.result.details.to_string());
  const client_stats stats = a.c->stats();
  EXPECT_EQ(a.result.completions, 1);
  if (what == operation::start_run) {
    EXPECT_EQ(stats.starts, 1U) << "it was sent again";
    EXPECT_LE(service.starts_of(a.step), 1);
    if (a.exchange_broke() && service.starts_of(a.step) == 0) {
      EXPECT_EQ(a.result.code, errc::start_outcome_unknown);
      EXPECT_EQ(a.result.code, condition::outcome_unknown);
      EXPECT_FALSE(a.result.details.launch_id.empty());
      return;
    }
    EXPECT_EQ(service.starts_of(a.step), 1);
  }
  EXPECT_TRUE(a.result.delivered) << a.result.code.message();
  EXPECT_EQ(a.relay.connections(), a.relay.has_broken() ? 2 : 1);
}

/// Breaks it after 0 bytes, then after `stride` more, until it passes. Over TLS that is not the
/// same number of bytes each time: signatures and tickets are of several lengths.
template <class Service>
counts break_until_it_passes(operation what, speaker of, manner how, std::size_t stride) {
  counts seen;
  bool passed = false;
  for (std::size_t first = 0; !passed; first += kAtOnce * stride) {
    asio::io_context context;
    Service service(context, what);
    std::deque<attempt<Service>> attempts;
    for (std::size_t i = 0; i < kAtOnce; ++i) {
      const breaking_relay::fault fault{of, first + i * stride, how};
      auto& a = attempts.emplace_back(context, service, fault);
      a.result.begin(*a.c, what, start_of(a.step), start_options());
    }
    run_until(context, [&] {
      return std::ranges::all_of(attempts, [](const auto& a) { return a.result.ended(); });
    });
    for (const auto& a : attempts) {
      expect_the_one_right_outcome(what, a, service);
      if (a.relay.has_broken()) ++seen.broken;
      if (a.exchange_broke()) ++seen.broken_exchanges;
    }
    passed = !attempts.back().relay.has_broken();
    if (testing::Test::HasFailure()) break;
  }
  return seen;
}

using parameters = std::tuple<operation, manner>;

std::string name(const testing::TestParamInfo<parameters>& tested) {
  return std::string(name_of(std::get<operation>(tested.param))) +
         (std::get<manner>(tested.param) == manner::fin ? "_fin" : "_reset");
}

class Fault04 : public testing::TestWithParam<parameters> {};

TEST_P(Fault04, BrokenAfterEachByteOfTheRequestAStartStaysUnknownAndAllElseIsSaidAgain) {
  const auto& [what, how] = GetParam();
  const counts seen = break_until_it_passes<plain_service>(what, speaker::client, how, 1);
  EXPECT_GT(seen.broken, 100U) << "no request is as short as that";
  // From the first byte on: the connection was open before it broke.
  EXPECT_EQ(seen.broken_exchanges, seen.broken);
}

TEST_P(Fault04, BrokenInTheHandshakeAStartIsNotSentAndBegunOnceAfterIt) {
  constexpr std::size_t stride = 16;
  const auto& [what, how] = GetParam();
  const counts seen = break_until_it_passes<tls_service>(what, speaker::client, how, stride);
  EXPECT_GT(seen.broken_exchanges, 100U / stride);
  EXPECT_GT(seen.broken - seen.broken_exchanges, 100U / stride) << "no handshake broke";
}

class Fault05 : public testing::TestWithParam<parameters> {};

TEST_P(Fault05, CutAfterEachByteOfTheAnswerAStartIsLookedUpAndAllElseIsSaidAgain) {
  const auto& [what, how] = GetParam();
  const counts seen = break_until_it_passes<plain_service>(what, speaker::server, how, 1);
  // A launch is looked up twice.
  const std::size_t answers = what == operation::find_launch ? 2 : 1;
  EXPECT_EQ(seen.broken, answers * answer_for(what).size());
  EXPECT_EQ(seen.broken_exchanges, seen.broken);
}

TEST_P(Fault05, CutAnywhereInWhatATlsServerSaysItIsTheSame) {
  constexpr std::size_t stride = 16;
  const auto& [what, how] = GetParam();
  const counts seen = break_until_it_passes<tls_service>(what, speaker::server, how, stride);
  EXPECT_GT(seen.broken_exchanges, answer_for(what).size() / stride);
  EXPECT_GT(seen.broken - seen.broken_exchanges, 100U / stride) << "no handshake broke";
}

INSTANTIATE_TEST_SUITE_P(Operations, Fault04,
                         testing::Combine(testing::ValuesIn(kAllOperations),
                                          testing::Values(manner::fin, manner::reset)),
                         name);
INSTANTIATE_TEST_SUITE_P(Operations, Fault05,
                         testing::Combine(testing::ValuesIn(kAllOperations),
                                          testing::Values(manner::fin, manner::reset)),
                         name);

}  // namespace
}  // namespace nunu::test
