/// \file
/// Bodies of starting and stopping, in both directions, and of errors.
///
/// Input: a body.

#include <algorithm>
#include <boost/json/parse.hpp>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "json_values.hpp"
#include "property.hpp"
#include "wire/error_json.hpp"
#include "wire/json_fields.hpp"
#include "wire/run_json.hpp"
#include "wire/stop_json.hpp"

namespace nunu::fuzz {
namespace {

namespace json = boost::json;

/// Every job that `object` names was decoded.
void require_has_jobs_of(const json::value* object, const started_run& run) {
  if (object == nullptr || !object->is_object()) return;
  const json::value* ids = object->get_object().if_contains("job_ids");
  if (ids == nullptr || !ids->is_array()) return;
  for (const json::value& id : ids->get_array())
    require(std::ranges::count(run.job_ids, std::string_view(id.as_string())) > 0,
            "no job that was started is dropped", id.as_string());
}

void require_written_as_read(const started_run& run) {
  std::vector<std::string> forms{wire::encode_multi_device_run(run)};
  // The others have no room for results of devices.
  if (run.device_results.empty())
    forms.insert(forms.end(),
                 {wire::encode_started_run(run), wire::encode_started_run_envelope(run)});
  for (const std::string& body : forms) {
    const auto again = wire::decode_started_run(body);
    require(again.has_value(), "a start that was read can be written and read again", body);
    require(*again == run, "and is the same then", body);
  }
}

void check_started_run(std::string_view body) {
  const auto run = wire::decode_started_run(body);
  if (!run) return require(!run.error().empty(), "a refusal says why");
  require(run->launch_id.empty(), "the service does not know launch ids");
  require(!run->job_ids.empty() ||
              std::ranges::none_of(run->device_results, [](const auto& d) { return d.ok; }),
          "a device that was started has jobs");
  const json::value document = json::parse(body, {}, wire::json_options);
  require_has_jobs_of(&document, *run);
  require_has_jobs_of(document.as_object().if_contains("data"), *run);
  require_written_as_read(*run);
}

void check_error(std::string_view body) {
  const wire::service_error error = wire::decode_error(body);
  boost::system::error_code ec;
  const json::value document = json::parse(body, ec, {}, wire::json_options);
  require(error.unfamiliar || (!ec && document.is_object()),
          "what is not a JSON object is not familiar");
  if (error.message.empty() && error.job_ids.empty()) return;

  const std::string newest = wire::encode_error(error);
  const wire::service_error again = wire::decode_error(newest);
  require(again.message == error.message && again.code == error.code &&
              again.job_ids == error.job_ids && !again.unfamiliar,
          "an error that was read is the same after writing", newest);
  const std::string older = wire::encode_error_envelope(error, 400);
  const wire::service_error older_again = wire::decode_error(older);
  require(older_again.message == error.message && older_again.job_ids == error.job_ids &&
              !older_again.unfamiliar,
          "in the older form, too", older);
}

bool same(const run_request& a, const run_request& b) {
  const auto comparable = [](run_request r) {
    r.template_data.clear();
    r.options.clear();
    return r;
  };
  return comparable(a) == comparable(b) && same_object(a.template_data, b.template_data) &&
         same_object(a.options, b.options);
}

void check_run_request(std::string_view body) {
  const auto request = wire::decode_run_request(body);
  if (!request) return require(!request.error().empty(), "a refusal says why");
  const std::string written = wire::encode_run_request(*request, {});
  const auto again = wire::decode_run_request(written);
  require(again.has_value(), "a request that was read can be written and read again", written);
  require(same(*again, *request), "and is the same then", written);

  const std::string tag = "nunu-launch-x";
  const auto tagged = wire::decode_run_request(wire::encode_run_request(*request, {&tag, 1}));
  require(tagged.has_value(), "a request can be tagged", written);
  auto expected = request->additional_tags;
  expected.push_back(tag);
  require(tagged->additional_tags == expected, "its own tags stay then", written);
}

void check_stopping(std::string_view body) {
  if (const auto report = wire::decode_stop_report(body)) {
    require(report->stopped_count >= 0, "stopped jobs are counted from 0");
    const std::string written = wire::encode_stop_report(*report, report->results.size());
    const auto again = wire::decode_stop_report(written);
    require(again.has_value() && *again == *report, "a report is the same after writing", written);
  }
  if (const auto ids = wire::decode_stop_request(body)) {
    require(!ids->empty(), "a request to stop is for some job");
    const std::string written = wire::encode_stop_request(*ids);
    const auto again = wire::decode_stop_request(written);
    require(again.has_value() && *again == *ids, "ids are the same after writing", written);
  }
}

}  // namespace
}  // namespace nunu::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const std::string_view body = nunu::fuzz::text_of(bytes, size);
  nunu::fuzz::check_started_run(body);
  nunu::fuzz::check_error(body);
  nunu::fuzz::check_run_request(body);
  nunu::fuzz::check_stopping(body);
  return 0;
}
