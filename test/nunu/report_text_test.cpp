#include <gtest/gtest.h>
#include <sstream>

#include "example_results.hpp"
#include "report_annotations.hpp"
#include "report_markdown.hpp"

namespace cli {
namespace {

using example::finished;
using nunu::verdict;

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

std::size_t count(const std::string& text, std::string_view what) {
  std::size_t found = 0;
  for (std::size_t at = text.find(what); at != std::string::npos; at = text.find(what, at + 1))
    ++found;
  return found;
}

TEST(Annotations, AreErrorsWithATitleAndAnExplanation) {
  EXPECT_EQ(
      "::error title=Login%3A failed::Login: failed%0A"
      "  player 1 (android), step 2: FAILED: Open the inventory%0A"
      "    The button does%0A    not react.%0A"
      "  bug (high): Inventory is dead%0A  job: job-of-Login%0A"
      "  https://nunu.ai/nexus/p/runs/m/run-1/details\n",
      annotations(example::of({example::failed_at_a_step()})));
}

TEST(Annotations, WarnOfWhatDidNotEndByItself) {
  for (const result& r : {finished(verdict::stopped), finished(verdict::rejected),
                          example::still_running(), example::not_sent()})
    EXPECT_EQ(0U, annotations(example::of({r})).find("::warning "));
  for (const result& r : {finished(verdict::blocked), finished(verdict::execution_failure),
                          finished(verdict::unknown), example::unreachable(nunu::errc::forbidden),
                          example::not_started(nunu::errc::bad_request),
                          example::not_started(nunu::errc::start_outcome_unknown)})
    EXPECT_EQ(0U, annotations(example::of({r})).find("::error "));
}

TEST(Annotations, SayNothingOfWhatPassedOrWasSkipped) {
  EXPECT_EQ("", annotations(example::of({finished(verdict::passed), finished(verdict::skipped)})));
}

TEST(Annotations, AreTenOfALevelAndANoticeThatCountsTheRest) {
  std::vector<result> jobs(13, finished(verdict::rejected));
  jobs.resize(25, finished(verdict::failed));
  const std::vector<std::string> lines = lines_of(annotations(example::of(jobs)));
  ASSERT_EQ(21U, lines.size());
  EXPECT_EQ(0U, lines[0].find("::error "));
  EXPECT_EQ(0U, lines[9].find("::error "));
  EXPECT_EQ(0U, lines[10].find("::warning "));
  EXPECT_EQ("::notice title=nunu::2 more errors and 3 more warnings are not shown", lines[20]);
  EXPECT_EQ(10U,
            lines_of(annotations(example::of(std::vector<result>(10, finished(verdict::failed)))))
                .size());
}

TEST(Annotations, OthersCannotEndThemOrBeginNewOnes) {
  for (const result& r : {example::hostile_result(), example::hostile_error()}) {
    const std::vector<std::string> lines = lines_of(annotations(example::of({r})));
    ASSERT_EQ(1U, lines.size());
    const std::string& line = lines.front();
    EXPECT_EQ(std::string::npos, line.find('\r'));
    const std::string title = line.substr(0, line.find("::", 2));
    EXPECT_EQ(0U, count(title, ","));
    EXPECT_NE(std::string::npos, title.find("%3A%3Aerror%3A%3A%250A%2C")) << title;
    EXPECT_NE(std::string::npos, line.find("::error::%250A,")) << line;
  }
}

TEST(MarkdownReport, OfSuccessIsAHeadlineWithCounts) {
  EXPECT_EQ("## nunu launch nightly: 2 of 2 passed\n\n2 passed; took 2 min 5 s.\n\n",
            markdown_report(example::of({finished(verdict::passed), finished(verdict::passed)})));
}

TEST(MarkdownReport, ListsWhatDidNotPassWithLinkAndDetails) {
  result r = example::failed_at_a_step();
  r.suite = "plan";
  EXPECT_EQ(
      "## nunu launch nightly: 1 of 2 passed\n\n"
      "1 failed, 1 passed; took 2 min 5 s.\n\n"
      "| Test | Result | Why | Suite | Job |\n"
      "| --- | --- | --- | --- | --- |\n"
      "| [Login](https://nunu.ai/nexus/p/runs/m/run-1/details) | failed | player 1 "
      "&#40;android&#41;, "
      "step 2&#58; Open the inventory | plan | job-of-Login |\n"
      "\n"
      "<details><summary>Login</summary>\n\n<pre>\n"
      "Login: failed\n"
      "  player 1 (android), step 2: FAILED: Open the inventory\n"
      "    The button does\n    not react.\n"
      "  bug (high): Inventory is dead\n"
      "  job: job-of-Login\n"
      "  https://nunu.ai/nexus/p/runs/m/run-1/details\n"
      "</pre>\n\n</details>\n\n",
      markdown_report(example::of({finished(verdict::passed), r})));
}

TEST(MarkdownReport, OthersCannotWriteMarkup) {
  const std::string clean = markdown_report(example::of({example::failed_at_a_step()}));
  for (const result& r : {example::hostile_result(), example::hostile_error()}) {
    const std::string report = markdown_report(example::of({r}));
    // A row has the bars of its five cells, and each element is there once.
    EXPECT_EQ(6U, count(lines_of(report).at(6), "|")) << lines_of(report).at(6);
    EXPECT_EQ(count(clean, "<"), count(report, "<"));
    EXPECT_EQ(0U, count(report, "]]>"));
    EXPECT_EQ(0U, count(lines_of(report).at(6), "`") + count(lines_of(report).at(6), "**"));
    EXPECT_EQ(0U, count(report, "\x1B"));
  }
}

TEST(MarkdownReport, LinksOnlyToTheWeb) {
  result r = finished(verdict::failed);
  r.url = "javascript:alert(1)";
  EXPECT_EQ(0U, count(markdown_report(example::of({r})), "]("));
  r.url = "https://nunu.ai/a?b=1&copy;=2 ) |";
  EXPECT_EQ(1U, count(markdown_report(example::of({r})),
                      "(https://nunu.ai/a?b=1&amp;copy;=2%20%29%20%7C)"));
}

TEST(MarkdownReport, IsBoundedAndSaysWhatIsMissing) {
  const result r = example::failed_at_a_step("goal", std::string(3000, '&'));
  const std::string report = markdown_report(example::of(std::vector<result>(10'000, r)));
  EXPECT_LE(report.size(), 512U * 1024U);
  EXPECT_GT(report.size(), 400U * 1024U);
  const std::size_t rows = count(report, "| [Login]");
  const std::size_t details = count(report, "<details>");
  EXPECT_LT(100U, rows);
  EXPECT_LT(1U, details);
  EXPECT_EQ(1U, count(report, "\n" + std::to_string(10'000 - rows) +
                                  " more did not pass and are not shown.\n"));
  EXPECT_EQ(1U, count(report, "The details of " + std::to_string(10'000 - details) +
                                  " more are not shown.\n"));
}

}  // namespace
}  // namespace cli
