#include <gtest/gtest.h>

#include <boost/json/serialize.hpp>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "sample.hpp"
#include "simulated_api.hpp"

namespace nunu::simulation {
namespace {

using namespace test;

using nunu::test::sample;

std::set<std::string> keys_of(const json::value& object) {
  std::set<std::string> keys;
  for (const auto& member : object.as_object()) keys.emplace(member.key());
  return keys;
}

TEST_F(SimulatedApi, AnswersHaveTheKeysOfTheSamples) {
  const json::value started = post("/runs", R"({"multiplayer_test_id":"t",
      "deployment_config_id":"d","build_id":"b"})")
                                  .json();
  EXPECT_EQ(keys_of(started), keys_of(json::parse(sample("start_run_201.json"))));
  now = 1h;
  const json::value documented = json::parse(sample("job.json"));
  const json::value job =
      get("/jobs/" + std::string(started.at("job_ids").at(0).as_string())).json();
  EXPECT_EQ(keys_of(job), keys_of(documented));
  EXPECT_EQ(keys_of(job.at("runs").at(0)), keys_of(documented.at("runs").at(0)));
  EXPECT_EQ(keys_of(get("/jobs").json()), keys_of(json::parse(sample("job_list.json"))));
  EXPECT_EQ(keys_of(get("/jobs/nothing").json()), keys_of(json::parse(sample("error_404.json"))));
}

TEST_F(SimulatedApi, StartsWhatIsAskedFor) {
  EXPECT_EQ(start(kTest).size(), 1U);
  EXPECT_EQ(start(R"({"multiplayer_test_id":"t","deployment_config_id":"d","instances":4,
                      "run_on_all_configured_devices":true})")
                .size(),
            4U);
  EXPECT_EQ(start(R"({"test_plan_id":"p","deployment_config_id":"d"})").size(), 3U);
  const reply ephemeral =
      post("/runs", R"({"instructions":"i","name":"n","deployment_config_id":"d"})");
  const std::string id(ephemeral.json().at("job_ids").at(0).as_string());
  const json::value job = get("/jobs/" + id).json();
  EXPECT_EQ(job.at("multiplayer_test_id").as_string(), ephemeral.text("test_id"));
  EXPECT_EQ(job.at("test_name").as_string(), "n");
  EXPECT_EQ(job.at("tags"), json::parse(R"(["api"])"));
}

TEST_F(SimulatedApi, StartsTestPlansByTheirPathToo) {
  const reply r = post("/test-plans/my%20plan/runs", R"({"deployment_config_id":"d"})");
  EXPECT_EQ(r.head.status, 201);
  EXPECT_EQ(r.json().at("job_ids").as_array().size(), 3U);
  const json::value page =
      get("/jobs?test_plan_execution_id=" + r.text("test_plan_execution_id")).json();
  EXPECT_EQ(page.at("pagination").at("total_count").as_int64(), 3);
  EXPECT_EQ(page.at("data").at(0).at("test_name").as_string(), "my plan, test 3");
}

TEST_F(SimulatedApi, PlayersMayHaveTheirOwnDeployments) {
  const auto ids = start(R"({"multiplayer_test_id":"t",
      "player_deployment_configs":{"1":{"deployment_config_id":"a"},"2":{"deployment_config_id":"b"}}})");
  now = 1h;
  EXPECT_EQ(get("/jobs/" + ids[0]).json().at("runs").at(0).at("players").as_int64(), 2);
}

TEST_F(SimulatedApi, FiltersByTagsThatAllMatch) {
  const auto tagged = [](const std::string& tags) {
    return R"({"multiplayer_test_id":"t","deployment_config_id":"d","additional_tags":)" + tags +
           "}";
  };
  start(tagged(R"(["ci","a b"])"));
  start(tagged(R"(["ci"])"));
  const auto count = [this](const std::string& query) {
    return get("/jobs?" + query).json().at("pagination").at("total_count").as_int64();
  };
  EXPECT_EQ(count("tags=ci"), 2);
  EXPECT_EQ(count("tags=ci,a%20b"), 1);
  EXPECT_EQ(count("tags=a+b%2Cci"), 1);
  EXPECT_EQ(count("tags=ci&tags=a%20b"), 1);
  EXPECT_EQ(count("tags=ci,nobody"), 0);
  EXPECT_EQ(count("tags="), 2);
  EXPECT_EQ(count("unheard_of=1"), 2);
  EXPECT_EQ(count("status=completed"), 0);
  now = 2s;
  EXPECT_EQ(count("status=completed&tags=ci"), 2);
}

TEST_F(SimulatedApi, PagesHaveTwentyJobsUnlessAskedOtherwise) {
  for (int i = 0; i < 3; ++i) {
    start(R"({"multiplayer_test_id":"t","deployment_config_id":"d","instances":10})");
  }
  const json::value first = get("/jobs").json();
  EXPECT_EQ(first.at("data").as_array().size(), 20U);
  EXPECT_EQ(first.at("pagination"),
            json::parse(R"({"page":0,"page_size":20,"total_count":30,"total_pages":2})"));
  EXPECT_EQ(get("/jobs?page=1").json().at("data").as_array().size(), 10U);
  EXPECT_EQ(get("/jobs?page=2").json().at("data").as_array().size(), 0U);
}

TEST_F(SimulatedApi, StopsJobs) {
  const auto ids = start(R"({"multiplayer_test_id":"t","deployment_config_id":"d","instances":2})");
  const auto body = [](const std::vector<std::string>& job_ids) {
    return json::serialize(json::object{{"job_ids", json::array(job_ids.begin(), job_ids.end())}});
  };
  now = 1'500ms;
  const reply all = post("/runs/stop", body({ids[0]}));
  EXPECT_EQ(all.head.status, 200);
  EXPECT_EQ(all.json(),
            json::parse(R"json({"ok":true,"message":"Stopped 1/1 job(s)","received_count":1,
      "stopped_count":1,"results":[{"job_id":")json" +
                        ids[0] + R"json(","ok":true,"status":200,
      "message":"Job stopped"}]})json"));
  EXPECT_EQ(get("/jobs/" + ids[0]).text("status"), "STOPPING");

  now = 2s;
  EXPECT_EQ(get("/jobs/" + ids[0]).text("status"), "COMPLETED");
  const reply completed = post("/runs/stop", body({ids[1]}));
  EXPECT_EQ(completed.head.status, 207) << "a job that is over is not a job that is not there";
  EXPECT_EQ(completed.json().at("results").at(0).at("error").as_string(), "Job already completed");
  EXPECT_EQ(completed.json().at("results").at(0).at("status").as_int64(), 500);

  const reply unknown = post("/runs/stop", body({"nothing", "nobody"}));
  EXPECT_EQ(unknown.head.status, 404);
  EXPECT_EQ(unknown.json().at("results"), json::array());

  const reply some = post("/runs/stop", body({ids[1], "nothing"}));
  EXPECT_EQ(some.head.status, 207);
  EXPECT_EQ(some.json().at("results").at(1).at("status").as_int64(), 404);

  const reply none = post("/runs/stop", R"({"job_ids":[]})");
  EXPECT_EQ(none.head.status, 400);
  EXPECT_EQ(none.json().at("details").at("field").as_string(), "job_ids");
}

TEST_F(SimulatedApi, UnderstandsBothFormsOfAddress) {
  const auto id = start(kTest).at(0);
  const std::string scoped = "/project/simulated-project";
  EXPECT_EQ(get(scoped + "/jobs/" + id).json(), get("/jobs/" + id).json());
  EXPECT_EQ(post(scoped + "/runs", kTest).head.status, 201);
  EXPECT_EQ(post(scoped + "/test-plans/p/runs", R"({"deployment_config_id":"d"})").head.status,
            201);
  EXPECT_EQ(post(scoped + "/runs/stop", R"({"job_ids":[")" + id + R"("]})").head.status, 200);
  const reply elsewhere = get("/project/another/jobs/" + id);
  EXPECT_EQ(elsewhere.head.status, 404);
  EXPECT_EQ(elsewhere.text("error"), "project not found");
}

TEST_F(SimulatedApi, SpeaksTheOlderForms) {
  simulator_config older = api_config();
  older.older_envelopes = true;
  restart_with(older);
  const reply started = post("/runs", kTest);
  EXPECT_EQ(started.head.status, 200);
  EXPECT_EQ(keys_of(started.json()), keys_of(json::parse(sample("start_run_200_envelope.json"))));
  const std::string id(started.json().at("data").at("job_ids").at(0).as_string());
  EXPECT_EQ(get("/jobs/" + id).text("job_id"), id);
  const reply missing = get("/jobs/nothing");
  EXPECT_EQ(missing.head.status, 404);
  EXPECT_EQ(missing.json(), json::parse(R"({"ok":false,"status":404,"message":"job not found",
                                            "error":"job not found"})"));
  EXPECT_EQ(post("/runs", "{}").json().at("status").as_int64(), 400);
}

TEST_F(SimulatedApi, TellsTheDetailsOfARun) {
  simulator_config failing = api_config();
  failing.pass_rate = 0.0;
  restart_with(failing);
  const auto ids = start(R"({"multiplayer_test_id":"t","deployment_config_id":"d","instances":10,
                             "additional_tags":["ci"]})");
  const auto run_of = [this](const std::string& id) {
    return get("/jobs/" + id).json().at("runs").at(0);
  };
  now = 1'500ms;
  const std::string first_run(run_of(ids[0]).at("multiplayer_run_id").as_string());
  const json::value running = get("/runs/" + first_run).json();
  EXPECT_EQ(running.at("state").as_string(), "RUNNING");
  EXPECT_TRUE(running.at("result").is_null());
  EXPECT_TRUE(running.at("duration_ms").is_null());
  EXPECT_EQ(running.at("players").at(0).at("artifacts"), json::array());
  EXPECT_EQ(get("/runs/" + first_run + "/bugs").json().at("data"), json::array());

  now = 1h;
  std::set<std::string> results;
  for (const std::string& id : ids) {
    const json::value run = run_of(id);
    const std::string run_id(run.at("multiplayer_run_id").as_string());
    const json::value details = get("/runs/" + run_id).json();
    for (const auto* key :
         {"multiplayer_run_id", "state", "result", "started_at", "completed_at"}) {
      EXPECT_EQ(details.at(key), run.at(key)) << key;
    }
    EXPECT_EQ(details.at("job_id").as_string(), id);
    EXPECT_EQ(details.at("test").at("id").as_string(), "t");
    EXPECT_EQ(details.at("tags"), json::parse(R"(["ci"])"));
    EXPECT_EQ(details.at("duration_ms").as_int64(), 900);
    const json::value& player = details.at("players").at(0);
    EXPECT_EQ(player.at("id").as_string(), run_id + "-1");
    EXPECT_EQ(player.at("artifacts").at(0).at("filename").as_string(), "recording.mp4");
    const json::value& step = player.at("steps").at(0);
    EXPECT_EQ(step.at("run_result"), run.at("result"));
    EXPECT_FALSE(step.at("report").as_string().empty());
    EXPECT_FALSE(step.at("test").at("goal").as_string().empty());

    const json::value bugs = get("/runs/" + run_id + "/bugs").json();
    const bool failed = run.at("result").as_string() == "FAILED";
    EXPECT_EQ(bugs.at("data").as_array().empty(), !failed);
    EXPECT_EQ(bugs.at("pagination").at("total_count").to_number<std::size_t>(),
              bugs.at("data").as_array().size());
    results.emplace(run.at("result").as_string());
  }
  EXPECT_TRUE(results.contains("FAILED"));
}

TEST_F(SimulatedApi, TheGoalOfInstructionsIsTheirText) {
  const auto ids = start(R"({"instructions":"Open the \"shop\".","deployment_config_id":"d"})");
  now = 1h;
  const json::value job = get("/jobs/" + ids[0]).json();
  const std::string run_id(job.at("runs").at(0).at("multiplayer_run_id").as_string());
  const json::value details = get("/runs/" + run_id).json();
  EXPECT_EQ(details.at("players").at(0).at("steps").at(0).at("test").at("goal").as_string(),
            "Open the \"shop\".");
  EXPECT_EQ(get("/runs/nothing").head.status, 404);
  EXPECT_EQ(get("/runs/nothing/bugs").head.status, 404);
}

TEST_F(SimulatedApi, CountsWhatItHasSeen) {
  const std::string tagged = R"({"multiplayer_test_id":"t","deployment_config_id":"d",
                                 "additional_tags":["nunu-launch-1"],"instances":2})";
  start(tagged);
  start(tagged);
  post("/runs", "{}");
  get("/jobs");
  get("/jobs/nothing");
  send("GET", "/", {}, "wrong");
  EXPECT_EQ(stat("requests"), 6U);
  EXPECT_EQ(stat("runs"), 2U);
  EXPECT_EQ(stat("jobs"), 4U);
  EXPECT_EQ(stat("launches_seen_twice"), 1U);
  const reply stats = send("GET", "/api/v1/simulator/stats", {}, {});
  EXPECT_EQ(stats.json().at("requests_by_endpoint"),
            json::parse(R"({"start_run":{"201":2,"400":1},"list_jobs":{"200":1},
                            "get_job":{"404":1},"unknown":{"401":1}})"));
}

TEST_F(SimulatedApi, TheSameSeedGivesTheSameAnswers) {
  const auto history = [this](std::uint64_t seed) {
    simulator_config config;
    config.seed = seed;
    config.execution_failure_rate = 0.3;
    restart_with(config);
    now = 0s;
    std::string all = post("/runs", R"({"multiplayer_test_id":"t","deployment_config_id":"d",
                                        "retries":3,"instances":10})")
                          .body;
    all += post("/test-plans/p/runs", R"({"deployment_config_id":"d"})").body;
    for (now = 0s; now < 20s; now += 1s) all += get("/jobs?page_size=100").body;
    return all;
  };
  const std::string once = history(5);
  EXPECT_EQ(history(5), once);
  EXPECT_NE(history(6), once);
}

}  // namespace
}  // namespace nunu::simulation
