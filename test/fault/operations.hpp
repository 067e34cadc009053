// Every operation of a client, for tests that hold for each of them.
#pragma once

#include <gtest/gtest.h>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <cstdint>
#include <optional>
#include <ostream>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <nunu/client.hpp>
#include "loopback.hpp"
#include "scripted_server.hpp"

namespace nunu::test {

enum class operation : std::uint8_t {
  start_run,
  find_launch,
  get_job,
  list_jobs,
  get_run,
  list_bugs,
  wait_for_jobs,
  watch_jobs,
  stop_jobs
};

inline constexpr operation kAllOperations[] = {
    operation::start_run,     operation::find_launch, operation::get_job,
    operation::list_jobs,     operation::get_run,     operation::list_bugs,
    operation::wait_for_jobs, operation::watch_jobs,  operation::stop_jobs};
/// Those that one answer is enough for: a launch is looked up twice.
inline constexpr operation kOperations[] = {
    operation::start_run, operation::get_job,       operation::list_jobs,  operation::get_run,
    operation::list_bugs, operation::wait_for_jobs, operation::watch_jobs, operation::stop_jobs};
/// Those that give up when the service says no, or when their time is up.
inline constexpr operation kRequests[] = {operation::start_run, operation::get_job,
                                          operation::list_jobs, operation::get_run,
                                          operation::list_bugs, operation::stop_jobs};

inline const char* name_of(operation what) {
  switch (what) {
    case operation::start_run:
      return "start_run";
    case operation::find_launch:
      return "find_launch";
    case operation::get_job:
      return "get_job";
    case operation::list_jobs:
      return "list_jobs";
    case operation::get_run:
      return "get_run";
    case operation::list_bugs:
      return "list_bugs";
    case operation::wait_for_jobs:
      return "wait_for_jobs";
    case operation::watch_jobs:
      return "watch_jobs";
    case operation::stop_jobs:
      break;
  }
  return "stop_jobs";
}

/// What GoogleTest calls it.
inline void PrintTo(operation what, std::ostream* out) {
  *out << name_of(what);
}

/// The launch that the only job of the service was started by.
inline constexpr const char* kLaunch = "launch";

/// What a service whose only job is `j`, which has passed in its run `r`, says to each of them.
inline std::string body_for(operation what) {
  const std::string job = R"({"job_id":"j","status":"COMPLETED","tags":["nunu-launch-launch"],)"
                          R"("runs":[{"multiplayer_run_id":"r","result":"SUCCESS"}]})";
  switch (what) {
    case operation::start_run:
      return R"({"job_ids":["j"]})";
    case operation::find_launch:
    case operation::list_jobs:
      return R"({"data":[)" + job +
             R"(],"pagination":{"page":0,"page_size":20,"total_count":1,"total_pages":1}})";
    case operation::get_run:
      return R"({"multiplayer_run_id":"r","job_id":"j","result":"SUCCESS",)"
             R"("players":[{"id":"p","steps":[{"report":"Done."}]}]})";
    case operation::list_bugs:
      return R"({"data":[{"id":"b","title":"Text overlaps","severity":"low"}],)"
             R"("pagination":{"page":0,"page_size":100,"total_count":1,"total_pages":1}})";
    case operation::stop_jobs:
      return R"({"ok":true,"received_count":1,"stopped_count":1,)"
             R"("results":[{"job_id":"j","ok":true,"status":200}]})";
    case operation::get_job:
    case operation::wait_for_jobs:
    case operation::watch_jobs:
      break;
  }
  return job;
}

inline std::string answer_for(operation what, const std::string& headers = {}) {
  return answer(what == operation::start_run ? 201 : 200, body_for(what), headers);
}

/// Of the job that a poll asks for.
inline std::string id_in(const std::string& request) {
  const auto begin = std::string("GET /api/v1/jobs/").size();
  return request.substr(begin, request.find(' ', begin) - begin);
}

inline scripted_server::reply job_answer(const std::string& id, const std::string& status) {
  return {answer(200, R"({"job_id":")" + id + R"(","status":")" + status + R"("})")};
}

/// A client that polls and looks up at once.
inline client_config config_for(const std::string& base_url) {
  client_config c;
  c.base_url = base_url;
  c.api_key = api_key("the-key");
  c.polling = {.first = 1ms, .growth = 1.0, .queued = 1ms, .running = 1ms, .ending = 1ms};
  c.reconcile_window = 300ms;
  c.reconcile_interval = 50ms;
  return c;
}

/// A start that is not looked up: nothing but its answer tells whether it has begun.
inline start_options without_tags() {
  start_options options;
  options.tags = false;
  return options;
}

/// One operation on the job `j` or its run `r`, and what has come of it. It must not move while it
/// is under way.
class call {
  template <class Good>
  auto ends(Good good) {
    return asio::bind_cancellation_slot(
        signal_.slot(), [this, good](boost::system::error_code ec, const auto& result) {
          code = ec;
          delivered = good(result) && !ec;
          ++completions;
          if (throws) throw std::logic_error("a handler's own fault");
        });
  }

 public:
  call() = default;
  call(const call&) = delete;
  call& operator=(const call&) = delete;

  void begin(client& c, operation what) { begin(c, what, a_test(), without_tags()); }

  /// `request` and `options` are those of a start.
  void begin(client& c, operation what, run_request request, start_options options) {
    const std::vector<std::string> ids = {"j"};
    switch (what) {
      case operation::start_run:
        return c.start_run(std::move(request), std::move(options), details,
                           ends([](const started_run& r) { return r.job_ids.size() == 1; }));
      case operation::find_launch:
        return c.find_launch(kLaunch, details, ends([](const std::optional<started_run>& found) {
                               return found && found->job_ids.size() == 1;
                             }));
      case operation::get_job:
        return c.get_job("j", details, ends([](const job& j) { return j.job_id == "j"; }));
      case operation::list_jobs:
        return c.list_jobs(job_query(), details,
                           ends([](const job_page& page) { return page.jobs.size() == 1; }));
      case operation::get_run:
        return c.get_run("r", details, ends([](const run_details& run) {
                           return run.multiplayer_run_id == "r" && run.players.size() == 1;
                         }));
      case operation::list_bugs:
        return c.list_bugs("r", details,
                           ends([](const std::vector<bug>& bugs) { return bugs.size() == 1; }));
      case operation::wait_for_jobs:
        return c.wait_for_jobs(ids, wait_options(), details,
                               ends([this](const wait_report& report) {
                                 if (!report.outcomes.empty()) outcome = report.outcomes[0];
                                 return report.all_passed();
                               }));
      case operation::watch_jobs:
        watch_.emplace(c.watch_jobs(ids));
        return watch_->next(details, ends([this](const std::optional<job_outcome>& next) {
                              outcome = next;
                              return next && next->verdict == verdict::passed;
                            }));
      case operation::stop_jobs:
        return c.stop_jobs(ids, details, ends([](const stop_report& report) {
                             return report.stopped_count == 1;
                           }));
    }
  }

  void cancel(asio::cancellation_type type = asio::cancellation_type::terminal) {
    signal_.emit(type);
  }

  bool ended() const { return completions != 0; }

  boost::system::error_code code;
  diagnostics details;
  /// It gave what the service had to give.
  bool delivered = false;
  /// Of waiting and watching.
  std::optional<job_outcome> outcome;
  int completions = 0;
  /// Whether its handler does.
  bool throws = false;

 private:
  asio::cancellation_signal signal_;
  std::optional<job_watch> watch_;
};

inline std::string operation_name(const testing::TestParamInfo<operation>& tested) {
  return name_of(tested.param);
}

}  // namespace nunu::test
