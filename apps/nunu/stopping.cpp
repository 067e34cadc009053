#include "stopping.hpp"

#include <utility>

namespace cli {

namespace asio = boost::asio;

asio::awaitable<std::vector<nunu::stop_result>> stop_jobs(session& s,
                                                          std::vector<std::string> ids) {
  if (ids.empty()) co_return std::vector<nunu::stop_result>();
  nunu::diagnostics why;
  auto [ec, report] = co_await s.client.stop_jobs(ids, why, asio::as_tuple(asio::use_awaitable));
  report.results.resize(ids.size());
  for (std::size_t i = 0; i < ids.size(); ++i) {
    nunu::stop_result& result = report.results[i];
    result.job_id = std::move(ids[i]);
    if (!ec || result.ok || result.status != 0) continue;
    result.status = why.http_status;
    result.error = why.message.empty() ? ec.message() : why.message;
    result.message = why.service_message;
  }
  co_return std::move(report.results);
}

}  // namespace cli
