#include "display.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "example_results.hpp"
#include "screen.hpp"
#include "terminal.hpp"
#include "text_width.hpp"

namespace {

using cli::columns_of;
using cli::ending;
using cli::fitted;
using cli::look;
using cli::progress;
using nunu::job_status;
using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;
using namespace std::chrono_literals;

const progress::time_point start{1000s};
constexpr look plain{.live = true, .color = false, .ascii = true};
constexpr look colored{.live = true, .color = true, .ascii = false};

progress half_done() {
  progress p(start);
  p.run_planned(2);
  p.jobs_known(8);
  for (int i = 0; i < 4; ++i) p.job_moved(job_status::unknown, job_status::running);
  p.job_moved(job_status::unknown, job_status::queued);
  for (int i = 0; i < 3; ++i) p.job_ended(job_status::unknown, ending::passed, start + 20s);
  p.job_ended(job_status::running, ending::failed, start + 20s);
  p.job_ended(job_status::running, ending::passed, start + 20s);
  return p;
}

TEST(TextWidth, CountsWideCharactersTwiceAndMarksNot) {
  EXPECT_EQ(columns_of("abc"), 3U);
  EXPECT_EQ(columns_of("für"), 3U);
  EXPECT_EQ(columns_of("e\xCC\x81"), 1U) << "an e and a combining acute accent";
  EXPECT_EQ(columns_of("試験"), 4U);
  EXPECT_EQ(columns_of("🎮"), 2U);
  EXPECT_EQ(columns_of("\xFF"), 1U) << "not UTF-8";
}

TEST(TextWidth, CutsBetweenCharactersAndSaysSo) {
  EXPECT_EQ(fitted("inventory", 9, false), "inventory");
  EXPECT_EQ(fitted("inventory", 5, false), "inve…");
  EXPECT_EQ(fitted("inventory", 5, true), "in...");
  EXPECT_EQ(fitted("試験試験", 8, false), "試験試験");
  EXPECT_EQ(fitted("試験試験", 6, false), "試験…") << "a half character is left empty";
  EXPECT_EQ(fitted("inventory", 1, false), "…");
  EXPECT_EQ(fitted("inventory", 2, true), "");
  EXPECT_EQ(fitted("", 0, false), "");
}

TEST(LiveLines, SayWhatIsDoneAndWhatIsLeft) {
  const auto lines = live_lines(half_done(), plain, 100, start + 30s);
  ASSERT_EQ(lines.size(), 2U);
  EXPECT_EQ(lines[0], "====================-------------------- 5/10 50%  30 s, about 30 s left");
  EXPECT_EQ(lines[1], "2 running, 1 queued, 1 to start; 1 failed, 4 passed; 10.0 a minute");
}

TEST(LiveLines, ShowFailuresFirstInTheBar) {
  const auto lines = live_lines(half_done(), colored, 100, start + 30s);
  EXPECT_THAT(lines[0], StartsWith("\x1b[31m━━━━\x1b[0m\x1b[32m━━━━━━━━━━━━━━━━\x1b[0m\x1b[2m─"));
}

TEST(LiveLines, FitAnyWidth) {
  for (std::size_t columns = 1; columns < 120; ++columns)
    for (const std::string& line : live_lines(half_done(), plain, columns, start + 30s))
      EXPECT_LE(columns_of(line), columns) << line;
}

TEST(LiveLines, HaveNothingToDivideByInTheBeginning) {
  const auto lines = live_lines(progress(start), plain, 80, start);
  EXPECT_THAT(lines[0], EndsWith(" 0/0  0 s"));
}

TEST(ProgressLine, IsTheSameInOneLine) {
  EXPECT_EQ(progress_line(half_done(), start + 30s),
            "5 of 10 jobs ended: 1 failed, 4 passed; 2 running, 1 queued, 1 to start; 30 s, about "
            "30 s left");
}

TEST(EndedLine, TellsHeadlineAndTime) {
  const cli::result passed = example::finished(nunu::verdict::passed);
  EXPECT_EQ(ended_line(passed, plain, 80), "Login: passed (1 min 30 s)");
  EXPECT_EQ(ended_line(passed, colored, 80), "\x1b[32mLogin: passed (1 min 30 s)\x1b[0m");
}

TEST(EndedLine, KeepsTheTimeWhereTheRestIsCut) {
  const cli::result passed = example::finished(nunu::verdict::passed, std::string(100, 'x'));
  const std::string line = ended_line(passed, plain, 40);
  EXPECT_EQ(columns_of(line), 40U);
  EXPECT_THAT(line, EndsWith("x... (1 min 30 s)"));
}

TEST(EndedLine, GivesTheTerminalNothingToObey) {
  EXPECT_THAT(ended_line(example::hostile_result(), plain, 200), Not(HasSubstr("\x1b")));
}

TEST(Screen, WritesOverItsLinesAndLetsOthersScroll) {
  cli::screen s;
  const std::vector<std::string> live{"bar", "counts"};
  const std::vector<std::string> above{"a job has ended"};
  EXPECT_EQ(s.frame({}, live, 80), "\x1b[?2026h\rbar\x1b[K\ncounts\x1b[K\n\x1b[J\x1b[?2026l");
  EXPECT_EQ(
      s.frame(above, live, 80),
      "\x1b[?2026h\r\x1b[2Aa job has ended\x1b[K\nbar\x1b[K\ncounts\x1b[K\n\x1b[J\x1b[?2026l");
  EXPECT_EQ(s.frame({}, {}, 80), "\x1b[?2026h\r\x1b[2A\x1b[J\x1b[?2026l");
  EXPECT_EQ(s.frame({}, {}, 80), "\x1b[?2026h\r\x1b[J\x1b[?2026l");
}

TEST(Screen, FindsItsLinesAgainWhenTheTerminalHasBrokenThem) {
  cli::screen s;
  const std::vector<std::string> live{"\x1b[32m" + std::string(50, '=') + "\x1b[0m", "counts"};
  s.frame({}, live, 80);
  EXPECT_THAT(s.frame({}, {}, 20), HasSubstr("\r\x1b[4A"));
}

TEST(Look, IsLiveOnATerminalThatCanMoveItsCursor) {
  const auto is_live = [](bool terminal, const char* term) {
    return look_of({.is_terminal = terminal, .term = term}, cli::color_choice::automatic).live;
  };
  EXPECT_TRUE(is_live(true, "xterm"));
  EXPECT_FALSE(is_live(false, "xterm"));
  EXPECT_FALSE(is_live(true, "dumb"));
  EXPECT_FALSE(is_live(true, nullptr));
}

TEST(Look, HasColorsWhereTheyAreWanted) {
  const auto has_colors = [](bool terminal, const char* no_color, cli::color_choice choice) {
    return look_of({.is_terminal = terminal, .term = "xterm", .no_color = no_color}, choice).color;
  };
  using cli::color_choice;
  EXPECT_TRUE(has_colors(true, nullptr, color_choice::automatic));
  EXPECT_TRUE(has_colors(true, "", color_choice::automatic)) << "NO_COLOR counts when not empty";
  EXPECT_FALSE(has_colors(true, "1", color_choice::automatic));
  EXPECT_FALSE(has_colors(false, nullptr, color_choice::automatic));
  EXPECT_TRUE(has_colors(false, "1", color_choice::always));
  EXPECT_FALSE(has_colors(true, nullptr, color_choice::never));
}

TEST(Look, IsAsciiUnlessTheLocaleIsUtf8) {
  const auto is_ascii = [](const char* locale) {
    return look_of({.locale = locale}, cli::color_choice::automatic).ascii;
  };
  EXPECT_FALSE(is_ascii("en_US.UTF-8"));
  EXPECT_FALSE(is_ascii("C.utf8"));
  EXPECT_TRUE(is_ascii("C"));
  EXPECT_TRUE(is_ascii(nullptr));
}

TEST(AttemptLine, TellsTheAnswerOrWhyThereIsNone) {
  nunu::request_attempt made{.request = "GET /api/v1/jobs/j\x1B", .http_status = 503};
  made.duration = 12'900us;
  EXPECT_EQ(cli::attempt_line(made), "GET /api/v1/jobs/j␛: 503 in 12 ms");
  made = {.request = "POST /api/v1/runs", .message = "the server closed the connection"};
  made.error = nunu::errc::connection_lost;
  made.duration = 1s;
  EXPECT_EQ(cli::attempt_line(made),
            "POST /api/v1/runs: no answer in 1000 ms: the server closed the connection");
  made = {.request = "POST /api/v1/runs", .error = nunu::errc::resolve_failed};
  EXPECT_EQ(cli::attempt_line(made), "POST /api/v1/runs: not sent: " + made.error.message());
}

}  // namespace
