/// \file
/// Decoding jobs and pages of jobs.
///
/// Input: a body.

#include <boost/json/parse.hpp>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "json_values.hpp"
#include "property.hpp"
#include "wire/job_json.hpp"
#include "wire/json_fields.hpp"

namespace nunu::fuzz {
namespace {

namespace json = boost::json;
using wire::decoded;
using wire::job_decoder;

decoded<void> decode(job_decoder& decoder, std::string_view body, job& out) {
  return decoder.decode_job(body, out);
}
decoded<void> decode(job_decoder& decoder, std::string_view body, job_page& out) {
  return decoder.decode_page(body, out);
}
void encode(const job& j, std::string& out) {
  wire::encode_job(j, out);
}
void encode(const job_page& page, std::string& out) {
  wire::encode_page(page, out);
}

/// Something in every field, to be overwritten.
job used_job() {
  const timestamp some_time{std::chrono::seconds{1'772'553'019}};
  job j;
  j.job_id = j.project_id = j.multiplayer_test_id = j.status_text = "used";
  j.test_name = j.platform = j.build_id = j.test_plan_execution_id = j.queue_rejection_reason =
      "used";
  j.status = job_status::running;
  j.created_at = j.completed_at = some_time;
  j.templating_enabled = true;
  j.template_data = j.stopped_by = json::object{{"used", true}};
  j.tags = {"used", "twice", "thrice"};
  j.retries = {9, 8};
  j.runs.resize(3);
  for (job_run& run : j.runs) {
    run.multiplayer_run_id = run.state = run.result_text = "used";
    run.result = run_result::success;
    run.started_at = run.completed_at = some_time;
    run.players = 7;
  }
  return j;
}

void fill(job& out) {
  out = used_job();
}
void fill(job_page& out) {
  out.jobs = {used_job(), used_job(), used_job()};
  out.page = out.page_size = 5;
  out.total_count = out.total_pages = 6;
}

void require_plausible(const job& j) {
  require(!j.job_id.empty(), "a job has an id");
  require(j.template_data.is_null() || j.template_data.is_object(), "template_data is an object");
  require(j.stopped_by.is_null() || j.stopped_by.is_object(), "stopped_by is an object");
  require(j.retries.total >= 0 && j.retries.remaining >= 0, "retries are counted from 0");
  for (const job_run& run : j.runs) {
    require(run.players >= 0, "players are counted from 0");
    require((run.result == run_result::none) == run.result_text.empty(),
            "a result that is there has its text", run.result_text);
  }
}
void require_plausible(const job_page& page) {
  require(page.page >= 0 && page.page_size >= 0, "pages are counted from 0");
  require(page.total_count >= 0 && page.total_pages >= 0, "totals are counted from 0");
  for (const job& j : page.jobs) require_plausible(j);
}

/// With the fields that may differ after writing and reading made the same.
job comparable(job j) {
  // An empty status cannot be written.
  if (j.status_text.empty()) j.status_text = "UNKNOWN";
  j.template_data = nullptr;
  j.stopped_by = nullptr;
  return j;
}

bool same(const job& a, const job& b) {
  return comparable(a) == comparable(b) && same_value(a.template_data, b.template_data) &&
         same_value(a.stopped_by, b.stopped_by) && verdict_of(a) == verdict_of(b);
}
bool same(const job_page& a, const job_page& b) {
  return a.page == b.page && a.page_size == b.page_size && a.total_count == b.total_count &&
         a.total_pages == b.total_pages &&
         std::ranges::equal(a.jobs, b.jobs, [](const job& x, const job& y) { return same(x, y); });
}

/// What a parser that builds a document makes of the job.
void require_agrees(const job& j, const json::value& document) {
  const json::object& body = document.as_object();
  require(j.job_id == std::string_view(body.at("job_id").as_string()), "the id is the body's");
  require(j.status_text == std::string_view(body.at("status").as_string()),
          "the status is the body's");
  const json::value* template_data = body.if_contains("template_data");
  require(template_data == nullptr ? j.template_data.is_null()
                                   : same_value(j.template_data, *template_data),
          "template_data is the body's");
}
void require_agrees(const job_page& page, const json::value& document) {
  std::size_t listed = 0;
  for (const json::value& element : document.as_object().at("data").as_array()) {
    if (element.is_null()) continue;
    require(listed < page.jobs.size(), "no job of the body is left out");
    require_agrees(page.jobs[listed++], element);
  }
  require(listed == page.jobs.size(), "no job is made up");
}

template <class Out>
void check(std::string_view body) {
  // One that has stopped half-way through another body.
  job_decoder decoder;
  Out used;
  fill(used);
  Out half_read;
  require(!decode(decoder, R"({"data":[{"job_id":"other","runs":[{"state":"x)", half_read),
          "a body that is cut is refused");

  Out out;
  const auto result = decode(decoder, body, out);
  require(decode(decoder, body, used).has_value() == result.has_value(),
          "what was there before does not change what is accepted");

  boost::system::error_code ec;
  const json::value document = json::parse(body, ec, {}, wire::json_options);
  if (!result) {
    require(!result.error().empty(), "a refusal says why");
    require(ec || !result.error().starts_with("the body is not valid JSON"),
            "only what is no JSON is called so", result.error());
    return;
  }
  require(out == used, "all that was there before is overwritten");
  require(!ec, "what is accepted is JSON within the limits", ec.message());
  require_plausible(out);
  require_agrees(out, document);

  std::string written;
  encode(out, written);
  Out again;
  const auto reread = decode(decoder, written, again);
  require(reread.has_value(), "what was read can be written and read again", written);
  require(same(out, again), "and is the same then", written);
}

}  // namespace
}  // namespace nunu::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const std::string_view body = nunu::fuzz::text_of(bytes, size);
  nunu::fuzz::check<nunu::job>(body);
  nunu::fuzz::check<nunu::job_page>(body);
  return 0;
}
