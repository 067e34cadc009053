#include "arguments.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <string_view>
#include <utility>
#include <vector>

#include "choices.hpp"
#include "command_line.hpp"
#include "completion.hpp"
#include "did_you_mean.hpp"
#include "inputs.hpp"
#include "interpret.hpp"
#include "plain_text.hpp"
#include "usage_error.hpp"

namespace cli {
namespace {

constexpr int kUsage = 2;

/// CLI11 takes the argument after `--flag=` for the value, instead of nothing.
std::vector<std::string> arguments_of(int argc, const char* const* argv) {
  std::vector<std::string> arguments;
  bool flags = true;
  for (int i = 1; i < argc; ++i) {
    std::string argument = argv[i];
    flags = flags && argument != "--";
    const bool is_empty =
        flags && argument.starts_with("--") && argument.find('=') == argument.size() - 1;
    if (is_empty) argument.pop_back();
    arguments.push_back(std::move(argument));
    if (is_empty) arguments.emplace_back();
  }
  return arguments;
}

std::vector<std::string> command_names(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::App* const command : app.get_subcommands({}))
    names.push_back(command->get_name());
  return names;
}

void check_command(const CLI::App& app, const std::string& word) {
  const std::vector<std::string> names = command_names(app);
  const bool is_flag = word.starts_with('-');
  if (is_flag && app.get_option_no_throw(word) == nullptr)
    throw usage_error(
        fmt::format("{}: there is no such flag before the command; they come after it", word));
  if (!is_flag && std::ranges::find(names, word) == names.end())
    throw usage_error(fmt::format("'{}' is not a command{}", word, did_you_mean(word, names)));
}

/// CLI11's words for it are for programmers.
std::string in_plain_words(const CLI::ParseError& error) {
  const std::string_view what = error.what();
  const std::string flag(what.substr(0, what.find(':')));
  if (error.get_name() == "ArgumentMismatch") {
    if (what.find(" missing") != std::string_view::npos) return flag + ": a value is missing";
    return flag + ": is given more than once";
  }
  if (error.get_name() == "ConversionError") {
    const std::size_t name = what.find("--");
    if (name != std::string_view::npos)
      return std::string(what.substr(name, what.find_first_of(" =", name) - name)) +
             ": takes no value";
  }
  return std::string(what);
}

void check_nothing_is_left(const CLI::App& app) {
  const std::vector<std::string> left = app.remaining();
  if (left.empty()) return;
  const std::string& first = left.front();
  if (!first.starts_with('-') || first == "-")
    throw usage_error(fmt::format("'{}' is one argument too many", first));
  std::vector<std::string> flags;
  for (const CLI::Option* const option : app.get_options())
    for (const std::string& name : option->get_lnames()) flags.push_back("--" + name);
  const std::string flag = first.substr(0, first.find('='));
  throw usage_error(fmt::format("{}: there is no such flag{}", flag, did_you_mean(flag, flags)));
}

/// So that a variable which is not set does not pass for a choice.
void check_no_value_is_empty(const CLI::App& command) {
  for (const CLI::Option* const option : command.get_options())
    for (const std::string& value : option->results())
      if (value.empty()) throw usage_error(fmt::format("{}: is empty", option->get_name()));
}

std::string completion_of(const CLI::App& app, const command_line& given) {
  if (!given.shell) throw usage_error(fmt::format("SHELL: is missing: {}", joined(shell_choices)));
  const auto at =
      std::ranges::find(shell_choices, *given.shell, &std::pair<std::string_view, shell>::first);
  if (at == shell_choices.end())
    throw usage_error(
        fmt::format("SHELL: '{}' is none of {}", *given.shell, joined(shell_choices)));
  return completion_script(app, at->second);
}

/// CLI11 puts two empty lines between groups.
std::string help_of(const CLI::App& app) {
  std::string text = app.help();
  for (std::size_t at = 0; (at = text.find("\n\n\n", at)) != std::string::npos;) text.erase(at, 1);
  return text;
}

class parser {
 public:
  explicit parser(const sources& from) : in_(from), app_(declare_commands(given_)) {}

  std::variant<invocation, finished> parse(std::vector<std::string> arguments) {
    if (arguments.empty()) return finished{kUsage, "", help_of(*app_)};
    try {
      check_command(*app_, arguments.front());
      std::ranges::reverse(arguments);
      app_->parse(std::move(arguments));
      return parsed();
    } catch (const CLI::CallForHelp&) {
      return finished{0, help_of(*app_), ""};
    } catch (const CLI::CallForVersion& version) {
      return finished{0, std::string(version.what()) + '\n', ""};
    } catch (const CLI::ParseError& error) {
      return refused({in_plain_words(error)}, hint());
    } catch (const usage_error& error) {
      return refused({error.what()}, hint());
    } catch (const content_error& error) {
      return refused(error.lines(), "");
    }
  }

 private:
  std::variant<invocation, finished> parsed() {
    check_nothing_is_left(*app_);
    const std::vector<CLI::App*> chosen = app_->get_subcommands();
    if (chosen.empty()) throw usage_error("a command is missing");
    const CLI::App& command = *chosen.front();
    check_nothing_is_left(command);
    check_no_value_is_empty(command);
    const auto at = std::ranges::find(command_choices, command.get_name(),
                                      &std::pair<std::string_view, cli::command>::first);
    if (at == command_choices.end()) return finished{0, completion_of(*app_, given_), ""};
    return interpret(at->second, given_, in_);
  }

  std::string command_name() const {
    const std::vector<CLI::App*> chosen = app_->get_subcommands();
    return chosen.empty() ? "nunu" : "nunu " + chosen.front()->get_name();
  }

  std::string hint() const { return fmt::format("Try '{} --help'.\n", command_name()); }

  /// Arguments and files may have anything in them: each line stays one, and does nothing to a
  /// terminal.
  finished refused(const std::vector<std::string>& why, std::string_view what_next) const {
    std::string text = command_name() + ": ";
    for (const std::string& line : why) text.append(printable_line(line)).append("\n");
    return {kUsage, "", text.append(what_next)};
  }

  command_line given_;
  inputs in_;
  std::unique_ptr<CLI::App> app_;
};

}  // namespace

std::variant<invocation, finished> parse(int argc, const char* const* argv, const sources& from) {
  return parser(from).parse(arguments_of(argc, argv));
}

}  // namespace cli
