// poll_simulation: how many requests polling takes and how soon it brings the news, in virtual
// time.
//
//   poll_simulation           all of it; a minute or two
//   poll_simulation --quick   few jobs, and none of the scenes with trouble; a second
//
// The exit status is 1 when the client is not as much better than one-by-one polling as it should
// be.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <deque>
#include <optional>
#include <string>
#include <vector>

#include "bench/draws.hpp"
#include "core/schedule.hpp"
#include "support/shared_limit.hpp"
#include "support/virtual_polling.hpp"

namespace {

using namespace std::chrono_literals;
using nunu::core::duration;
using nunu::core::schedule;
using nunu::core::time_point;
using nunu::test::virtual_polling;
using nunu::test::virtual_service;
using batching = schedule::batching;

constexpr duration kShortestJob = 4min;
constexpr duration kLongestJob = 10min;
/// For comparison; a client that finds out no limit has to be given one.
constexpr double kFixedRate = 50.0;
/// When the fixed rate is given up. A million jobs would take more than five hours.
constexpr duration kPatience = 2h;
/// No way of polling is to be slowed down for want of connections.
constexpr std::size_t kAnyNumber = 1'000'000;

/// What is compared at this number of jobs has a bound.
constexpr std::size_t kBoundedJobs = 10'000;
constexpr double kFewerRequests = 50.0;

const time_point kStart{1h};

double seconds(duration d) {
  return std::chrono::duration<double>(d).count();
}

duration between(duration least, duration most, double draw) {
  return least + std::chrono::duration_cast<duration>((most - least) * draw);
}

// How polling fares while all is well.

struct result {
  double requests_per_job = 0.0;
  /// From a job's end to its delivery; none: not delivered yet.
  std::optional<duration> median, p99;
  std::uint64_t peak_requests_per_second = 0;
  std::size_t most_in_flight = 0;
  double delivered = 1.0;
};

/// The delay that this part of the jobs does not exceed.
std::optional<duration> quantile(std::vector<duration>& delays, double part) {
  const auto nth =
      delays.begin() + static_cast<std::ptrdiff_t>(part * static_cast<double>(delays.size() - 1));
  std::nth_element(delays.begin(), nth, delays.end());
  if (*nth == duration::max()) return std::nullopt;
  return *nth;
}

/// `delays` has one for each job, the longest possible where the job was not delivered.
void judge(result& r, std::vector<duration>& delays) {
  const auto missing = std::count(delays.begin(), delays.end(), duration::max());
  r.delivered = 1.0 - static_cast<double>(missing) / static_cast<double>(delays.size());
  r.median = quantile(delays, 0.50);
  r.p99 = quantile(delays, 0.99);
}

/// Jobs of one group, all started at once.
void start(virtual_polling& polling, schedule& all, std::size_t jobs) {
  bench::draws draw;
  const auto group = all.add_group();
  for (std::size_t i = 0; i < jobs; ++i)
    polling.watch(kStart + between(kShortestJob, kLongestJob, draw()), group);
}

std::vector<duration> delays_of(const virtual_polling& polling) {
  std::vector<duration> delays;
  for (const auto& job : polling.jobs())
    delays.push_back(job.delivered ? *job.delivered - job.ends : duration::max());
  return delays;
}

/// This client's core with its default cadence.
result poll_with_schedule(std::size_t jobs, batching batch) {
  schedule all({}, batch);
  virtual_polling polling(all, {}, kAnyNumber, 1);
  polling.begin_at(kStart);
  start(polling, all, jobs);
  polling.run(kStart + kPatience);
  auto delays = delays_of(polling);
  result r;
  r.requests_per_job = static_cast<double>(polling.requests) / static_cast<double>(jobs);
  r.peak_requests_per_second = polling.peak_requests_per_second;
  r.most_in_flight = polling.most_in_flight;
  judge(r, delays);
  return r;
}

/// One job after the other, as fast as a fixed rate allows and for as long as any is left.
result poll_at_fixed_rate(std::size_t jobs) {
  constexpr duration spacing = std::chrono::duration_cast<duration>(1s / kFixedRate);
  const duration answer =
      between(virtual_service{}.shortest_answer, virtual_service{}.longest_answer, 0.5);
  struct poll {
    time_point lands;
    std::size_t job;
  };

  bench::draws draw;
  std::vector<time_point> ends(jobs);
  std::vector<duration> delays(jobs, duration::max());
  std::deque<std::size_t> waiting;
  std::deque<poll> in_flight;
  for (std::size_t i = 0; i < jobs; ++i) {
    ends[i] = kStart + between(kShortestJob, kLongestJob, draw());
    waiting.push_back(i);
  }
  result r;
  std::uint64_t requests = 0;
  for (time_point now = kStart; now < kStart + kPatience; now += spacing) {
    for (; !in_flight.empty() && in_flight.front().lands <= now; in_flight.pop_front()) {
      const poll& landed = in_flight.front();
      if (ends[landed.job] <= landed.lands)
        delays[landed.job] = landed.lands - ends[landed.job];
      else
        waiting.push_back(landed.job);
    }
    if (waiting.empty() && in_flight.empty()) break;
    if (waiting.empty()) continue;
    in_flight.push_back({now + answer, waiting.front()});
    waiting.pop_front();
    ++requests;
    r.most_in_flight = std::max(r.most_in_flight, in_flight.size());
  }
  r.requests_per_job = static_cast<double>(requests) / static_cast<double>(jobs);
  r.peak_requests_per_second = static_cast<std::uint64_t>(kFixedRate);
  judge(r, delays);
  return r;
}

void print_delay(std::optional<duration> delay) {
  if (delay)
    std::printf(" %8.1f s", seconds(*delay));
  else
    std::printf(" %10s", "never");
}

void print(std::size_t jobs, const char* how, const result& r) {
  std::printf("%9zu  %-22s %9.3f", jobs, how, r.requests_per_job);
  print_delay(r.median);
  print_delay(r.p99);
  std::printf(" %10llu %10zu %9.1f %%\n",
              static_cast<unsigned long long>(r.peak_requests_per_second), r.most_in_flight,
              100.0 * r.delivered);
  std::fflush(stdout);
}

/// Whether the client is within its bounds.
bool compare(std::size_t jobs) {
  const result client = poll_with_schedule(jobs, batching::on);
  print(jobs, "this client", client);
  const result one_by_one = poll_with_schedule(jobs, batching::off);
  print(jobs, "one by one", one_by_one);
  print(jobs, "50 requests a second", poll_at_fixed_rate(jobs));
  if (jobs != kBoundedJobs) return true;
  return client.requests_per_job * kFewerRequests <= one_by_one.requests_per_job &&
         client.p99.value_or(duration::max()) <= one_by_one.p99.value_or(duration::max());
}

// An outage.

void print_outage(const char* how, batching batch, std::size_t connections,
                  std::optional<double> rate_limit = std::nullopt) {
  constexpr std::size_t jobs = 100'000;
  constexpr duration down_for = 60s;
  // Answers that were under way when the service went down have all come, and failed.
  constexpr duration noticed = 1s;

  virtual_service service;
  service.down_from = kStart + 5min;
  service.down_until = service.down_from + down_for;
  service.rate_limit = rate_limit;
  if (rate_limit) service.retry_after = 1s;
  schedule all({}, batch);
  virtual_polling polling(all, service, connections, 1);
  polling.begin_at(kStart);
  start(polling, all, jobs);
  polling.run(kStart + 2min);
  polling.peak_requests_per_second = 0;
  polling.run(service.down_from);
  const auto peak_before = polling.peak_requests_per_second;

  polling.run(service.down_from + noticed);
  polling.most_in_flight = 0;
  polling.requests = 0;
  polling.run(service.down_until);
  const auto most_in_flight = polling.most_in_flight;
  const auto requests = polling.requests;

  polling.peak_requests_per_second = 0;
  polling.run(service.down_until + 2min);
  const auto peak_after = polling.peak_requests_per_second;
  polling.run(kStart + kPatience);
  auto delays = delays_of(polling);
  result r;
  judge(r, delays);
  std::printf("%-12s %7s %11zu %10zu %14llu %11.1f %% ", how,
              rate_limit ? std::to_string(std::lround(*rate_limit)).c_str() : "none", connections,
              most_in_flight, static_cast<unsigned long long>(requests), 100.0 * r.delivered);
  print_delay(r.p99);
  std::printf(" %11llu %11llu\n", static_cast<unsigned long long>(peak_before),
              static_cast<unsigned long long>(peak_after));
  std::fflush(stdout);
}

// A limit that several clients share.

void print_shared_limit(std::size_t clients, double limit, duration late = {}) {
  constexpr std::size_t runs = 20;
  std::vector<double> rejected, used, fairness;
  for (std::uint64_t seed = 1; seed <= runs; ++seed) {
    const auto r = nunu::test::shared_limit(clients, limit, seed, late).measure();
    rejected.push_back(r.rejected);
    used.push_back(r.used);
    fairness.push_back(r.slowest_of_fastest);
  }
  for (auto* values : {&rejected, &used, &fairness}) std::sort(values->begin(), values->end());
  constexpr std::size_t middle = runs / 2;
  std::printf("%7zu %7.0f %5.0f s  %6.1f %% %6.1f %%  %6.1f %% %6.1f %%  %8.2f %8.2f\n", clients,
              limit, seconds(late), 100.0 * rejected[middle], 100.0 * rejected.back(),
              100.0 * used[middle], 100.0 * used.front(), fairness[middle], fairness.front());
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("Polls jobs in virtual time.", "poll_simulation");
  bool quick = false;
  app.add_flag("--quick", quick, "Few jobs, and none of the scenes with trouble");
  CLI11_PARSE(app, argc, argv);

  std::printf("Jobs of 4 to 10 minutes in one group, all started at once\n\n");
  std::printf("%9s  %-22s %9s %10s %10s %10s %10s %11s\n", "", "", "requests", "delay of",
              "delay of", "peak", "most in", "");
  std::printf("%9s  %-22s %9s %10s %10s %10s %10s %11s\n", "jobs", "polled by", "/ job", "median",
              "99 %", "requests/s", "flight", "delivered");
  bool within_bounds = compare(100);
  within_bounds &= compare(kBoundedJobs);
  if (quick) return within_bounds ? 0 : 1;
  within_bounds &= compare(1'000'000);
  std::printf("\nThe fixed rate is given up after 2 hours; \"never\" is later than that.\n");

  std::printf("\nAn outage of 60 s, beginning 5 minutes after 100,000 jobs were started\n\n");
  std::printf("%-12s %7s %11s %10s %14s %13s %11s %11s %11s\n", "", "limit", "", "most in",
              "requests", "", "delay of", "peak req/s", "peak req/s");
  std::printf("%-12s %7s %11s %10s %14s %13s %11s %11s %11s\n", "polled", "req/s", "connections",
              "flight", "while down", "delivered", "99 %", "before", "after");
  print_outage("in a group", batching::on, 64);
  print_outage("one by one", batching::off, 64);
  print_outage("one by one", batching::off, 1'000);
  print_outage("one by one", batching::off, 1'000, 1'000.0);

  std::printf(
      "\nClients that share a limit, from 10 s to 70 s after the last has begun, 20 runs\n\n");
  std::printf("%7s %7s %7s  %17s  %17s  %17s\n", "", "limit", "last", "answered 429", "limit used",
              "slowest / fastest");
  std::printf("%7s %7s %7s  %8s %8s  %8s %8s  %8s %8s\n", "clients", "req/s", "begins", "median",
              "worst", "median", "worst", "median", "worst");
  for (const double limit : {1.0, 5.0, 20.0, 100.0}) print_shared_limit(1, limit);
  for (const double limit : {20.0, 100.0, 500.0})
    for (const std::size_t clients : {2U, 4U, 8U}) print_shared_limit(clients, limit);
  print_shared_limit(4, 100.0, 60s);
  return within_bounds ? 0 : 1;
}
