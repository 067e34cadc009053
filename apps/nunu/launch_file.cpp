#include "launch_file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <utility>

#include "did_you_mean.hpp"
#include "launch_fields.hpp"
#include "launch_merge.hpp"
#include "located_json.hpp"
#include "request_fields.hpp"
#include "request_rules.hpp"

namespace cli {
namespace {

const std::vector<std::string> top_names{"defaults", "runs"};

/// A field may be missing only because something is wrong with it, which was told.
bool explains(const std::set<std::string, std::less<>>& suspects, std::string_view missing) {
  const auto is_suspect = [&](std::string_view field) { return suspects.contains(field); };
  // The request as a whole: it is of no kind.
  if (missing.empty())
    return std::ranges::any_of(std::array{kTestField, kPlanField, kInstructionsField}, is_suspect);
  return is_suspect(missing) || (missing == kDeploymentField && is_suspect(kPlayersField));
}

class reader {
 public:
  explicit reader(const located_json& root) : root_(root) {
    defaults_.kind = boost::json::kind::object;
  }

  std::vector<planned_run> read() {
    if (!root_.is_object()) {
      add(root_.line,
          fmt::format("the file is {}, must be an object with \"runs\"", kind_name(root_)));
      return {};
    }
    check_top();
    read_defaults();
    const located_json* const runs = root_.find("runs");
    if (runs == nullptr)
      add(root_.line, "runs is missing: a list of what is to be started");
    else if (!runs->is_array())
      add(runs->line, fmt::format("runs is {}, must be a list of objects", kind_name(*runs)));
    else if (runs->values.empty())
      add(runs->line, "runs is empty: there is nothing to start");
    else
      for (std::size_t i = 0; i < runs->values.size(); ++i) read_run(i, runs->values[i]);
    return std::move(runs_);
  }

  std::vector<launch_problem> problems;

 private:
  void add(std::size_t line, std::string what) { problems.push_back({line, std::move(what)}); }

  void check_top() {
    std::map<std::string_view, std::size_t> lines;
    for (std::size_t i = 0; i < root_.values.size(); ++i) {
      const std::string& name = root_.names[i];
      const std::size_t line = root_.values[i].line;
      const auto [first, is_new] = lines.try_emplace(name, line);
      if (!is_new)
        add(line, fmt::format("{} is there twice, also on line {}", name, first->second));
      if (std::ranges::find(top_names, name) == top_names.end())
        add(line, fmt::format("{} is no field of a launch file, which has defaults and runs{}",
                              name, did_you_mean(name, top_names)));
    }
  }

  void read_defaults() {
    const located_json* const defaults = root_.find("defaults");
    if (defaults == nullptr || defaults->is_null()) return;
    if (!defaults->is_object())
      return add(defaults->line,
                 fmt::format("defaults is {}, must be an object", kind_name(*defaults)));
    form_check form = check_form(*defaults, "defaults", false);
    take(form);
    suspects_of_defaults_ = std::move(form.suspects);
    defaults_ = *defaults;
    // Of what is wrong nothing is known.
    for (const std::string& name : suspects_of_defaults_) defaults_.erase(name);
  }

  void read_run(std::size_t place, const located_json& run) {
    const std::string path = fmt::format("runs[{}]", place);
    planned_run planned;
    planned.key = std::to_string(place + 1);
    if (!run.is_object())
      return add(run.line, fmt::format("{} is {}, must be an object", path, kind_name(run)));
    form_check form = check_form(run, path, true);
    take(form);
    if (!form.suspects.contains("key")) {
      const located_json* const key = run.find("key");
      if (key != nullptr) planned.key = key->scalar.as_string().c_str();
      check_key(planned.key, path, key == nullptr ? run.line : key->line);
    }
    located_json right = run;
    for (const std::string& name : form.suspects) right.erase(name);
    const located_json merged = put_on_defaults(defaults_, right);
    planned.request = request_of(merged);
    form.suspects.insert(suspects_of_defaults_.begin(), suspects_of_defaults_.end());
    for (const request_problem& problem :
         problems_with(planned.request, [](std::string_view name) { return std::string(name); }))
      add_of_request(problem, path, run, merged, form);
    runs_.push_back(std::move(planned));
  }

  void check_key(const std::string& key, const std::string& path, std::size_t line) {
    const auto [first, is_new] = keys_.try_emplace(key, line);
    if (!is_new)
      add(line, fmt::format("{} has the key '{}', which the run on line {} has, too", path, key,
                            first->second));
  }

  void take(form_check& form) {
    problems.insert(problems.end(), form.problems.begin(), form.problems.end());
  }

  void add_of_request(const request_problem& problem, const std::string& path,
                      const located_json& run, const located_json& merged, const form_check& form) {
    const located_json* value = merged.find(problem.field);
    if (value == nullptr) {
      if (explains(form.suspects, problem.field)) return;
      const std::string field = problem.field.empty() ? "" : '.' + problem.field;
      return add(run.line, fmt::format("{}{} {}", path, field, problem.what));
    }
    // A value is where its line is: in the run, or in the defaults.
    std::string value_path = run.find(problem.field) != nullptr ? path : "defaults";
    value_path += '.' + problem.field;
    if (!problem.item.empty() && value->is_array()) {
      value = &value->values[std::stoul(problem.item)];
      value_path += '[' + problem.item + ']';
    } else if (!problem.item.empty()) {
      if (const located_json* const item = value->find(problem.item)) value = item;
      value_path += '.' + problem.item;
    }
    std::string what = fmt::format("{} {}", value_path, problem.what);
    // What is wrong with the defaults is so for every run.
    if (value_path.starts_with("defaults") && !told_of_defaults_.insert(what).second) return;
    add(value->line, std::move(what));
  }

  const located_json& root_;
  located_json defaults_;
  std::set<std::string, std::less<>> suspects_of_defaults_;
  std::set<std::string> told_of_defaults_;
  std::map<std::string, std::size_t> keys_;
  std::vector<planned_run> runs_;
};

std::vector<std::string> lines_of(std::string_view file,
                                  const std::vector<launch_problem>& problems) {
  std::multimap<std::size_t, std::string_view> by_line;
  for (const launch_problem& problem : problems) by_line.emplace(problem.line, problem.what);
  std::vector<std::string> lines;
  for (const auto& [line, what] : by_line) {
    if (lines.size() == kMostLaunchProblems) {
      lines.push_back(fmt::format("{}: and {} more", file, problems.size() - lines.size()));
      break;
    }
    lines.push_back(fmt::format("{}:{}: {}", file, line, what));
  }
  return lines;
}

}  // namespace

boost::system::result<std::vector<planned_run>, std::vector<std::string>> read_launch_file(
    std::string_view file, std::string_view text) {
  using boost::system::in_place_error;
  const auto root = parse_json(text);
  if (!root) return {in_place_error, std::vector{fmt::format("{}:{}", file, root.error())}};
  reader r(*root);
  std::vector<planned_run> runs = r.read();
  if (!r.problems.empty()) return {in_place_error, lines_of(file, r.problems)};
  return runs;
}

}  // namespace cli
