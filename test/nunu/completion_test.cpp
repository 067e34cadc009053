#include "completion.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <array>
#include <cstdio>
#include <fstream>
#include <sstream>

#include "command_line.hpp"
#include "given_sources.hpp"

namespace cli {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsSupersetOf;
using testing::Not;
using testing::UnorderedElementsAre;
using words = std::vector<std::string>;

struct ran {
  int status = -1;
  std::string output;
};

/// Standard error is part of the output.
ran run_shell(const std::string& command) {
  std::FILE* const pipe = popen((command + " 2>&1").c_str(), "re");
  if (pipe == nullptr) return {};
  ran result;
  std::array<char, 4096> piece;
  while (const std::size_t size = std::fread(piece.data(), 1, piece.size(), pipe))
    result.output.append(piece.data(), size);
  result.status = pclose(pipe);
  return result;
}

class Completion : public testing::Test {
 protected:
  static std::string script(const std::string& shell) {
    given_sources given;
    auto result = given.parse({"completion", shell});
    const auto* const ended = std::get_if<finished>(&result);
    if (ended == nullptr || ended->exit_code != 0) ADD_FAILURE() << "no script";
    return ended == nullptr ? "" : ended->standard_output;
  }

  std::string write(const std::string& name, const std::string& text) {
    // Tests run side by side, each in a process of its own.
    const std::string path =
        testing::TempDir() + "nunu_completion_" + std::to_string(getpid()) + "_" + name;
    std::ofstream(path) << text;
    written_.push_back(path);
    return path;
  }

  void TearDown() override {
    for (const std::string& path : written_) std::remove(path.c_str());
  }

  /// What bash offers when the last word is being typed.
  words offered(const words& line) {
    std::string text = script("bash") + "\nCOMP_WORDS=(";
    for (const std::string& word : line) text += " '" + word + "'";
    text += " )\nCOMP_CWORD=" + std::to_string(line.size() - 1) +
            "\n_nunu\nprintf '%s\\n' \"${COMPREPLY[@]}\"\n";
    std::istringstream out(run_shell("bash " + write("offer.bash", text)).output);
    words found;
    for (std::string word; std::getline(out, word);)
      if (!word.empty()) found.push_back(word);
    return found;
  }

  static bool has(const std::string& shell) { return run_shell("command -v " + shell).status == 0; }

  void check_syntax(const std::string& shell) {
    const ran checked = run_shell(shell + " -n " + write("script." + shell, script(shell)));
    EXPECT_EQ(checked.status, 0) << checked.output;
  }

  /// What fish offers for a line, without the descriptions.
  words offered_by_fish(const std::string& line) {
    const std::string text = script("fish") + "\ncomplete -C '" + line + "'\n";
    std::istringstream out(run_shell("fish --no-config " + write("offer.fish", text)).output);
    words found;
    for (std::string word; std::getline(out, word);)
      found.push_back(word.substr(0, word.find('\t')));
    return found;
  }

  /// The arguments of `nunu` after this has been typed at a terminal of zsh.
  std::string typed_in_zsh(const std::string& keys) {
    const std::string path = write("script.zsh", script("zsh"));
    const std::string prepare = "PS1=; autoload -U compinit; compinit -u -D; source " + path +
                                R"(; nunu() { print -r -- "got [$*]" }; print rea\\dy)";
    const std::string text = "zmodload zsh/zpty\nzpty it zsh -f -i\nzpty -w it '" + prepare +
                             "'\nzpty -r -m it said '*ready*'\nzpty -w it $'nunu " + keys +
                             "'\nzpty -r -m it said '*got \\[*\\]*'\nprint -r -- $said\n";
    const std::string said = run_shell("timeout 60 zsh -f " + write("type.zsh", text)).output;
    const auto begin = said.rfind("got [");
    if (begin == std::string::npos) return "nothing but: " + said;
    return said.substr(begin + 5, said.find(']', begin) - begin - 5);
  }

 private:
  words written_;
};

TEST_F(Completion, OfBashIsBash) {
  check_syntax("bash");
}

TEST_F(Completion, OfZshWorksInZsh) {
  if (!has("zsh")) GTEST_SKIP() << "zsh is not installed";
  check_syntax("zsh");
  EXPECT_EQ(typed_in_zsh(R"(sto\t)"), "stop");
  EXPECT_EQ(typed_in_zsh(R"(launch --sha\t1/2)"), "launch --shard=1/2");
  EXPECT_EQ(typed_in_zsh(R"(run --on-timeout=l\t)"), "run --on-timeout=leave");
}

TEST_F(Completion, OfFishWorksInFish) {
  if (!has("fish")) GTEST_SKIP() << "fish is not installed";
  check_syntax("fish");
  EXPECT_THAT(offered_by_fish("nunu sto"), ElementsAre("stop"));
  EXPECT_THAT(offered_by_fish("nunu launch --s"), UnorderedElementsAre("--shard", "--summary"));
  EXPECT_THAT(offered_by_fish("nunu run --color "),
              UnorderedElementsAre("auto", "always", "never"));
}

TEST_F(Completion, OffersCommands) {
  EXPECT_THAT(offered({"nunu", ""}), IsSupersetOf({"run", "launch", "wait", "stop", "status",
                                                   "show", "completion", "--help", "--version"}));
  EXPECT_THAT(offered({"nunu", "sto"}), ElementsAre("stop"));
}

TEST_F(Completion, OffersFlagsOfTheCommand) {
  EXPECT_THAT(offered({"nunu", "launch", "--s"}), UnorderedElementsAre("--shard", "--summary"));
  EXPECT_THAT(offered({"nunu", "wait", "--"}), Not(Contains("--shard")));
  EXPECT_THAT(offered({"nunu", "run", "--json", "--h"}), UnorderedElementsAre("--help", "--html"));
}

TEST_F(Completion, OffersValues) {
  EXPECT_THAT(offered({"nunu", "run", "--color", ""}), ElementsAre("auto", "always", "never"));
  EXPECT_THAT(offered({"nunu", "run", "--on-timeout", "s"}), ElementsAre("stop"));
  EXPECT_THAT(offered({"nunu", "completion", "z"}), ElementsAre("zsh"));
}

TEST_F(Completion, OffersValuesAfterAnEqualsSign) {
  EXPECT_THAT(offered({"nunu", "run", "--color", "="}), ElementsAre("auto", "always", "never"));
  EXPECT_THAT(offered({"nunu", "run", "--color", "=", "al"}), ElementsAre("always"));
}

TEST_F(Completion, OffersFilesWhereAFileIsMeant) {
  const std::string file = write("a file.json", "{}");
  const std::string begun = file.substr(0, file.size() - 5);
  EXPECT_THAT(offered({"nunu", "launch", begun}), ElementsAre(file));
  EXPECT_THAT(offered({"nunu", "run", "--junit", begun}), ElementsAre(file));
}

TEST_F(Completion, OffersNothingForWhatOnlyTheServiceKnows) {
  EXPECT_THAT(offered({"nunu", "run", "--test", ""}), ElementsAre());
  EXPECT_THAT(offered({"nunu", "wait", ""}), ElementsAre());
}

TEST_F(Completion, HasEveryCommandAndFlag) {
  command_line given;
  const auto app = declare_commands(given);
  const std::string bash = script("bash");
  const std::string zsh = script("zsh");
  const std::string fish = script("fish");
  for (const CLI::App* const command : app->get_subcommands({})) {
    EXPECT_THAT(bash, HasSubstr("    " + command->get_name() + ")\n"));
    EXPECT_THAT(zsh, HasSubstr("    " + command->get_name() + ")\n"));
    EXPECT_THAT(fish, HasSubstr(" -a " + command->get_name() + " -d "));
    for (const CLI::Option* const option : command->get_options())
      for (const std::string& name : option->get_lnames()) {
        EXPECT_THAT(bash, HasSubstr("--" + name));
        EXPECT_THAT(zsh, HasSubstr("--" + name));
        EXPECT_THAT(fish, HasSubstr("__fish_seen_subcommand_from " + command->get_name() + "'"));
        EXPECT_THAT(fish, HasSubstr(" -l " + name + ' '));
      }
  }
}

TEST_F(Completion, OfAnUnknownShellIsRefused) {
  given_sources given;
  EXPECT_EQ(given.refusal({"completion", "tcsh"}),
            "nunu completion: SHELL: 'tcsh' is none of bash|zsh|fish\n"
            "Try 'nunu completion --help'.\n");
  EXPECT_THAT(given.refusal({"completion"}), HasSubstr("SHELL: is missing: bash|zsh|fish"));
}

}  // namespace
}  // namespace cli
