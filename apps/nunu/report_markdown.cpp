#include "report_markdown.hpp"

#include <fmt/format.h>
#include <cstddef>
#include <string_view>
#include <vector>

#include "evidence.hpp"
#include "explain.hpp"
#include "plain_text.hpp"
#include "tally.hpp"
#include "time_text.hpp"

namespace cli {
namespace {

// Others write into the same summary, so that half of what GitHub takes is enough.
constexpr std::size_t most_bytes = 512 * 1024;
constexpr std::size_t most_bytes_of_rows = most_bytes / 2;
/// For the lines that say what is left out.
constexpr std::size_t reserve = 512;
constexpr std::size_t most_bytes_of_a_cell = 300;

/// For text in a line of Markdown. Entities rather than backslashes: they also hold where a table's
/// cells are split, and within HTML. `:`, `.` and `@`, too, lest addresses become links within
/// links.
std::string escaped(std::string_view text) {
  constexpr std::string_view special = "\\`*_{}[]()<>#+!|~&\"'$@:.";
  std::string out;
  for (const char c : printable_line(text)) {
    if (special.find(c) == std::string_view::npos) {
      out += c;
    } else {
      out += fmt::format("&#{};", static_cast<int>(c));
    }
  }
  return out;
}

std::string cell(std::string_view text) {
  return escaped(shortened(text, most_bytes_of_a_cell));
}

/// For the lines of a `<pre>`.
std::string html_escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      default:
        out += c;
    }
  }
  return out;
}

/// Nothing that could end a link, or a cell, remains.
std::string link_target(std::string_view url) {
  constexpr std::string_view safe =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~:/?#@!$+,;=%";
  std::string out;
  for (const char c : url) {
    if (c == '&') {
      out += "&amp;";
    } else if (safe.find(c) == std::string_view::npos) {
      out += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    } else {
      out += c;
    }
  }
  return out;
}

bool is_web(std::string_view url) {
  return url.starts_with("https://") || url.starts_with("http://");
}

std::string row(const result& r) {
  const std::string name = cell(title_of(r));
  const std::string linked =
      is_web(r.url) ? fmt::format("[{}]({})", name, link_target(r.url)) : name;
  return fmt::format("| {} | {} | {} | {} | {} |\n", linked, cell(ending_in_words(r)),
                     cell(reason_of(r)), cell(r.suite), cell(job_id_of(r)));
}

std::string folded(const result& r) {
  return fmt::format("<details><summary>{}</summary>\n\n<pre>\n{}</pre>\n\n</details>\n\n",
                     cell(title_of(r)), html_escaped(explain(r)));
}

/// As many as fit.
template <class Make>
std::size_t append_while_it_fits(std::string& out, std::size_t limit,
                                 const std::vector<const result*>& from, Make make) {
  for (std::size_t i = 0; i < from.size(); ++i) {
    const std::string part = make(*from[i]);
    if (out.size() + part.size() > limit) return i;
    out += part;
  }
  return from.size();
}

std::string heading(const results& all) {
  std::size_t succeeded_count = 0;
  for (const result& r : all.jobs) succeeded_count += succeeded(r) ? 1 : 0;
  const std::string group = all.group.empty() ? "" : fmt::format(" {}", cell(all.group));
  return fmt::format("## nunu {}{}: {} of {} {}\n\n{}; took {}.\n\n", cell(all.command), group,
                     succeeded_count, all.jobs.size(), all.command == "stop" ? "stopped" : "passed",
                     in_words(tally(all)), in_words(all.ended - all.began));
}

}  // namespace

std::string markdown_report(const results& all) {
  std::string out = heading(all);
  const std::vector<const result*> listed = unsuccessful(all);
  if (listed.empty()) return out;

  out += "| Test | Result | Why | Suite | Job |\n| --- | --- | --- | --- | --- |\n";
  const std::size_t rows = append_while_it_fits(out, most_bytes_of_rows, listed, row);
  if (rows < listed.size())
    out += fmt::format("\n{} more did not pass and are not shown.\n", listed.size() - rows);
  out += '\n';

  const std::size_t details = append_while_it_fits(out, most_bytes - reserve, listed, folded);
  if (details < listed.size())
    out += fmt::format("The details of {} more are not shown.\n\n", listed.size() - details);
  return out;
}

}  // namespace cli
