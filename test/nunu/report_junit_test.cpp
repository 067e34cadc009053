#include "report_junit.hpp"

#include <gtest/gtest.h>
#include <unistd.h>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <pugixml.hpp>
#include <set>
#include <string_view>

#include "example_results.hpp"

namespace cli {
namespace {

using example::finished;
using nunu::verdict;

/// What xmllint has to complain of; empty when it has nothing.
std::string fault_in(const std::string& report) {
  const std::filesystem::path folder = ::testing::TempDir();
  const std::filesystem::path file = folder / ("nunu_junit_" + std::to_string(getpid()) + ".xml");
  std::filesystem::path answer = file;
  answer += ".txt";
  std::ofstream(file) << report;
  const std::string command = std::string(NUNU_XMLLINT " --nonet --noout --schema '")
                                  .append(NUNU_JUNIT_SCHEMA "' '")
                                  .append(file.string())
                                  .append("' >'")
                                  .append(answer.string())
                                  .append("' 2>&1");
  const int status = std::system(command.c_str());
  std::ifstream in(answer);
  std::string words((std::istreambuf_iterator<char>(in)), {});
  std::filesystem::remove(file);
  std::filesystem::remove(answer);
  return status == 0 ? std::string() : words.append(" (xmllint failed)");
}

bool is_missing(std::string_view xmllint) {
  return xmllint.empty();
}

class JunitReport : public ::testing::Test {
 protected:
  pugi::xml_node read(const std::vector<result>& jobs) {
    EXPECT_TRUE(document_.load_string(junit_report(example::of(jobs)).c_str()));
    return document_.child("testsuites");
  }

 private:
  pugi::xml_document document_;
};

class JunitSchema : public ::testing::Test {
 protected:
  void SetUp() override {
    if (is_missing(NUNU_XMLLINT)) GTEST_SKIP() << "xmllint is missing";
  }
};

TEST_F(JunitSchema, AcceptsAReportWhateverHappened) {
  std::vector<result> jobs = example::every_ending();
  jobs.push_back(example::hostile_result());
  jobs.push_back(example::hostile_error());
  jobs.push_back(example::hostile_result());
  jobs.push_back(example::not_sent());
  jobs.push_back(example::asked_to_stop(false, 404));
  jobs.emplace_back();
  EXPECT_EQ("", fault_in(junit_report(example::of(jobs))));
  EXPECT_EQ("", fault_in(junit_report(example::of({}))));
}

TEST_F(JunitSchema, RefusesWhatReadersWould) {
  const std::string report = junit_report(example::of({finished(verdict::failed)}));
  ASSERT_EQ("", fault_in(report));
  const std::pair<std::string, std::string> spoilt[] = {
      {" time=\"90.500\"", ""},
      {"time=\"90.500\"", "time=\"1:30\""},
      {"<failure", "<broken"},
      {"tests=\"1\"", "tests=\"one\""},
      {"2026-03-03T12:00:10\"", "2026-03-03T12:00:10Z\""},
      {"classname=", "class="},
  };
  for (const auto& [from, to] : spoilt) {
    std::string other = report;
    const std::size_t at = other.find(from);
    ASSERT_NE(std::string::npos, at) << from;
    other.replace(at, from.size(), to);
    EXPECT_NE("", fault_in(other)) << from;
  }
}

TEST_F(JunitReport, TellsFailuresErrorsAndSkippedApart) {
  const pugi::xml_node suite = read(example::every_ending()).child("testsuite");
  std::string marks;
  for (const pugi::xml_node c : suite.children("testcase")) {
    const std::string_view first = c.first_child().name();
    marks += first == "failure" ? 'F' : first == "error" ? 'E' : first == "skipped" ? 's' : '.';
  }
  EXPECT_EQ(".sFFEEEEEEEE", marks);
  EXPECT_STREQ("12", suite.attribute("tests").value());
  EXPECT_STREQ("2", suite.attribute("failures").value());
  EXPECT_STREQ("8", suite.attribute("errors").value());
  EXPECT_STREQ("1", suite.attribute("skipped").value());
}

TEST_F(JunitReport, HasASuiteForEachPlanOrElseTheGroup) {
  std::vector<result> jobs(3, finished(verdict::passed));
  jobs[0].suite = "plan B";
  jobs[2].suite = "plan B";
  const pugi::xml_node root = read(jobs);
  const pugi::xml_node first = root.child("testsuite");
  const pugi::xml_node second = first.next_sibling();
  EXPECT_STREQ("plan B", first.attribute("name").value());
  EXPECT_STREQ("2", first.attribute("tests").value());
  EXPECT_STREQ("181.000", first.attribute("time").value());
  EXPECT_STREQ("2026-03-03T12:00:10", first.attribute("timestamp").value());
  EXPECT_STREQ("nightly", second.attribute("name").value());
  EXPECT_FALSE(second.next_sibling());
  EXPECT_STREQ("3", root.attribute("tests").value());
  EXPECT_STREQ("271.500", root.attribute("time").value());

  results without_group = example::of({finished(verdict::passed)});
  without_group.group.clear();
  EXPECT_NE(std::string::npos, junit_report(without_group).find("<testsuite name=\"nunu\""));
}

TEST_F(JunitReport, OfACaseHasTimeReasonAndLink) {
  const pugi::xml_node test =
      read({example::failed_at_a_step()}).child("testsuite").child("testcase");
  EXPECT_STREQ("Login", test.attribute("name").value());
  EXPECT_STREQ("nightly", test.attribute("classname").value());
  EXPECT_STREQ("90.500", test.attribute("time").value());
  const pugi::xml_node failure = test.child("failure");
  EXPECT_STREQ("failed", failure.attribute("type").value());
  EXPECT_STREQ("Login: failed: player 1 (android), step 2: Open the inventory",
               failure.attribute("message").value());
  EXPECT_NE(nullptr, std::strstr(failure.text().get(), "The button does\n    not react.\n"));
  EXPECT_STREQ("job: job-of-Login\npage: https://nunu.ai/nexus/p/runs/m/run-1/details\n",
               test.child("system-out").text().get());
}

TEST_F(JunitReport, NamesOfCasesDifferAndAreTheSameEachTime) {
  std::vector<result> jobs(6, finished(verdict::passed));
  jobs[0].key = "a";
  jobs[1].key = "b";
  jobs[2].key = "b";
  jobs[5] = finished(verdict::passed, "Login #2");
  std::set<std::string> names;
  for (const pugi::xml_node c : read(jobs).child("testsuite").children("testcase"))
    names.insert(c.attribute("name").value());
  EXPECT_EQ((std::set<std::string>{"Login [a]", "Login [b]", "Login [b] #2", "Login", "Login #2",
                                   "Login #2 #2"}),
            names);
}

TEST_F(JunitReport, NumbersThousandsOfOneName) {
  const pugi::xml_node suite =
      read(std::vector<result>(10'000, finished(verdict::passed))).child("testsuite");
  EXPECT_STREQ("Login #10000", suite.last_child().attribute("name").value());
}

TEST_F(JunitReport, KeepsTheTextThatOthersWroteButWhatXmlCannotHold) {
  const pugi::xml_node test =
      read({example::hostile_result()}).child("testsuite").child("testcase");
  const std::string_view name = test.attribute("name").value();
  EXPECT_TRUE(name.starts_with("[31mred\nline")) << name;
  EXPECT_NE(std::string_view::npos, name.find("|`<b>&\"']]>"));
  EXPECT_EQ(std::string_view::npos, name.find('\x1B'));
}

}  // namespace
}  // namespace cli
