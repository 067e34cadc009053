#include "completion.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <map>
#include <string_view>
#include <vector>

namespace cli {
namespace {

using words = std::vector<std::string>;

enum class value_kind : std::uint8_t { none, any, file, word };

struct flag {
  /// With dashes.
  words names;
  std::string description;
  value_kind value = value_kind::none;
  /// Of a word.
  words choices;
  bool repeatable = false;
};

struct command_flags {
  std::string name;
  std::string description;
  std::vector<flag> flags;
  /// What the arguments without a flag are; `none` where there are none.
  flag positional;
};

words split(std::string_view text, char at) {
  words parts;
  for (std::size_t end = 0; end != std::string_view::npos;) {
    end = text.find(at);
    parts.emplace_back(text.substr(0, end));
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  }
  return parts;
}

bool is_list_of_words(std::string_view type) {
  return type.find('|') != std::string_view::npos &&
         std::ranges::all_of(type, [](char c) { return c == '|' || (c >= 'a' && c <= 'z'); });
}

flag flag_of(const CLI::Option& option) {
  flag f;
  for (const std::string& name : option.get_snames()) f.names.push_back('-' + name);
  for (const std::string& name : option.get_lnames()) f.names.push_back("--" + name);
  f.description = option.get_description();
  f.repeatable = option.get_expected_max() > 1 ||
                 option.get_multi_option_policy() == CLI::MultiOptionPolicy::TakeAll;
  const std::string type = option.get_type_name();
  const bool takes_value = f.names.empty() || option.get_expected_min() > 0;
  if (!takes_value) return f;
  f.value = value_kind::any;
  if (is_list_of_words(type)) {
    f.value = value_kind::word;
    f.choices = split(type, '|');
  } else if (type.find("FILE") != std::string::npos) {
    f.value = value_kind::file;
  }
  return f;
}

command_flags flags_of(const CLI::App& app) {
  command_flags found{
      .name = app.get_name(), .description = app.get_description(), .flags = {}, .positional = {}};
  for (const CLI::Option* const option : app.get_options()) {
    flag f = flag_of(*option);
    if (f.names.empty())
      found.positional = std::move(f);
    else
      found.flags.push_back(std::move(f));
  }
  return found;
}

std::vector<command_flags> commands_of(const CLI::App& app) {
  std::vector<command_flags> commands;
  for (const CLI::App* const command : app.get_subcommands({}))
    commands.push_back(flags_of(*command));
  return commands;
}

std::string names_of(const std::vector<flag>& flags, std::string_view between) {
  words names;
  for (const flag& f : flags) names.insert(names.end(), f.names.begin(), f.names.end());
  return fmt::format("{}", fmt::join(names, between));
}

std::string names_of(const std::vector<command_flags>& commands) {
  words names;
  for (const command_flags& c : commands) names.push_back(c.name);
  return fmt::format("{}", fmt::join(names, " "));
}

/// In single quotes, as all three shells take it.
std::string shell_quoted(std::string_view text) {
  std::string out = "'";
  for (const char c : text) {
    if (c == '\'')
      out += "'\\''";
    else
      out += c;
  }
  return out += '\'';
}

// bash

std::string bash_values(const flag& f) {
  switch (f.value) {
    case value_kind::file:
      return "_nunu_files";
    case value_kind::word:
      return fmt::format("_nunu_words {}",
                         shell_quoted(fmt::format("{}", fmt::join(f.choices, " "))));
    case value_kind::any:
    case value_kind::none:
      break;
  }
  return ":";
}

std::string bash_command(const command_flags& c) {
  std::string cases;
  for (const flag& f : c.flags)
    if (f.value != value_kind::none)
      cases += fmt::format("        {}) {}; return ;;\n", fmt::join(f.names, "|"), bash_values(f));
  return fmt::format(R"(    {})
      case $previous in
{}      esac
      if [[ $current == -* ]]; then _nunu_words {}; else {}; fi
      ;;
)",
                     c.name, cases, shell_quoted(names_of(c.flags, " ")),
                     bash_values(c.positional));
}

std::string bash_script(const CLI::App& app) {
  const std::vector<command_flags> commands = commands_of(app);
  std::string cases;
  for (const command_flags& c : commands) cases += bash_command(c);
  return fmt::format(R"(# bash completion for nunu
_nunu_words() {{
  mapfile -t COMPREPLY < <(compgen -W "$1" -- "$current")
}}

_nunu_files() {{
  compopt -o filenames 2>/dev/null
  mapfile -t COMPREPLY < <(compgen -f -- "$current")
}}

_nunu() {{
  local current=${{COMP_WORDS[COMP_CWORD]}} previous=${{COMP_WORDS[COMP_CWORD - 1]}}
  COMPREPLY=()
  # bash takes the = of --flag=value for a word of its own.
  if [[ $current == = ]]; then
    current=
  elif [[ $previous == = && $COMP_CWORD -gt 2 ]]; then
    previous=${{COMP_WORDS[COMP_CWORD - 2]}}
  fi
  if [[ $COMP_CWORD -eq 1 ]]; then
    _nunu_words {}
    return
  fi
  case ${{COMP_WORDS[1]}} in
{}  esac
}}
complete -F _nunu nunu
)",
                     shell_quoted(names_of(commands) + ' ' + names_of(flags_of(app).flags, " ")),
                     cases);
}

// zsh

/// Brackets and colons divide the parts of what `_arguments` is given.
std::string zsh_escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '[' || c == ']' || c == ':' || c == '\\') out += '\\';
    out += c;
  }
  return out;
}

std::string zsh_values(const flag& f) {
  switch (f.value) {
    case value_kind::none:
      return "";
    case value_kind::file:
      return ":file:_files";
    case value_kind::word:
      return fmt::format(":value:({})", fmt::join(f.choices, " "));
    case value_kind::any:
      break;
  }
  return ":value:";
}

std::string zsh_command(const command_flags& c) {
  std::string specs;
  for (const flag& f : c.flags)
    for (const std::string& name : f.names) {
      const std::string others =
          f.names.size() > 1 ? fmt::format("({})", fmt::join(f.names, " ")) : "";
      specs +=
          " \\\n        " +
          shell_quoted(fmt::format("{}{}{}[{}]{}", f.repeatable ? "*" : others, name,
                                   f.value != value_kind::none && name.starts_with("--") ? "=" : "",
                                   zsh_escaped(f.description), zsh_values(f)));
    }
  if (c.positional.value != value_kind::none)
    specs += " \\\n        " +
             shell_quoted((c.positional.repeatable ? "*" : "1") + zsh_values(c.positional));
  return fmt::format("    {})\n      _arguments -s{}\n      ;;\n", c.name, specs);
}

std::string zsh_script(const CLI::App& app) {
  std::string descriptions;
  std::string cases;
  for (const command_flags& c : commands_of(app)) {
    descriptions += "    " + shell_quoted(c.name + ':' + zsh_escaped(c.description)) + '\n';
    cases += zsh_command(c);
  }
  return fmt::format(R"(#compdef nunu
# zsh completion for nunu
_nunu() {{
  local -a commands=(
{}  )
  if (( CURRENT == 2 )); then
    _describe command commands
    compadd -- {}
    return
  fi
  local name=${{words[2]}}
  shift words
  (( CURRENT-- ))
  case $name in
{}  esac
}}
# Loaded from $fpath it is the completion itself, else it says that it is there.
if [[ ${{funcstack[1]}} == _nunu ]]; then
  _nunu "$@"
else
  compdef _nunu nunu
fi
)",
                     descriptions, names_of(flags_of(app).flags, " "), cases);
}

// fish

/// fish takes a backslash before a quote instead of ending the quotes.
std::string fish_quoted(std::string_view text) {
  std::string out = "'";
  for (const char c : text) {
    if (c == '\'' || c == '\\') out += '\\';
    out += c;
  }
  return out += '\'';
}

std::string fish_values(const flag& f) {
  switch (f.value) {
    case value_kind::none:
      return "";
    case value_kind::file:
      return " -r -F";
    case value_kind::word:
      return fmt::format(" -x -a {}", fish_quoted(fmt::format("{}", fmt::join(f.choices, " "))));
    case value_kind::any:
      break;
  }
  return " -x";
}

std::string fish_flag(const flag& f, std::string_view condition) {
  std::string line = fmt::format("complete -c nunu -n {}", fish_quoted(condition));
  for (const std::string& name : f.names)
    line += name.starts_with("--") ? " -l " + name.substr(2) : " -s " + name.substr(1);
  return line.append(fish_values(f)).append(" -d ").append(fish_quoted(f.description)) + '\n';
}

std::string fish_script(const CLI::App& app) {
  constexpr std::string_view first = "__fish_use_subcommand";
  std::string script = "# fish completion for nunu\ncomplete -c nunu -f\n";
  for (const flag& f : flags_of(app).flags) script += fish_flag(f, first);
  for (const command_flags& c : commands_of(app)) {
    script += fmt::format("complete -c nunu -n {} -a {} -d {}\n", first, c.name,
                          fish_quoted(c.description));
    const std::string here = "__fish_seen_subcommand_from " + c.name;
    for (const flag& f : c.flags) script += fish_flag(f, here);
    if (c.positional.value == value_kind::file || c.positional.value == value_kind::word)
      script +=
          fmt::format("complete -c nunu -n {}{}\n", fish_quoted(here),
                      c.positional.value == value_kind::file ? " -F" : fish_values(c.positional));
  }
  return script;
}

}  // namespace

std::string completion_script(const CLI::App& app, shell for_shell) {
  switch (for_shell) {
    case shell::bash:
      return bash_script(app);
    case shell::zsh:
      return zsh_script(app);
    case shell::fish:
      break;
  }
  return fish_script(app);
}

}  // namespace cli
