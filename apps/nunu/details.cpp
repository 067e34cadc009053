#include "details.hpp"

#include <fmt/format.h>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <chrono>
#include <functional>
#include <memory>
#include <utility>

#include "crew.hpp"
#include "ending.hpp"
#include "evidence.hpp"
#include "reading.hpp"
#include "run_page.hpp"

namespace cli {
namespace {

namespace asio = boost::asio;

constexpr std::size_t kDetailsAtOnce = 8;
/// The verdicts are known, and somebody waits for them.
constexpr std::chrono::seconds kDetailsTime{30};

bool wants_details(const result& r) {
  if (!r.outcome.job || deciding_run(*r.outcome.job) == nullptr) return false;
  const ending e = ending_of(r);
  return e != ending::passed && e != ending::skipped;
}

asio::awaitable<void> add_details_to(session& s, result& r, const bool& late) {
  if (s.stop.asked() || late) co_return;
  const std::string run_id = deciding_run(*r.outcome.job)->multiplayer_run_id;
  try {
    r.details = co_await read_run(s, run_id);
    r.bugs = co_await read_bugs(s, run_id);
  } catch (const nunu::error&) {
    // The verdict stands without them.
    co_return;
  }
}

}  // namespace

asio::awaitable<void> add_details(session& s, results& to) {
  std::vector<result*> failures;
  std::size_t left_out = 0;
  // The worst first, as they are explained.
  for (const result* r : unsuccessful(to)) {
    if (!wants_details(*r)) continue;
    if (failures.size() < kMostDetails)
      failures.push_back(&to.jobs[static_cast<std::size_t>(r - to.jobs.data())]);
    else
      ++left_out;
  }
  if (failures.empty()) co_return;
  if (left_out > 0)
    s.tell.say(fmt::format("details are fetched of {} failures, not of the other {}", kMostDetails,
                           left_out));
  const auto late = std::make_shared<bool>(false);
  const asio::any_io_executor executor = co_await asio::this_coro::executor;
  asio::steady_timer limit(executor, kDetailsTime);
  limit.async_wait([&s, late](boost::system::error_code ec) {
    if (ec) return;
    *late = true;
    s.tell.say("reading details of failures takes too long, so some are left out");
    s.reads.cancel(asio::cancellation_type::terminal);
  });
  const std::function<asio::awaitable<void>(std::size_t)> add = [&](std::size_t i) {
    return add_details_to(s, *failures[i], *late);
  };
  co_await for_each_of(failures.size(), kDetailsAtOnce, add);
}

}  // namespace cli
