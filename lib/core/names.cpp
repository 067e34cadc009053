#include "core/names.hpp"

#include <algorithm>
#include <array>
#include <span>

namespace nunu::core {
namespace {

template <class Value>
struct name_of {
  Value value;
  std::string_view name;
};

constexpr std::array status_names{
    name_of<job_status>{job_status::queued, "QUEUED"},
    name_of<job_status>{job_status::starting, "STARTING"},
    name_of<job_status>{job_status::running, "RUNNING"},
    name_of<job_status>{job_status::stopping, "STOPPING"},
    name_of<job_status>{job_status::cleaning_up, "CLEANING_UP"},
    name_of<job_status>{job_status::completed, "COMPLETED"},
    name_of<job_status>{job_status::unknown, "UNKNOWN"},
};

// A value's first name here is the one that is written.
constexpr std::array result_names{
    name_of<run_result>{run_result::none, ""},
    name_of<run_result>{run_result::success, "SUCCESS"},
    name_of<run_result>{run_result::skipped, "SKIPPED"},
    name_of<run_result>{run_result::failed, "FAILED"},
    name_of<run_result>{run_result::blocked, "BLOCKED"},
    name_of<run_result>{run_result::timeout, "TIMEOUT"},
    name_of<run_result>{run_result::timeout, "MAX_STEPS"},
    name_of<run_result>{run_result::error, "ERROR"},
    name_of<run_result>{run_result::stopped, "STOPPED"},
    name_of<run_result>{run_result::unknown, "UNKNOWN"},
};

constexpr std::array verdict_names{
    name_of<verdict>{verdict::passed, "passed"},
    name_of<verdict>{verdict::skipped, "skipped"},
    name_of<verdict>{verdict::failed, "failed"},
    name_of<verdict>{verdict::blocked, "blocked"},
    name_of<verdict>{verdict::execution_failure, "execution_failure"},
    name_of<verdict>{verdict::stopped, "stopped"},
    name_of<verdict>{verdict::rejected, "rejected"},
    name_of<verdict>{verdict::unknown, "unknown"},
};

constexpr std::array severity_names{
    name_of<bug_severity>{bug_severity::low, "low"},
    name_of<bug_severity>{bug_severity::medium, "medium"},
    name_of<bug_severity>{bug_severity::high, "high"},
    name_of<bug_severity>{bug_severity::critical, "critical"},
    name_of<bug_severity>{bug_severity::unknown, "unknown"},
};

// std::toupper depends on the locale, which belongs to the embedding program.
constexpr char upper(char c) noexcept {
  return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
}

bool same_but_for_case(std::string_view a, std::string_view b) noexcept {
  return std::ranges::equal(a, b, {}, upper, upper);
}

template <class Value>
Value parse(std::span<const name_of<Value>> names, std::string_view text,
            Value otherwise) noexcept {
  for (const auto& entry : names) {
    if (same_but_for_case(text, entry.name)) return entry.value;
  }
  return otherwise;
}

template <class Value>
std::string_view name(std::span<const name_of<Value>> names, Value value,
                      std::string_view otherwise) noexcept {
  for (const auto& entry : names) {
    if (entry.value == value) return entry.name;
  }
  return otherwise;
}

}  // namespace

job_status parse_job_status(std::string_view text) noexcept {
  return parse<job_status>(status_names, text, job_status::unknown);
}

run_result parse_run_result(std::string_view text) noexcept {
  return parse<run_result>(result_names, text, run_result::unknown);
}

bug_severity parse_bug_severity(std::string_view text) noexcept {
  return parse<bug_severity>(severity_names, text, bug_severity::unknown);
}

}  // namespace nunu::core

namespace nunu {

std::string_view to_string(job_status status) noexcept {
  return core::name<job_status>(core::status_names, status, "UNKNOWN");
}

std::string_view to_string(run_result result) noexcept {
  return core::name<run_result>(core::result_names, result, "UNKNOWN");
}

std::string_view to_string(verdict v) noexcept {
  return core::name<verdict>(core::verdict_names, v, "unknown");
}

std::string_view to_string(bug_severity severity) noexcept {
  return core::name<bug_severity>(core::severity_names, severity, "unknown");
}

}  // namespace nunu
