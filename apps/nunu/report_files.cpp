#include "report_files.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <string_view>
#include <system_error>

#include "report_annotations.hpp"
#include "report_html.hpp"
#include "report_junit.hpp"
#include "report_markdown.hpp"
#include "terminal.hpp"
#include "workflow_commands.hpp"

namespace cli {
namespace {

std::string problem(const std::string& path, int error) {
  std::string text = "cannot write ";
  return text.append(path).append(": ").append(std::generic_category().message(error));
}

int open_to_write(const std::string& path, int flags) {
  constexpr mode_t for_all = 0666;
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-vararg): there is no other open
  return open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC | O_NOCTTY | flags, for_all);
}

std::string problem_with(const std::string& path) {
  if (path.empty()) return {};
  struct stat before {};
  // A link that leads nowhere is there, too.
  const bool was_there = lstat(path.c_str(), &before) == 0;
  // A pipe without a reader would hold up everything.
  if (struct stat target{}; stat(path.c_str(), &target) == 0 && S_ISFIFO(target.st_mode)) return {};
  const int fd = open_to_write(path, 0);
  if (fd < 0) return problem(path, errno);
  close(fd);
  if (!was_there) unlink(path.c_str());
  return {};
}

std::string write_file(const std::string& path, std::string_view text, int flags) {
  const int fd = open_to_write(path, flags);
  if (fd < 0) return problem(path, errno) + "\n";
  const bool written = write_all(fd, text);
  const int error = errno;
  if (close(fd) == 0 && written) return {};
  return problem(path, written ? errno : error) + "\n";
}

bool is_one_file(const std::string& one, const std::string& other) {
  std::error_code not_there;
  return std::filesystem::equivalent(one, other, not_there);
}

std::string variable(const char* name) {
  const char* const value = std::getenv(name);
  return value == nullptr ? std::string() : std::string(value);
}

}  // namespace

std::string problem_with_reports(const output_options& options) {
  for (const std::string& path : {options.junit, options.summary, options.html})
    if (std::string found = problem_with(path); !found.empty()) return found;
  return {};
}

std::string write_reports(const output_options& options, const results& all) {
  std::string problems;
  const std::string step_summary = variable("GITHUB_STEP_SUMMARY");
  if (!options.junit.empty()) problems += write_file(options.junit, junit_report(all), O_TRUNC);
  if (!options.html.empty()) problems += write_file(options.html, html_report(all), O_TRUNC);
  const bool is_step_summary = is_one_file(options.summary, step_summary);
  if (!options.summary.empty())
    problems += write_file(options.summary, markdown_report(all),
                           // The commands before in this step have written there, too.
                           is_step_summary ? O_APPEND : O_TRUNC);
  // Nobody asked for it, so nothing fails for it.
  if (!step_summary.empty() && !is_step_summary)
    write_file(step_summary, markdown_report(all), O_APPEND);
  if (is_github_actions()) write_all(STDERR_FILENO, annotations(all));
  return problems;
}

}  // namespace cli
