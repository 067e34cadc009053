/// \file
/// Sources that a test has made up, and the command line read with them.
#pragma once

#include <gtest/gtest.h>

#include <boost/system/errc.hpp>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "arguments.hpp"
#include "sources.hpp"

namespace cli {

/// Not copied: what it gives refers to it.
class given_sources {
 public:
  given_sources() = default;
  given_sources(const given_sources&) = delete;
  given_sources& operator=(const given_sources&) = delete;

  std::map<std::string, std::string> variables{{"NUNU_API_TOKEN", "token"}, {"HOME", "/home/me"}};
  std::map<std::string, std::string> files;
  /// These are there and cannot be read.
  std::map<std::string, boost::system::errc::errc_t> broken_files;
  std::string standard_input;
  bool terminal = true;

  std::vector<std::string> files_read;
  int standard_input_read = 0;

  sources get() {
    sources all;
    all.environment.api_key = nunu::api_key(variables["NUNU_API_TOKEN"]);
    all.environment.project_id = variables["NUNU_PROJECT_ID"];
    if (!variables["NUNU_API_URL"].empty()) all.environment.base_url = variables["NUNU_API_URL"];
    all.variable = [this](const char* name) -> std::optional<std::string> {
      const auto at = variables.find(name);
      return at == variables.end() ? std::nullopt : std::optional(at->second);
    };
    all.read_file = [this](const std::string& path) { return read(path); };
    all.read_standard_input = [this]() -> boost::system::result<std::string> {
      ++standard_input_read;
      return standard_input;
    };
    all.standard_input_is_terminal = terminal;
    return all;
  }

  std::variant<invocation, finished> parse(const std::vector<std::string>& arguments) {
    std::vector<const char*> argv{"nunu"};
    for (const std::string& argument : arguments) argv.push_back(argument.c_str());
    return cli::parse(static_cast<int>(argv.size()), argv.data(), get());
  }

  /// Fails the test, and gives one that asks for nothing, when the arguments are refused.
  invocation accepted(const std::vector<std::string>& arguments) {
    auto result = parse(arguments);
    if (const finished* const ended = std::get_if<finished>(&result)) {
      ADD_FAILURE() << ended->standard_error << ended->standard_output;
      return {};
    }
    return std::get<invocation>(std::move(result));
  }

  /// What is said on standard error. Fails the test when the arguments are not refused, or when
  /// anything is said on standard output.
  std::string refusal(const std::vector<std::string>& arguments) {
    auto result = parse(arguments);
    const finished* const ended = std::get_if<finished>(&result);
    if (ended == nullptr) {
      ADD_FAILURE() << "was accepted";
      return {};
    }
    EXPECT_EQ(ended->exit_code, 2);
    EXPECT_EQ(ended->standard_output, "");
    return ended->standard_error;
  }

 private:
  boost::system::result<std::string> read(const std::string& path) {
    files_read.push_back(path);
    if (const auto at = broken_files.find(path); at != broken_files.end())
      return make_error_code(at->second);
    const auto at = files.find(path);
    if (at == files.end()) return make_error_code(boost::system::errc::no_such_file_or_directory);
    return at->second;
  }
};

}  // namespace cli
