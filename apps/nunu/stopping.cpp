#include "stopping.hpp"

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <chrono>
#include <cstddef>
#include <functional>
#include <utility>

#include "crew.hpp"
#include "reading.hpp"

namespace cli {
namespace {

namespace asio = boost::asio;

/// What the service says of a job that has ended, and of others that it fails to stop.
constexpr int kServerError = 500;

/// Then people want to know why they wait.
constexpr std::chrono::seconds kSlow{3};

asio::awaitable<void> forgive_if_over(session& s, stopping& refused) {
  try {
    nunu::job job = co_await read_job(s, refused.said.job_id);
    if (job.status != nunu::job_status::completed) co_return;
    refused.said.ok = true;
    refused.said.message = "it had ended";
    refused.said.error.clear();
    refused.had_ended = std::move(job);
  } catch (const nunu::error&) {
    // It stays refused.
    co_return;
  }
}

}  // namespace

asio::awaitable<std::vector<stopping>> stop_jobs(session& s, std::vector<std::string> ids) {
  std::vector<stopping> all(ids.size());
  if (ids.empty()) co_return all;
  asio::steady_timer slow(co_await asio::this_coro::executor, kSlow);
  slow.async_wait([&s](boost::system::error_code ec) {
    if (ec) return;
    s.tell.say("the service has not agreed to stop them yet; it is asked for two minutes at most");
  });
  nunu::diagnostics why;
  auto [ec, report] = co_await s.client.stop_jobs(ids, why, asio::as_tuple(asio::use_awaitable));
  slow.cancel();
  report.results.resize(ids.size());
  std::vector<stopping*> refused;
  for (std::size_t i = 0; i < ids.size(); ++i) {
    nunu::stop_result& said = all[i].said;
    said = std::move(report.results[i]);
    said.job_id = std::move(ids[i]);
    if (said.ok) continue;
    if (said.status == kServerError) refused.push_back(&all[i]);
    if (!said.error.empty() || !said.message.empty()) continue;
    // What was said of all.
    if (!ec && report.stopped_count == 0) said.message = report.message;
    if (!ec || said.status != 0) continue;
    said.message = why.service_message;
    said.status = why.http_status;
    said.error = why.message.empty() ? ec.message() : why.message;
  }
  const std::function<asio::awaitable<void>(std::size_t)> forgive = [&](std::size_t i) {
    return forgive_if_over(s, *refused[i]);
  };
  co_await for_each_of(refused.size(), kReadsAtOnce, forgive);
  co_return all;
}

}  // namespace cli
