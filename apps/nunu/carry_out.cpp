#include "carry_out.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/this_coro.hpp>
#include <functional>
#include <optional>
#include <string>
#include <unordered_set>
#include <utility>
#include <vector>

#include "choices.hpp"
#include "crew.hpp"
#include "details.hpp"
#include "launching.hpp"
#include "reading.hpp"
#include "roster.hpp"
#include "run_page.hpp"
#include "stopping.hpp"
#include "time_text.hpp"
#include "watching.hpp"

namespace cli {
namespace {

namespace asio = boost::asio;

result result_with(const session& s, nunu::job_outcome outcome) {
  result r;
  r.suite = s.what.group;
  if (outcome.job) r.url = run_page(s.what.client.base_url, *outcome.job);
  r.outcome = std::move(outcome);
  return r;
}

/// The command ended before. `why` has what looking at it had failed with until then.
nunu::job_outcome not_looked_at(std::string job_id, const nunu::diagnostics& why) {
  nunu::job_outcome outcome;
  outcome.job_id = std::move(job_id);
  outcome.kind = nunu::outcome_kind::still_running;
  outcome.error = asio::error::operation_aborted;
  outcome.error_message = "the command ended before it was looked at";
  if (why.last_failure) {
    outcome.error = why.last_failure;
    outcome.error_message = why.to_string();
  }
  return outcome;
}

nunu::job_outcome outcome_of_failure(std::string job_id, const nunu::error& e) {
  const nunu::diagnostics& why = e.get_diagnostics();
  if (e.code() == asio::error::operation_aborted) return not_looked_at(std::move(job_id), why);
  return outcome_of(std::move(job_id), e.code(), why);
}

/// The jobs that are meant, without those of the group that the user has named, too.
struct meant {
  std::vector<std::string> named;
  std::vector<nunu::job> of_group;
  /// The group could not be listed.
  std::optional<result> failure;
};

asio::awaitable<meant> find_meant(session& s) {
  meant found;
  found.named = s.what.jobs;
  if (s.what.group.empty()) co_return found;
  try {
    found.of_group = co_await list_group(s);
  } catch (const nunu::error& e) {
    result r = result_with(s, outcome_of_failure("", e));
    r.key = "group ";
    r.key += s.what.group;
    found.failure = std::move(r);
  }
  const std::unordered_set<std::string> named(found.named.begin(), found.named.end());
  std::erase_if(found.of_group, [&](const nunu::job& j) { return named.contains(j.job_id); });
  co_return found;
}

void add_failure(session& s, meant& of, std::vector<result>& to) {
  if (!of.failure) return;
  s.tell.result_of(*of.failure);
  to.push_back(*std::move(of.failure));
}

asio::awaitable<std::vector<result>> wait_for(session& s) {
  meant jobs = co_await find_meant(s);
  std::vector<std::string> ids = std::move(jobs.named);
  for (const nunu::job& job : jobs.of_group) ids.push_back(job.job_id);
  result like;
  like.suite = s.what.group;
  roster all(1);
  all.add(0, like, ids);
  s.tell.found(ids.size());
  const asio::any_io_executor executor = co_await asio::this_coro::executor;
  watching watch(s, all, executor);
  const halt::listener listener(s.stop, [&] {
    if (s.stop.reason() == halt_reason::interrupt) watch.drop();
  });
  if (!ids.empty() && s.stop.reason() != halt_reason::interrupt) watch.watch(std::move(ids));
  co_await watch.wait();
  all.for_each_unfinished([&](roster::entry& job) { s.tell.result_of(job.what); });
  std::vector<result> results = all.take();
  add_failure(s, jobs, results);
  co_return results;
}

asio::awaitable<void> look_at(session& s, std::string job_id, result& to) {
  if (s.stop.asked()) {
    to = result_with(s, not_looked_at(job_id, {}));
    co_return;
  }
  try {
    const nunu::job job = co_await read_job(s, job_id);
    to = result_with(s, outcome_of(job));
  } catch (const nunu::error& e) {
    to = result_with(s, outcome_of_failure(job_id, e));
  }
}

asio::awaitable<std::vector<result>> look(session& s) {
  meant jobs = co_await find_meant(s);
  std::vector<result> results(jobs.named.size());
  const std::function<asio::awaitable<void>(std::size_t)> look_at_one = [&](std::size_t i) {
    return look_at(s, jobs.named[i], results[i]);
  };
  co_await for_each_of(results.size(), kReadsAtOnce, look_at_one);
  for (const nunu::job& job : jobs.of_group) results.push_back(result_with(s, outcome_of(job)));
  for (const result& r : results) s.tell.result_of(r);
  add_failure(s, jobs, results);
  co_return results;
}

asio::awaitable<std::vector<result>> stop(session& s) {
  meant jobs = co_await find_meant(s);
  std::vector<std::string> ids = std::move(jobs.named);
  for (const nunu::job& job : jobs.of_group)
    if (job.status != nunu::job_status::completed) ids.push_back(job.job_id);

  std::vector<stopping> all = co_await stop_jobs(s, std::move(ids));
  std::vector<result> results;
  for (stopping& one : all) {
    result r;
    r.suite = s.what.group;
    r.outcome.job_id = one.said.job_id;
    r.stop = std::move(one.said);
    s.tell.result_of(r);
    results.push_back(std::move(r));
  }
  add_failure(s, jobs, results);
  co_return results;
}

asio::awaitable<std::vector<result>> jobs_of(session& s) {
  switch (s.what.command) {
    case command::run:
    case command::launch: {
      const asio::any_io_executor executor = co_await asio::this_coro::executor;
      launching all(s, executor);
      co_return co_await all.carry_out();
    }
    case command::wait:
      co_return co_await wait_for(s);
    case command::stop:
      co_return co_await stop(s);
    case command::status:
    case command::show:
      break;
  }
  co_return co_await look(s);
}

}  // namespace

asio::awaitable<results> carry_out(session& s) {
  results all;
  all.command = word_of(s.what.command, command_choices);
  all.group = s.what.group;
  all.began = now_utc();
  all.jobs = co_await jobs_of(s);
  if (!s.stop.asked()) co_await add_details(s, all);
  all.ended = now_utc();
  co_return all;
}

}  // namespace cli
