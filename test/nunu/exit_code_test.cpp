#include "exit_code.hpp"

#include <gtest/gtest.h>
#include <bitset>
#include <boost/asio/error.hpp>
#include <ostream>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "example_results.hpp"

namespace cli {

void PrintTo(exit_code code, std::ostream* out) {
  *out << static_cast<int>(code);
}

namespace {

using example::asked_to_stop;
using example::finished;
using example::not_sent;
using example::not_started;
using example::still_running;
using example::stopped_at_the_end;
using example::unreachable;
using example::unseen;
using nunu::errc;
using nunu::verdict;

struct one_job {
  std::string what;
  result job;
  exit_code alone;
};

std::vector<one_job> cases() {
  return {
      {"passed", finished(verdict::passed), exit_code::passed},
      {"skipped", finished(verdict::skipped), exit_code::nothing_ran},
      {"rejected", finished(verdict::rejected), exit_code::nothing_ran},
      {"failed", finished(verdict::failed), exit_code::test_failed},
      {"blocked", finished(verdict::blocked), exit_code::test_failed},
      {"execution failure", finished(verdict::execution_failure), exit_code::service_failed},
      {"stopped", finished(verdict::stopped), exit_code::service_failed},
      {"unknown", finished(verdict::unknown), exit_code::service_failed},
      {"still running", still_running(), exit_code::still_running},
      {"not yet seen", unseen(), exit_code::still_running},
      {"unreachable until then", unseen(errc::connect_failed), exit_code::service_failed},
      {"stopped at the end", stopped_at_the_end(), exit_code::still_running},
      {"not sent", not_sent(), exit_code::service_failed},
      {"start unknown", not_started(errc::start_outcome_unknown), exit_code::service_failed},
  };
}

struct one_error {
  errc error;
  exit_code alone;
};

/// Each error of the client, in its order.
constexpr one_error errors[] = {
    {errc::invalid_config, exit_code::usage},
    {errc::invalid_request, exit_code::usage},
    {errc::closed, exit_code::service_failed},
    {errc::resolve_failed, exit_code::service_failed},
    {errc::connect_failed, exit_code::service_failed},
    {errc::tls_failed, exit_code::service_failed},
    {errc::certificate_rejected, exit_code::service_failed},
    {errc::connect_timeout, exit_code::service_failed},
    {errc::connection_lost, exit_code::service_failed},
    {errc::response_timeout, exit_code::service_failed},
    {errc::bad_response, exit_code::service_failed},
    {errc::response_too_large, exit_code::service_failed},
    {errc::unexpected_status, exit_code::service_failed},
    {errc::bad_request, exit_code::usage},
    {errc::unauthorized, exit_code::unauthorized},
    {errc::quota_exceeded, exit_code::service_failed},
    {errc::forbidden, exit_code::unauthorized},
    {errc::not_found, exit_code::usage},
    {errc::payload_too_large, exit_code::usage},
    {errc::rate_limited, exit_code::service_failed},
    {errc::server_error, exit_code::service_failed},
    {errc::start_outcome_unknown, exit_code::service_failed},
    {errc::callback_threw, exit_code::service_failed},
    {errc::proxy_failed, exit_code::service_failed},
    {errc::proxy_rejected, exit_code::unauthorized},
};

exit_code code_of(std::vector<result> jobs) {
  return exit_code_of(example::of(std::move(jobs)));
}

TEST(ExitCode, OfOneJob) {
  for (const one_job& c : cases()) EXPECT_EQ(c.alone, code_of({c.job})) << c.what;
}

TEST(ExitCode, OfAnErrorWhateverItHappenedTo) {
  int value = 0;
  for (const one_error& c : errors) {
    ASSERT_EQ(++value, static_cast<int>(c.error));
    EXPECT_EQ(c.alone, code_of({not_started(c.error)})) << "start: " << value;
    EXPECT_EQ(c.alone, code_of({unreachable(c.error)})) << "poll: " << value;
    result stop;
    stop.outcome.job_id = "job";
    stop.start_error = c.error;
    EXPECT_EQ(c.alone, code_of({stop})) << "stop: " << value;
  }
  EXPECT_EQ(static_cast<int>(errc::proxy_rejected), value);
  const boost::system::error_code foreign(13, boost::system::generic_category());
  EXPECT_EQ(exit_code::service_failed, code_of({unreachable(foreign)}));
}

TEST(ExitCode, OfAJobThatWasNotSeenIsThatOfWhatWasInTheWay) {
  EXPECT_EQ(exit_code::unauthorized, code_of({unseen(errc::unauthorized)}));
  EXPECT_EQ(exit_code::still_running, code_of({unseen(boost::asio::error::operation_aborted)}));
}

TEST(ExitCode, OfNothingIsThatNothingRan) {
  EXPECT_EQ(exit_code::nothing_ran, code_of({}));
}

TEST(ExitCode, OfStopping) {
  const result stopped = asked_to_stop(true, 200);
  EXPECT_EQ(exit_code::passed, code_of({stopped, stopped}));
  EXPECT_EQ(exit_code::usage, code_of({stopped, asked_to_stop(false, 404)}));
  EXPECT_EQ(exit_code::service_failed, code_of({stopped, asked_to_stop(false, 500)}));
  EXPECT_EQ(exit_code::unauthorized, code_of({asked_to_stop(false, 403)}));
  EXPECT_EQ(exit_code::usage, code_of({asked_to_stop(false, 500), asked_to_stop(false, 404)}));
}

TEST(ExitCode, ARejectedJobBesideAPassedOneIsNoSuccess) {
  EXPECT_EQ(exit_code::service_failed,
            code_of({finished(verdict::passed), finished(verdict::rejected)}));
  EXPECT_EQ(exit_code::nothing_ran,
            code_of({finished(verdict::skipped), finished(verdict::rejected)}));
  EXPECT_EQ(exit_code::passed, code_of({finished(verdict::passed), finished(verdict::skipped)}));
}

// Every set of the jobs above, and of the two errors that no other job stands for.
TEST(ExitCode, OfSeveralIsTheFirstInTheOrderThatIsDocumented) {
  std::vector<one_job> all = cases();
  all.push_back({"not allowed", unreachable(errc::forbidden), exit_code::unauthorized});
  all.push_back({"wrong request", not_started(errc::bad_request), exit_code::usage});
  ASSERT_EQ(16U, all.size());
  for (unsigned set = 1; set < (1U << all.size()); ++set) {
    std::vector<result> jobs;
    std::set<exit_code> codes;
    for (std::size_t i = 0; i < all.size(); ++i) {
      if ((set & (1U << i)) == 0) continue;
      jobs.push_back(all[i].job);
      codes.insert(all[i].alone);
    }
    constexpr unsigned passed = 1U << 0U;
    constexpr unsigned rejected = 1U << 2U;
    exit_code expected = exit_code::nothing_ran;
    if (codes.contains(exit_code::passed)) expected = exit_code::passed;
    if ((set & passed) != 0 && (set & rejected) != 0) expected = exit_code::service_failed;
    for (const exit_code c : {exit_code::service_failed, exit_code::still_running, exit_code::usage,
                              exit_code::unauthorized, exit_code::test_failed})
      if (codes.contains(c)) expected = c;
    ASSERT_EQ(expected, code_of(jobs)) << std::bitset<16>(set);
  }
}

/// With why the command ends.
class ExitStatus : public testing::Test {
 protected:
  int of(std::vector<result> jobs) {
    return exit_status_of(example::of(std::move(jobs)), what_, why_);
  }

  invocation what_;
  halt why_;
};

TEST_F(ExitStatus, AtTheDeadlineIs6OnlyWhereJobsAreLeftAndNothingWorseHappened) {
  const struct {
    std::string what;
    std::vector<result> jobs;
    int status;
  } table[] = {
      {"left running", {still_running()}, 6},
      {"stopped for it", {stopped_at_the_end()}, 6},
      {"one left of two", {finished(verdict::passed), still_running()}, 6},
      {"one stopped of two", {finished(verdict::passed), stopped_at_the_end()}, 6},
      {"one left, one not sent", {still_running(), not_sent()}, 6},
      {"one stopped for it, one not sent", {stopped_at_the_end(), not_sent()}, 6},
      {"one left, one not carried out", {still_running(), finished(verdict::execution_failure)}, 6},
      {"one left, one unreachable", {still_running(), unreachable(errc::server_error)}, 6},
      {"one left, one rejected", {still_running(), finished(verdict::rejected)}, 6},
      {"one left, one failed", {still_running(), finished(verdict::failed)}, 1},
      {"one stopped for it, one failed", {stopped_at_the_end(), finished(verdict::failed)}, 1},
      {"one left, one blocked", {still_running(), finished(verdict::blocked)}, 1},
      {"one left, one forbidden", {still_running(), not_started(errc::forbidden)}, 4},
      {"one left, one not found", {still_running(), unreachable(errc::not_found)}, 2},
      {"all have passed", {finished(verdict::passed)}, 0},
      {"all have been skipped", {finished(verdict::skipped)}, 3},
      {"stopped by others before", {finished(verdict::stopped), finished(verdict::passed)}, 5},
      {"nothing could be sent", {not_sent(), not_sent()}, 5},
      {"one has passed, one could not be sent", {finished(verdict::passed), not_sent()}, 5},
      {"one stopped by others, one not sent", {finished(verdict::stopped), not_sent()}, 5},
      {"a start that is not known", {not_started(errc::start_outcome_unknown), not_sent()}, 5},
      {"no job was found", {}, 3},
      {"all were stopped on request", {asked_to_stop(true, 200)}, 0},
      {"one cannot be stopped", {asked_to_stop(true, 200), asked_to_stop(false, 500)}, 5},
  };
  why_.at_deadline();
  for (const auto& [what, jobs, status] : table) EXPECT_EQ(status, of(jobs)) << what;
}

TEST_F(ExitStatus, OnASignalIsThatOfTheSignalWhateverTheResults) {
  for (const bool after_the_deadline : {false, true}) {
    for (const int number : {2, 15}) {
      why_ = halt();
      if (after_the_deadline) why_.at_deadline();
      why_.on_signal(number);
      for (const bool no_wait : {false, true}) {
        what_.no_wait = no_wait;
        for (const one_job& c : cases()) EXPECT_EQ(128 + number, of({c.job})) << c.what;
        EXPECT_EQ(128 + number, of({}));
      }
    }
  }
}

TEST_F(ExitStatus, OfACommandThatEndsByItselfIsThatOfItsResults) {
  for (const one_job& c : cases()) EXPECT_EQ(static_cast<int>(c.alone), of({c.job})) << c.what;
}

TEST_F(ExitStatus, IsAboutTheStartsAloneWhenNobodyWaits) {
  const result started = still_running();
  what_.no_wait = true;
  EXPECT_EQ(0, of({started}));
  EXPECT_EQ(4, of({started, not_started(errc::forbidden)}));
  EXPECT_EQ(5, of({started, not_started(errc::start_outcome_unknown)}));
  EXPECT_EQ(3, of({}));
  why_.at_deadline();
  EXPECT_EQ(0, of({started}));
  EXPECT_EQ(5, of({started, not_sent()}));
}

TEST(FailedStarts, AreTheRunsWithoutAJob) {
  const results failed = failed_starts(
      example::of({still_running(), not_started(errc::forbidden), unreachable(errc::not_found),
                   not_sent(), finished(verdict::failed)}));
  ASSERT_EQ(2U, failed.jobs.size());
  EXPECT_EQ(errc::forbidden, failed.jobs[0].start_error);
  EXPECT_TRUE(was_not_sent(failed.jobs[1]));
  EXPECT_EQ("nightly", failed.group);
}

}  // namespace
}  // namespace cli
