// Every command line of the manual, of the examples for CI and of the help texts is one that the
// command accepts.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <regex>
#include <sstream>

#include "given_sources.hpp"

namespace cli {
namespace {

using words = std::vector<std::string>;

std::string text_of(const std::filesystem::path& path) {
  std::ifstream file(path);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

/// What a shell or a CI system puts in is some number.
std::string without_expansions(const std::string& line) {
  static const std::regex expansion(
      R"(\$\{\{[^}]*\}\}|\$\(\([^)]*\)\)|\$\([^)]*\)|\$\{[^}]*\}|\$[A-Za-z_]+)");
  return std::regex_replace(line, expansion, "1");
}

/// The words of a command up to its end, a pipe or a redirection, as a shell takes them apart.
words words_of(const std::string& command) {
  words all;
  std::string word;
  bool begun = false;
  char quote = '\0';
  for (const char c : command) {
    if (quote != '\0') {
      if (c == quote)
        quote = '\0';
      else
        word += c;
    } else if (c == '\'' || c == '"') {
      quote = c;
      begun = true;
    } else if (c == ' ' || c == '\n') {
      if (begun) all.push_back(std::exchange(word, {}));
      begun = false;
    } else if (std::string_view("|><;)#&").find(c) != std::string_view::npos) {
      break;
    } else {
      word += c;
      begun = true;
    }
  }
  if (begun) all.push_back(word);
  return all;
}

/// Lines that go on are joined: those that end with a backslash, and those of a folded YAML text.
std::string joined_lines(const std::string& text) {
  static const std::regex continued(R"( *\\\n *)");
  static const std::regex folded_flag(R"(\n +(?=--[a-z]))");
  return std::regex_replace(std::regex_replace(text, continued, " "), folded_flag, " ");
}

std::vector<words> commands_in(const std::string& text) {
  static const std::regex command(
      R"((?:^|\n|\| |<\()[ \-]*(?:exec )?nunu (?=(?:run|launch|wait|stop|status|show|completion)\b)([^\n|]+))");
  std::vector<words> commands;
  const std::string whole = joined_lines(text);
  for (std::sregex_iterator at(whole.begin(), whole.end(), command), end; at != end; ++at)
    commands.push_back(words_of(without_expansions((*at)[1].str())));
  return commands;
}

/// Of a Markdown file: what is in its blocks of code for the shell.
std::string shell_blocks(const std::string& markdown) {
  static const std::regex block(R"(```sh\n([^`]*)```)");
  std::string text;
  for (std::sregex_iterator at(markdown.begin(), markdown.end(), block), end; at != end; ++at)
    text += (*at)[1].str();
  return text;
}

void expect_accepted(const std::vector<words>& commands, std::size_t at_least) {
  EXPECT_GE(commands.size(), at_least);
  for (const words& command : commands) {
    given_sources given;
    const std::string runs =
        R"({"runs": [{"multiplayer_test_id": "t", "deployment_config_id": "d"}]})";
    given.files = {{"nightly.json", runs},
                   {"/runs/nightly.json", runs},
                   {"smoke.txt", "play"},
                   {"/token/token", "token"}};
    // From a pipe comes either a launch file or the ids of jobs.
    given.standard_input = command.front() == "launch" ? runs : "job";
    given.terminal = false;
    const auto result = given.parse(command);
    const auto* const ended = std::get_if<finished>(&result);
    EXPECT_TRUE(ended == nullptr || ended->exit_code == 0)
        << testing::PrintToString(command) << ": " << ended->standard_error;
  }
}

std::filesystem::path docs() {
  return NUNU_DOCS_DIR;
}

TEST(DocumentedCommands, OfTheManualAreAccepted) {
  expect_accepted(commands_in(shell_blocks(text_of(docs() / "nunu.md"))), 15);
}

TEST(DocumentedCommands, OfTheExamplesForCiAreAccepted) {
  for (const char* const file :
       {"github-actions.yml", "gitlab-ci.yml", "kubernetes-indexed-job.yaml"}) {
    const auto commands = commands_in(text_of(docs() / "ci" / file));
    expect_accepted(commands, 1);
    // The flags on all the lines of it were seen.
    ASSERT_FALSE(commands.empty()) << file;
    EXPECT_THAT(commands.front(), testing::IsSupersetOf({"--group", "--shard", "--timeout"}))
        << file;
  }
}

TEST(DocumentedCommands, OfTheHelpAreAccepted) {
  for (const words& arguments :
       {words{"--help"}, words{"run", "--help"}, words{"launch", "--help"}, words{"wait", "--help"},
        words{"stop", "--help"}, words{"status", "--help"}, words{"show", "--help"},
        words{"completion", "--help"}}) {
    given_sources given;
    const auto help = given.parse(arguments);
    const std::string text = std::get<finished>(help).standard_output;
    expect_accepted(commands_in(text.substr(text.find("Example"))), 1);
  }
}

TEST(DocumentedCommands, EveryFlagIsInTheManual) {
  const std::string manual = text_of(docs() / "nunu.md");
  static const std::regex flag(R"(--[a-z][a-z-]+)");
  for (const char* const command : {"run", "launch", "wait", "stop", "status", "show"}) {
    given_sources given;
    const auto help = given.parse({command, "--help"});
    const std::string text = std::get<finished>(help).standard_output;
    for (std::sregex_iterator at(text.begin(), text.end(), flag), end; at != end; ++at)
      EXPECT_THAT(manual, testing::HasSubstr(at->str())) << command;
  }
}

}  // namespace
}  // namespace cli
