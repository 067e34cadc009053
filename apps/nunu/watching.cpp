#include "watching.hpp"

#include <boost/asio/error.hpp>
#include <chrono>
#include <utility>

#include "reading.hpp"
#include "run_page.hpp"

namespace cli {

namespace asio = boost::asio;

watching::watching(session& s, roster& jobs, asio::any_io_executor executor)
    : session_(s), jobs_(jobs), crew_(std::move(executor)) {}

void watching::watch(std::vector<std::string> ids) {
  nunu::wait_options options;
  options.timeout = session_.time_left();
  options.group = session_.what.group;
  options.on_status = [this](const nunu::job& job) { saw(job); };
  ++out_;
  crew_.spawn(follow(std::move(ids), std::move(options)));
}

asio::awaitable<void> watching::follow(std::vector<std::string> ids, nunu::wait_options options) {
  nunu::job_watch watch = session_.client.watch_jobs(ids, std::move(options));
  cancellable::member cut(watches_);
  boost::system::error_code failure;
  nunu::diagnostics why;
  for (bool more = true; more;) {
    auto [ec, outcome] = co_await watch.next(why, cancelled_by(cut));
    failure = ec;
    more = !ec && outcome.has_value();
    if (more) ended(*std::move(outcome));
  }
  // Of those that it was in the way of, it is the end; the others have theirs.
  if (failure && failure != asio::error::operation_aborted)
    for (const std::string& id : ids) ended(outcome_of(id, failure, why));
  --out_;
  on_over_();
}

void watching::saw(const nunu::job& job) {
  roster::entry* const entry = jobs_.find(job.job_id);
  if (entry == nullptr || entry->over) return;
  nunu::job_outcome& known = entry->what.outcome;
  // A job that is watched anew is told anew.
  if (known.status == job.status && known.status_text == job.status_text) return;
  known.status = job.status;
  known.status_text = job.status_text;
  session_.tell.saw(entry->what.key, job, std::exchange(entry->told, job.status));
}

void watching::ended(nunu::job_outcome outcome) {
  roster::entry* const entry = jobs_.find(outcome.job_id);
  if (entry == nullptr || entry->over) return;
  result& known = entry->what;
  known.outcome = std::move(outcome);
  // At the deadline: it may still be stopped.
  if (known.outcome.kind == nunu::outcome_kind::still_running) return;
  entry->over = true;
  if (known.outcome.job) known.url = run_page(session_.what.client.base_url, *known.outcome.job);
  session_.tell.ended(known, entry->told, std::chrono::steady_clock::now());
  on_ended_(known);
}

}  // namespace cli
