#include <boost/json/serialize.hpp>

#include "core/names.hpp"
#include "wire/job_json.hpp"
#include "wire/json_text.hpp"
#include "wire/timestamp.hpp"

namespace nunu::wire {
namespace {

// Keys are given with the punctuation before them, so that each is one append.

void append_text(std::string& out, std::string_view key, std::string_view text) {
  out += key;
  append_json_string(out, text);
}

void append_text_or_null(std::string& out, std::string_view key, std::string_view text) {
  if (!text.empty()) return append_text(out, key, text);
  out += key;
  out += "null";
}

void append_number(std::string& out, std::string_view key, std::int64_t number) {
  out += key;
  append_json_number(out, number);
}

void append_time_or_null(std::string& out, std::string_view key,
                         const std::optional<timestamp>& time) {
  append_text_or_null(out, key, time ? format_timestamp(*time) : std::string());
}

void append_value(std::string& out, std::string_view key, const boost::json::value& value) {
  out += key;
  out += value.is_null() ? "null" : boost::json::serialize(value);
}

// The text is only ahead of the enumerator where it says the same in another way: whoever changes
// a job's status need not keep the text in step.

std::string_view status_name(const job& j) {
  return core::parse_job_status(j.status_text) == j.status && !j.status_text.empty()
             ? std::string_view(j.status_text)
             : to_string(j.status);
}

std::string_view result_name(const job_run& run) {
  return core::parse_run_result(run.result_text) == run.result ? std::string_view(run.result_text)
                                                               : to_string(run.result);
}

void append_tags(std::string& out, const std::vector<std::string>& tags) {
  std::string_view separator = "";
  for (const std::string& tag : tags) {
    out += separator;
    append_json_string(out, tag);
    separator = ",";
  }
}

void append_run(std::string& out, const job_run& run) {
  append_text(out, R"({"multiplayer_run_id":)", run.multiplayer_run_id);
  append_text_or_null(out, R"(,"state":)", run.state);
  append_text_or_null(out, R"(,"result":)", result_name(run));
  append_time_or_null(out, R"(,"started_at":)", run.started_at);
  append_time_or_null(out, R"(,"completed_at":)", run.completed_at);
  append_number(out, R"(,"players":)", run.players);
  out += '}';
}

void append_runs(std::string& out, const std::vector<job_run>& runs) {
  std::string_view separator = "";
  for (const job_run& run : runs) {
    out += separator;
    append_run(out, run);
    separator = ",";
  }
}

}  // namespace

void encode_job(const job& j, std::string& out) {
  append_text(out, R"({"job_id":)", j.job_id);
  append_text(out, R"(,"project_id":)", j.project_id);
  append_text(out, R"(,"status":)", status_name(j));
  append_time_or_null(out, R"(,"created_at":)", j.created_at);
  append_time_or_null(out, R"(,"completed_at":)", j.completed_at);
  append_text(out, R"(,"multiplayer_test_id":)", j.multiplayer_test_id);
  append_text_or_null(out, R"(,"test_name":)", j.test_name);
  append_text_or_null(out, R"(,"platform":)", j.platform);
  append_text_or_null(out, R"(,"build_id":)", j.build_id);
  append_text_or_null(out, R"(,"test_plan_execution_id":)", j.test_plan_execution_id);
  append_text_or_null(out, R"(,"queue_rejection_reason":)", j.queue_rejection_reason);
  out += j.templating_enabled ? R"(,"templating_enabled":true)" : R"(,"templating_enabled":false)";
  append_value(out, R"(,"template_data":)", j.template_data);
  append_value(out, R"(,"stopped_by":)", j.stopped_by);
  out += R"(,"tags":[)";
  append_tags(out, j.tags);
  append_number(out, R"(],"retries":{"total":)", j.retries.total);
  append_number(out, R"(,"remaining":)", j.retries.remaining);
  out += R"(},"runs":[)";
  append_runs(out, j.runs);
  out += "]}";
}

void encode_page(const job_page& page, std::string& out) {
  out += R"({"data":[)";
  std::string_view separator = "";
  for (const job& j : page.jobs) {
    out += separator;
    encode_job(j, out);
    separator = ",";
  }
  append_number(out, R"(],"pagination":{"page":)", page.page);
  append_number(out, R"(,"page_size":)", page.page_size);
  append_number(out, R"(,"total_count":)", page.total_count);
  append_number(out, R"(,"total_pages":)", page.total_pages);
  out += "}}";
}

}  // namespace nunu::wire
