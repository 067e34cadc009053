#include "settings.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "given_sources.hpp"

namespace cli {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

/// Every place has every value, named after the place.
class Settings : public testing::Test {
 protected:
  static std::string file(const std::string& place) {
    return R"({"api_token": "token-)" + place + R"(", "project_id": "project-)" + place +
           R"(", "api_url": "https://)" + place + R"(.test"})";
  }

  std::string token(const std::vector<std::string>& arguments = {"wait", "job"}) {
    return std::string(given.accepted(arguments).client.api_key.reveal());
  }

  given_sources given;
};

TEST_F(Settings, ComeFromTheFirstPlaceThatHasThem) {
  given.variables = {{"NUNU_API_TOKEN", "token-environment"},
                     {"NUNU_PROJECT_ID", "project-environment"},
                     {"NUNU_API_URL", "https://environment.test"},
                     {"HOME", "/home/me"}};
  given.files = {{"token.txt", "token-flag\n"},
                 {"nunu.json", file("near")},
                 {".nunu/config.json", file("folder")},
                 {"/home/me/.config/nunu/config.json", file("home")}};
  const auto check = [&](const std::string& place, const std::vector<std::string>& arguments) {
    const nunu::client_config config = given.accepted(arguments).client;
    EXPECT_EQ(config.api_key.reveal(), "token-" + place);
    EXPECT_EQ(config.project_id, "project-" + place);
    EXPECT_EQ(config.base_url, "https://" + place + ".test");
  };
  check("flag", {"wait", "job", "--token-file", "token.txt", "--project", "project-flag",
                 "--api-url", "https://flag.test"});
  check("environment", {"wait", "job"});
  given.variables = {{"HOME", "/home/me"}};
  check("near", {"wait", "job"});
  given.files.erase("nunu.json");
  check("folder", {"wait", "job"});
  given.files.erase(".nunu/config.json");
  check("home", {"wait", "job"});
}

TEST_F(Settings, ComeEachFromAPlaceOfItsOwn) {
  given.variables.erase("NUNU_API_TOKEN");
  given.files = {{"nunu.json", R"({"project_id": "p"})"},
                 {".nunu/config.json", R"({"api_token": "t", "project_id": "other"})"}};
  const nunu::client_config config = given.accepted({"wait", "job"}).client;
  EXPECT_EQ(config.project_id, "p");
  EXPECT_EQ(config.api_key.reveal(), "t");
  EXPECT_EQ(config.base_url, nunu::client_config().base_url);
}

TEST_F(Settings, AreInTheConfigHomeWhereThatIsSet) {
  given.variables = {{"HOME", "/home/me"}, {"XDG_CONFIG_HOME", "/etc/xdg"}};
  given.files = {{"/etc/xdg/nunu/config.json", file("xdg")},
                 {"/home/me/.config/nunu/config.json", file("home")}};
  EXPECT_EQ(token(), "token-xdg");
  given.variables["XDG_CONFIG_HOME"] = "relative";
  EXPECT_EQ(token(), "token-home");
}

TEST_F(Settings, TheDefaultUrlInTheEnvironmentWinsOverFiles) {
  given.variables["NUNU_API_URL"] = nunu::client_config().base_url;
  given.files = {{"nunu.json", file("near")}};
  EXPECT_EQ(given.accepted({"wait", "job"}).client.base_url, nunu::client_config().base_url);
}

TEST_F(Settings, FilesAreNotReadWhenNothingIsMissing) {
  given.variables = {
      {"NUNU_API_TOKEN", "t"}, {"NUNU_PROJECT_ID", "p"}, {"NUNU_API_URL", "https://x.test"}};
  given.files = {{"nunu.json", "broken"}};
  given.accepted({"wait", "job"});
  EXPECT_EQ(given.files_read, std::vector<std::string>());
}

TEST_F(Settings, TheTokenIsReadFromAFileOrStandardInput) {
  given.files = {{"token.txt", "  from-file\r\n"}};
  EXPECT_EQ(token({"wait", "job", "--token-file", "token.txt"}), "from-file");
  given.standard_input = "from-pipe\n";
  EXPECT_EQ(token({"wait", "job", "--token-file", "-"}), "from-pipe");
  EXPECT_THAT(given.refusal({"wait", "job", "--token-file", "missing"}),
              StartsWith("nunu wait: --token-file: cannot read missing: No such file"));
  given.files = {{"token.txt", "\n"}};
  EXPECT_THAT(given.refusal({"wait", "job", "--token-file", "token.txt"}),
              HasSubstr("--token-file: token.txt is empty, must contain the API token"));
}

TEST_F(Settings, StandardInputIsReadForOneThing) {
  given.standard_input = "x";
  EXPECT_THAT(given.refusal({"wait", "-", "--token-file", "-"}),
              HasSubstr("JOB: standard input was already read for --token-file"));
}

TEST_F(Settings, WithoutATokenAllPlacesAreNamed) {
  given.variables.erase("NUNU_API_TOKEN");
  EXPECT_EQ(given.refusal({"wait", "job"}),
            "nunu wait: there is no API token. It was looked for in --token-file, NUNU_API_TOKEN, "
            "nunu.json, .nunu/config.json, /home/me/.config/nunu/config.json.\n"
            "Set NUNU_API_TOKEN, or write {\"api_token\": \"...\"} to one of these files.\n");
}

TEST_F(Settings, ErrorsNameFileAndLine) {
  const std::pair<const char*, const char*> cases[] = {
      {"{\n\"api_token\": \"t\",\n}", "nunu wait: nunu.json:3:1: this is not JSON: "},
      {"{\n\"api_token\":\n 7}", "nunu wait: nunu.json:2: api_token is a number, must be a text"},
      {"[]", "nunu wait: nunu.json:1: the file is a list, must be an object such as"},
      {"{\n\"api_url\": \"nunu.ai\"}", "nunu wait: nunu.json:2: the URL is not a URL"},
      {"{\n\"project_id\": \"a\\nb\"}", "nunu wait: nunu.json:2: project_id has a control"},
  };
  for (const auto& [text, error] : cases) {
    given.files["nunu.json"] = text;
    EXPECT_THAT(given.refusal({"wait", "job"}), StartsWith(error));
  }
  given.broken_files["nunu.json"] = boost::system::errc::permission_denied;
  EXPECT_THAT(given.refusal({"wait", "job"}),
              StartsWith("nunu wait: nunu.json: cannot be read: Permission denied"));
}

TEST_F(Settings, ErrorsNameFlagAndVariable) {
  EXPECT_THAT(given.refusal({"wait", "job", "--api-url", "ftp://x.test"}),
              StartsWith("nunu wait: --api-url: the URL is not an http or https URL"));
  given.variables["NUNU_API_TOKEN"] = "token\n";
  EXPECT_THAT(given.refusal({"wait", "job"}),
              StartsWith("nunu wait: NUNU_API_TOKEN: api_key has a control character"));
}

TEST_F(Settings, NoErrorRepeatsTheToken) {
  given.variables["NUNU_API_TOKEN"] = "secret\n";
  EXPECT_THAT(given.refusal({"wait", "job"}), testing::Not(HasSubstr("secret")));
}

TEST_F(Settings, PlainHttpHasToBeAllowed) {
  given.variables["NUNU_API_URL"] = "http://example.test";
  EXPECT_THAT(given.refusal({"wait", "job"}),
              HasSubstr("NUNU_API_URL: the URL is plain http, to a host that is not loopback; must "
                        "be https, unless --allow-plain-http is given"));
  EXPECT_TRUE(given.accepted({"wait", "job", "--allow-plain-http"}).client.allow_plain_http);
  given.variables["NUNU_API_URL"] = "http://localhost:8080";
  given.accepted({"wait", "job"});
}

TEST_F(Settings, TheCaIsReadFromAFile) {
  given.files = {{"ca.pem", "no certificate"}};
  EXPECT_THAT(given.refusal({"wait", "job", "--ca", "ca.pem"}),
              HasSubstr("--ca: ca.pem is not a certificate in PEM"));
  given.files = {{"ca.pem", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"}};
  EXPECT_THAT(given.refusal({"wait", "job", "--ca", "ca.pem"}), HasSubstr("--ca: tls.ca_pem "));
}

TEST_F(Settings, TheProxyComesFromTheEnvironment) {
  given_sources other;
  sources from = other.get();
  from.environment.proxy = nunu::proxy_url("http://proxy.test:3128");
  from.environment.no_proxy = "localhost";
  const char* const argv[] = {"nunu", "wait", "job"};
  const auto result = parse(3, argv, from);
  const nunu::client_config& config = std::get<invocation>(result).client;
  EXPECT_EQ(config.proxy.reveal(), "http://proxy.test:3128");
  EXPECT_EQ(config.no_proxy, "localhost");
}

}  // namespace
}  // namespace cli
