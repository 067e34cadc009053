#include "job_list.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "given_sources.hpp"

namespace cli {
namespace {

using ids = std::vector<std::string>;

TEST(JobList, HasEachOnceInTheUsersOrder) {
  given_sources given;
  EXPECT_EQ(given.accepted({"wait", "b", "a", "b", "c"}).jobs, (ids{"b", "a", "c"}));
  EXPECT_EQ(given.standard_input_read, 0);
}

TEST(JobList, TakesADashForStandardInput) {
  given_sources given;
  given.standard_input = " b\r\n\n c\td\na";
  EXPECT_EQ(given.accepted({"stop", "a", "-", "e"}).jobs, (ids{"a", "b", "c", "d", "e"}));
}

TEST(JobList, IsReadFromAPipeWhenNothingIsGiven) {
  given_sources given;
  given.terminal = false;
  given.standard_input = "a\nb\n";
  EXPECT_EQ(given.accepted({"status"}).jobs, (ids{"a", "b"}));
}

TEST(JobList, IsNotReadFromAPipeBesideJobsOrAGroup) {
  given_sources given;
  given.terminal = false;
  given.standard_input = "a";
  EXPECT_EQ(given.accepted({"wait", "--group", "g"}).jobs, ids());
  EXPECT_EQ(given.accepted({"wait", "b"}).jobs, ids{"b"});
  EXPECT_EQ(given.standard_input_read, 0);
}

TEST(JobList, IsNotReadFromATerminal) {
  given_sources given;
  EXPECT_EQ(given.refusal({"wait"}),
            "nunu wait: JOB: no job is given: name jobs or a --group, or pass ids on standard "
            "input\nTry 'nunu wait --help'.\n");
  EXPECT_EQ(given.standard_input_read, 0);
}

TEST(JobList, IsRefusedWhenThePipeIsEmpty) {
  given_sources given;
  given.terminal = false;
  given.standard_input = " \n";
  EXPECT_THAT(given.refusal({"wait"}), testing::HasSubstr("no job is given"));
}

TEST(JobList, RefusesWhatCannotBeAnId) {
  given_sources given;
  EXPECT_THAT(given.refusal({"wait", "a\nb"}), testing::HasSubstr("JOB: has a control character"));
  EXPECT_THAT(given.refusal({"wait", ""}), testing::HasSubstr("JOB: is empty"));
}

TEST(JobList, MayBeNamedLikeACommand) {
  given_sources given;
  EXPECT_EQ(given.accepted({"wait", "stop"}).jobs, ids{"stop"});
}

TEST(JobList, OfShowIsOne) {
  given_sources given;
  EXPECT_EQ(given.accepted({"show", "a"}).jobs, ids{"a"});
  EXPECT_THAT(given.refusal({"show", "a", "b"}),
              testing::HasSubstr("JOB: is given more than once"));
  given.standard_input = "a b";
  EXPECT_THAT(given.refusal({"show", "-"}), testing::HasSubstr("only one job"));
}

}  // namespace
}  // namespace cli
