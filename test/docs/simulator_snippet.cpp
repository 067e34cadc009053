#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <chrono>
#include <exception>
#include <iostream>

#include <nunu/client.hpp>
#include <nunu/simulator.hpp>

boost::asio::awaitable<void> run_a_plan(nunu::client& client) {
  nunu::run_request request;
  request.test_plan_id = "any-plan";
  request.deployment_config_id = "any-deployment-config";
  nunu::started_run run = co_await client.start_run(request);
  nunu::wait_report report = co_await client.wait_for_jobs(run.job_ids);
  std::cout << report.count(nunu::verdict::passed) << " of " << run.job_ids.size() << " passed\n";
}

int main() {
  using namespace std::chrono_literals;
  boost::asio::io_context context;

  nunu::simulator_config behaviour;
  behaviour.queue_time = {0ms, 50ms};
  behaviour.run_time = {100ms, 300ms};
  behaviour.tests_per_plan = 10;
  behaviour.pass_rate = 0.8;
  nunu::simulator simulator(context.get_executor(), behaviour);

  nunu::client_config config;
  config.base_url = simulator.base_url();
  config.api_key = behaviour.api_key;
  config.tls.ca_pem = simulator.certificate_pem();
  config.polling.first = 100ms;
  nunu::client client(context.get_executor(), config);

  boost::asio::co_spawn(context, run_a_plan(client), [&](std::exception_ptr failure) {
    client.close();
    simulator.close();
    if (failure) std::rethrow_exception(failure);
  });
  context.run();
}
