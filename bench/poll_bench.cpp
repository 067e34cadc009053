// poll_bench: what the client costs the program that it is in, in each of the ways that it is used.
//
//   poll_bench --url URL --mode wait --jobs N         jobs that are finished at their first poll
//   poll_bench --url URL --mode get --requests N      get_job, one after the other
//   poll_bench --url URL --mode list --requests N     list_jobs, pages of 100; a simulator
//   poll_bench --url URL --mode group --jobs N        started plans, until they finish; a simulator
//   poll_bench --url URL --mode hold --jobs N         jobs that do not finish, for --seconds
//   poll_bench --url URL --mode limit --jobs N        started plans, one by one, for --seconds; a
//                                                     simulator with a rate limit
//
// One process with one thread. NUNU_API_TOKEN is the key.
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <fstream>
#include <iterator>
#include <numeric>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <nunu/client.hpp>

#include "bench/measurement.hpp"

namespace asio = boost::asio;
using std::chrono::duration;
using std::chrono::milliseconds;
using namespace std::chrono_literals;

namespace {

constexpr int page_size = 100;
/// In `list`, at least so many jobs are there to be listed.
constexpr std::int64_t jobs_to_list = 10'000;
/// In `group` and `limit`: short, so that a job is refreshed many times within seconds.
constexpr milliseconds group_interval = 500ms;
/// In `hold`: so few that memory is all that a job costs.
constexpr std::uint64_t hold_polls_per_second = 100;

struct options : bench::options {
  std::string mode;
  double seconds = 5;
  double settle = 0;
};

/// A client, and the jobs to ask it for. Coroutines refer to it.
struct subject {
  nunu::client client;
  std::vector<std::string> ids;
  /// How many of the requests or starts have been begun.
  std::uint64_t begun = 0;
  /// Jobs in the pages that were read.
  std::uint64_t jobs_read = 0;
};

nunu::client_config config_for(const options& o) {
  nunu::client_config config;
  config.base_url = o.url;
  config.api_key = nunu::api_key(bench::api_key());
  config.max_connections = o.connections;
  if (!o.ca_file.empty()) {
    std::ifstream file(o.ca_file, std::ios::binary);
    config.tls.ca_pem.assign(std::istreambuf_iterator<char>(file), {});
  }
  nunu::poll_cadence& polling = config.polling;
  if (o.mode == "wait") polling.first = 0ms;
  if (o.mode == "group" || o.mode == "limit")
    polling.first = polling.queued = polling.running = polling.ending = group_interval;
  if (o.mode == "limit") config.batch_polls = false;
  if (o.mode == "hold")
    polling.first = polling.queued = polling.running = polling.ending =
        1'000ms + milliseconds(1'000 * o.requests / hold_polls_per_second);
  return config;
}

/// Runs so many of the coroutines that `make` makes at the same time, until the last has ended.
template <class Make>
void run_at_once(asio::io_context& context, std::size_t count, Make make) {
  std::size_t running = count;
  for (std::size_t i = 0; i < count; ++i)
    asio::co_spawn(context, make(), [&](std::exception_ptr failure) {
      if (--running == 0) context.stop();
      if (failure) std::rethrow_exception(failure);
    });
  context.restart();
  context.run();
}

asio::awaitable<void> wait(subject& s) {
  const std::size_t jobs = s.ids.size();
  const nunu::wait_report report = co_await s.client.wait_for_jobs(std::move(s.ids));
  const std::size_t finished = report.count(nunu::outcome_kind::finished);
  if (finished != jobs)
    throw std::runtime_error(std::to_string(finished) + " of " + std::to_string(jobs) +
                             " jobs are finished");
}

asio::awaitable<void> get(subject& s) {
  while (s.begun < s.ids.size()) {
    std::string id = std::move(s.ids[s.begun++]);
    co_await s.client.get_job(std::move(id));
  }
}

asio::awaitable<void> list(subject& s, std::uint64_t requests, int pages) {
  while (s.begun < requests) {
    nunu::job_query query;
    query.page_size = page_size;
    query.page = static_cast<int>(s.begun++ % static_cast<std::uint64_t>(pages));
    const nunu::job_page page = co_await s.client.list_jobs(std::move(query));
    s.jobs_read += page.jobs.size();
  }
}

/// Until `starts` starts have been begun, by this coroutine and others.
asio::awaitable<void> start_plans(subject& s, std::uint64_t starts, std::string group) {
  while (s.begun < starts) {
    ++s.begun;
    nunu::run_request request;
    request.test_plan_id = "bench-plan";
    request.deployment_config_id = "bench-deployment";
    nunu::start_options how;
    how.group = group;
    const nunu::started_run run = co_await s.client.start_run(std::move(request), std::move(how));
    s.ids.insert(s.ids.end(), run.job_ids.begin(), run.job_ids.end());
  }
}

/// Starts plans until there are so many jobs of them.
void start_jobs(asio::io_context& context, subject& s, std::uint64_t jobs, const options& o) {
  // Of its own: a simulator may have jobs of earlier programs.
  const std::string group = "poll-bench-" + std::to_string(getpid());
  const auto start_until = [&](std::uint64_t starts, std::size_t at_once) {
    run_at_once(context, at_once, [&] { return start_plans(s, starts, group); });
  };
  start_until(1, 1);
  const std::uint64_t jobs_in_plan = s.ids.size();
  if (jobs_in_plan == 0) throw std::runtime_error("a plan without jobs was started");
  start_until((jobs + jobs_in_plan - 1) / jobs_in_plan, o.connections);
  s.begun = 0;
}

asio::awaitable<void> count_pages(subject& s, std::int64_t& jobs, std::int64_t& pages) {
  nunu::job_query query;
  query.page_size = page_size;
  const nunu::job_page page = co_await s.client.list_jobs(std::move(query));
  jobs = page.total_count;
  pages = page.total_pages;
}

/// Gives how many pages there are.
int prepare_listing(asio::io_context& context, subject& s, const options& o) {
  std::int64_t jobs = 0;
  std::int64_t pages = 0;
  const auto count = [&] { run_at_once(context, 1, [&] { return count_pages(s, jobs, pages); }); };
  count();
  if (jobs < jobs_to_list) {
    start_jobs(context, s, static_cast<std::uint64_t>(jobs_to_list - jobs), o);
    count();
  }
  return static_cast<int>(pages);
}

asio::awaitable<void> pass(double seconds) {
  asio::steady_timer timer(co_await asio::this_coro::executor);
  timer.expires_after(std::chrono::ceil<milliseconds>(duration<double>(seconds)));
  co_await timer.async_wait(asio::use_awaitable);
}

void require_watched(const subject& s, std::size_t jobs) {
  const std::uint64_t watched = s.client.stats().jobs_watched;
  if (watched != jobs)
    throw std::runtime_error(std::to_string(watched) + " of " + std::to_string(jobs) +
                             " jobs are still watched");
}

asio::awaitable<void> hold(subject& s, double seconds) {
  const std::size_t jobs = s.ids.size();
  {
    const nunu::job_watch watch = s.client.watch_jobs(std::move(s.ids));
    co_await pass(seconds);
    require_watched(s, jobs);
  }
  // The watch ends on the client's strand, and jobs in flight when their answers come.
  while (s.client.stats().jobs_watched > 0) co_await pass(0.01);
}

/// What was counted when the part that is measured began.
struct beginning {
  nunu::client_stats stats;
  bench::stopwatch watch{};
};

/// The measured part begins when the client has had time to find the limit.
asio::awaitable<void> press(subject& s, const options& o, beginning& begin) {
  const std::size_t jobs = s.ids.size();
  const nunu::job_watch watch = s.client.watch_jobs(std::move(s.ids));
  co_await pass(o.settle);
  begin = {s.client.stats()};
  co_await pass(o.seconds);
  require_watched(s, jobs);
}

std::uint64_t answers(const nunu::client_stats& stats) {
  return std::accumulate(stats.answers.begin(), stats.answers.end(), std::uint64_t{0});
}

bench::measurement measure(const options& o) {
  asio::io_context context(1);
  subject s{nunu::client(context.get_executor(), config_for(o)), {}};
  bench::measurement m;
  m.mode = o.mode;

  int pages = 0;
  if (o.mode == "list") pages = prepare_listing(context, s, o);
  if (o.mode == "group" || o.mode == "limit") start_jobs(context, s, o.requests, o);
  if (o.mode == "wait" || o.mode == "get" || o.mode == "hold") {
    const long before = bench::resident_kib();
    s.ids = bench::job_ids(o.requests);
    // What the ids themselves take, which any program that watches jobs has to keep.
    if (o.mode == "hold")
      m.more.emplace_back("ids_kib", static_cast<std::uint64_t>(bench::resident_kib() - before));
  }

  beginning begin{s.client.stats()};
  if (o.mode == "get")
    run_at_once(context, o.connections, [&] { return get(s); });
  else if (o.mode == "list")
    run_at_once(context, o.connections, [&] { return list(s, o.requests, pages); });
  else if (o.mode == "hold")
    run_at_once(context, 1, [&] { return hold(s, o.seconds); });
  else if (o.mode == "limit")
    run_at_once(context, 1, [&] { return press(s, o, begin); });
  else
    run_at_once(context, 1, [&] { return wait(s); });
  m.cpu_seconds = begin.watch.cpu_seconds();
  m.seconds = begin.watch.seconds();

  const nunu::client_stats& before = begin.stats;
  const nunu::client_stats after = s.client.stats();
  m.requests = answers(after) - answers(before);
  m.jobs = o.requests;
  if (o.mode == "list") m.jobs = s.jobs_read;
  if (o.mode == "group") {
    // By pages, and one by one.
    m.jobs = after.jobs_refreshed - before.jobs_refreshed + (after.polls - before.polls);
    m.more.emplace_back("pages", after.pages - before.pages);
  }
  if (o.mode == "limit") m.more.emplace_back("rejected", after.rate_limited - before.rate_limited);
  m.more.emplace_back("tls_handshakes", after.tls_handshakes);
  m.more.emplace_back("tls_resumptions", after.tls_resumptions);
  return m;
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("Measures the client against a server that is already there.", "poll_bench");
  options o;
  bench::add_options(app, o, "--requests,--jobs");
  app.add_option("--mode", o.mode, "What to do")
      ->check(CLI::IsMember({"wait", "get", "list", "group", "hold", "limit"}))
      ->required();
  app.add_option("--seconds", o.seconds, "In modes hold and limit: how long")
      ->type_name("S")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  app.add_option("--settle", o.settle, "In mode limit: how long before, without being counted")
      ->type_name("S")
      ->check(CLI::NonNegativeNumber)
      ->capture_default_str();
  return bench::run(app, argc, argv, [&] { return measure(o); });
}
