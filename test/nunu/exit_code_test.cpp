#include "exit_code.hpp"

#include <gtest/gtest.h>
#include <bitset>
#include <ostream>
#include <set>

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
using example::unreachable;
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
  EXPECT_EQ(static_cast<int>(errc::proxy_failed), value);
  const boost::system::error_code foreign(13, boost::system::generic_category());
  EXPECT_EQ(exit_code::service_failed, code_of({unreachable(foreign)}));
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
  ASSERT_EQ(13U, all.size());
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
    ASSERT_EQ(expected, code_of(jobs)) << std::bitset<13>(set);
  }
}

}  // namespace
}  // namespace cli
