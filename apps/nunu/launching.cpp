#include "launching.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/asio/error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <string_view>
#include <unordered_set>
#include <utility>

#include "ending.hpp"
#include "launch_id.hpp"
#include "plain_text.hpp"
#include "reading.hpp"
#include "stopping.hpp"

namespace cli {
namespace {

namespace asio = boost::asio;
using namespace std::chrono_literals;

constexpr std::string_view kLaunchTag = "nunu-launch-";

/// No other start of this command would fare better.
bool is_hopeless(boost::system::error_code error) {
  return error == nunu::errc::unauthorized || error == nunu::errc::forbidden ||
         error == nunu::errc::quota_exceeded || error == nunu::errc::certificate_rejected ||
         error == nunu::errc::proxy_rejected;
}

/// Of a start on several devices of which none could begin.
nunu::diagnostics no_device(const nunu::started_run& answer) {
  nunu::diagnostics why;
  why.launch_id = answer.launch_id;
  why.message = "the service has started no job";
  for (const nunu::device_result& device : answer.device_results) {
    why.http_status = std::max(why.http_status, device.status);
    why.message += fmt::format("; {}: {}", device.device_label,
                               device.error.empty() ? device.message : device.error);
  }
  return why;
}

std::string jobs_in_words(std::size_t count) {
  return fmt::format("{} {}", count, count == 1 ? "job" : "jobs");
}

}  // namespace

std::string launch_id_of(std::string_view group, const planned_run& run) {
  return run.key.empty() ? launch_id_of(group, run.request) : launch_id_of(group, run.key);
}

launching::launching(session& s, asio::any_io_executor executor)
    : session_(s),
      executor_(std::move(executor)),
      runs_(s.what.runs),
      jobs_(runs_.size()),
      admission_(s.what.max_active),
      known_(runs_.size()),
      changed_(executor_),
      crew_(executor_),
      watching_(s, jobs_, executor_) {
  watching_.call([this](const result& r) { job_ended(r); }, [this] { changed_.ring(); });
}

asio::awaitable<std::vector<result>> launching::carry_out() {
  for (const planned_run& run : runs_) session_.tell.planned(run);
  if (!session_.what.group.empty()) co_await find_earlier();
  for (const bool earlier : {true, false})
    for (std::size_t run = 0; run < runs_.size(); ++run)
      if (known_[run] == earlier) to_start_.push_back(run);

  const halt::listener listener(session_.stop, [this] { on_halt(); });
  while (true) {
    start_what_may_start();
    const bool all_answered = admission_.starts() == 0;
    if (all_answered && stop_asked_) co_await stop_after_failure();
    if (all_answered && watching_.idle() && (to_start_.empty() || no_more_starts())) break;
    co_await changed_.wait();
  }
  co_await crew_.wait();
  co_await watching_.wait();
  give_up();
  co_await stop_leftovers();
  jobs_.for_each_unfinished([this](roster::entry& job) {
    if (job.stopped) {
      // Its end was not seen, but it is known.
      job.what.outcome.kind = nunu::outcome_kind::finished;
      job.what.outcome.verdict = nunu::verdict::stopped;
    }
    session_.tell.result_of(job.what);
  });
  co_return jobs_.take();
}

/// Only to tell them from new ones, and to take them first: they are in flight already. Whether a
/// run is there is found out by `start_run`, which is sure.
asio::awaitable<void> launching::find_earlier() {
  std::unordered_set<std::string> launches;
  try {
    const std::vector<nunu::job> jobs = co_await list_group_once(session_);
    for (const nunu::job& job : jobs)
      for (const std::string& tag : job.tags)
        if (tag.starts_with(kLaunchTag)) launches.insert(tag.substr(kLaunchTag.size()));
  } catch (const nunu::error& e) {
    // A start says what is wrong, if there is still time for one.
    if (e.code() == asio::error::operation_aborted) in_the_way_ = e.get_diagnostics();
  }
  for (std::size_t run = 0; run < runs_.size(); ++run)
    known_[run] = launches.contains(launch_id_of(session_.what.group, runs_[run]));
}

void launching::start_what_may_start() {
  while (!to_start_.empty() && !no_more_starts()) {
    const std::size_t run = to_start_.front();
    const nunu::run_request& request = runs_[run].request;
    const bool may =
        known_[run] ? admission_.starts() < admission::kMostStarts : admission_.may_start(request);
    if (!may) return;
    to_start_.pop_front();
    admission_.sent(request);
    session_.tell.sent(runs_[run]);
    crew_.spawn(start(run));
  }
}

asio::awaitable<void> launching::start(std::size_t run) {
  nunu::run_request request = runs_[run].request;
  nunu::start_options options;
  options.group = session_.what.group;
  options.launch_id = launch_id_of(options.group, runs_[run]);
  nunu::diagnostics why;
  cancellable::member cut(starts_);
  auto [ec, answer] = co_await session_.client.start_run(std::move(request), std::move(options),
                                                         why, cancelled_by(cut));
  const bool counts = !ec && !session_.what.no_wait;
  admission_.answered(runs_[run].request, counts ? answer.job_ids.size() : 0);
  if (ec)
    not_started(run, ec, std::move(why));
  else
    started(run, answer);
  changed_.ring();
}

void launching::started(std::size_t run, const nunu::started_run& answer) {
  result like = blank(run);
  if (answer.job_ids.empty()) {
    nunu::diagnostics why = no_device(answer);
    const bool rejected = why.http_status >= 400 && why.http_status < 500;
    not_started(run, rejected ? nunu::errc::bad_request : nunu::errc::server_error, std::move(why));
    return;
  }
  jobs_.add(run, like, answer.job_ids);
  session_.tell.started(runs_[run], answer, known_[run]);
  // After a signal nobody waits for it, and after a failed test it is watched when it is stopped.
  if (!session_.what.no_wait && !session_.stop.asked() && !stop_asked_)
    watching_.watch(answer.job_ids);
}

void launching::not_started(std::size_t run, boost::system::error_code error,
                            nunu::diagnostics why) {
  result failed = blank(run);
  failed.start_error = error;
  failed.start_details = std::move(why);
  for (const std::string& id : failed.start_details.job_ids) {
    stray_jobs_.push_back(id);
    session_.tell.say(
        fmt::format("seen of a start that is not known to be whole: {}", printable_line(id)));
  }
  session_.tell.not_started(runs_[run], failed, true);
  jobs_.add(run, std::move(failed));
  if (error == asio::error::operation_aborted) return;
  note_failure();
  if (is_hopeless(error)) gave_up_ = true;
}

void launching::job_ended(const result& r) {
  admission_.job_ended();
  const ending e = ending_of(r);
  if (e != ending::passed && e != ending::skipped) note_failure();
  changed_.ring();
}

void launching::note_failure() {
  if (!session_.what.fail_fast || gave_up_) return;
  gave_up_ = stop_asked_ = true;
  starts_.cancel(asio::cancellation_type::total);
  on_halt();
}

/// What was not sent is not sent any more.
void launching::give_up() {
  for (const std::size_t run : to_start_) {
    result left = blank(run);
    left.start_error = asio::error::operation_aborted;
    left.start_details = in_the_way_;
    session_.tell.not_started(runs_[run], left, false);
    jobs_.add(run, std::move(left));
  }
  to_start_.clear();
}

void launching::on_halt() {
  if (session_.stop.reason() == halt_reason::interrupt) watching_.drop();
  if (!insisting_ && admission_.starts() > 0) {
    insisting_ = true;
    crew_.spawn(insist());
  }
  changed_.ring();
}

/// Gives up the starts that are not sent. One that was sent is waited for: it may be refused with
/// 429, and is then one that is not sent.
asio::awaitable<void> launching::insist() {
  asio::steady_timer pause(executor_);
  for (bool first = true; admission_.starts() > 0; first = false) {
    starts_.cancel(asio::cancellation_type::total);
    pause.expires_after(50ms);
    co_await pause.async_wait(asio::use_awaitable);
    const std::size_t sent = admission_.starts();
    if (first && sent > 0)
      session_.tell.say(fmt::format("waiting for the answer to {} {} that {} sent", sent,
                                    sent == 1 ? "start" : "starts", sent == 1 ? "was" : "were"));
  }
}

/// What is known of those that are not stopped, and had not ended, stays as it is.
asio::awaitable<void> launching::stop_unfinished() {
  std::vector<std::string> ids = jobs_.unfinished();
  ids.insert(ids.end(), stray_jobs_.begin(), stray_jobs_.end());
  if (ids.empty()) co_return;
  session_.tell.say(fmt::format("stopping {}", jobs_in_words(ids.size())));
  const std::vector<stopping> all = co_await stop_jobs(session_, std::move(ids));
  std::size_t stopped = 0;
  std::size_t had_ended = 0;
  for (const auto& [said, ended] : all) {
    if (ended) {
      ++had_ended;
      watching_.ended(outcome_of(*ended));
    } else if (said.ok) {
      ++stopped;
      if (roster::entry* const entry = jobs_.find(said.job_id)) entry->stopped = true;
    } else {
      session_.tell.say(
          fmt::format("{} was not stopped: {}", printable_line(said.job_id),
                      printable_line(said.error.empty() ? said.message : said.error)));
    }
  }
  session_.tell.say(fmt::format("stopped {}", jobs_in_words(stopped)));
  if (had_ended > 0) session_.tell.say(fmt::format("{} had ended", jobs_in_words(had_ended)));
}

/// The jobs are then watched anew, since a new watch looks at once.
asio::awaitable<void> launching::stop_after_failure() {
  stop_asked_ = false;
  if (session_.stop.asked() || session_.what.no_wait) co_return;
  watching_.drop();
  co_await watching_.wait();
  if (jobs_.unfinished().empty() && stray_jobs_.empty()) co_return;
  session_.tell.say("not all has passed, so the others are stopped");
  co_await stop_unfinished();
  stray_jobs_.clear();
  std::vector<std::string> ids = jobs_.unfinished();
  if (!ids.empty() && !session_.stop.asked()) watching_.watch(std::move(ids));
}

/// When the command ends before its jobs.
asio::awaitable<void> launching::stop_leftovers() {
  const bool interrupted = session_.stop.reason() == halt_reason::interrupt;
  const leftover wish = interrupted ? session_.what.on_interrupt : session_.what.on_timeout;
  const std::size_t left = jobs_.unfinished().size() + stray_jobs_.size();
  if (!session_.stop.asked() || left == 0) co_return;
  if (wish == leftover::leave) {
    session_.tell.say(fmt::format("{} not stopped", jobs_in_words(left)));
    co_return;
  }
  co_await stop_unfinished();
}

result launching::blank(std::size_t run) const {
  result r;
  r.key = runs_[run].key;
  const std::string& plan = runs_[run].request.test_plan_id;
  r.suite = plan.empty() ? session_.what.group : plan;
  return r;
}

}  // namespace cli
