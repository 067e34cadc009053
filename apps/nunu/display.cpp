#include "display.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "evidence.hpp"
#include "explain.hpp"
#include "plain_text.hpp"
#include "text_width.hpp"
#include "time_text.hpp"

namespace cli {
namespace {

constexpr std::string_view kGreen = "32";
constexpr std::string_view kRed = "31";
constexpr std::string_view kYellow = "33";
constexpr std::string_view kDim = "2";

std::string painted(std::string_view text, std::string_view color, const look& how) {
  if (!how.color || text.empty()) return std::string(text);
  return fmt::format("\x1b[{}m{}\x1b[0m", color, text);
}

std::string_view color_of(ending e) {
  switch (e) {
    case ending::passed:
      return kGreen;
    case ending::skipped:
    case ending::stopped:
    case ending::still_running:
    case ending::rejected:
      return kYellow;
    default:
      return kRed;
  }
}

std::string words(progress::duration d) {
  // Whole seconds: tenths would be another frame each.
  return in_words(std::chrono::duration_cast<std::chrono::microseconds>(
      std::chrono::floor<std::chrono::seconds>(d)));
}

std::string whole_words(progress::duration d) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(d).count();
  return seconds < 10 ? fmt::format("{} s", std::max<decltype(seconds)>(0, seconds)) : words(d);
}

void add(std::string& list, std::size_t count, std::string_view what) {
  if (count > 0) list += fmt::format("{}{} {}", list.empty() ? "" : ", ", count, what);
}

/// "40 running, 148 queued, 5 starting, 3 to start".
std::string under_way(const progress& p) {
  using nunu::job_status;
  std::string list;
  add(list,
      p.jobs_in(job_status::starting) + p.jobs_in(job_status::running) +
          p.jobs_in(job_status::stopping) + p.jobs_in(job_status::cleaning_up),
      "running");
  add(list, p.jobs_in(job_status::queued), "queued");
  add(list, p.jobs_in(job_status::unknown), "not yet seen");
  add(list, p.runs_starting(), p.runs_starting() == 1 ? "run being started" : "runs being started");
  add(list, p.runs_to_start(), "to start");
  return list;
}

std::string time_in_words(const progress& p, progress::time_point now) {
  std::string text = whole_words(p.elapsed(now));
  if (const auto left = p.time_left(now); left && p.jobs_ended() < p.jobs_in_all())
    text += fmt::format(", about {} left", whole_words(*left));
  return text;
}

/// Parts of so many cells, the worst first, then what is still to come.
std::string bar(const progress& p, const look& how, std::size_t cells) {
  const std::size_t all = std::max<std::size_t>(1, p.jobs_in_all());
  const std::string_view full = how.ascii ? "=" : "━";
  const std::string_view empty = how.ascii ? "-" : "─";
  std::string text;
  std::size_t drawn = 0;
  std::size_t counted = 0;
  const auto draw_to = [&](std::size_t end, std::string_view cell, std::string_view color) {
    std::string part;
    for (; drawn < end; ++drawn) part += cell;
    text += painted(part, color, how);
  };
  for (const ending e : worst_first) {
    counted += p.endings().count(e);
    // What did not start is not among the jobs.
    draw_to(std::min(cells, counted * cells / all), full, color_of(e));
  }
  draw_to(cells, empty, kDim);
  return text;
}

/// Of counts that may be wider than a line: whole words as far as they fit.
std::string within(std::string_view text, const look& how, std::size_t columns) {
  return fitted(text, columns, how.ascii);
}

}  // namespace

std::vector<std::string> live_lines(const progress& p, const look& how, std::size_t columns,
                                    progress::time_point now) {
  constexpr std::size_t widest_bar = 40;
  constexpr std::size_t narrowest_bar = 8;
  const std::size_t all = p.jobs_in_all();
  std::string done = fmt::format("{}/{}", p.jobs_ended(), all);
  if (all > 0) done += fmt::format(" {}%", p.jobs_ended() * 100 / all);
  done += "  " + time_in_words(p, now);

  std::vector<std::string> lines;
  if (columns >= done.size() + 1 + narrowest_bar) {
    const std::size_t cells = std::min(widest_bar, columns - done.size() - 1);
    lines.push_back(bar(p, how, cells) + " " + done);
  } else {
    lines.push_back(within(done, how, columns));
  }

  const tally& endings = p.endings();
  std::string counts = under_way(p);
  if (endings.total() > 0) {
    if (!counts.empty()) counts += "; ";
    counts += in_words(endings);
  }
  if (p.jobs_ended() > 0) counts += fmt::format("; {:.1f} a minute", p.per_minute(now));
  lines.push_back(within(counts, how, columns));
  return lines;
}

std::string progress_line(const progress& p, progress::time_point now) {
  std::string line = fmt::format("{} of {} jobs ended", p.jobs_ended(), p.jobs_in_all());
  if (p.endings().total() > 0) line += ": " + in_words(p.endings());
  if (const std::string more = under_way(p); !more.empty()) line += "; " + more;
  return line + "; " + time_in_words(p, now);
}

std::string ended_line(const result& r, const look& how, std::size_t columns) {
  const ending e = ending_of(r);
  const auto took = duration_of(r);
  std::string text = headline(r);
  const std::string time = took.count() > 0 ? fmt::format(" ({})", in_words(took)) : "";
  if (columns > time.size()) text = fitted(text, columns - time.size(), how.ascii) + time;
  return painted(fitted(text, columns, how.ascii), color_of(e), how);
}

std::string attempt_line(const nunu::request_attempt& made) {
  const std::string request = printable_line(made.request);
  const auto took = std::chrono::floor<std::chrono::milliseconds>(made.duration).count();
  if (!made.error) return fmt::format("{}: {} in {} ms", request, made.http_status, took);
  const bool sent = made.duration.count() > 0;
  const std::string fate = sent ? fmt::format("no answer in {} ms", took) : "not sent";
  const std::string why = made.message.empty() ? made.error.message() : std::string(made.message);
  return fmt::format("{}: {}: {}", request, fate, printable_line(why));
}

std::string alarming(std::string_view text, const look& how) {
  return painted(text, kRed, how);
}

}  // namespace cli
