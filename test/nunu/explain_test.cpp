#include "explain.hpp"

#include <gtest/gtest.h>
#include <boost/asio/error.hpp>

#include "evidence.hpp"
#include "example_results.hpp"
#include "tally.hpp"

namespace cli {
namespace {

using example::finished;
using nunu::verdict;

constexpr auto page = "  https://nunu.ai/nexus/p/runs/m/run-1/details\n";

TEST(Explain, SaysNothingOfWhatPassed) {
  EXPECT_EQ("", explain(finished(verdict::passed)));
  EXPECT_EQ("", explain(example::asked_to_stop(true, 200)));
}

TEST(Explain, ShowsTheStepThatFailedWithItsReportAndTheBugs) {
  result r = example::failed_at_a_step();
  r.key = "smoke";
  EXPECT_EQ(std::string("Login [smoke]: failed\n"
                        "  player 1 (android), step 2: FAILED: Open the inventory\n"
                        "    The button does\n"
                        "    not react.\n"
                        "  bug (high): Inventory is dead\n"
                        "  job: job-of-Login\n") +
                page,
            explain(r));
}

TEST(Explain, WithoutDetailsNamesTheVerdict) {
  EXPECT_EQ(std::string("Login: failed\n  job: job-of-Login\n") + page,
            explain(finished(verdict::failed)));
  EXPECT_EQ("Login: could not be carried out: TIMEOUT",
            headline(finished(verdict::execution_failure)));
}

TEST(Explain, OfAPlayerWhoseStepsDidNotEndShowsTheLastThatWasBegun) {
  result r = example::failed_at_a_step();
  r.outcome.verdict = verdict::execution_failure;
  nunu::player_run& player = r.details->players.front();
  player.result = nunu::run_result::timeout;
  player.steps.back().result = nunu::run_result::none;
  player.steps.emplace_back().step_number = 3;
  ASSERT_EQ(1U, failed_steps(r).size());
  EXPECT_NE(std::string::npos, explain(r).find("step 2: did not end: Open the inventory\n"));
  player.result = nunu::run_result::success;
  EXPECT_TRUE(failed_steps(r).empty());
}

TEST(Explain, SaysWhyTheQueueRejectedAndWhoStopped) {
  EXPECT_EQ("Login: rejected by the queue: No device is free",
            headline(finished(verdict::rejected)));
  EXPECT_EQ("Login: stopped: by api", headline(finished(verdict::stopped)));
}

TEST(Explain, NamesWhoStoppedAsWellAsTheServiceTells) {
  nunu::job job;
  EXPECT_EQ("", stopper_of(job));
  job.stopped_by = boost::json::object{{"type", "user"}, {"name", "Ada"}};
  EXPECT_EQ("Ada", stopper_of(job));
  job.stopped_by = boost::json::object{{"reason", 7}};
  EXPECT_EQ(R"({"reason":7})", stopper_of(job));
}

TEST(Explain, OfAStartGivesTheServicesWordsAndTheLaunchId) {
  result r = example::not_started(nunu::errc::start_outcome_unknown);
  r.start_details.job_ids = {"job-9"};
  EXPECT_EQ(
      "smoke: may have been started: no such deployment (status 400)\n"
      "  error: it is not known whether the run was started (start_outcome_unknown)\n"
      "  request: POST /api/v1/runs\n"
      "  code: BAD\n"
      "  launch id: launch-7\n"
      "  started job: job-9\n",
      explain(r));
}

TEST(Explain, OfAJobThatCannotBeAskedForGivesTheError) {
  EXPECT_EQ(
      "job-lost: unreachable: GET /api/v1/jobs/job-lost: what the service says\n"
      "  error: not found (not_found)\n",
      explain(example::unreachable(nunu::errc::not_found)));
}

TEST(Explain, OfWhatWasNotSentIsOneLine) {
  EXPECT_EQ("later: not started, since the command ended before its turn\n",
            explain(example::not_sent()));
  result r = example::not_sent();
  r.key.clear();
  r.outcome.job_id = "job-1";
  EXPECT_EQ("job-1: not stopped, since the command ended before its turn\n", explain(r));
}

TEST(Explain, OfAJobThatWasNotStoppedSaysSo) {
  EXPECT_EQ("job-to-stop: could not be stopped: Job not found (status 404)\n",
            explain(example::asked_to_stop(false, 404)));
}

TEST(Explain, OfARunningJobSaysWhereItIs) {
  EXPECT_EQ("job-running: still running: RUNNING\n", explain(example::still_running()));
}

TEST(Explain, OfAJobThatWasNeverSeenSaysWhatWasInTheWay) {
  EXPECT_EQ("job-unseen: not yet seen\n", explain(example::unseen()));
  EXPECT_EQ("job-unseen: not yet seen\n",
            explain(example::unseen(boost::asio::error::operation_aborted)));
  EXPECT_EQ(
      "job-unseen: not yet seen: what it has failed with\n"
      "  error: no connection could be made (connect_failed)\n",
      explain(example::unseen(nunu::errc::connect_failed)));
}

TEST(Explain, NothingThatOthersWroteSpeaksToTheTerminal) {
  for (const result& r : {example::hostile_result(), example::hostile_error()}) {
    const std::string text = explain(r);
    for (const char c : text) {
      const auto byte = static_cast<unsigned char>(c);
      EXPECT_TRUE(c == '\n' || (byte >= 0x20 && byte != 0x7F)) << static_cast<int>(byte);
    }
    EXPECT_EQ(std::string::npos, text.find("\xC2\x9B"));
    EXPECT_EQ(std::string::npos, text.find("\xE2\x80\xAE"));
    EXPECT_NE(std::string::npos, text.find("␛[31mred"));
    // Only the first line is not indented, whatever line ends the texts have.
    for (std::size_t end = text.find('\n'); end + 1 < text.size(); end = text.find('\n', end + 1))
      EXPECT_EQ("  ", text.substr(end + 1, 2));
  }
}

TEST(Explain, ShortensWhatIsLongAndCountsTheRest) {
  result r = example::failed_at_a_step("goal", std::string(100'000, 'x'));
  nunu::player_run& player = r.details->players.front();
  player.steps.resize(9, player.steps.back());
  r.bugs.resize(12, r.bugs.front());
  const std::string text = explain(r);
  EXPECT_LT(text.size(), 30'000U);
  EXPECT_NE(std::string::npos, text.find("xxx…\n"));
  EXPECT_NE(std::string::npos, text.find("  and 3 more steps\n"));
  EXPECT_NE(std::string::npos, text.find("  and 2 more bugs\n"));
}

TEST(Evidence, TheWorstComeFirstElseTheOrderIsKept) {
  const results all = example::of({finished(verdict::skipped, "1"), finished(verdict::passed, "2"),
                                   finished(verdict::failed, "3"), finished(verdict::skipped, "4"),
                                   finished(verdict::failed, "5")});
  std::string order;
  for (const result* r : unsuccessful(all)) order += title_of(*r);
  EXPECT_EQ("3514", order);
}

TEST(Evidence, ADurationIsThatOfItsRunsElseOfItsLife) {
  using namespace std::chrono_literals;
  EXPECT_EQ(90500ms, duration_of(finished(verdict::passed)));
  EXPECT_EQ(100500ms, duration_of(finished(verdict::rejected)));
  EXPECT_EQ(0ms, duration_of(example::still_running()));
  result r = finished(verdict::passed);
  nunu::job job = *r.outcome.job;
  job.completed_at = example::noon - 1s;
  r.outcome.job = std::make_shared<nunu::job>(job);
  EXPECT_EQ(0ms, duration_of(r));
}

TEST(Evidence, ATitleIsWhatIsKnown) {
  result r;
  EXPECT_EQ("run", title_of(r));
  r.start_details.launch_id = "l1";
  EXPECT_EQ("launch l1", title_of(r));
  r.outcome.job_id = "j1";
  EXPECT_EQ("j1", title_of(r));
  r.key = "k1";
  EXPECT_EQ("k1", title_of(r));
  r.details.emplace().test_name = "t1";
  EXPECT_EQ("t1", title_of(r));
}

TEST(Evidence, AHindranceIsWhatCameBeforeTheCancellation) {
  result r = example::not_sent();
  EXPECT_EQ("", hindrance_of(r));
  r.start_details.message = "cancelled";
  EXPECT_EQ("", hindrance_of(r)) << "no attempt was made";
  r.start_details.last_failure = nunu::errc::connect_failed;
  r.start_details.message = "127.0.0.1:443: connection refused; cancelled before another attempt";
  EXPECT_EQ("127.0.0.1:443: connection refused; cancelled before another attempt", hindrance_of(r));
  r.start_details.last_failure = nunu::errc::rate_limited;
  r.start_details.message = "cancelled";
  r.start_details.service_message = "too many";
  r.start_details.http_status = 429;
  EXPECT_EQ("too many; cancelled (status 429)", hindrance_of(r));
  EXPECT_EQ("", hindrance_of(example::not_started(nunu::errc::bad_request))) << "it was sent";
}

TEST(Tally, CountsByEndingAndSaysItTheWorstFirst) {
  const tally counts(example::of({finished(verdict::passed), finished(verdict::failed),
                                  finished(verdict::passed), example::still_running()}));
  EXPECT_EQ(4U, counts.total());
  EXPECT_EQ(2U, counts.count(ending::passed));
  EXPECT_EQ("1 failed, 1 still running, 2 passed", in_words(counts));
  EXPECT_EQ("no jobs", in_words(tally()));
}

}  // namespace
}  // namespace cli
