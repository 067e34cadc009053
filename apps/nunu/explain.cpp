#include "explain.hpp"

#include <fmt/format.h>
#include <algorithm>
#include <cstddef>
#include <string_view>
#include <vector>

#include "error_name.hpp"
#include "evidence.hpp"
#include "plain_text.hpp"

namespace cli {
namespace {

// Enough to understand a failure; the page has the rest.
constexpr std::size_t most_steps = 5;
constexpr std::size_t most_bugs = 10;
constexpr std::size_t most_bytes_of_a_report = 4000;
constexpr std::size_t most_bytes_of_a_line = 500;

std::string line(std::string_view text) {
  return printable_line(shortened(text, most_bytes_of_a_line));
}

std::string result_in_words(const nunu::run_step& step) {
  return step.result == nunu::run_result::none ? "did not end" : line(step.result_text);
}

void append_step(std::string& out, const failed_step& failed) {
  const nunu::run_step& step = *failed.step;
  out += fmt::format("  {}: {}", line(in_words(failed)), result_in_words(step));
  out += step.goal.empty() ? "\n" : fmt::format(": {}\n", line(step.goal));
  out += indented(printable(shortened(step.report, most_bytes_of_a_report)), "    ");
}

void append_steps(std::string& out, const result& r) {
  const std::vector<failed_step> steps = failed_steps(r);
  const std::size_t shown = std::min(steps.size(), most_steps);
  for (std::size_t i = 0; i < shown; ++i) append_step(out, steps[i]);
  if (shown < steps.size()) out += fmt::format("  and {} more steps\n", steps.size() - shown);
}

void append_bugs(std::string& out, const result& r) {
  const std::size_t shown = std::min(r.bugs.size(), most_bugs);
  for (std::size_t i = 0; i < shown; ++i) {
    const nunu::bug& bug = r.bugs[i];
    out += bug.severity_text.empty() ? "  bug" : fmt::format("  bug ({})", line(bug.severity_text));
    out += fmt::format(": {}\n", line(bug.title));
  }
  if (shown < r.bugs.size()) out += fmt::format("  and {} more bugs\n", r.bugs.size() - shown);
}

void append_error(std::string& out, const cause& why) {
  const nunu::diagnostics& details = why.details;
  if (why.code) {
    out += fmt::format("  error: {} ({})\n", line(why.code.message()), error_name(why.code));
  }
  if (!details.request.empty()) out += fmt::format("  request: {}\n", line(details.request));
  if (!details.service_code.empty()) out += fmt::format("  code: {}\n", line(details.service_code));
  if (!details.body.empty()) out += fmt::format("  answer: {}\n", line(details.body));
  if (!details.launch_id.empty()) out += fmt::format("  launch id: {}\n", line(details.launch_id));
  for (const std::string& id : details.job_ids) out += fmt::format("  started job: {}\n", line(id));
}

std::string key_and_title(const result& r) {
  const std::string title = title_of(r);
  return r.key.empty() || r.key == title ? line(title)
                                         : fmt::format("{} [{}]", line(title), line(r.key));
}

}  // namespace

std::string headline(const result& r) {
  const std::string reason = reason_of(r);
  return fmt::format("{}: {}{}{}", key_and_title(r), ending_in_words(r), reason.empty() ? "" : ": ",
                     line(reason));
}

std::string explain(const result& r) {
  if (succeeded(r)) return {};
  const bool steps_follow = !failed_steps(r).empty();
  std::string out =
      steps_follow ? fmt::format("{}: {}", key_and_title(r), ending_in_words(r)) : headline(r);
  out += '\n';
  append_steps(out, r);
  append_bugs(out, r);
  if (const auto why = cause_of(r); why && !was_not_sent(r) && !was_cut_short(r))
    append_error(out, *why);
  const std::string job_id = job_id_of(r);
  if (!job_id.empty() && job_id != title_of(r)) out += fmt::format("  job: {}\n", line(job_id));
  if (!r.url.empty()) out += fmt::format("  {}\n", printable_line(r.url));
  return out;
}

}  // namespace cli
