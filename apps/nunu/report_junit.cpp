#include "report_junit.hpp"

#include <fmt/format.h>
#include <chrono>
#include <cstddef>
#include <optional>
#include <pugixml.hpp>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include "evidence.hpp"
#include "explain.hpp"
#include "plain_text.hpp"
#include "time_text.hpp"

namespace cli {
namespace {

enum class mark { none, failure, error, skipped };

mark mark_of(const result& r) {
  if (succeeded(r)) return mark::none;
  switch (ending_of(r)) {
    case ending::failed:
    case ending::blocked:
      return mark::failure;
    case ending::skipped:
      return mark::skipped;
    default:
      return mark::error;
  }
}

const char* element_of(mark m) {
  switch (m) {
    case mark::failure:
      return "failure";
    case mark::skipped:
      return "skipped";
    case mark::error:
    case mark::none:
      break;
  }
  return "error";
}

struct sums {
  std::size_t tests = 0;
  std::size_t failures = 0;
  std::size_t errors = 0;
  std::size_t skipped = 0;
  std::chrono::microseconds time{};

  void add(mark m, std::chrono::microseconds duration) {
    ++tests;
    failures += m == mark::failure ? 1 : 0;
    errors += m == mark::error ? 1 : 0;
    skipped += m == mark::skipped ? 1 : 0;
    time += duration;
  }
  void add(const sums& other) {
    tests += other.tests;
    failures += other.failures;
    errors += other.errors;
    skipped += other.skipped;
    time += other.time;
  }
};

using members = std::vector<const result*>;

/// Suites in the order in which they first appear.
std::vector<std::pair<std::string, members>> suites_of(const results& all) {
  std::vector<std::pair<std::string, members>> suites;
  std::unordered_map<std::string, std::size_t> places;
  for (const result& r : all.jobs) {
    const std::string group = all.group.empty() ? "nunu" : all.group;
    const std::string& name = r.suite.empty() ? group : r.suite;
    const auto [place, is_new] = places.emplace(name, suites.size());
    if (is_new) suites.emplace_back(name, members{});
    suites[place->second].second.push_back(&r);
  }
  return suites;
}

std::vector<std::string> names_of(const members& cases) {
  std::unordered_map<std::string, std::size_t> with_title;
  for (const result* r : cases) ++with_title[title_of(*r)];
  std::unordered_set<std::string> taken;
  // Where to go on counting: ten thousand jobs may have one test.
  std::unordered_map<std::string, int> last_number;
  std::vector<std::string> names;
  names.reserve(cases.size());
  for (const result* r : cases) {
    std::string name = title_of(*r);
    if (with_title[name] > 1 && !r->key.empty() && r->key != name)
      name += fmt::format(" [{}]", r->key);
    std::string unique = name;
    int& number = last_number.try_emplace(name, 1).first->second;
    while (!taken.insert(unique).second) unique = fmt::format("{} #{}", name, ++number);
    names.push_back(unique);
  }
  return names;
}

void set(pugi::xml_node node, const char* name, std::string_view value) {
  node.append_attribute(name).set_value(xml_text(value).c_str());
}

void set(pugi::xml_node node, const char* name, std::size_t value) {
  node.append_attribute(name).set_value(static_cast<unsigned long long>(value));
}

void append_text(pugi::xml_node node, std::string_view text) {
  node.append_child(pugi::node_pcdata).set_value(xml_text(text).c_str());
}

void append_property(pugi::xml_node properties, const char* name, std::string_view value) {
  if (value.empty()) return;
  const pugi::xml_node property = properties.append_child("property");
  set(property, "name", std::string_view(name));
  set(property, "value", value);
}

/// What GitLab and Jenkins show beside a case.
std::string output_of(const result& r) {
  std::string out;
  if (const std::string id = job_id_of(r); !id.empty()) out += fmt::format("job: {}\n", id);
  if (!r.key.empty()) out += fmt::format("key: {}\n", r.key);
  if (!r.url.empty()) out += fmt::format("page: {}\n", r.url);
  return out;
}

void append_case(pugi::xml_node suite, std::string_view suite_name, std::string_view name,
                 const result& r, mark m) {
  pugi::xml_node node = suite.append_child("testcase");
  set(node, "name", name);
  set(node, "classname", suite_name);
  set(node, "time", in_seconds(duration_of(r)));
  if (m != mark::none) {
    pugi::xml_node why = node.append_child(element_of(m));
    set(why, "type", to_string(ending_of(r)));
    set(why, "message", headline(r));
    append_text(why, explain(r));
  }
  if (const std::string out = output_of(r); !out.empty())
    append_text(node.append_child("system-out"), out);
}

/// When its first job started, or else was created; or else `otherwise`.
nunu::timestamp begin_of(const members& cases, nunu::timestamp otherwise) {
  std::optional<nunu::timestamp> begin;
  for (const result* r : cases) {
    const job_times times = times_of(*r);
    const auto moment = times.started ? times.started : times.created;
    if (moment && (!begin || *moment < *begin)) begin = moment;
  }
  return begin.value_or(otherwise);
}

sums append_suite(pugi::xml_node root, const results& all, const std::string& name,
                  const members& cases) {
  sums of_suite;
  for (const result* r : cases) of_suite.add(mark_of(*r), duration_of(*r));

  pugi::xml_node suite = root.append_child("testsuite");
  set(suite, "name", name);
  set(suite, "tests", of_suite.tests);
  set(suite, "failures", of_suite.failures);
  set(suite, "errors", of_suite.errors);
  set(suite, "skipped", of_suite.skipped);
  set(suite, "time", in_seconds(of_suite.time));
  set(suite, "timestamp", utc_seconds(begin_of(cases, all.began)));
  pugi::xml_node properties = suite.append_child("properties");
  append_property(properties, "nunu.command", all.command);
  append_property(properties, "nunu.group", all.group);

  const std::vector<std::string> names = names_of(cases);
  for (std::size_t i = 0; i < cases.size(); ++i)
    append_case(suite, name, names[i], *cases[i], mark_of(*cases[i]));
  return of_suite;
}

class text_writer final : public pugi::xml_writer {
 public:
  void write(const void* bytes, std::size_t size) override {
    text_.append(static_cast<const char*>(bytes), size);
  }
  std::string take() { return std::move(text_); }

 private:
  std::string text_;
};

}  // namespace

std::string junit_report(const results& all) {
  pugi::xml_document document;
  pugi::xml_node declaration = document.append_child(pugi::node_declaration);
  set(declaration, "version", std::string_view("1.0"));
  set(declaration, "encoding", std::string_view("UTF-8"));
  pugi::xml_node root = document.append_child("testsuites");
  set(root, "name", std::string_view("nunu"));

  sums of_all;
  for (const auto& [name, cases] : suites_of(all)) of_all.add(append_suite(root, all, name, cases));
  set(root, "tests", of_all.tests);
  set(root, "failures", of_all.failures);
  set(root, "errors", of_all.errors);
  set(root, "time", in_seconds(of_all.time));

  text_writer out;
  document.save(out, "  ");
  return out.take();
}

}  // namespace cli
