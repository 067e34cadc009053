#include "report_html.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>
#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>

#include "example_results.hpp"
#include "plain_text.hpp"
#include "report_samples.hpp"

namespace {

using namespace std::string_view_literals;
using testing::HasSubstr;
using testing::Not;

constexpr std::string_view results_open = "<script id=\"results\" type=\"application/json\">";

/// What the page's own script reads.
std::string_view results_in(std::string_view page) {
  const std::size_t begin = page.find(results_open) + results_open.size();
  return page.substr(begin, page.find("</script>", begin) - begin);
}

boost::json::value first_job(const cli::result& r) {
  const std::string page = cli::html_report(example::of({r}));
  return boost::json::parse(results_in(page)).at("jobs").at(0);
}

std::size_t count(std::string_view page, std::string_view text) {
  std::size_t found = 0;
  for (std::size_t at = page.find(text); at != std::string_view::npos; at = page.find(text, at + 1))
    ++found;
  return found;
}

TEST(HtmlReport, IsOnePageThatMayNotAskTheNetwork) {
  const std::string page = cli::html_report(example::launch_with_every_ending());
  EXPECT_TRUE(page.starts_with("<!doctype html>"));
  EXPECT_TRUE(page.ends_with("</html>\n"));
  EXPECT_THAT(page, HasSubstr("default-src 'none'; script-src 'sha256-"));
  EXPECT_THAT(page, Not(HasSubstr("unsafe-inline")));
  EXPECT_THAT(page, Not(HasSubstr("@import")));
  EXPECT_THAT(page, Not(HasSubstr("url(")));
  EXPECT_EQ(count(page, " src="), 0U);
  // That of the empty icon, without which a browser would ask for one.
  EXPECT_EQ(count(page, "<link"), 1U);
  EXPECT_THAT(page, HasSubstr("<link rel=\"icon\" href=\"data:,\">"));
}

TEST(HtmlReport, HasAllPartsInTheirPlaces) {
  const std::string page = cli::html_report(example::of({}));
  for (const auto placeholder : {"@style", "@script", "@page", "RESULTS"})
    EXPECT_THAT(page, Not(HasSubstr(placeholder)));
}

TEST(HtmlReport, MakesNoMarkupOfTexts) {
  const std::string page = cli::html_report(example::of({}));
  for (const auto pattern : {"innerHTML =", "outerHTML", "insertAdjacentHTML", "document.write",
                             "eval(", "new Function"})
    EXPECT_THAT(page, Not(HasSubstr(pattern)));
}

TEST(HtmlReport, KeepsHostileTextsWithinTheResults) {
  for (const auto text :
       {"</script>"sv, "</SCRIPT >"sv, "<!--"sv, "<script"sv, "-->"sv, "]]>"sv, "&lt;/script>"sv}) {
    SCOPED_TRACE(text);
    const std::string plain = cli::html_report(example::launch_with_text("harmless"));
    const std::string page = cli::html_report(example::launch_with_text(std::string(text)));
    EXPECT_EQ(count(results_in(page), "<"), 0U);
    EXPECT_EQ(count(results_in(page), ">"), 0U);
    EXPECT_EQ(count(results_in(page), "&"), 0U);
    EXPECT_EQ(count(page, "<"), count(plain, "<"));
    const auto jobs = boost::json::parse(results_in(page)).at("jobs");
    const boost::json::value whole(text);
    EXPECT_EQ(jobs.at(0).at("title"), whole);
    EXPECT_EQ(jobs.at(0).at("steps").at(0).at("report"), whole);
    EXPECT_EQ(jobs.at(1).at("error").at("body"), whole);
  }
}

TEST(HtmlReport, EscapesWhatOldScriptsTakeForTheEndOfALine) {
  const std::string page = cli::html_report(example::launch_with_text("a\u2028b\u2029c\u2027d"));
  EXPECT_THAT(page, Not(HasSubstr("\u2028")));
  EXPECT_THAT(page, Not(HasSubstr("\u2029")));
  EXPECT_EQ(boost::json::parse(results_in(page)).at("jobs").at(0).at("title"),
            "a\u2028b\u2029c\u2027d");
}

TEST(HtmlReport, IsUtf8WhateverTheTextsAre) {
  const std::string page = cli::html_report(example::launch_with_text(example::hostile));
  EXPECT_EQ(cli::valid_utf8(page), page);
  EXPECT_EQ(page.find('\0'), std::string::npos);
}

TEST(HtmlReport, TellsTheStepThatFailedAndTheBugs) {
  const boost::json::value job = first_job(example::failed_at_a_step("A goal", "A report"));
  EXPECT_EQ(job.at("ending"), "failed");
  EXPECT_EQ(job.at("steps").as_array().size(), 1U);
  EXPECT_EQ(job.at("steps").at(0).at("goal"), "A goal");
  EXPECT_EQ(job.at("steps").at(0).at("report"), "A report");
  EXPECT_EQ(job.at("bugs").at(0).at("title"), "Inventory is dead");
  EXPECT_EQ(job.at("bugs").at(0).at("severity"), "high");
}

TEST(HtmlReport, TellsWhenAJobWasQueuedAndRan) {
  const boost::json::value job = first_job(example::finished(nunu::verdict::passed));
  const auto noon =
      std::chrono::duration_cast<std::chrono::milliseconds>(example::noon.time_since_epoch());
  EXPECT_EQ(job.at("created"), noon.count());
  EXPECT_EQ(job.at("completed"), noon.count() + 100'500);
  EXPECT_EQ(job.at("runs").at(0).at("started"), noon.count() + 10'000);
  EXPECT_EQ(job.at("runs").at(0).at("completed"), noon.count() + 100'000);
}

TEST(HtmlReport, TellsWhatDiffersFromTheUsualWordsForAnEnding) {
  EXPECT_EQ(first_job(example::asked_to_stop(false, 404)).at("words"), "could not be stopped");
  EXPECT_FALSE(first_job(example::asked_to_stop(true, 200)).as_object().contains("words"));
}

TEST(HtmlReport, LeavesOutAddressesThatMayBeSecret) {
  cli::result r = example::failed_at_a_step();
  nunu::run_artifact video;
  video.filename = "video.mp4";
  video.url = "https://files.example/video.mp4?signature=secret";
  r.details->players.front().artifacts = {video};
  EXPECT_THAT(cli::html_report(example::of({r})), Not(HasSubstr("secret")));
}

TEST(HtmlReport, SaysLittleOfJobsThatPassed) {
  const std::size_t none = cli::html_report(example::nightly_launch(0)).size();
  const std::size_t thousand = cli::html_report(example::nightly_launch(1000)).size();
  EXPECT_LT(none, 64U * 1024);
  EXPECT_LT((thousand - none) / 1000, 600U);
}

}  // namespace
