#include "core/names.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <string>
#include <utility>

namespace nunu {
namespace {

struct status_name {
  job_status status;
  std::string name;
};
const status_name statuses[] = {
    {job_status::queued, "QUEUED"},           {job_status::starting, "STARTING"},
    {job_status::running, "RUNNING"},         {job_status::stopping, "STOPPING"},
    {job_status::cleaning_up, "CLEANING_UP"}, {job_status::completed, "COMPLETED"},
};

struct result_name {
  run_result result;
  std::string name;
};
const result_name results[] = {
    {run_result::success, "SUCCESS"}, {run_result::skipped, "SKIPPED"},
    {run_result::failed, "FAILED"},   {run_result::blocked, "BLOCKED"},
    {run_result::timeout, "TIMEOUT"}, {run_result::error, "ERROR"},
    {run_result::stopped, "STOPPED"},
};

std::string lower(std::string text) {
  std::ranges::transform(text, text.begin(), [](unsigned char c) { return std::tolower(c); });
  return text;
}

std::string upper(std::string text) {
  std::ranges::transform(text, text.begin(), [](unsigned char c) { return std::toupper(c); });
  return text;
}

TEST(Names, StatusesAreReadInUpperAndLowerCaseAndWrittenInUpperCase) {
  for (const auto& [status, name] : statuses) {
    EXPECT_EQ(core::parse_job_status(name), status) << name;
    EXPECT_EQ(core::parse_job_status(lower(name)), status) << name;
    EXPECT_EQ(to_string(status), name);
  }
}

TEST(Names, AnUnfamiliarStatusIsUnknown) {
  for (const char* text : {"", "PAUSED", "COMPLETE", "COMPLETEDX", " COMPLETED", "UNKNOWN"}) {
    EXPECT_EQ(core::parse_job_status(text), job_status::unknown) << text;
  }
  EXPECT_EQ(to_string(job_status::unknown), "UNKNOWN");
}

TEST(Names, ResultsAreReadInUpperAndLowerCaseAndWrittenInUpperCase) {
  for (const auto& [result, name] : results) {
    EXPECT_EQ(core::parse_run_result(name), result) << name;
    EXPECT_EQ(core::parse_run_result(lower(name)), result) << name;
    EXPECT_EQ(to_string(result), name);
  }
}

TEST(Names, TheLegacyMaxStepsIsATimeout) {
  EXPECT_EQ(core::parse_run_result("MAX_STEPS"), run_result::timeout);
  EXPECT_EQ(core::parse_run_result("max_steps"), run_result::timeout);
}

TEST(Names, NoResultIsAnEmptyText) {
  EXPECT_EQ(core::parse_run_result(""), run_result::none);
  EXPECT_EQ(to_string(run_result::none), "");
}

TEST(Names, AnUnfamiliarResultIsUnknown) {
  for (const char* text : {"PASSED", "SUCCES", "SUCCESSFUL", "UNKNOWN", " "}) {
    EXPECT_EQ(core::parse_run_result(text), run_result::unknown) << text;
  }
  EXPECT_EQ(to_string(run_result::unknown), "UNKNOWN");
}

TEST(Names, VerdictsAreWrittenAsTheirEnumerators) {
  EXPECT_EQ(to_string(verdict::passed), "passed");
  EXPECT_EQ(to_string(verdict::skipped), "skipped");
  EXPECT_EQ(to_string(verdict::failed), "failed");
  EXPECT_EQ(to_string(verdict::blocked), "blocked");
  EXPECT_EQ(to_string(verdict::execution_failure), "execution_failure");
  EXPECT_EQ(to_string(verdict::stopped), "stopped");
  EXPECT_EQ(to_string(verdict::rejected), "rejected");
  EXPECT_EQ(to_string(verdict::unknown), "unknown");
}

TEST(Names, SeveritiesAreReadInUpperAndLowerCaseAndWrittenInLowerCase) {
  const std::pair<bug_severity, const char*> severities[] = {{bug_severity::low, "low"},
                                                             {bug_severity::medium, "medium"},
                                                             {bug_severity::high, "high"},
                                                             {bug_severity::critical, "critical"}};
  for (const auto& [severity, name] : severities) {
    EXPECT_EQ(core::parse_bug_severity(name), severity) << name;
    EXPECT_EQ(core::parse_bug_severity(upper(name)), severity) << name;
    EXPECT_EQ(to_string(severity), name);
  }
}

TEST(Names, AnUnfamiliarSeverityIsUnknown) {
  for (const char* text : {"", "blocker", "lowest", " low", "unknown"}) {
    EXPECT_EQ(core::parse_bug_severity(text), bug_severity::unknown) << text;
  }
  EXPECT_EQ(to_string(bug_severity::unknown), "unknown");
}

TEST(Names, ValuesOutsideAnEnumHaveANameToo) {
  EXPECT_EQ(to_string(static_cast<job_status>(250)), "UNKNOWN");
  EXPECT_EQ(to_string(static_cast<run_result>(250)), "UNKNOWN");
  EXPECT_EQ(to_string(static_cast<verdict>(250)), "unknown");
  EXPECT_EQ(to_string(static_cast<bug_severity>(250)), "unknown");
}

}  // namespace
}  // namespace nunu
