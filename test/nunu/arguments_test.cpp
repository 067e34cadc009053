#include "arguments.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>

#include "given_sources.hpp"
#include "plain_text.hpp"
#include "whole_request.hpp"

namespace cli {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::StartsWith;
using texts = std::vector<std::string>;

texts operator+(texts a, const texts& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

const texts a_run{"run", "--test", "t", "--deployment", "d"};

/// What was said before the hint.
std::string problem(given_sources& given, const texts& arguments) {
  const std::string text = given.refusal(arguments);
  return text.substr(0, text.find('\n'));
}

finished ended(const texts& arguments) {
  given_sources given;
  auto result = given.parse(arguments);
  return std::get<finished>(std::move(result));
}

TEST(Arguments, OfRunBecomeARequest) {
  given_sources given;
  const texts values{"--test=test",   "--deployment=deployment",
                     "--build=build", "--agent-config=agent",
                     "--retries=10",  "--instances=10"};
  const texts switches{"--all-devices", "--no-render-templates"};
  const texts lists{"--tag", "a", "--tag", "b", "--player", "1=one", "--player", "2=two:b2"};
  const texts objects{"--template=k=v=w", "--template=e=", "--option=n=1", "--option=t=text",
                      R"(--option=o={"a": [1, "x", null, 2.5, true]})"};
  const invocation asked = given.accepted(texts{"run"} + values + switches + lists + objects);
  EXPECT_EQ(asked.command, command::run);
  ASSERT_EQ(asked.runs.size(), 1);
  EXPECT_EQ(asked.runs[0].key, "");
  EXPECT_EQ(asked.runs[0].request, whole_request());
}

TEST(Arguments, OfRunTakeInstructionsFromAFileOrStandardInput) {
  given_sources given;
  given.files = {{"smoke.txt", "play\nwell\n"}, {"empty", "\n"}};
  given.standard_input = "from a pipe";
  const auto instructions = [&](const std::string& text) {
    return given.accepted({"run", "--deployment", "d", "--name", "n", "--instructions", text})
        .runs.at(0)
        .request.instructions;
  };
  EXPECT_EQ(instructions("[look] - around"), "[look] - around");
  EXPECT_EQ(instructions("[all]"), "[all]");
  EXPECT_EQ(instructions("-1 lives"), "-1 lives");
  EXPECT_EQ(instructions("@smoke.txt"), "play\nwell\n");
  EXPECT_EQ(instructions("@-"), "from a pipe");
  EXPECT_EQ(problem(given, {"run", "--deployment", "d", "--instructions", "@empty"}),
            "nunu run: --instructions: empty is empty");
  EXPECT_THAT(problem(given, {"run", "--deployment", "d", "--instructions", "@none"}),
              StartsWith("nunu run: --instructions: cannot read none: No such file"));
}

TEST(Arguments, OfRunAreRefusedByFlag) {
  const std::pair<texts, const char*> cases[] = {
      {{"--retries", "11"}, "--retries: must be 0 to 10, not 11"},
      {{"--retries", "x"}, "--retries: 'x' is not a small whole number"},
      {{"--instances", "0"}, "--instances: must be 1 to 10, not 0"},
      {{"--name", "n"}, "--name: can only be used with --instructions"},
      {{"--plan", "p"}, "the run has --test and --plan, of which it can have only one"},
      {{"--tag", "a,b"}, "--tag: is 'a,b': a tag cannot have a comma, which separates tags"},
      {{"--player", "1"}, "--player: '1' is not N=DEPLOYMENT[:BUILD] with N from 1"},
      {{"--player", "0=d"}, "--player: '0=d' is not N=DEPLOYMENT[:BUILD] with N from 1"},
      {{"--player", "1=d:"}, "--player: '1=d:' is not N=DEPLOYMENT[:BUILD] with N from 1"},
      {{"--player", "1=d", "--player", "1=e"}, "--player: player 1 is given twice"},
      {{"--template", "k"}, "--template: 'k' is not KEY=VALUE"},
      {{"--option", "=v"}, "--option: '=v' is not KEY=VALUE"},
      {{"--option", "k=1", "--option", "k=2"}, "--option: 'k' is given twice"},
      {{"--render-templates", "--no-render-templates"},
       "--render-templates and --no-render-templates cannot be given together"},
      {{"--build", "a\nb"},
       "--build: has a control character, such as a line feed, and must have none"},
      {{"--group", "Nightly"},
       "--group: 'Nightly' must be 1 to 38 lower-case letters, digits and '-'"},
      {{"--json", "--ndjson"}, "--json and --ndjson cannot be given together"},
      {{"-q", "-v"}, "--quiet and --verbose cannot be given together"},
      {{"--timeout", "soon"}, "--timeout: 'soon' is not a duration, such as 90s, 1h30m or 250ms"},
      {{"--timeout", "0"}, "--timeout: must be longer than nothing"},
      {{"--on-timeout", "kill"}, "--on-timeout: 'kill' is none of stop|leave"},
      {{"--color", "blue"}, "--color: 'blue' is none of auto|always|never"},
      {{"--no-wait", "--junit", "f"}, "--no-wait and --junit cannot be given together"},
      {{"--junit", "-"}, "--junit: must be a file: reports do not go to standard output"},
      {{"--build="}, "--build: is empty"},
      {{"--build", ""}, "--build: is empty"},
      {{"--build"}, "--build: a value is missing"},
      {{"--build", "a", "--build", "b"}, "--build: is given more than once"},
      {{"--json=maybe"}, "--json: takes no value"},
      {{"--retrys", "1"}, "--retrys: there is no such flag; did you mean --retries?"},
      {{"--foo=1"}, "--foo: there is no such flag"},
      {{"extra"}, "'extra' is one argument too many"},
      {{"--shard", "1/2"}, "--shard: there is no such flag"},
  };
  for (const auto& [more, expected] : cases) {
    given_sources given;
    EXPECT_EQ(problem(given, a_run + more), std::string("nunu run: ") + expected);
  }
}

TEST(Arguments, OfRunNeedAKindAndADeployment) {
  given_sources given;
  EXPECT_EQ(problem(given, {"run", "--deployment", "d"}),
            "nunu run: the run must have one of --test, --plan and --instructions");
  EXPECT_EQ(problem(given, {"run", "--test", "t"}), "nunu run: --deployment: is missing");
  given.accepted({"run", "--test", "t", "--player", "1=d"});
}

TEST(Arguments, RefusalsPointToTheHelp) {
  given_sources given;
  EXPECT_EQ(given.refusal({"run", "--test", "t", "--deployment", "d", "--frobnicate"}),
            "nunu run: --frobnicate: there is no such flag\nTry 'nunu run --help'.\n");
  EXPECT_EQ(given.refusal({"lunch"}),
            "nunu: 'lunch' is not a command; did you mean launch?\nTry 'nunu --help'.\n");
  EXPECT_EQ(given.refusal({"--json", "run"}),
            "nunu: --json: there is no such flag before the command; they come after it\n"
            "Try 'nunu --help'.\n");
}

/// Words that a terminal or a log would obey: a colour, lines, a C1 control character, the other
/// direction of writing, and no UTF-8. A program cannot be given a NUL.
const std::string obeyed = "\x1B[31m\r\n::error::\xC2\x9B\xE2\x80\xAE\xFF\x7F";

/// As many lines as it should have, and nothing that a terminal obeys.
void expect_harmless(const std::string& text, std::ptrdiff_t lines) {
  EXPECT_EQ(text, printable(text));
  EXPECT_EQ(std::ranges::count(text, '\n'), lines) << text;
  EXPECT_THAT(text, HasSubstr("\xE2\x90\x9B[31m")) << "was not told";
}

TEST(Arguments, ThatAreToldInARefusalDoNothingToTheTerminal) {
  const texts cases[] = {
      {obeyed},
      {"-" + obeyed},
      {"wait", obeyed, "--token-file", obeyed},
      {"launch", obeyed},
      {"launch", "f", "--shard", obeyed},
      {"launch", "f", "--max-active", obeyed},
      {"completion", obeyed},
      {"wait", "job", "--ca", obeyed},
      {"run", "--instructions", "@" + obeyed, "--deployment", "d"},
      a_run + texts{obeyed},
      a_run + texts{"--" + obeyed},
      a_run + texts{"--retries", obeyed},
      a_run + texts{"--player", obeyed},
      a_run + texts{"--template", obeyed},
      a_run + texts{"--option", obeyed + "=1", "--option", obeyed + "=1"},
      a_run + texts{"--group", obeyed},
      a_run + texts{"--timeout", obeyed},
      a_run + texts{"--on-timeout", obeyed},
      a_run + texts{"--color", obeyed},
  };
  for (const texts& arguments : cases) {
    given_sources given;
    given.files = {{"f", "{}"}};
    SCOPED_TRACE(testing::PrintToString(arguments));
    expect_harmless(given.refusal(arguments), 2);
  }
}

TEST(Arguments, WhatSettingsAndLaunchFilesHaveDoesNothingToTheTerminal) {
  given_sources given;
  const std::string in_json = R"(\u001b[31m\r\n::error::\u009b\u202e\u007f)";
  given.files = {
      {obeyed, "{"},
      {"names", R"({"runs": [{"deployment_config_id": "d", "multiplayer_test_id": "t", ")" +
                    in_json + R"(": 1, "player_deployment_configs": {"1": {")" + in_json +
                    R"(": "d", "deployment_config_id": "d"}}}], ")" + in_json + R"(": 1})"},
      {"values", R"({"runs": [{"deployment_config_id": "d", "multiplayer_test_id": "t",
                               "additional_tags": [",)" +
                     in_json + R"("]}]})"},
      {"/" + obeyed + "/nunu/config.json", "["},
  };
  expect_harmless(given.refusal({"launch", obeyed}), 2);
  expect_harmless(given.refusal({"launch", "names"}), 4);
  expect_harmless(given.refusal({"launch", "values"}), 3);
  given.variables = {{"XDG_CONFIG_HOME", "/" + obeyed}};
  expect_harmless(given.refusal({"wait", "job"}), 1);
  given.files.clear();
  expect_harmless(given.refusal({"wait", "job"}), 2);
}

TEST(Arguments, NameTheGroup) {
  given_sources given;
  EXPECT_EQ(given.accepted(a_run + texts{"--group", "nightly-1"}).group, "nightly-1");
  EXPECT_EQ(given.accepted(a_run).group, "");
}

/// Four runs with the keys 1 to 4.
const char* const four_runs = R"({
  "defaults": {"multiplayer_test_id": "t", "deployment_config_id": "d"}, "runs": [{}, {}, {}, {}]})";

TEST(Arguments, OfLaunchReadTheFile) {
  given_sources given;
  given.files = {{"f", four_runs}};
  const invocation asked = given.accepted({"launch", "f", "--max-active", "2", "--fail-fast"});
  EXPECT_EQ(asked.command, command::launch);
  EXPECT_EQ(asked.runs.size(), 4);
  EXPECT_EQ(asked.max_active, 2);
  EXPECT_TRUE(asked.fail_fast);
  given.standard_input = four_runs;
  EXPECT_EQ(given.accepted({"launch", "-"}).runs.size(), 4);
}

TEST(Arguments, OfAShardAreItsRunsWithTheirKeys) {
  given_sources given;
  given.files = {{"f", four_runs}};
  const invocation asked = given.accepted({"launch", "f", "--shard", "2/3"});
  ASSERT_EQ(asked.runs.size(), 1);
  EXPECT_EQ(asked.runs[0].key, "2");
  EXPECT_EQ(given.accepted({"launch", "f", "--shard", "5/5"}).runs.size(), 0);
}

TEST(Arguments, OfLaunchAreRefused) {
  given_sources given;
  given.files = {{"f", four_runs}, {"bad", "{\"runs\":\n[{}]}"}};
  EXPECT_EQ(problem(given, {"launch"}),
            "nunu launch: FILE: is missing: a launch file, or - for standard input");
  EXPECT_THAT(problem(given, {"launch", "none"}),
              StartsWith("nunu launch: FILE: cannot read none"));
  EXPECT_THAT(problem(given, {"launch", "f", "--shard", "0/3"}),
              StartsWith("nunu launch: --shard: '0/3' is not I/N"));
  EXPECT_EQ(problem(given, {"launch", "f", "--max-active", "0"}),
            "nunu launch: --max-active: '0' must be a whole number from 1");
  EXPECT_EQ(problem(given, {"launch", "f", "--max-active", "3", "--no-wait"}),
            "nunu launch: --no-wait and --max-active cannot be given together");
  EXPECT_EQ(given.refusal({"launch", "bad"}),
            "nunu launch: bad cannot be used, and nothing was started:\n"
            "bad:2: runs[0] must have one of multiplayer_test_id, test_plan_id and instructions\n"
            "bad:2: runs[0].deployment_config_id is missing\n");
}

TEST(Arguments, OfADryRunNeedNoToken) {
  given_sources given;
  given.variables.clear();
  given.files = {{"f", four_runs}};
  EXPECT_TRUE(given.accepted({"launch", "f", "--dry-run"}).dry_run);
  EXPECT_THAT(given.refusal({"launch", "f"}), HasSubstr("there is no API token"));
}

TEST(Arguments, SayHowToWait) {
  given_sources given;
  const invocation usual = given.accepted(a_run);
  EXPECT_EQ(usual.timeout, std::nullopt);
  EXPECT_EQ(usual.on_timeout, leftover::leave);
  EXPECT_EQ(usual.on_interrupt, leftover::stop);
  EXPECT_FALSE(usual.no_wait);
  const invocation other = given.accepted(
      a_run + texts{"--timeout", "1h30m", "--on-timeout", "stop", "--on-interrupt=leave"});
  EXPECT_EQ(other.timeout, 90min);
  EXPECT_EQ(other.on_timeout, leftover::stop);
  EXPECT_EQ(other.on_interrupt, leftover::leave);
  EXPECT_TRUE(given.accepted(a_run + texts{"--no-wait"}).no_wait);
}

TEST(Arguments, SayHowOftenToPoll) {
  given_sources given;
  const nunu::poll_cadence slow =
      given.accepted(a_run + texts{"--poll-interval", "5m"}).client.polling;
  EXPECT_EQ(slow.running, 5min);
  EXPECT_EQ(slow.queued, 10min);
  EXPECT_EQ(slow.ending, nunu::poll_cadence().ending);
  EXPECT_EQ(slow.first, nunu::poll_cadence().first);
  const nunu::poll_cadence fast =
      given.accepted(a_run + texts{"--poll-interval", "200ms"}).client.polling;
  EXPECT_EQ(fast.running, 200ms);
  EXPECT_EQ(fast.queued, 400ms);
  EXPECT_EQ(fast.ending, 200ms);
  EXPECT_EQ(fast.first, 200ms);
  EXPECT_EQ(given.accepted(a_run).client.polling.running, nunu::poll_cadence().running);
  given.accepted(a_run + texts{"--poll-interval", "365d"});
}

TEST(Arguments, SayWhatToPrintAndWrite) {
  given_sources given;
  const output_options usual = given.accepted(a_run).output;
  EXPECT_EQ(usual.form, output_form::text);
  EXPECT_EQ(usual.color, color_choice::automatic);
  EXPECT_EQ(usual.junit + usual.summary + usual.html, "");
  const output_options other =
      given
          .accepted(a_run + texts{"--ndjson", "-v", "--color", "never", "--junit", "j", "--summary",
                                  "s", "--html", "h"})
          .output;
  EXPECT_EQ(other.form, output_form::ndjson);
  EXPECT_TRUE(other.verbose);
  EXPECT_EQ(other.color, color_choice::never);
  EXPECT_EQ(other.junit, "j");
  EXPECT_EQ(other.summary, "s");
  EXPECT_EQ(other.html, "h");
  EXPECT_EQ(given.accepted({"status", "job", "--json"}).output.form, output_form::json);
  EXPECT_TRUE(given.accepted({"stop", "job", "-q"}).output.quiet);
}

TEST(Arguments, MayHaveAValueThatIsTheNameOfACommand) {
  given_sources given;
  EXPECT_EQ(given.accepted({"run", "--test", "stop", "--deployment", "run"})
                .runs.at(0)
                .request.multiplayer_test_id,
            "stop");
}

TEST(Help, IsOnStandardOutput) {
  for (const texts& arguments :
       {texts{"--help"}, texts{"-h"}, texts{"run", "--help"}, texts{"launch", "-h"},
        texts{"wait", "--help"}, texts{"stop", "--help"}, texts{"status", "--help"},
        texts{"show", "--help"}, texts{"completion", "--help"}}) {
    const finished help = ended(arguments);
    EXPECT_EQ(help.exit_code, 0);
    EXPECT_THAT(help.standard_output, HasSubstr("Example"));
    EXPECT_EQ(help.standard_error, "");
    if (arguments.size() == 2) {
      EXPECT_THAT(help.standard_output, HasSubstr("Usage: nunu " + arguments[0]));
    }
  }
}

TEST(Help, FitsOnATerminal) {
  for (const char* const command : {"run", "launch", "wait", "stop", "status", "show"}) {
    const std::string text = ended({command, "--help"}).standard_output;
    for (std::size_t begin = 0; begin < text.size();) {
      const std::size_t end = std::min(text.find('\n', begin), text.size());
      EXPECT_LE(end - begin, 100) << text.substr(begin, end - begin);
      begin = end + 1;
    }
  }
}

TEST(Help, NamesTheArguments) {
  EXPECT_THAT(ended({"launch", "-h"}).standard_output,
              HasSubstr("Usage: nunu launch [FLAGS] [FILE]"));
  EXPECT_THAT(ended({"wait", "-h"}).standard_output,
              HasSubstr("Usage: nunu wait [FLAGS] [JOB...]"));
  EXPECT_THAT(ended({"show", "-h"}).standard_output, HasSubstr("Usage: nunu show [FLAGS] [JOB]"));
  EXPECT_THAT(ended({"completion", "-h"}).standard_output, HasSubstr("SHELL bash|zsh|fish"));
}

TEST(Help, IsAnErrorWhenNothingWasAsked) {
  given_sources given;
  EXPECT_THAT(given.refusal({}), HasSubstr("Usage: nunu"));
}

TEST(Version, IsOnStandardOutput) {
  const finished version = ended({"--version"});
  EXPECT_EQ(version.exit_code, 0);
  EXPECT_EQ(version.standard_output, "nunu " NUNU_VERSION "\n");
}

}  // namespace
}  // namespace cli
