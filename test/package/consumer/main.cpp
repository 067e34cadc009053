// Starts one run at a simulator and waits for its job.
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <chrono>
#include <cstdlib>
#include <exception>
#include <iostream>
#include <nunu/client.hpp>
#include <nunu/simulator.hpp>
#include <string>

namespace {

boost::asio::awaitable<void> start_and_wait(nunu::client& client, bool& passed) {
  nunu::run_request request;
  request.multiplayer_test_id = "test";
  request.deployment_config_id = "deployment";
  nunu::started_run const run = co_await client.start_run(request);
  nunu::wait_report const report = co_await client.wait_for_jobs(run.job_ids);
  for (nunu::job_outcome const& outcome : report.outcomes) {
    std::cout << outcome.job_id << ": " << to_string(outcome.verdict) << '\n';
  }
  passed = report.all_passed();
}

// The type of an exception must be the same on both sides of a shared library's border.
bool errors_can_be_caught(boost::asio::io_context& context) {
  try {
    nunu::client without_key(context.get_executor(), {});
  } catch (nunu::error const& e) {
    return e.code() == nunu::errc::invalid_config;
  }
  return false;
}

}  // namespace

int main() try {
  boost::asio::io_context context(1);

  nunu::simulator_config service;
  service.tls = false;
  service.queue_time =
      service.run_time = {std::chrono::milliseconds(10), std::chrono::milliseconds(20)};
  service.pass_rate = 1.0;
  nunu::simulator simulator(context.get_executor(), service);

  nunu::client_config config;
  config.base_url = simulator.base_url();
  config.api_key = service.api_key;
  config.polling.first = config.polling.queued = config.polling.running =
      std::chrono::milliseconds(20);
  nunu::client client(context.get_executor(), config);

  bool passed = false;
  std::exception_ptr failure;
  boost::asio::co_spawn(context, start_and_wait(client, passed), [&](std::exception_ptr e) {
    failure = e;
    client.close();
    simulator.close();
  });
  context.run();
  if (failure) std::rethrow_exception(failure);
  return passed && errors_can_be_caught(context) ? EXIT_SUCCESS : EXIT_FAILURE;
} catch (std::exception const& e) {
  std::cerr << e.what() << '\n';
  return EXIT_FAILURE;
}
