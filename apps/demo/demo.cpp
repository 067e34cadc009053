// nunu-demo: starts test plans all at once, waits for their jobs, and reports.
//
//   nunu-demo                                  against a simulator in this process, with no account
//   NUNU_API_TOKEN=… nunu-demo --deployment ID --plan ID [--plan ID]…
//                                              against nunu.ai (also NUNU_PROJECT_ID, NUNU_API_URL)
#include <unistd.h>

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/experimental/parallel_group.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <chrono>
#include <cstdio>
#include <exception>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <nunu/client.hpp>
#include <nunu/simulator.hpp>

namespace asio = boost::asio;
using std::chrono::duration;
using std::chrono::steady_clock;
using namespace std::chrono_literals;

namespace {

struct launch {
  std::string deployment;
  std::vector<std::string> plans;
};

/// One line about all jobs: written over on a terminal, else a new one for each tenth.
void show_progress(std::size_t finished, std::size_t all) {
  static const bool terminal = isatty(STDOUT_FILENO) == 1;
  if (terminal)
    std::printf("\r%zu of %zu jobs finished%s", finished, all, finished == all ? "\n" : "");
  else if (finished * 10 / all != (finished - 1) * 10 / all)
    std::printf("%zu of %zu jobs finished\n", finished, all);
  std::fflush(stdout);
}

struct started {
  std::vector<std::string> jobs;
  std::size_t plans = 0;
};

/// Starts every plan at the same time.
asio::awaitable<started> start_all(nunu::client& client, launch what) {
  std::vector<nunu::diagnostics> details(what.plans.size());
  const auto start = [&](std::size_t i) {
    nunu::run_request request;
    request.test_plan_id = what.plans[i];
    request.deployment_config_id = what.deployment;
    return client.start_run(std::move(request), nunu::start_options(), details[i], asio::deferred);
  };
  std::vector<decltype(start(0))> starts;
  for (std::size_t i = 0; i < what.plans.size(); ++i) starts.push_back(start(i));
  auto group = asio::experimental::make_parallel_group(std::move(starts));
  auto all_started = group.async_wait(asio::experimental::wait_for_all(), asio::use_awaitable);
  const auto [order, errors, runs] = co_await std::move(all_started);

  started all;
  for (std::size_t i = 0; i < runs.size(); ++i) {
    if (errors[i])
      std::fprintf(stderr, "plan %s: %s\n", what.plans[i].c_str(),
                   nunu::error(errors[i], details[i]).what());
    else
      ++all.plans;
    all.jobs.insert(all.jobs.end(), runs[i].job_ids.begin(), runs[i].job_ids.end());
  }
  co_return all;
}

/// How long the job took at the service, from its creation to its end.
duration<double> time_taken(const nunu::job& job) {
  if (!job.created_at || !job.completed_at) return duration<double>::zero();
  return *job.completed_at - *job.created_at;
}

/// True when every plan was started and every job finished, whatever its verdict.
asio::awaitable<bool> run(nunu::client& client, launch what) {
  const auto begin = steady_clock::now();
  std::printf("starting %zu test plans\n", what.plans.size());
  const auto [jobs, plans] = co_await start_all(client, what);
  if (jobs.empty()) co_return false;
  std::printf("waiting for %zu jobs\n", jobs.size());

  std::map<std::string_view, std::vector<duration<double>>> times_by_verdict;
  std::size_t finished = 0;
  nunu::job_watch watch = client.watch_jobs(jobs);
  while (auto outcome = co_await watch.next()) {
    if (outcome->kind != nunu::outcome_kind::finished) {
      std::fprintf(stderr, "%s: %s\n", outcome->job_id.c_str(), outcome->error_message.c_str());
      continue;
    }
    times_by_verdict[to_string(outcome->verdict)].push_back(time_taken(*outcome->job));
    show_progress(++finished, jobs.size());
  }

  std::printf("\n%-20s %6s %12s %12s\n", "verdict", "jobs", "median time", "longest");
  for (auto& [verdict, times] : times_by_verdict) {
    std::sort(times.begin(), times.end());
    std::printf("%-20s %6zu %10.1f s %10.1f s\n", std::string(verdict).c_str(), times.size(),
                times[times.size() / 2].count(), times.back().count());
  }
  const nunu::client_stats stats = client.stats();
  const duration<double> elapsed = steady_clock::now() - begin;
  std::printf("\n%zu of %zu jobs finished in %.1f s, with %llu polls on %llu connections\n",
              finished, jobs.size(), elapsed.count(), static_cast<unsigned long long>(stats.polls),
              static_cast<unsigned long long>(stats.connections_opened));
  co_return plans == what.plans.size() && finished == jobs.size();
}

/// Reads `--deployment ID` and `--plan ID`; empty fields when they are missing or anything else is
/// there.
launch parse_arguments(int argc, char** argv) {
  launch what;
  for (int i = 1; i < argc; i += 2) {
    const std::string_view flag = argv[i];
    if (i + 1 == argc || (flag != "--deployment" && flag != "--plan")) return {};
    if (flag == "--plan")
      what.plans.emplace_back(argv[i + 1]);
    else
      what.deployment = argv[i + 1];
  }
  return what;
}

}  // namespace

int main(int argc, char** argv) try {
  // Whoever reads along in a pipe sees each line when it is written.
  std::setvbuf(stdout, nullptr, _IOLBF, 0);
  asio::io_context context;
  nunu::client_config config = nunu::config_from_environment();
  std::unique_ptr<nunu::simulator> simulator;
  launch what = parse_arguments(argc, argv);

  if (argc == 1) {
    simulator = std::make_unique<nunu::simulator>(context.get_executor());
    config = {};
    config.base_url = simulator->base_url();
    config.api_key = nunu::api_key("simulator-key");
    config.tls.ca_pem = simulator->certificate_pem();
    // Simulated tests take seconds, not minutes.
    config.polling.queued = config.polling.running = config.polling.ending = 500ms;
    what = {"simulated-deployment", std::vector<std::string>(20, "simulated-plan")};
    std::printf("using a simulator at %s\n", config.base_url.c_str());
  } else if (config.api_key.empty() || what.deployment.empty() || what.plans.empty()) {
    std::fprintf(stderr,
                 "usage: NUNU_API_TOKEN=... %s --deployment ID --plan ID [--plan ID]...\n"
                 "       or without arguments, against a simulator\n",
                 argv[0]);
    return 2;
  }

  nunu::client client(context.get_executor(), std::move(config));
  bool all_finished = false;
  auto report = [&](std::exception_ptr thrown, bool finished) {
    client.close();
    if (simulator) simulator->close();
    if (thrown) std::rethrow_exception(thrown);
    all_finished = finished;
  };
  asio::co_spawn(context, run(client, std::move(what)), report);
  context.run();
  return all_finished ? 0 : 1;
} catch (const std::exception& e) {
  std::fprintf(stderr, "%s\n", e.what());
  return 1;
}
