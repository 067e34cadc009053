#include <gtest/gtest.h>

#include "sample.hpp"
#include "wire/job_json.hpp"

namespace nunu::wire {
namespace {

using test::sample;

/// The sentence that says what is wrong; empty when nothing is.
std::string job_error(std::string_view body) {
  job_decoder decoder;
  job out;
  const auto result = decoder.decode_job(body, out);
  return result ? std::string() : result.error();
}

std::string page_error(std::string_view body) {
  job_decoder decoder;
  job_page out;
  const auto result = decoder.decode_page(body, out);
  return result ? std::string() : result.error();
}

/// A job with the two fields that are required, and more.
std::string job_with(const std::string& more) {
  return R"({"job_id":"j","status":"RUNNING",)" + more + '}';
}

std::string arrays(std::size_t depth) {
  return std::string(depth, '[') + std::string(depth, ']');
}

struct bad_case {
  std::string body;
  std::string error;
};

TEST(Fault30, RejectsASecondStatus) {
  EXPECT_EQ(job_error(R"({"job_id":"j","status":"RUNNING","status":"COMPLETED"})"),
            "status comes twice");
  EXPECT_EQ(job_error(R"({"job_id":"j","status":"RUNNING","st\u0061tus":"RUNNING"})"),
            "status comes twice");
}

TEST(Fault30, RejectsEveryKnownKeyThatComesTwice) {
  const boost::json::object whole = boost::json::parse(sample("job.json")).get_object();
  for (const auto& [key, value] : whole) {
    std::string body = boost::json::serialize(whole);
    body.pop_back();
    body += ",\"" + std::string(key) + "\":" + boost::json::serialize(value) + '}';
    EXPECT_EQ(job_error(body), std::string(key) + " comes twice");
  }
  EXPECT_EQ(job_error(job_with(R"("build_id":null,"build_id":"b")")), "build_id comes twice");
  EXPECT_EQ(job_error(job_with(R"("retries":{"total":1,"total":1})")), "retries.total comes twice");
  EXPECT_EQ(job_error(job_with(R"("runs":[{},{"players":1,"players":1}])")),
            "runs[1].players comes twice");
  EXPECT_EQ(page_error(R"({"data":[],"data":[]})"), "data comes twice");
  EXPECT_EQ(page_error(R"({"data":[],"pagination":{"page":1,"page":1}})"),
            "pagination.page comes twice");
}

TEST(JobDecoder, AKeyMayComeOnceInEachOfSeveralObjects) {
  EXPECT_EQ(job_error(job_with(R"("completed_at":null,"runs":[{"completed_at":null,"players":1},
                                  {"completed_at":null,"players":1}])")),
            "");
}

TEST(JobDecoder, ATimeThatCannotBeReadIsNoneAndTheRestIsKept) {
  job j;
  const auto decoded = job_decoder().decode_job(
      job_with(R"("created_at":"yesterday","completed_at":"2026-03-03T15:50:19Z",
                  "runs":[{"multiplayer_run_id":"r","started_at":"2026-02-30T00:00:00Z"}])"),
      j);
  ASSERT_TRUE(decoded) << decoded.error();
  EXPECT_FALSE(j.created_at);
  EXPECT_TRUE(j.completed_at);
  ASSERT_EQ(j.runs.size(), 1U);
  EXPECT_EQ(j.runs[0].multiplayer_run_id, "r");
  EXPECT_FALSE(j.runs[0].started_at);
}

TEST(JobDecoder, NamesTheFieldOfTheWrongType) {
  const bad_case cases[] = {
      {"[]", "the body is not an object"},
      {"null", "the body is null"},
      {"5", "the body is not an object"},
      {"0.5", "the body is not an object"},
      {"true", "the body is not an object"},
      {R"("job")", "the body is not an object"},
      {R"({"job_id":5,"status":"RUNNING"})", "job_id is not a string"},
      {R"({"job_id":"","status":"RUNNING"})", "job_id is empty"},
      {R"({"job_id":"j","status":true})", "status is not a string"},
      {R"({"job_id":"j","status":["RUNNING"]})", "status is not a string"},
      {R"({"job_id":"j","status":{}})", "status is not a string"},
      {R"({"job_id":"j","status":0.5})", "status is not a string"},
      {R"({"job_id":"j","status":18446744073709551615})", "status is not a string"},
      {"{}", "job_id is missing"},
      {R"({"job_id":"j"})", "status is missing"},
      {job_with(R"("completed_at":1700000000)"), "completed_at is not a string"},
      {job_with(R"("templating_enabled":"yes")"), "templating_enabled is not true or false"},
      {job_with(R"("templating_enabled":1)"), "templating_enabled is not true or false"},
      {job_with(R"("template_data":[])"), "template_data is not an object"},
      {job_with(R"("template_data":"x")"), "template_data is not an object"},
      {job_with(R"("stopped_by":"user")"), "stopped_by is not an object"},
      {job_with(R"("tags":"a")"), "tags is not an array"},
      {job_with(R"("tags":{})"), "tags is not an array"},
      {job_with(R"("tags":["a",null,5])"), "tags[2] is not a string"},
      {job_with(R"("tags":[["a"]])"), "tags[0] is not a string"},
      {job_with(R"("retries":2)"), "retries is not an object"},
      {job_with(R"("runs":{})"), "runs is not an array"},
      {job_with(R"("runs":[{},"x"])"), "runs[1] is not an object"},
      {job_with(R"("runs":[[]])"), "runs[0] is not an object"},
      {job_with(R"("runs":[{},{"result":5}])"), "runs[1].result is not a string"},
  };
  for (const auto& [body, error] : cases) EXPECT_EQ(job_error(body), error) << body;
}

TEST(JobDecoder, NamesTheFieldOfAPage) {
  const std::string good = R"({"job_id":"j","status":"RUNNING"})";
  const bad_case cases[] = {
      {"[]", "the body is not an object"},
      {"{}", "data is missing"},
      {R"({"error":"no"})", "data is missing"},
      {R"({"data":null})", "data is null"},
      {R"({"data":{}})", "data is not an array"},
      {R"({"data":[5]})", "data[0] is not an object"},
      {R"({"data":[)" + good + R"(,{"job_id":"j"}]})", "data[1].status is missing"},
      {R"({"data":[)" + good + R"(,{"job_id":"j","status":null}]})", "data[1].status is null"},
      {R"({"data":[)" + good + ',' + job_with(R"("runs":[{},{"players":-1}])") + "]}",
       "data[1].runs[1].players is negative"},
      {R"({"data":[],"pagination":[]})", "pagination is not an object"},
      {R"({"data":[],"pagination":{"page":"0"}})", "pagination.page is not a whole number"},
  };
  for (const auto& [body, error] : cases) EXPECT_EQ(page_error(body), error) << body;
}

TEST(JobDecoder, NullJobsOfAPageAreLeftOut) {
  job_decoder decoder;
  job_page page;
  const auto result = decoder.decode_page(
      R"({"data":[null,{"job_id":"j","status":"RUNNING"},null],"pagination":null})", page);
  ASSERT_TRUE(result) << result.error();
  ASSERT_EQ(page.jobs.size(), 1U);
  EXPECT_EQ(page.jobs[0].job_id, "j");
}

struct number_case {
  std::string number;
  std::string problem;
};

TEST(Fault30, RejectsCountsThatAreNone) {
  const number_case cases[] = {
      {"0.5", "is not a whole number"},
      {"-0.5", "is not a whole number"},
      {"1e-400", "is not a whole number"},
      {"\"1\"", "is not a whole number"},
      {"true", "is not a whole number"},
      {"[]", "is not a whole number"},
      {"{}", "is not a whole number"},
      {"-1", "is negative"},
      {"1e400", "is too large"},
      {"18446744073709551616", "is too large"},
      {"18446744073709551615", "is too large"},
      {"9223372036854775808", "is too large"},
  };
  for (const auto& [number, problem] : cases) {
    for (const char* field : {"total", "remaining"}) {
      EXPECT_EQ(job_error(job_with(R"("retries":{")" + std::string(field) + "\":" + number + '}')),
                "retries." + std::string(field) + ' ' + problem)
          << number;
    }
    EXPECT_EQ(job_error(job_with(R"("runs":[{"players":)" + number + "}]")),
              "runs[0].players " + problem)
        << number;
    for (const char* field : {"page", "page_size", "total_count", "total_pages"}) {
      EXPECT_EQ(
          page_error(R"({"data":[],"pagination":{")" + std::string(field) + "\":" + number + "}}"),
          "pagination." + std::string(field) + ' ' + problem)
          << number;
    }
  }
}

TEST(Fault30, RejectsWhatItsTypesCannotHold) {
  EXPECT_EQ(job_error(job_with(R"("retries":{"total":2147483647})")), "");
  EXPECT_EQ(job_error(job_with(R"("retries":{"total":2147483648})")), "retries.total is too large");
  EXPECT_EQ(page_error(R"({"data":[],"pagination":{"total_count":9223372036854775807}})"), "");
}

TEST(Fault30, RejectsNestingDeeperThanThirtyTwo) {
  EXPECT_EQ(job_error(job_with(R"("more":)" + arrays(31))), "");
  EXPECT_NE(job_error(job_with(R"("more":)" + arrays(32))), "");
  EXPECT_EQ(job_error(job_with(R"("template_data":{"a":)" + arrays(30) + '}')), "");
  EXPECT_NE(job_error(job_with(R"("template_data":{"a":)" + arrays(31) + '}')), "");
  EXPECT_NE(job_error(std::string(100'000, '[')), "");
  EXPECT_NE(job_error(job_with(R"("more":)" + std::string(100'000, '['))), "");
}

TEST(Fault30, RejectsWhatIsNotJson) {
  for (const std::string& body : {
           std::string(),
           std::string(" "),
           std::string("<html><body>200 OK</body></html>"),
           std::string("{\"job_id\":\"j\",\"status\":\"RUNNING\",}"),
           std::string("{'job_id':'j','status':'RUNNING'}"),
           std::string("{\"job_id\":\"j\",\"status\":\"RUNNING\"} /* */"),
           job_with(R"("tags":["a",])"),
           job_with(R"("retries":{"total":01})"),
           job_with(R"("retries":{"total":+1})"),
           job_with(R"("retries":{"total":NaN})"),
           job_with(R"("retries":{"total":1e99999999999})"),
           job_with("\"test_name\":\"a\nb\""),
           job_with(std::string("\"test_name\":\"\0\"", 15)),
           job_with(R"("test_name":"\x41")"),
       }) {
    EXPECT_EQ(job_error(body).substr(0, 27), "the body is not valid JSON:") << body;
  }
}

TEST(Fault30, RejectsInvalidUtf8EverywhereInTheBody) {
  for (const std::string bytes : {"\xff", "\x80", "\xc3\x28", "\xc0\xaf", "\xe0\x80\x80",
                                  "\xed\xa0\x80", "\xf5\x80\x80\x80", "\xf0\x9f\x98"}) {
    EXPECT_NE(job_error(job_with("\"test_name\":\"" + bytes + "\"")), "");
    EXPECT_NE(job_error(job_with("\"more\":\"" + bytes + "\"")), "");
    EXPECT_NE(job_error(job_with("\"" + bytes + "\":1")), "");
    EXPECT_NE(job_error(job_with("\"template_data\":{\"a\":\"" + bytes + "\"}")), "");
  }
}

TEST(Fault30, RejectsLoneSurrogates) {
  for (const std::string text : {R"(\ud800)", R"(\udc00)", R"(\ud800x)", R"(\ud800\n)",
                                 R"(\ud800\ud800)", R"(\udc00\ud800)"}) {
    EXPECT_NE(job_error(job_with(R"("test_name":")" + text + '"')), "") << text;
    EXPECT_NE(job_error(job_with(R"("more":")" + text + '"')), "") << text;
  }
}

TEST(Fault30, RejectsTrailingDataButNotBlanks) {
  const std::string body = R"({"job_id":"j","status":"RUNNING"})";
  EXPECT_EQ(job_error(body + " \r\n\t"), "");
  for (const std::string& tail : {std::string("x"), std::string("{}"), body, std::string(" 5"),
                                  std::string("\0", 1), std::string(",")}) {
    EXPECT_NE(job_error(body + tail), "") << tail;
  }
}

TEST(JobDecoder, CutAfterEveryByteIsAnError) {
  for (const char* name : {"job.json", "job_running.json"}) {
    std::string body = sample(name);
    body.erase(body.find_last_of('}') + 1);
    ASSERT_EQ(job_error(body), "");
    for (std::size_t length = 0; length < body.size(); ++length) {
      EXPECT_NE(job_error(std::string_view(body).substr(0, length)), "") << name << ' ' << length;
    }
  }
  std::string page = sample("job_list.json");
  page.erase(page.find_last_of('}') + 1);
  ASSERT_EQ(page_error(page), "");
  for (std::size_t length = 0; length < page.size(); ++length) {
    EXPECT_NE(page_error(std::string_view(page).substr(0, length)), "") << length;
  }
}

TEST(JobDecoder, AnErrorLeavesNothingBehind) {
  const std::string filler(5'000, 'x');
  const std::string good = job_with(R"("template_data":{"a":[1,2]},"tags":["a"])");
  for (const std::string& bad :
       {job_with(R"("template_data":{"a":{"b":[1,2,"x)"), job_with(R"("template_data":{"a":[1,x)"),
        job_with(R"("more":[{"a":[x)"), R"({")" + filler + R"(\n)" + filler + R"(\ud800":1})",
        R"({"job_id":")" + filler + R"(\n)" + filler + R"(\ud800"})", job_with(R"("tags":5)"),
        job_with(R"("runs":[{"players":-1}])")}) {
    job_decoder decoder;
    job out;
    ASSERT_FALSE(decoder.decode_job(bad, out)) << bad;
    const auto result = decoder.decode_job(good, out);
    ASSERT_TRUE(result) << result.error() << " after " << bad;
    EXPECT_EQ(out.job_id, "j") << bad;
    EXPECT_EQ(out.template_data, boost::json::parse(R"({"a":[1,2]})")) << bad;

    ASSERT_FALSE(decoder.decode_job(bad, out)) << bad;
    const auto cut = decoder.decode_job("{", out);
    ASSERT_FALSE(cut);
    EXPECT_EQ(cut.error(), job_error("{")) << bad;
  }
}

TEST(JobDecoder, AnyByteChangedNeverCrashesAndLeavesItUsable) {
  job_decoder decoder;
  job out;
  const std::string body = sample("job_running.json");
  for (std::size_t i = 0; i < body.size(); ++i) {
    for (const char c : {'\0', '"', '{', '}', '[', ']', ',', '\\', '5', '\xff'}) {
      std::string changed = body;
      changed[i] = c;
      (void)decoder.decode_job(changed, out);
    }
  }
  const auto result = decoder.decode_job(body, out);
  ASSERT_TRUE(result) << result.error();
  EXPECT_EQ(out.status, job_status::running);
}

}  // namespace
}  // namespace nunu::wire
