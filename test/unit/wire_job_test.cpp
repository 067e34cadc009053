#include <gtest/gtest.h>

#include <chrono>
#include <limits>
#include <utility>

#include "sample.hpp"
#include "wire/job_json.hpp"

namespace nunu::wire {
namespace {

using namespace std::chrono_literals;
using test::normalized;
using test::sample;

decoded<job> decode(std::string_view body) {
  job_decoder decoder;
  job out;
  const auto result = decoder.decode_job(body, out);
  if (!result) return {boost::system::in_place_error, result.error()};
  return out;
}

decoded<job_page> decode_list(std::string_view body) {
  job_decoder decoder;
  job_page out;
  const auto result = decoder.decode_page(body, out);
  if (!result) return {boost::system::in_place_error, result.error()};
  return out;
}

std::string encode(const job& j) {
  std::string out;
  encode_job(j, out);
  return out;
}

std::string encode(const job_page& page) {
  std::string out;
  encode_page(page, out);
  return out;
}

/// A job with the two fields that are required, and more.
std::string job_with(const std::string& more) {
  return R"({"job_id":"j","status":"RUNNING",)" + more + '}';
}

TEST(JobDecoder, ReadsEveryField) {
  const auto j = decode(sample("job.json"));
  ASSERT_TRUE(j) << j.error();
  const timestamp day = std::chrono::sys_days{std::chrono::year{2026} / 3 / 3};
  EXPECT_EQ(j->job_id, "f80f6230-3a4f-431a-9d55-d11b867fed4e");
  EXPECT_EQ(j->project_id, "test");
  EXPECT_EQ(j->multiplayer_test_id, "a5060a07-d386-4279-98ce-b33fb884201e");
  EXPECT_EQ(j->status, job_status::completed);
  EXPECT_EQ(j->status_text, "COMPLETED");
  EXPECT_EQ(j->created_at, day + 15h + 50min + 19s + 544'603us);
  EXPECT_EQ(j->completed_at, day + 15h + 54min + 24s + 463'635us);
  EXPECT_EQ(j->test_name, "IP & GPS Geolocation Verification");
  EXPECT_EQ(j->platform, "lt_phone");
  EXPECT_EQ(j->build_id, "");
  EXPECT_EQ(j->test_plan_execution_id, "");
  EXPECT_EQ(j->queue_rejection_reason, "");
  EXPECT_TRUE(j->templating_enabled);
  EXPECT_EQ(j->template_data, boost::json::parse(R"({"country":"Switzerland"})"));
  EXPECT_TRUE(j->stopped_by.is_null());
  EXPECT_EQ(j->tags, (std::vector<std::string>{"location", "templatable"}));
  EXPECT_EQ(j->retries, (retry_count{0, 0}));
  ASSERT_EQ(j->runs.size(), 1U);
  EXPECT_EQ(j->runs[0].multiplayer_run_id, "lkkg6t5612m");
  EXPECT_EQ(j->runs[0].state, "COMPLETED");
  EXPECT_EQ(j->runs[0].result, run_result::success);
  EXPECT_EQ(j->runs[0].result_text, "SUCCESS");
  EXPECT_EQ(j->runs[0].started_at, day + 15h + 50min + 23s + 601'048us);
  EXPECT_EQ(j->runs[0].completed_at, day + 15h + 54min + 24s + 261'038us);
  EXPECT_EQ(j->runs[0].players, 1);
}

TEST(JobDecoder, ReadsTheFieldsThatTheSampleHasNull) {
  const auto j = decode(job_with(
      R"("build_id":"b","test_plan_execution_id":"e","queue_rejection_reason":"no quota",
         "templating_enabled":false,"stopped_by":{"user":"u","at":[1,-2,0.5,true,null,1e3]},
         "retries":{"total":3,"remaining":1})"));
  ASSERT_TRUE(j) << j.error();
  EXPECT_EQ(j->build_id, "b");
  EXPECT_EQ(j->test_plan_execution_id, "e");
  EXPECT_EQ(j->queue_rejection_reason, "no quota");
  EXPECT_FALSE(j->templating_enabled);
  EXPECT_EQ(j->stopped_by, boost::json::parse(R"({"user":"u","at":[1,-2,0.5,true,null,1000.0]})"));
  EXPECT_TRUE(j->template_data.is_null());
  EXPECT_EQ(j->retries, (retry_count{3, 1}));
}

TEST(JobDecoder, SamplesRoundTrip) {
  for (const char* name : {"job.json", "job_running.json"}) {
    const std::string body = sample(name);
    const auto j = decode(body);
    ASSERT_TRUE(j) << name << ": " << j.error();
    EXPECT_EQ(normalized(encode(*j)), normalized(body)) << name;
    EXPECT_EQ(*decode(encode(*j)), *j) << name;
  }
}

TEST(JobDecoder, ThePageSampleRoundTrips) {
  const std::string body = sample("job_list.json");
  const auto page = decode_list(body);
  ASSERT_TRUE(page) << page.error();
  ASSERT_EQ(page->jobs.size(), 1U);
  EXPECT_EQ(page->jobs[0].test_name, "ftue");
  EXPECT_EQ(page->page, 0);
  EXPECT_EQ(page->page_size, 10);
  EXPECT_EQ(page->total_count, 1);
  EXPECT_EQ(page->total_pages, 1);
  EXPECT_EQ(normalized(encode(*page)), normalized(body));
  EXPECT_EQ(*decode_list(encode(*page)), *page);
}

TEST(Fault32, OnlyIdAndStatusAreRequired) {
  const auto j = decode(R"({"job_id":"j","status":"QUEUED"})");
  ASSERT_TRUE(j) << j.error();
  job expected;
  expected.job_id = "j";
  expected.status = job_status::queued;
  expected.status_text = "QUEUED";
  EXPECT_EQ(*j, expected);
}

TEST(Fault32, EveryFieldOfTheSampleMayBeNullOrMissingButIdAndStatus) {
  const boost::json::object whole = boost::json::parse(sample("job_running.json")).get_object();
  for (const auto& [key, value] : whole) {
    boost::json::object with_null = whole;
    with_null[key] = nullptr;
    boost::json::object without = whole;
    without.erase(key);
    const auto null_result = decode(boost::json::serialize(with_null));
    const auto missing_result = decode(boost::json::serialize(without));
    const std::string name(key);
    if (name == "job_id" || name == "status") {
      ASSERT_FALSE(null_result) << name;
      EXPECT_EQ(null_result.error(), name + " is null");
      ASSERT_FALSE(missing_result) << name;
      EXPECT_EQ(missing_result.error(), name + " is missing");
    } else {
      ASSERT_TRUE(null_result) << name << ": " << null_result.error();
      ASSERT_TRUE(missing_result) << name << ": " << missing_result.error();
      EXPECT_EQ(*null_result, *missing_result) << name;
    }
  }
}

TEST(Fault32, EveryFieldOfRunsAndRetriesMayBeNullOrMissing) {
  const auto j = decode(job_with(
      R"("runs":[{"multiplayer_run_id":null,"state":null,"result":null,"started_at":null,
                  "completed_at":null,"players":null},null,{}],
         "retries":{"total":null,"remaining":null},"tags":[null,"a",null,"b"])"));
  ASSERT_TRUE(j) << j.error();
  EXPECT_EQ(j->runs, std::vector<job_run>(2));
  EXPECT_EQ(j->retries, retry_count{});
  EXPECT_EQ(j->tags, (std::vector<std::string>{"a", "b"}));
}

TEST(Fault31, UnfamiliarStatusesAndResultsAreKeptAsText) {
  const auto j = decode(R"({"job_id":"j","status":"Hibernating","runs":[
      {"result":"Inconclusive","state":"DREAMING"},{"result":"max_steps"},{"result":""}]})");
  ASSERT_TRUE(j) << j.error();
  EXPECT_EQ(j->status, job_status::unknown);
  EXPECT_EQ(j->status_text, "Hibernating");
  ASSERT_EQ(j->runs.size(), 3U);
  EXPECT_EQ(j->runs[0].result, run_result::unknown);
  EXPECT_EQ(j->runs[0].result_text, "Inconclusive");
  EXPECT_EQ(j->runs[0].state, "DREAMING");
  EXPECT_EQ(j->runs[1].result, run_result::timeout);
  EXPECT_EQ(j->runs[1].result_text, "max_steps");
  EXPECT_EQ(j->runs[2].result, run_result::none);
  EXPECT_EQ(*decode(encode(*j)), *j);
}

TEST(Fault31, UnknownFieldsOfAnyShapeAreIgnoredEverywhere) {
  for (const char* value :
       {"null", "true", "-1", "0.5", "1e400", "18446744073709551616", "18446744073709551615",
        R"("a \n \u00e9 b")", "[]", "{}", R"([{"status":"COMPLETED"},[[1]],null,"x"])",
        R"({"job_id":"other","job_id":5,"runs":[{"players":-1}],"a":{"status":[]}})"}) {
    const std::string extra = R"("unheard_of":)" + std::string(value) + ',';
    const std::string j = '{' + extra + R"("job_id":"j",)" + extra + R"("status":"RUNNING",)" +
                          extra + R"("runs":[{)" + extra + R"("players":2}],"retries":{)" + extra +
                          R"("total":3}})";
    const auto page = decode_list('{' + extra + R"("data":[)" + j + R"(],"pagination":{)" + extra +
                                  R"("total_count":1}})");
    ASSERT_TRUE(page) << value << ": " << page.error();
    job expected;
    expected.job_id = "j";
    expected.status = job_status::running;
    expected.status_text = "RUNNING";
    expected.runs.resize(1);
    expected.runs[0].players = 2;
    expected.retries.total = 3;
    EXPECT_EQ(page->jobs, std::vector<job>{expected}) << value;
    EXPECT_EQ(page->total_count, 1) << value;
  }
}

TEST(JobDecoder, ZeroIsZeroInEveryWayOfWritingIt) {
  job_decoder decoder;
  job j;
  const auto decoded = decoder.decode_job(
      R"({"job_id":"j","status":"RUNNING","template_data":{"a":0e400,"b":[-0e999]}})", j);
  ASSERT_TRUE(decoded) << decoded.error();
  const boost::json::object zeros{{"a", 0.0}, {"b", boost::json::array{0.0}}};
  EXPECT_EQ(j.template_data, boost::json::value(zeros));
}

TEST(JobDecoder, NumbersBeyondEveryDoubleCanBeWrittenAgain) {
  job_decoder decoder;
  job j;
  const auto decoded = decoder.decode_job(
      R"({"job_id":"j","status":"RUNNING","template_data":{"a":1e400,"b":[-2e999]}})", j);
  ASSERT_TRUE(decoded) << decoded.error();
  constexpr double largest = std::numeric_limits<double>::max();
  const boost::json::object expected{{"a", largest}, {"b", boost::json::array{-largest}}};
  EXPECT_EQ(j.template_data, boost::json::value(expected));
  std::string written;
  encode_job(j, written);
  job again;
  ASSERT_TRUE(decoder.decode_job(written, again)) << written;
  EXPECT_EQ(again, j);
}

TEST(JobDecoder, FieldsComeInAnyOrder) {
  const boost::json::object whole = boost::json::parse(sample("job.json")).get_object();
  std::string reversed;
  for (const auto& [key, value] : whole) {
    std::string field =
        boost::json::serialize(boost::json::string(key)) + ':' + boost::json::serialize(value);
    reversed = reversed.empty() ? field : field + ',' + reversed;
  }
  EXPECT_EQ(*decode('{' + reversed + '}'), *decode(sample("job.json")));
}

TEST(JobDecoder, StringsAndKeysWithEscapesAreJoined) {
  const std::string filler(5'000, 'x');
  const std::string escaped = filler + R"(\n\"\u00e9\ud83d\ude00\/)" + filler + R"(\\)";
  const std::string text = filler + "\n\"é😀/" + filler + "\\";
  const auto j =
      decode(R"({"job\u005fid":")" + escaped + R"(","st\u0061tus":"RUNN\u0049NG","tags":[")" +
             escaped + R"(","plain"],"\u0061lien":")" + escaped +
             R"(","template_data":{"k\u0065y)" + filler + R"(":")" + escaped + R"("}})");
  ASSERT_TRUE(j) << j.error();
  EXPECT_EQ(j->job_id, text);
  EXPECT_EQ(j->status, job_status::running);
  EXPECT_EQ(j->tags, (std::vector<std::string>{text, "plain"}));
  EXPECT_EQ(j->template_data, (boost::json::value{{"key" + filler, text}}));
  EXPECT_EQ(*decode(encode(*j)), *j);
}

TEST(JobDecoder, OverwritesWhatItDecodedBefore) {
  const std::string full = R"({"job_id":"j1","project_id":"p","status":"COMPLETED",
      "created_at":"2026-03-03T15:50:19Z","completed_at":"2026-03-03T15:50:20Z",
      "multiplayer_test_id":"t","test_name":"n","platform":"p","build_id":"b",
      "test_plan_execution_id":"e","queue_rejection_reason":"r","templating_enabled":true,
      "template_data":{"a":1},"stopped_by":{"a":1},"tags":["a","b"],
      "retries":{"total":2,"remaining":1},
      "runs":[{"multiplayer_run_id":"r","state":"s","result":"FAILED","players":3,
               "started_at":"2026-03-03T15:50:19Z","completed_at":"2026-03-03T15:50:20Z"},{}]})";
  for (const std::string bare :
       {R"({"job_id":"j2","status":"QUEUED"})", R"({"job_id":"j2","status":"X","runs":[{}]})"}) {
    job_decoder decoder;
    job out;
    ASSERT_TRUE(decoder.decode_job(full, out));
    EXPECT_EQ(out, *decode(full));
    ASSERT_TRUE(decoder.decode_job(bare, out));
    EXPECT_EQ(out, *decode(bare)) << bare;
  }
}

TEST(JobDecoder, OverwritesThePageItDecodedBefore) {
  job_decoder decoder;
  job_page three;
  const std::string j = sample("job.json");
  ASSERT_TRUE(decoder.decode_page(R"({"data":[)" + j + ',' + j + ',' + j + "]}", three));
  ASSERT_EQ(three.jobs.size(), 3U);
  const std::string bare = R"({"data":[{"job_id":"j","status":"QUEUED"}],"pagination":{"page":3}})";
  ASSERT_TRUE(decoder.decode_page(bare, three));
  EXPECT_EQ(three, *decode_list(bare));
  ASSERT_TRUE(decoder.decode_page(R"({"data":[]})", three));
  EXPECT_EQ(three, job_page{});
}

TEST(JobDecoder, WorksOnAfterManyErrors) {
  job_decoder decoder;
  job out;
  const std::string body = sample("job_running.json");
  for (std::size_t length = 0; length < body.size(); length += 3) {
    (void)decoder.decode_job(std::string_view(body).substr(0, length), out);
  }
  const auto result = decoder.decode_job(body, out);
  ASSERT_TRUE(result) << result.error();
  EXPECT_EQ(out, *decode(body));
}

TEST(JobDecoder, WorksAfterAMove) {
  job_decoder first;
  job out;
  ASSERT_TRUE(first.decode_job(sample("job.json"), out));
  job_decoder second = std::move(first);
  ASSERT_TRUE(second.decode_job(sample("job_running.json"), out));
  EXPECT_EQ(out, *decode(sample("job_running.json")));
}

TEST(JobEncoder, WritesNullWhereTheReferenceAllowsIt) {
  job j;
  j.job_id = "j";
  j.status = job_status::queued;
  j.runs.resize(1);
  EXPECT_EQ(boost::json::parse(encode(j)), boost::json::parse(R"({
      "job_id":"j","project_id":"","status":"QUEUED","created_at":null,"completed_at":null,
      "multiplayer_test_id":"","test_name":null,"platform":null,"build_id":null,
      "test_plan_execution_id":null,"queue_rejection_reason":null,"templating_enabled":false,
      "template_data":null,"stopped_by":null,"tags":[],"retries":{"total":0,"remaining":0},
      "runs":[{"multiplayer_run_id":"","state":null,"result":null,"started_at":null,
               "completed_at":null,"players":0}]})"));
}

TEST(JobEncoder, KeepsTheTextOnlyWhereItSaysTheSame) {
  job j;
  j.status = job_status::completed;
  j.status_text = "completed";
  j.runs.resize(1);
  j.runs[0].result = run_result::timeout;
  j.runs[0].result_text = "MAX_STEPS";
  auto json = boost::json::parse(encode(j));
  EXPECT_EQ(json.at("status"), "completed");
  EXPECT_EQ(json.at("runs").at(0).at("result"), "MAX_STEPS");

  j.status = job_status::stopping;
  j.runs[0].result = run_result::failed;
  json = boost::json::parse(encode(j));
  EXPECT_EQ(json.at("status"), "STOPPING");
  EXPECT_EQ(json.at("runs").at(0).at("result"), "FAILED");
}

TEST(JobEncoder, EscapesEveryCharacterThatNeedsIt) {
  job j;
  j.status = job_status::queued;
  j.status_text = "QUEUED";
  j.job_id = "x";
  for (int c = 0; c < 0x80; ++c) j.test_name += static_cast<char>(c);
  j.tags = {"\"", "\\", "\n", "é😀", std::string("\0", 1)};
  const auto again = decode(encode(j));
  ASSERT_TRUE(again) << again.error();
  EXPECT_EQ(*again, j);
}

TEST(JobEncoder, AppendsToWhatIsThere) {
  std::string out = "before ";
  encode_page({}, out);
  EXPECT_EQ(out, R"(before {"data":[],"pagination":{"page":0,"page_size":0,"total_count":0,)"
                 R"("total_pages":0}})");
}

TEST(JobEncoder, WritesTheLargestNumbers) {
  job_page page;
  page.page = std::numeric_limits<int>::max();
  page.total_count = std::numeric_limits<std::int64_t>::max();
  EXPECT_EQ(*decode_list(encode(page)), page);
}

}  // namespace
}  // namespace nunu::wire
