// Trying again, as far as the client as a whole may.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <string>
#include <vector>

#include "events.hpp"
#include "loopback.hpp"
#include "scripted_server.hpp"

namespace nunu::test {
namespace {

using reply = scripted_server::reply;

/// Every operation of a client shares its retries.
TEST(Retries, AnOutageDoesNotMultiplyTheLoad) {
  constexpr std::size_t kOperations = 300;
  asio::io_context context;
  std::size_t requests = 0;
  scripted_server server(context, [&](const std::string&) {
    ++requests;
    return reply{answer(503, R"({"error":"down"})")};
  });
  client_config config;
  config.base_url = server.base_url();
  config.api_key = api_key("key");
  client c(context.get_executor(), config);
  std::size_t ended = 0;
  std::vector<diagnostics> details(kOperations);
  std::vector<boost::system::error_code> codes(kOperations);
  for (std::size_t i = 0; i < kOperations; ++i)
    c.get_job(std::to_string(i), details[i], [&, i](boost::system::error_code ec, job) {
      codes[i] = ec;
      ++ended;
    });
  run_until(context, [&] { return ended == kOperations; });
  EXPECT_GE(requests, kOperations);
  EXPECT_LE(requests, kOperations + 60) << "50 retries, and one more every five seconds";
  for (const auto& code : codes) EXPECT_EQ(code, errc::server_error);
  EXPECT_TRUE(std::any_of(details.begin(), details.end(), [](const diagnostics& d) {
    return contains(d.message, "retries are used up") && d.service_message == "down";
  }));
}

}  // namespace
}  // namespace nunu::test
