#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <exception>
#include <iostream>

#include <nunu/client.hpp>

boost::asio::awaitable<void> start_and_wait(nunu::client& client) {
  nunu::run_request request;
  request.multiplayer_test_id = "your-test-id";
  request.deployment_config_id = "your-deployment-config-id";
  nunu::started_run run = co_await client.start_run(request);
  nunu::wait_report report = co_await client.wait_for_jobs(run.job_ids);
  for (const nunu::job_outcome& outcome : report.outcomes)
    std::cout << outcome.job_id << ' ' << to_string(outcome.verdict) << '\n';
}

int main() {
  boost::asio::io_context context;
  nunu::client client(context.get_executor(), nunu::config_from_environment());
  boost::asio::co_spawn(context, start_and_wait(client), [&](std::exception_ptr failure) {
    client.close();
    if (failure) std::rethrow_exception(failure);
  });
  context.run();
}
