// chaos: starts runs and waits for all their jobs, through a simulated service that breaks one
// exchange in twenty, answers 429 and 5xx, stalls and restarts. Callers cancel, and the client is
// destroyed and made anew. Then it compares what the client has told with what the service has.
//
//   chaos --runs 10000 [--seed N] [--http]
//
// One line tells the counts. Exit status: 0 when no run was started twice and nothing was lost, few
// starts are unknown, and all memory and descriptors were given back; else 1.
#include <malloc.h>

#include <CLI/CLI.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <iostream>
#include <iterator>
#include <optional>
#include <utility>
#include <vector>

#include "chaos_account.hpp"
#include "chaos_callers.hpp"
#include "chaos_service.hpp"

namespace nunu::chaos {
namespace {

using std::chrono::seconds;
using std::chrono::steady_clock;

struct options {
  std::uint64_t runs = 1'000;
  std::uint64_t seed = 1;
  bool http = false;
  seconds limit{300};
};

struct counts {
  simulator_stats service;
  account told;
  differences found;
  /// While the last client still lived, and had nothing to do.
  std::size_t heap_idle = 0;
};

std::size_t open_descriptors() {
  const std::filesystem::directory_iterator all("/proc/self/fd");
  return static_cast<std::size_t>(std::distance(begin(all), end(all)));
}

std::size_t heap_in_use() {
  const auto all = mallinfo2();
  return all.uordblks + all.hblkhd;
}

std::vector<job> list_all(asio::io_context& context, callers& all) {
  std::vector<job> jobs;
  asio::co_spawn(context, all.list_jobs(), [&](std::exception_ptr failure, std::vector<job> found) {
    context.stop();
    if (failure) std::rethrow_exception(failure);
    jobs = std::move(found);
  });
  context.restart();
  context.run();
  return jobs;
}

counts play(const options& o) {
  counts c;
  std::optional<service> s(std::in_place, o.seed, !o.http);
  asio::io_context context(1);
  callers all(context, s->config(), o.runs, o.seed, c.told);
  all.begin();
  context.run_for(o.limit);
  const bool ended = context.stopped();
  s->be_well();
  c.found = compare(c.told, list_all(context, all));
  // Whatever it is, somebody waits for it.
  if (!ended) ++c.found.lost;
  c.service = s->stats();
  c.told.jobs = {};
  s.reset();
  c.heap_idle = heap_in_use();
  return c;
}

/// Of all starts, in per cent: requests that broke on their way. A client that knew nothing of its
/// starts would lose nothing.
constexpr std::uint64_t most_unknown = 6;

/// What a process keeps after its first round is kept once: libraries' tables, threads' caches.
constexpr std::ptrdiff_t most_heap_growth = 256 * 1024;

/// The open connections of an idle client, and what it remembers of a thousand launches.
constexpr std::ptrdiff_t most_heap_idle = 4 * 1024 * 1024;

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
  const auto more_than_before = [heap](std::size_t now) {
    return static_cast<std::ptrdiff_t>(now) - static_cast<std::ptrdiff_t>(heap);
  };
  const std::ptrdiff_t heap_left = more_than_before(heap_in_use());
  const std::ptrdiff_t heap_idle = more_than_before(c.heap_idle);

  std::printf(
      "runs=%ju jobs=%ju faults=%ju cancelled=%ju late=%ju unknown=%ju twice_started=%ju lost=%ju "
      "delivered_twice=%ju descriptors_left=%td heap_left=%td heap_idle=%td seconds=%.1f\n",
      std::uintmax_t{c.service.runs}, std::uintmax_t{c.service.jobs},
      std::uintmax_t{c.service.faults}, std::uintmax_t{c.told.cancelled},
      std::uintmax_t{c.told.late}, std::uintmax_t{c.told.unknown},
      std::uintmax_t{c.found.twice_started}, std::uintmax_t{c.found.lost},
      std::uintmax_t{c.found.delivered_twice}, more_descriptors, heap_left, heap_idle,
      time.count());
  const bool as_promised = c.found.twice_started == 0 && c.found.lost == 0 &&
                           c.found.delivered_twice == 0 && more_descriptors == 0 &&
                           c.told.unknown * 100 <= most_unknown * o.runs &&
                           heap_left <= most_heap_growth && heap_idle <= most_heap_idle;
  // Without these nothing was tried.
  const bool was_chaos = c.service.faults != 0 && c.told.cancelled != 0 && c.told.late != 0;
  return as_promised && was_chaos ? 0 : 1;
}

}  // namespace
}  // namespace nunu::chaos

int main(int argc, char** argv) {
  CLI::App app("Starts runs through a service that breaks, and counts what was lost.", "chaos");
  nunu::chaos::options o;
  int limit = static_cast<int>(o.limit.count());
  app.add_option("--runs", o.runs, "How many")->check(CLI::PositiveNumber)->capture_default_str();
  app.add_option("--seed", o.seed, "Of all randomness but the client's own")->capture_default_str();
  app.add_flag("--http", o.http, "Plain http instead of https");
  app.add_option("--limit", limit, "Seconds after which what has not ended is lost")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  CLI11_PARSE(app, argc, argv);
  o.limit = std::chrono::seconds(limit);
  try {
    return nunu::chaos::run(o);
  } catch (const std::exception& e) {
    std::cerr << "chaos: " << e.what() << '\n';
    return 1;
  }
}
