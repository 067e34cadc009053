#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "wire/run_details_json.hpp"
#include "wire/timestamp.hpp"

namespace nunu::wire {
namespace {

/// Of two players, of whom the second has not begun, with fields that nobody knows.
const std::string kRun = R"({
  "multiplayer_run_id": "lkkg6t5612m", "job_id": "f80f6230", "project_id": "harbour",
  "state": "COMPLETED", "result": "FAILED", "bug_info": null, "build": {"id": "b", "name": 1},
  "started_at": "2026-03-03T15:50:21.000001+00:00", "completed_at": "2026-03-03T16:02:03Z",
  "duration_ms": 702000, "template_data": {"url": 5, "players": "many"},
  "test": {"id": "t", "name": "Tutorial", "type": "task"}, "tags": ["nightly"],
  "players": [
    {"id": "p1", "state": "COMPLETED", "result": "max_steps", "player_number": 1,
     "test_name": "Tutorial", "step_count": 2, "platform": {"kind": "android", "model": []},
     "artifacts": [
       {"filename": "recording.mp4", "url": "https://artifacts.example.invalid/p1?signature=s",
        "size": 5368709120, "uploaded_at": "2026-03-03T16:02:05Z"},
       {"filename": "logs.txt", "url": null}],
     "steps": [
       {"step_number": 1, "run_state": "COMPLETED", "run_result": "SUCCESS",
        "start_time": "2026-03-03T15:50:21Z", "end_time": "2026-03-03T15:55:00Z",
        "report": "The menu is open.", "test": {"test_step_id": "s1", "goal": "Open the menu"}},
       {"step_number": 2, "run_state": "running", "run_result": "PUZZLED",
        "start_time": "yesterday", "end_time": null, "report": null, "goal": "Start a level"}]},
    {"id": "p2", "state": "QUEUED", "result": null, "player_number": 2, "platform": null,
     "artifacts": [], "steps": null}]
})";

run_details expected_run() {
  run_details run;
  run.multiplayer_run_id = "lkkg6t5612m";
  run.job_id = "f80f6230";
  run.project_id = "harbour";
  run.test_name = "Tutorial";
  run.state = "COMPLETED";
  run.result = run_result::failed;
  run.result_text = "FAILED";
  run.started_at = parse_timestamp("2026-03-03T15:50:21.000001Z");
  run.completed_at = parse_timestamp("2026-03-03T16:02:03Z");
  run.players.resize(2);

  player_run& first = run.players[0];
  first = {.id = "p1", .player_number = 1, .state = "COMPLETED", .result = run_result::timeout};
  first.result_text = "max_steps";
  first.platform = "android";
  first.artifacts = {
      {"recording.mp4", "https://artifacts.example.invalid/p1?signature=s", 5'368'709'120},
      {"logs.txt", "", 0}};
  first.steps.resize(2);
  first.steps[0] = {1, "Open the menu", "The menu is open.", "COMPLETED", run_result::success};
  first.steps[0].result_text = "SUCCESS";
  first.steps[0].started_at = parse_timestamp("2026-03-03T15:50:21Z");
  first.steps[0].completed_at = parse_timestamp("2026-03-03T15:55:00Z");
  first.steps[1] = {2, "Start a level", "", "running", run_result::unknown};
  first.steps[1].result_text = "PUZZLED";

  run.players[1] = {.id = "p2", .player_number = 2, .state = "QUEUED"};
  return run;
}

TEST(RunDetails, AreReadWithPlayersStepsAndArtifacts) {
  const auto run = decode_run_details(kRun);
  ASSERT_TRUE(run) << run.error();
  EXPECT_EQ(*run, expected_run());
}

TEST(RunDetails, EveryFieldButTheIdMayBeMissingOrNull) {
  run_details least;
  least.multiplayer_run_id = "r";
  const auto alone = decode_run_details(R"({"multiplayer_run_id":"r"})");
  ASSERT_TRUE(alone) << alone.error();
  EXPECT_EQ(*alone, least);
  const auto nulls = decode_run_details(R"({"multiplayer_run_id":"r","job_id":null,
      "project_id":null,"test":null,"state":null,"result":null,"started_at":null,
      "completed_at":null,"players":null})");
  ASSERT_TRUE(nulls) << nulls.error();
  EXPECT_EQ(*nulls, least);

  least.players.resize(2);
  least.players[1].steps.resize(2);
  least.players[1].artifacts.resize(2);
  const auto inside = decode_run_details(R"({"multiplayer_run_id":"r","test":{"name":null},
      "players":[{},{"id":null,"player_number":null,"platform":{"kind":null},"result":null,
      "steps":[{},{"step_number":null,"goal":null,"test":{"goal":null},"run_result":null}],
      "artifacts":[{},{"filename":null,"url":null,"size":null}]}]})");
  ASSERT_TRUE(inside) << inside.error();
  EXPECT_EQ(*inside, least);
}

struct bad_case {
  std::string body;
  std::string error;
};

/// A run with this beside its id.
std::string with(const std::string& fields) {
  return R"({"multiplayer_run_id":"r",)" + fields + "}";
}

TEST(RunDetails, NameTheFieldThatIsWrong) {
  const bad_case cases[] = {
      {"{}", "multiplayer_run_id is missing"},
      {R"({"multiplayer_run_id":null})", "multiplayer_run_id is missing"},
      {R"({"multiplayer_run_id":""})", "multiplayer_run_id is missing"},
      {R"({"multiplayer_run_id":7})", "multiplayer_run_id is not a string"},
      {R"(["r"])", "the body is not an object"},
      {R"("r")", "the body is not an object"},
      {with(R"("multiplayer_run_id":"s")"), "multiplayer_run_id comes twice"},
      {with(R"("job_id":1)"), "job_id is not a string"},
      {with(R"("result":true)"), "result is not a string"},
      {with(R"("started_at":1772553019)"), "started_at is not a string"},
      {with(R"("test":"t")"), "test is not an object"},
      {with(R"("test":{"name":[]})"), "test.name is not a string"},
      {with(R"("players":{})"), "players is not an array"},
      {with(R"("players":[null])"), "players[0] is not an object"},
      {with(R"("players":[{},{"player_number":"1"}])"),
       "players[1].player_number is not a whole number"},
      {with(R"("players":[{"player_number":-1}])"), "players[0].player_number is negative"},
      {with(R"("players":[{"platform":"android"}])"), "players[0].platform is not an object"},
      {with(R"("players":[{"platform":{"kind":1}}])"), "players[0].platform.kind is not a string"},
      {with(R"("players":[{"steps":1}])"), "players[0].steps is not an array"},
      {with(R"("players":[{"steps":[{"step_number":4294967296}]}])"),
       "players[0].steps[0].step_number is out of range"},
      {with(R"("players":[{"steps":[{},{"test":{"goal":1}}]}])"),
       "players[0].steps[1].test.goal is not a string"},
      {with(R"("players":[{"steps":[{"run_result":"A","run_result":"B"}]}])"),
       "run_result comes twice"},
      {with(R"("players":[{"artifacts":[{"size":0.5}]}])"),
       "players[0].artifacts[0].size is not a whole number"},
      {with(R"("players":[{"artifacts":[{"size":-1}]}])"),
       "players[0].artifacts[0].size is negative"},
      {with(R"("players":[{"artifacts":[{"size":9223372036854775808}]}])"),
       "players[0].artifacts[0].size is out of range"},
  };
  for (const auto& [body, error] : cases) {
    const auto decoded = decode_run_details(body);
    ASSERT_FALSE(decoded) << body;
    EXPECT_EQ(decoded.error(), error) << body;
  }
}

TEST(RunDetails, CutAfterEveryByteAreAnError) {
  for (std::size_t length = 0; length < kRun.size(); ++length)
    EXPECT_FALSE(decode_run_details(std::string_view(kRun).substr(0, length))) << length;
}

TEST(RunDetails, NestedTooDeeplyOrFollowedByMoreAreAnError) {
  const auto nested = [](std::size_t arrays) {
    return with(R"("more":)" + std::string(arrays, '[') + std::string(arrays, ']'));
  };
  EXPECT_TRUE(decode_run_details(nested(31)));
  EXPECT_FALSE(decode_run_details(nested(32)));
  EXPECT_FALSE(decode_run_details(kRun + "x"));
}

const std::string kBugs = R"({
  "data": [
    {"id": "b1", "bug_id": "k1", "title": "Start button takes no taps",
     "description": "After a visit to the settings nothing happens on a tap.",
     "category": "ui", "severity": "Critical", "confidence": "high",
     "reproduction_steps": "1. Open the settings\n2. Tap start", "test_step": 2,
     "details": {"id": 5, "title": []}},
    {"id": "b2", "title": "Text overlaps", "description": null, "category": "graphics",
     "severity": "cosmetic", "confidence": "low", "reproduction_steps": null}],
  "pagination": {"page": 0, "page_size": 2, "total_count": 5, "total_pages": 3}
})";

std::vector<bug> expected_bugs() {
  std::vector<bug> bugs(2);
  bugs[0] = {"b1",
             "Start button takes no taps",
             "After a visit to the settings nothing happens on a tap.",
             "ui",
             bug_severity::critical,
             "Critical",
             "high",
             "1. Open the settings\n2. Tap start"};
  bugs[1] = {"b2", "Text overlaps", "", "graphics", bug_severity::unknown, "cosmetic", "low", ""};
  return bugs;
}

TEST(Bugs, AreReadWithTheNumberOfPages) {
  const auto page = decode_bug_page(kBugs);
  ASSERT_TRUE(page) << page.error();
  EXPECT_EQ(page->bugs, expected_bugs());
  EXPECT_EQ(page->total_pages, 3);
}

TEST(Bugs, AreReadWithoutPaginationAndAsABareArray) {
  const struct {
    const char* body;
    std::size_t bugs;
  } rows[] = {
      {"[]", 0},
      {R"([{"id":"a"},{"id":"b"}])", 2},
      {R"({"data":[]})", 0},
      {R"({"data":[{"id":"a"},{}]})", 2},
      {R"({"data":[{"id":"a"}],"pagination":null})", 1},
      {R"({"data":[{"id":"a"}],"pagination":{}})", 1},
      {R"({"data":[{"id":"a"}],"pagination":{"total_pages":null}})", 1},
  };
  for (const auto& row : rows) {
    const auto page = decode_bug_page(row.body);
    ASSERT_TRUE(page) << row.body << ": " << page.error();
    EXPECT_EQ(page->bugs.size(), row.bugs) << row.body;
    EXPECT_EQ(page->total_pages, 0) << row.body;
    EXPECT_TRUE(page->bugs.empty() || page->bugs[0].id == "a") << row.body;
  }
}

TEST(Bugs, EveryFieldMayBeMissingOrNull) {
  const auto page = decode_bug_page(R"([{},{"id":null,"title":null,"description":null,
      "category":null,"severity":null,"confidence":null,"reproduction_steps":null}])");
  ASSERT_TRUE(page) << page.error();
  EXPECT_EQ(page->bugs, std::vector<bug>(2));
}

TEST(Bugs, NameTheFieldThatIsWrong) {
  const bad_case cases[] = {
      {"{}", "data is missing"},
      {R"({"data":null})", "data is missing"},
      {R"({"data":{}})", "data is not an array"},
      {R"({"data":[],"data":[]})", "data comes twice"},
      {R"({"data":[{},5]})", "data[1] is not an object"},
      {R"([{},5])", "data[1] is not an object"},
      {"5", "the body is neither an object nor an array"},
      {"null", "the body is neither an object nor an array"},
      {R"([{"id":1}])", "data[0].id is not a string"},
      {R"([{"title":{}}])", "data[0].title is not a string"},
      {R"([{"severity":3}])", "data[0].severity is not a string"},
      {R"([{"confidence":0.9}])", "data[0].confidence is not a string"},
      {R"([{"reproduction_steps":["a"]}])", "data[0].reproduction_steps is not a string"},
      {R"([{"severity":"low","severity":"high"}])", "severity comes twice"},
      {R"({"data":[],"pagination":[]})", "pagination is not an object"},
      {R"({"data":[],"pagination":{"total_pages":-1}})", "pagination.total_pages is negative"},
      {R"({"data":[],"pagination":{"total_pages":"1"}})",
       "pagination.total_pages is not a whole number"},
      {R"({"data":[],"pagination":{"total_pages":1e400}})",
       "pagination.total_pages is out of range"},
  };
  for (const auto& [body, error] : cases) {
    const auto decoded = decode_bug_page(body);
    ASSERT_FALSE(decoded) << body;
    EXPECT_EQ(decoded.error(), error) << body;
  }
}

TEST(Bugs, CutAfterEveryByteAreAnError) {
  for (std::size_t length = 0; length < kBugs.size(); ++length)
    EXPECT_FALSE(decode_bug_page(std::string_view(kBugs).substr(0, length))) << length;
}

}  // namespace
}  // namespace nunu::wire
