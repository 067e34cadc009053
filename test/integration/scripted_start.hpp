// Starts of runs at a peer whose answers are scripted: to the starts one after the other, to
// listings likewise, the last of them again and again.
#pragma once

#include <gtest/gtest.h>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <deque>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "loopback.hpp"
#include "scripted_server.hpp"

namespace nunu::test {

inline const auto kToken = asio::as_tuple(asio::use_awaitable);
inline const std::string kStarted = R"({"job_ids":["j1"],"build_id":"b","message":"queued"})";
inline const scripted_server::reply kForbidden{answer(403, R"({"error":"no permission to list"})")};

/// A page with these jobs, all of one launch.
inline std::string page_of(const std::string& launch_id, const std::vector<std::string>& ids,
                           int page = 0, int total_pages = 1) {
  std::string jobs;
  for (const std::string& id : ids)
    jobs.append(jobs.empty() ? "" : ",")
        .append(R"({"job_id":")")
        .append(id)
        .append(R"(","status":"QUEUED","build_id":"b","tags":["nunu-launch-)")
        .append(launch_id)
        .append(R"("]})");
  return answer(200, R"({"data":[)" + jobs + R"(],"pagination":{"page":)" + std::to_string(page) +
                         R"(,"page_size":100,"total_count":)" + std::to_string(ids.size()) +
                         R"(,"total_pages":)" + std::to_string(total_pages) + "}}");
}

/// The launch id of a start that was sent.
inline std::string launch_id_in(const std::string& request) {
  constexpr std::string_view prefix = "nunu-launch-";
  const auto at = request.find(prefix);
  if (at == std::string::npos) return {};
  const auto begin = at + prefix.size();
  return request.substr(begin, request.find('"', begin) - begin);
}

class scripted_start : public testing::Test {
 protected:
  struct result {
    boost::system::error_code code;
    started_run run;
    diagnostics details;
    std::vector<std::string> starts;
    std::vector<std::string> listings;
  };

  scripted_start() {
    config.api_key = api_key("the-key");
    config.response_timeout = 5s;
    config.operation_timeout = 5s;
    config.reconcile_window = 200ms;
    config.reconcile_interval = 10ms;
  }

  result start(std::deque<scripted_server::reply> script, run_request request = a_test(),
               start_options options = {}) {
    asio::io_context context;
    result r;
    scripted_server server(context, [&](const std::string& sent) {
      const bool is_listing = sent.starts_with("GET");
      (is_listing ? r.listings : r.starts).push_back(sent);
      return is_listing ? next_listing() : next_of(script);
    });
    config.base_url = server.base_url();
    client c(context.get_executor(), config);
    run(context, [&]() -> asio::awaitable<void> {
      std::tie(r.code, r.run) = co_await c.start_run(request, options, r.details, kToken);
      c.close();
      server.close();
    });
    EXPECT_TRUE(script.empty()) << "the client sent fewer starts than scripted";
    return r;
  }

  client_config config;
  /// Empty: every listing is empty.
  std::deque<scripted_server::reply> listings;

 private:
  static std::optional<scripted_server::reply> next_of(std::deque<scripted_server::reply>& script) {
    if (script.empty()) return std::nullopt;
    scripted_server::reply next = std::move(script.front());
    script.pop_front();
    return next;
  }

  std::optional<scripted_server::reply> next_listing() {
    if (listings.empty()) return scripted_server::reply{page_of("", {})};
    if (listings.size() > 1) return next_of(listings);
    return listings.front();
  }
};

}  // namespace nunu::test
