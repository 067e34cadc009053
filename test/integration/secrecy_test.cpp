// The API key is in nothing that a caller gets to see, whatever the service does with it.
#include <gtest/gtest.h>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/use_future.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/string.hpp>
#include <boost/json/value_from.hpp>
#include <concepts>
#include <cstddef>
#include <functional>
#include <map>
#include <optional>
#include <ostream>
#include <set>
#include <sstream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "events.hpp"
#include "loopback.hpp"
#include "scripted_server.hpp"

namespace nunu::test {
namespace {

// What the compiler has to refuse.

template <class T>
concept streamable = requires(std::ostream& out, const T& value) {
  out << value;
};

template <class T, class Other>
concept comparable = requires(const T& value, const Other& other) {
  value == other;
};

template <class T>
concept ordered = requires(const T& value) {
  value < value;
};

template <class T>
concept hashable = requires(const T& value) {
  std::hash<T>()(value);
};

template <class T>
concept opaque =
    !streamable<T> && !comparable<T, T> && !comparable<T, const char*> &&
    !comparable<T, std::string> && !comparable<T, std::string_view> && !ordered<T> &&
    !hashable<T> && !std::convertible_to<T, std::string> &&
    !std::convertible_to<T, std::string_view> && !std::convertible_to<T, const char*> &&
    !std::constructible_from<std::string, T> && !std::constructible_from<std::string_view, T> &&
    !std::constructible_from<bool, T> && !boost::json::has_value_from<T>::value;

static_assert(opaque<api_key>);
static_assert(opaque<client_config>);
static_assert(opaque<tls_config>, "it has a private key");
static_assert(opaque<simulator_config>);
static_assert(!std::convertible_to<std::string, api_key> &&
                  !std::convertible_to<const char*, api_key>,
              "a text becomes a key only where it is said");
static_assert(streamable<std::string> && comparable<std::string, const char*> &&
                  ordered<std::string> && hashable<std::string> &&
                  boost::json::has_value_from<std::string>::value,
              "the concepts above can tell");

/// Two words that are nowhere else, around what some forms escape.
const std::string kHead = "zebra";
const std::string kTail = "quagga";
const std::string kKey = kHead + R"(/&"+=)" + kTail;

/// Expects that a text has neither the key nor a part of it.
void expect_no_key_in(const std::string& text, const std::string& where) {
  EXPECT_EQ(text.find(kHead), std::string::npos) << where << ": " << text;
  EXPECT_EQ(text.find(kTail), std::string::npos) << where << ": " << text;
}

void expect_no_key_in(const diagnostics& details, const std::string& where) {
  expect_no_key_in(details.message, where + ", message");
  expect_no_key_in(details.request, where + ", request");
  expect_no_key_in(details.service_message, where + ", service_message");
  expect_no_key_in(details.service_code, where + ", service_code");
  expect_no_key_in(details.body, where + ", body");
  expect_no_key_in(details.launch_id, where + ", launch_id");
  for (const std::string& id : details.job_ids) expect_no_key_in(id, where + ", job_ids");
  expect_no_key_in(details.to_string(), where + ", to_string()");
}

void expect_no_key_in(const error& thrown, const std::string& where) {
  expect_no_key_in(thrown.get_diagnostics(), where);
  expect_no_key_in(thrown.what(), where + ", what()");
  std::ostringstream streamed;
  streamed << thrown.code() << ' ' << thrown.code().message() << ' ' << thrown.code().to_string();
  expect_no_key_in(streamed.str(), where + ", its code");
}

std::string json_string(const std::string& text) {
  return boost::json::serialize(boost::json::string(text));
}

/// Every character by its number, as some gateways write JSON.
std::string json_numbers(const std::string& text) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string out = "\"";
  for (const char c : text) {
    out += "\\u00";
    out += digits[static_cast<unsigned char>(c) / 16];
    out += digits[static_cast<unsigned char>(c) % 16];
  }
  return out += '"';
}

std::string html(const std::string& text) {
  std::string out;
  for (const char c : text) {
    if (c == '&')
      out += "&amp;";
    else if (c == '"')
      out += "&#34;";
    else
      out += c;
  }
  return out;
}

/// What a service, or a gateway before it, says with a request in it.
struct echo {
  const char* name;
  std::string (*answer_to)(const std::string& request);
};

void PrintTo(const echo& e, std::ostream* out) {
  *out << e.name;
}

const echo kEchoes[] = {
    {"HtmlOf502",
     [](const std::string& request) {
       return answer(502, "<html><pre>" + html(request) + "</pre></html>");
     }},
    {"PlainTextOf500", [](const std::string& request) { return answer(500, request); }},
    {"PlainTextOf200", [](const std::string& request) { return answer(200, request); }},
    {"MessageOf400",
     [](const std::string& request) {
       return answer(400, R"({"error":)" + json_string(request) + "}");
     }},
    {"MessageOf400InNumbers",
     [](const std::string& request) {
       return answer(400, R"({"error":)" + json_numbers(request) + "}");
     }},
    {"OlderMessageOf404",
     [](const std::string& request) {
       return answer(404, R"({"ok":false,"error":"x","message":)" + json_string(request) + "}");
     }},
    {"CodeOf403",
     [](const std::string& request) {
       return answer(403, R"({"error":"no","code":)" + json_string(request) + "}");
     }},
    {"JobIdsOf401",
     [](const std::string& request) {
       return answer(401, R"({"error":"no","job_ids":[)" + json_string(request) + "]}");
     }},
    {"JobIdOf200",
     [](const std::string& request) {
       return answer(200, R"({"status":"RUNNING","job_id":)" + json_string(request) + "}");
     }},
    {"WrongTypeOf200",
     [](const std::string& request) {
       const std::string said = json_string(request);
       return answer(200, "{" + said + ":1,\"job_ids\":" + said + ",\"data\":" + said +
                              ",\"results\":" + said + "}");
     }},
    {"KeyTwiceIn200",
     [](const std::string& request) {
       const std::string said = json_string(request);
       return answer(200, "{" + said + ":1," + said + ":2}");
     }},
    {"RetryAfterOf429",
     [](const std::string&) { return answer(429, "", "Retry-After: " + kKey + "\r\n"); }},
    {"LocationOf302",
     [](const std::string&) {
       return answer(302, "", "Location: https://elsewhere.invalid/?key=" + kKey + "\r\n");
     }},
    {"ReasonOf418",
     [](const std::string&) {
       return "HTTP/1.1 418 " + kKey + "\r\nContent-Length: 0\r\nX-Echo: " + kKey + "\r\n\r\n";
     }},
    {"HeaderThatIsNone",
     [](const std::string&) { return "HTTP/1.1 200 x\r\n" + kKey + "\r\n\r\n"; }},
    {"LengthThatIsNone",
     [](const std::string&) { return "HTTP/1.1 200 x\r\nContent-Length: " + kKey + "\r\n\r\n"; }},
    {"RequestItself", [](const std::string& request) { return request; }},
    {"CutInTheMiddle",
     [](const std::string& request) {
       const std::string whole = answer(400, R"({"error":)" + json_string(request) + "}");
       return whole.substr(0, whole.size() - 3);
     }},
};

class Secrecy : public testing::TestWithParam<echo> {
 protected:
  asio::io_context context;
  scripted_server server{
      context, [](const std::string& request) {
        EXPECT_NE(request.find(kKey), std::string::npos) << "no key is sent";
        return scripted_server::reply{GetParam().answer_to(request), scripted_server::then::close};
      }};
  int attempts = 0;
  /// What they were for.
  std::set<std::string> requests;
  client c{context.get_executor(), config()};

  client_config config() {
    client_config made;
    made.base_url = server.base_url();
    made.on_attempt = [this](const request_attempt& told) {
      ++attempts;
      requests.emplace(told.request);
      expect_no_key_in(std::string(told.request), "request of an attempt");
      expect_no_key_in(std::string(told.message), "message of an attempt");
    };
    made.api_key = api_key(kKey);
    // What may be tried again is tried a few times.
    made.operation_timeout = 100ms;
    made.polling = {.first = 1ms, .growth = 1.5, .queued = 5ms, .running = 5ms, .ending = 5ms};
    return made;
  }

  void expect_no_key_in_error(const ending& end, const std::string& operation) {
    ASSERT_TRUE(end.reached());
    EXPECT_TRUE(*end.code) << operation << " takes it for a result";
    expect_no_key_in(error(*end.code, end.details), operation);
  }
};

TEST_P(Secrecy, IsKeptByEveryError) {
  std::map<std::string, ending> ends;
  start_options untagged;
  untagged.tags = false;
  c.start_run(a_test(), untagged, ends["start_run"].details, ends["start_run"].handler());
  c.get_job("j", ends["get_job"].details, ends["get_job"].handler());
  c.list_jobs(job_query(), ends["list_jobs"].details, ends["list_jobs"].handler());
  c.get_run("r", ends["get_run"].details, ends["get_run"].handler());
  c.list_bugs("r", ends["list_bugs"].details, ends["list_bugs"].handler());
  c.stop_jobs({"j"}, ends["stop_jobs"].details, ends["stop_jobs"].handler());
  for (auto& [operation, end] : ends) {
    run_until(context, [&end = end] { return end.reached(); });
    // A stop that found none of the jobs is a result.
    if (operation == "stop_jobs" && !*end.code) continue;
    expect_no_key_in_error(end, operation);
  }
  EXPECT_GE(attempts, 6);
}

TEST_P(Secrecy, IsKeptByEveryOutcome) {
  asio::cancellation_signal enough;
  std::optional<wait_report> report;
  c.wait_for_jobs({"j", "k"}, asio::bind_cancellation_slot(
                                  enough.slot(), [&](boost::system::error_code, wait_report r) {
                                    report = std::move(r);
                                  }));
  run_until(context, [&] {
    return requests.contains("GET /api/v1/jobs/j") && requests.contains("GET /api/v1/jobs/k");
  });
  enough.emit(asio::cancellation_type::terminal);
  run_until(context, [&] { return report.has_value(); });
  ASSERT_EQ(report->outcomes.size(), 2U);
  for (const job_outcome& outcome : report->outcomes) {
    EXPECT_FALSE(outcome.error_message.empty());
    expect_no_key_in(outcome.error_message, "error_message");
    expect_no_key_in(outcome.status_text, "status_text");
    expect_no_key_in(outcome.error.message(), "error");
  }
}

INSTANTIATE_TEST_SUITE_P(Echoes, Secrecy, testing::ValuesIn(kEchoes),
                         [](const testing::TestParamInfo<echo>& tested) {
                           return std::string(tested.param.name);
                         });

/// What the constructor says of a configuration that has the key in one field or another.
void expect_refused_without_the_key(const char* what, client_config config) {
  asio::io_context context;
  try {
    client c(context.get_executor(), std::move(config));
    ADD_FAILURE() << what << " is accepted";
  } catch (const error& thrown) {
    EXPECT_EQ(thrown.code(), errc::invalid_config) << what;
    expect_no_key_in(thrown, what);
  }
}

TEST(SecrecyOfConfig, IsKeptWhereverTheKeyIsPutByMistake) {
  client_config good;
  good.api_key = api_key(kKey);
  for (const std::string& base_url :
       {"https://" + kHead + kTail + "@nunu.ai", "https://x:" + kHead + kTail + "@nunu.ai/api",
        "https://nunu.ai/api?key=" + kHead, "https://nunu.ai/#" + kTail, "https://" + kKey,
        kHead + kTail, kKey}) {
    client_config config = good;
    config.base_url = base_url;
    expect_refused_without_the_key("base_url", config);
  }
  client_config config = good;
  config.api_key = api_key(kKey + "\n");
  expect_refused_without_the_key("api_key with a line feed", config);
  config = good;
  config.group = kKey;
  expect_refused_without_the_key("group", config);
  config = good;
  config.project_id = kKey + "\n";
  expect_refused_without_the_key("project_id", config);
  config = good;
  config.tls.ca_pem = kKey;
  expect_refused_without_the_key("tls.ca_pem", config);
  config.tls = {"", kKey, kKey};
  expect_refused_without_the_key("tls.certificate_pem", config);
}

TEST(SecrecyOfConfig, IsKeptByTheSimulator) {
  asio::io_context context;
  simulator_config config = quick_simulator();
  config.api_key = api_key(kKey + "\n");
  try {
    simulator s(context.get_executor(), config);
    ADD_FAILURE() << "a key with a line feed is accepted";
  } catch (const std::invalid_argument& thrown) {
    expect_no_key_in(thrown.what(), "what()");
  }
}

TEST(SecrecyOfTheSimulator, AWrongKeyIsNotEchoed) {
  asio::io_context context;
  simulator service(context.get_executor(), quick_simulator());
  client_config config = client_for(service);
  config.api_key = api_key(kKey);
  client c(context.get_executor(), config);
  ending end;
  c.get_job("j", end.details, end.handler());
  run_until(context, [&] { return end.reached(); });
  EXPECT_EQ(*end.code, errc::unauthorized);
  expect_no_key_in(error(*end.code, end.details), "get_job");
}

TEST(SecrecyOfConfig, IsKeptByARefusedRequest) {
  // Nothing is sent, and nothing is quoted that may be the key in the wrong place.
  asio::io_context context;
  client_config config;
  config.base_url = "http://127.0.0.1:1";
  config.api_key = api_key(kKey);
  client c(context.get_executor(), config);
  start_options options;
  options.launch_id = kKey;
  ending labelled;
  c.start_run(a_test(), options, labelled.details, labelled.handler());
  ending identified;
  c.get_job(kKey + "\n", identified.details, identified.handler());
  ending numbered;
  c.get_run(kKey + "\n", numbered.details, numbered.handler());
  run_until(context,
            [&] { return labelled.reached() && identified.reached() && numbered.reached(); });
  EXPECT_EQ(*labelled.code, errc::invalid_request);
  EXPECT_EQ(*identified.code, errc::invalid_request);
  expect_no_key_in(labelled.details, "launch_id");
  EXPECT_EQ(*numbered.code, errc::invalid_request);
  expect_no_key_in(identified.details, "job id");
  expect_no_key_in(numbered.details, "run id");
}

}  // namespace
}  // namespace nunu::test
