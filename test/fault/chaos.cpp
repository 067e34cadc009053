// chaos: starts runs and waits for all their jobs, through a simulated service that breaks one
// exchange in twenty, answers 429 and 5xx, stalls and restarts. Then it compares what the client
// has with what the service has.
//
//   chaos --runs 10000 [--seed N] [--http]
//
// One line tells the counts. Exit status: 0 when no run was started twice and nothing was lost, few
// starts are unknown, and all memory and descriptors were given back; else 1.
#include <malloc.h>

#include <CLI/CLI.hpp>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <iostream>
#include <iterator>
#include <string>
#include <string_view>
#include <thread>
#include <unordered_map>
#include <utility>
#include <vector>

#include <nunu/client.hpp>
#include <nunu/simulator.hpp>

namespace asio = boost::asio;
using std::chrono::milliseconds;
using std::chrono::seconds;
using std::chrono::steady_clock;
using namespace std::chrono_literals;

namespace {

constexpr int jobs_in_run = 3;
constexpr std::uint64_t runs_in_group = 100;
/// So many runs are started and waited for at the same time.
constexpr std::uint64_t runs_at_once = 500;

constexpr milliseconds time_between_restarts = 3s;
constexpr milliseconds time_away = 300ms;

/// The first rule that picks an exchange is the one that happens. Together they break about one
/// exchange in twenty, without those that are answered with another status.
constexpr std::string_view rules[] = {
    "any 1.5% request:random reset",  "any 1% request:random close",
    "any 1.5% answer:random reset",   "any 1% answer:random truncate",
    "any 0.2% answer:random garbage", "any 0.05% request:random stall",
    "any 0.05% answer:random stall",  "any 0.5% request status=503",
    "any 0.5% answer status=502",     "any 0.02% request status=429 header='Retry-After: 1'",
    "start_run 1% answer status=500", "start_run 1% answer body='{}'",
};

struct options {
  std::uint64_t runs = 1'000;
  std::uint64_t seed = 1;
  bool http = false;
  seconds limit{300};
};

/// What the client says.
struct client_view {
  /// How often each job was delivered as finished.
  std::unordered_map<std::string, int> deliveries;
  std::uint64_t starts_begun = 0;
  /// Starts that nobody knows to have started anything.
  std::uint64_t unknown = 0;
  /// Calls of `start_run` that ended in an error and were made again.
  std::uint64_t calls_repeated = 0;
};

struct counts {
  std::uint64_t runs = 0;
  std::uint64_t jobs = 0;
  std::uint64_t unknown = 0;
  std::uint64_t faults = 0;
  std::uint64_t twice_started = 0;
  std::uint64_t lost = 0;
  std::uint64_t delivered_twice = 0;
  std::uint64_t calls_repeated = 0;
};

/// The service, on a thread of its own.
class service {
 public:
  explicit service(const options& o)
      : simulator_(context_.get_executor(), behaviour(o)), thread_([this] { context_.run(); }) {}
  service(const service&) = delete;
  service& operator=(const service&) = delete;
  ~service() {
    simulator_.close();
    thread_.join();
  }

  nunu::simulator& get() { return simulator_; }

  nunu::client_config config() const {
    nunu::client_config config;
    config.base_url = simulator_.base_url();
    config.api_key = nunu::simulator_config().api_key;
    config.tls.ca_pem = simulator_.certificate_pem();
    config.max_connections = 32;
    // So that what stalls does not last.
    config.response_timeout = 1s;
    config.connect_timeout = 1s;
    // The service lists a job as soon as it has it.
    config.reconcile_interval = 50ms;
    config.reconcile_window = 10s;
    config.polling = {.first = 200ms, .growth = 2.0, .queued = 1s, .running = 1s, .ending = 500ms};
    return config;
  }

 private:
  static nunu::simulator_config behaviour(const options& o) {
    nunu::simulator_config config;
    config.tls = !o.http;
    config.seed = o.seed;
    config.tests_per_plan = jobs_in_run;
    config.queue_time = {0ms, 200ms};
    config.run_time = {100ms, 1'000ms};
    config.rate_limit_per_second = 2'000;
    config.send_retry_after = false;
    for (const std::string_view rule : rules) config.faults.push_back(nunu::parse_fault(rule));
    return config;
  }

  asio::io_context context_{1};
  nunu::simulator simulator_;
  std::thread thread_;
};

asio::awaitable<void> pass(milliseconds time) {
  asio::steady_timer timer(co_await asio::this_coro::executor, time);
  co_await timer.async_wait(asio::use_awaitable);
}

/// As a careful caller does it: what was not sent is tried again with its launch id. Gives the jobs
/// that are known to have started.
asio::awaitable<std::vector<std::string>> start(nunu::client& client, client_view& view,
                                                std::uint64_t number) {
  constexpr auto token = asio::as_tuple(asio::use_awaitable);
  nunu::run_request request;
  request.test_plan_id = "plan-" + std::to_string(number);
  request.deployment_config_id = "any-deployment-config";
  nunu::start_options how;
  how.group = "chaos-" + std::to_string(number / runs_in_group);
  for (;;) {
    nunu::diagnostics details;
    auto [ec, run] = co_await client.start_run(request, how, details, token);
    if (!ec) co_return std::move(run.job_ids);
    if (ec == nunu::errc::start_outcome_unknown) {
      if (details.job_ids.empty()) ++view.unknown;
      co_return std::move(details.job_ids);
    }
    ++view.calls_repeated;
    how.launch_id = details.launch_id;
    co_await pass(100ms);
  }
}

asio::awaitable<void> start_and_wait(nunu::client& client, client_view& view, const options& o) {
  while (view.starts_begun < o.runs) {
    std::vector<std::string> jobs = co_await start(client, view, ++view.starts_begun);
    const nunu::wait_report report = co_await client.wait_for_jobs(std::move(jobs));
    for (const nunu::job_outcome& outcome : report.outcomes)
      if (outcome.kind == nunu::outcome_kind::finished) ++view.deliveries[outcome.job->job_id];
  }
}

asio::awaitable<void> restart_now_and_then(nunu::simulator& simulator) {
  for (;;) {
    co_await pass(time_between_restarts);
    simulator.pause_listening(time_away);
  }
}

/// The ids of all jobs that the service has, when no more are started.
asio::awaitable<std::vector<std::string>> all_jobs(nunu::client& client) {
  std::vector<std::string> ids;
  nunu::job_query query;
  query.page_size = 100;
  for (std::int64_t pages = 1; query.page < pages; ++query.page) {
    const nunu::job_page page = co_await client.list_jobs(query);
    pages = page.total_pages;
    for (const nunu::job& job : page.jobs) ids.push_back(job.job_id);
  }
  co_return ids;
}

/// Runs what is spawned on the context until `o.limit`; what has not ended by then counts as lost.
void run_all(service& s, client_view& view, const options& o) {
  asio::io_context context(1);
  nunu::client client(context.get_executor(), s.config());
  std::size_t running = std::min(runs_at_once, o.runs);
  for (std::size_t left = running; left != 0; --left)
    asio::co_spawn(context, start_and_wait(client, view, o), [&](std::exception_ptr failure) {
      if (--running == 0) context.stop();
      if (failure) std::rethrow_exception(failure);
    });
  asio::co_spawn(context, restart_now_and_then(s.get()), [](std::exception_ptr failure) {
    if (failure) std::rethrow_exception(failure);
  });
  context.run_for(o.limit);
}

std::vector<std::string> list_all(service& s) {
  asio::io_context context(1);
  nunu::client client(context.get_executor(), s.config());
  std::vector<std::string> ids;
  asio::co_spawn(context, all_jobs(client),
                 [&](std::exception_ptr failure, std::vector<std::string> found) {
                   context.stop();
                   if (failure) std::rethrow_exception(failure);
                   ids = std::move(found);
                 });
  context.run();
  return ids;
}

counts compare(const client_view& client, const std::vector<std::string>& at_service,
               const nunu::simulator_stats& stats, const options& o) {
  counts c;
  c.runs = stats.runs;
  c.jobs = stats.jobs;
  c.faults = stats.faults;
  c.calls_repeated = client.calls_repeated;
  c.twice_started = stats.launches_seen_twice;
  c.unknown = client.unknown;
  // What the client calls unknown must not be there, and everything else must.
  const std::uint64_t known = o.runs - client.unknown;
  if (stats.runs > known) c.twice_started = std::max(c.twice_started, stats.runs - known);
  if (stats.runs < known) c.lost = known - stats.runs;
  for (const std::string& id : at_service)
    if (!client.deliveries.contains(id)) ++c.lost;
  for (const auto& [id, times] : client.deliveries)
    if (times != 1) ++c.delivered_twice;
  return c;
}

counts play(const options& o) {
  service s(o);
  client_view view;
  run_all(s, view, o);
  s.get().set_faults({});
  const std::vector<std::string> at_service = list_all(s);
  return compare(view, at_service, s.get().stats(), o);
}

std::size_t open_descriptors() {
  const std::filesystem::directory_iterator all("/proc/self/fd");
  return static_cast<std::size_t>(std::distance(begin(all), end(all)));
}

std::size_t heap_in_use() {
  const auto all = mallinfo2();
  return all.uordblks + all.hblkhd;
}

/// Of all starts, in per cent: requests that broke on their way. A client that knew nothing of its
/// starts would lose nothing.
constexpr std::uint64_t most_unknown = 6;

/// What a process keeps after its first round is kept once: libraries' tables, threads' caches.
constexpr std::size_t most_heap_growth = 256 * 1024;

int run(const options& o) {
  options rehearsal = o;
  rehearsal.runs = 50;
  play(rehearsal);

  const std::size_t descriptors = open_descriptors();
  const std::size_t heap = heap_in_use();
  const auto begin = steady_clock::now();
  const counts c = play(o);
  const std::chrono::duration<double> time = steady_clock::now() - begin;
  const auto more_descriptors =
      static_cast<std::ptrdiff_t>(open_descriptors()) - static_cast<std::ptrdiff_t>(descriptors);
  const auto more_heap =
      static_cast<std::ptrdiff_t>(heap_in_use()) - static_cast<std::ptrdiff_t>(heap);

  std::printf(
      "runs=%ju unknown=%ju jobs=%ju faults=%ju twice_started=%ju lost=%ju delivered_twice=%ju "
      "calls_repeated=%ju descriptors_left=%td heap_left=%td seconds=%.1f\n",
      std::uintmax_t{c.runs}, std::uintmax_t{c.unknown}, std::uintmax_t{c.jobs},
      std::uintmax_t{c.faults}, std::uintmax_t{c.twice_started}, std::uintmax_t{c.lost},
      std::uintmax_t{c.delivered_twice}, std::uintmax_t{c.calls_repeated}, more_descriptors,
      more_heap, time.count());
  const bool as_promised = c.twice_started == 0 && c.lost == 0 && c.delivered_twice == 0 &&
                           c.faults != 0 && more_descriptors == 0 &&
                           c.unknown * 100 <= most_unknown * o.runs &&
                           more_heap <= static_cast<std::ptrdiff_t>(most_heap_growth);
  return as_promised ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("Starts runs through a service that breaks, and counts what was lost.", "chaos");
  options o;
  int limit = static_cast<int>(o.limit.count());
  app.add_option("--runs", o.runs, "How many")->check(CLI::PositiveNumber)->capture_default_str();
  app.add_option("--seed", o.seed, "Of the service's randomness")->capture_default_str();
  app.add_flag("--http", o.http, "Plain http instead of https");
  app.add_option("--limit", limit, "Seconds after which what has not ended is lost")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  CLI11_PARSE(app, argc, argv);
  o.limit = seconds(limit);
  try {
    return run(o);
  } catch (const std::exception& e) {
    std::cerr << "chaos: " << e.what() << '\n';
    return 1;
  }
}
