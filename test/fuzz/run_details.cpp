/// \file
/// Decoding runs in full and pages of their bugs.
///
/// Input: a body.

#include <boost/json/parse.hpp>
#include <cstddef>
#include <string>
#include <string_view>

#include "core/names.hpp"
#include "property.hpp"
#include "wire/json_fields.hpp"
#include "wire/run_details_json.hpp"

namespace nunu::fuzz {
namespace {

namespace json = boost::json;

/// Of a list that may be missing.
std::size_t length_of(const json::object& object, std::string_view key) {
  const json::value* list = object.if_contains(key);
  return list == nullptr || list->is_null() ? 0 : list->as_array().size();
}

void require_known_by_text(run_result result, const std::string& text) {
  require(result == core::parse_run_result(text), "a result is what its text says", text);
  require((result == run_result::none) == text.empty(), "a result that is there has its text",
          text);
}

void check_player(const player_run& player, const json::object& written) {
  require(player.player_number >= 0, "players are numbered from 0 or more");
  require_known_by_text(player.result, player.result_text);
  require(player.steps.size() == length_of(written, "steps"), "no step is dropped");
  require(player.artifacts.size() == length_of(written, "artifacts"), "no artifact is dropped");
  for (const run_step& step : player.steps) {
    require(step.step_number >= 0, "steps are numbered from 0 or more");
    require_known_by_text(step.result, step.result_text);
  }
  for (const run_artifact& artifact : player.artifacts)
    require(artifact.size >= 0, "no artifact is smaller than nothing");
}

void check_run(std::string_view body) {
  const auto run = wire::decode_run_details(body);
  if (!run) return require(!run.error().empty(), "a refusal says why");
  require(!run->multiplayer_run_id.empty(), "a run has an id");
  require_known_by_text(run->result, run->result_text);
  const json::value document = json::parse(body, {}, wire::json_options);
  const json::object& written = document.as_object();
  require(run->players.size() == length_of(written, "players"), "no player is dropped");
  for (std::size_t i = 0; i < run->players.size(); ++i)
    check_player(run->players[i], written.at("players").at(i).as_object());
}

void check_bugs(std::string_view body) {
  const auto page = wire::decode_bug_page(body);
  if (!page) return require(!page.error().empty(), "a refusal says why");
  require(page->total_pages >= 0, "pages are counted from 0");
  const json::value document = json::parse(body, {}, wire::json_options);
  const json::array& written =
      document.is_array() ? document.get_array() : document.at("data").as_array();
  require(page->bugs.size() == written.size(), "no bug is dropped");
  for (const bug& found : page->bugs)
    require(found.severity == core::parse_bug_severity(found.severity_text),
            "a severity is what its text says", found.severity_text);
  if (document.is_array()) {
    const auto listed = wire::decode_bug_page(R"({"data":)" + std::string(body) + "}");
    // Around a list that is as deep as may be there is no room.
    require(!listed || *listed == *page, "a bare list is the same as one in an object");
  }
}

}  // namespace
}  // namespace nunu::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const std::string_view body = nunu::fuzz::text_of(bytes, size);
  nunu::fuzz::check_run(body);
  nunu::fuzz::check_bugs(body);
  return 0;
}
