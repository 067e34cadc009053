#include <gtest/gtest.h>

#include <string>

#include <nunu/error.hpp>

namespace nunu {
namespace {

TEST(Error, EveryCodeHasATextOfItsOwn) {
  const int last = static_cast<int>(errc::proxy_rejected);
  for (int value = 1; value <= last; ++value) {
    const boost::system::error_code ec(value, error_category());
    EXPECT_EQ(ec.message().find("unknown error"), std::string::npos) << value;
    for (int other = 1; other < value; ++other)
      EXPECT_NE(ec.message(), error_category().message(other));
  }
}

TEST(Error, ConditionsAreToldApart) {
  const boost::system::error_code refused = errc::connect_failed;
  EXPECT_TRUE(refused == condition::not_sent);
  EXPECT_TRUE(refused == condition::retryable);
  EXPECT_FALSE(refused == condition::outcome_unknown);
  EXPECT_FALSE(refused == condition::caller_error);

  const boost::system::error_code unknown = errc::start_outcome_unknown;
  EXPECT_TRUE(unknown == condition::outcome_unknown);
  EXPECT_FALSE(unknown == condition::retryable) << "a start that may have begun is not said again";

  const boost::system::error_code user = errc::proxy_rejected;
  EXPECT_TRUE(user == condition::not_sent);
  EXPECT_TRUE(user == condition::caller_error);
  EXPECT_FALSE(user == condition::retryable) << "who is wrong too often may be locked out";

  const boost::system::error_code missing = errc::not_found;
  EXPECT_TRUE(missing == condition::caller_error);
}

TEST(Error, NothingIsBothNotSentAndOfUnknownOutcome) {
  for (int value = 1; value <= static_cast<int>(errc::proxy_rejected); ++value) {
    const boost::system::error_code ec(value, error_category());
    EXPECT_FALSE(ec == condition::not_sent && ec == condition::outcome_unknown) << ec.message();
  }
}

TEST(Error, WhatTellsTheRequestTheStatusAndTheServicesWords) {
  diagnostics d;
  d.request = "GET /api/v1/jobs/x";
  d.http_status = 404;
  d.service_message = "job not found";
  d.service_code = "NOT_FOUND";
  const error e(errc::not_found, d);
  EXPECT_STREQ(e.what(),
               "GET /api/v1/jobs/x: status 404: job not found (NOT_FOUND): not found [nunu:18]");
  EXPECT_EQ(e.get_diagnostics().http_status, 404);
}

TEST(Error, KnownJobIdsAndTheLaunchIdAreTold) {
  diagnostics d;
  d.launch_id = "abc";
  d.job_ids = {"j1", "j2"};
  const std::string text = d.to_string();
  EXPECT_NE(text.find("abc"), std::string::npos);
  EXPECT_NE(text.find("j1, j2"), std::string::npos);
}

}  // namespace
}  // namespace nunu
