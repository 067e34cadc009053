#include "wire/error_json.hpp"

#include <gtest/gtest.h>

#include "sample.hpp"

namespace nunu::wire {
namespace {

using test::normalized;
using test::sample;

TEST(ErrorJson, ReadsTheNewestForm) {
  const auto error = decode_error(sample("error_404.json"));
  EXPECT_EQ(error.message, "multiplayer test not found");
  EXPECT_EQ(error.code, "NOT_FOUND");
  EXPECT_TRUE(error.job_ids.empty());
  EXPECT_FALSE(error.unfamiliar);
}

TEST(ErrorJson, ReadsTheOlderForm) {
  const auto error = decode_error(sample("error_404_envelope.json"));
  EXPECT_EQ(error.message, "multiplayer test not found");
  EXPECT_EQ(error.code, "");
  EXPECT_FALSE(error.unfamiliar);
}

TEST(ErrorJson, SamplesRoundTrip) {
  const std::string newest = sample("error_404.json");
  EXPECT_EQ(normalized(encode_error(decode_error(newest))), normalized(newest));
  const std::string older = sample("error_404_envelope.json");
  EXPECT_EQ(normalized(encode_error_envelope(decode_error(older), 404)), normalized(older));
}

TEST(ErrorJson, CodeAndDetailsMayBeMissingOrNull) {
  for (const char* body :
       {R"({"error":"no"})", R"({"error":"no","code":null,"details":null,"new_field":[1]})"}) {
    const auto error = decode_error(body);
    EXPECT_EQ(error.message, "no") << body;
    EXPECT_EQ(error.code, "") << body;
    EXPECT_FALSE(error.unfamiliar) << body;
  }
}

TEST(ErrorJson, PrefersTheMessageOfTheOlderForm) {
  EXPECT_EQ(
      decode_error(R"({"ok":false,"status":400,"error":"Bad Request","message":"no tag"})").message,
      "no tag");
  EXPECT_EQ(decode_error(R"({"ok":false,"status":400,"error":"Bad Request"})").message,
            "Bad Request");
}

TEST(ErrorJson, FindsJobIdsWhereverTheyAre) {
  const std::vector<std::string> ids{"a", "b"};
  for (const char* body : {R"({"error":"no","job_ids":["a","b"]})",
                           R"({"error":"no","details":{"job_ids":["a","b"]}})",
                           R"({"ok":false,"message":"no","data":{"job_ids":["a","b"]}})",
                           R"({"ok":false,"job_ids":["a",null,"b"],"results":[]})"}) {
    const auto error = decode_error(body);
    EXPECT_EQ(error.job_ids, ids) << body;
    EXPECT_FALSE(error.unfamiliar) << body;
  }
}

TEST(ErrorJson, WritesJobIdsThatItReadsAgain) {
  service_error error;
  error.message = "half of it";
  error.job_ids = {"a", "b"};
  EXPECT_EQ(decode_error(encode_error(error)).job_ids, error.job_ids);
  EXPECT_EQ(decode_error(encode_error_envelope(error, 500)).job_ids, error.job_ids);
}

TEST(ErrorJson, AnythingElseIsUnfamiliarAndSaysNothing) {
  for (const std::string& body :
       {std::string(), std::string("<html><body>502 Bad Gateway</body></html>"),
        std::string("upstream timed out"), std::string("null"), std::string("[]"),
        std::string("\"no\""), std::string("{}"), std::string(R"({"error":{"message":"no"}})"),
        std::string(R"({"error":5,"message":null})"), std::string(R"({"error":"no")"),
        std::string("{\"error\":\"\xff\"}"), std::string("\0\0", 2), std::string(100'000, '['),
        R"({"error":"no","details":)" + std::string(32, '[') + std::string(32, ']') + '}'}) {
    const auto error = decode_error(body);
    EXPECT_TRUE(error.unfamiliar) << body.substr(0, 80);
    EXPECT_EQ(error.message, "") << body.substr(0, 80);
    EXPECT_EQ(error.code, "") << body.substr(0, 80);
    EXPECT_TRUE(error.job_ids.empty()) << body.substr(0, 80);
  }
}

}  // namespace
}  // namespace nunu::wire
