#include "wire/origin.hpp"

#include <gtest/gtest.h>

namespace nunu::wire {
namespace {

struct target_case {
  std::string url;
  std::string base_target;
};

TEST(BaseUrl, ApiAndVersionAreAddedWhereTheyAreMissing) {
  const target_case cases[] = {
      {"https://nunu.ai", "/api/v1"},
      {"https://nunu.ai/", "/api/v1"},
      {"https://nunu.ai/api", "/api/v1"},
      {"https://nunu.ai/api/", "/api/v1"},
      {"https://nunu.ai/api/v1", "/api/v1"},
      {"https://nunu.ai/api/v1/", "/api/v1"},
      {"https://nunu.ai//api//v1//", "/api/v1"},
      {"https://host/v1", "/v1"},
      {"https://gw/prefix", "/prefix/api/v1"},
      {"https://gw/prefix/", "/prefix/api/v1"},
      {"https://gw/prefix/api", "/prefix/api/v1"},
      {"https://gw/prefix/api/v1", "/prefix/api/v1"},
      {"https://gw/a/b", "/a/b/api/v1"},
      {"https://gw/a%20b", "/a%20b/api/v1"},
      {"https://gw/a..b/...", "/a..b/.../api/v1"},
  };
  for (const auto& [url, base_target] : cases) {
    const auto plain = parse_base_url(url, "", false);
    ASSERT_TRUE(plain) << url << ": " << plain.error();
    EXPECT_EQ(plain->base_target, base_target) << url;

    const auto configured = parse_base_url(url, "p1", false);
    ASSERT_TRUE(configured) << url << ": " << configured.error();
    EXPECT_EQ(configured->base_target, base_target + "/project/p1") << url;

    for (const char* ending : {"/project/p1", "/project/p1/"}) {
      const auto in_url = parse_base_url(url + ending, "", false);
      ASSERT_TRUE(in_url) << url << ending << ": " << in_url.error();
      EXPECT_EQ(in_url->base_target, base_target + "/project/p1") << url << ending;
    }
  }
}

TEST(BaseUrl, ProjectIdsAreOneEncodedSegment) {
  const target_case cases[] = {{"a b", "a%20b"},   {"a/b", "a%2Fb"}, {"../x?y#z", "..%2Fx%3Fy%23z"},
                               {"..", "%2E%2E"},   {".", "%2E"},     {"a%2Fb", "a%252Fb"},
                               {"日", "%E6%97%A5"}};
  for (const auto& [id, segment] : cases) {
    const auto o = parse_base_url("https://nunu.ai", id, false);
    ASSERT_TRUE(o) << id << ": " << o.error();
    EXPECT_EQ(o->base_target, "/api/v1/project/" + segment) << id;
  }
}

TEST(BaseUrl, TheSameProjectTwiceIsAccepted) {
  const auto o = parse_base_url("https://nunu.ai/project/a%20b", "a b", false);
  ASSERT_TRUE(o) << o.error();
  EXPECT_EQ(o->base_target, "/api/v1/project/a%20b");
}

struct host_case {
  std::string url;
  origin expected;
};

TEST(BaseUrl, HostsAndPortsAreTakenApart) {
  const host_case cases[] = {
      {"https://nunu.ai", {{"nunu.ai", false, "443"}, true, "nunu.ai", "/api/v1"}},
      {"HTTPS://NUNU.AI", {{"nunu.ai", false, "443"}, true, "nunu.ai", "/api/v1"}},
      {"https://nunu.ai:443", {{"nunu.ai", false, "443"}, true, "nunu.ai", "/api/v1"}},
      {"https://nunu.ai:", {{"nunu.ai", false, "443"}, true, "nunu.ai", "/api/v1"}},
      {"https://nunu.ai:0443", {{"nunu.ai", false, "443"}, true, "nunu.ai", "/api/v1"}},
      {"https://nunu.ai:80", {{"nunu.ai", false, "80"}, true, "nunu.ai:80", "/api/v1"}},
      {"https://nunu.ai:65535", {{"nunu.ai", false, "65535"}, true, "nunu.ai:65535", "/api/v1"}},
      {"http://localhost", {{"localhost", false, "80"}, false, "localhost", "/api/v1"}},
      {"http://LocalHost:8080", {{"localhost", false, "8080"}, false, "localhost:8080", "/api/v1"}},
      {"http://127.0.0.1:80", {{"127.0.0.1", true, "80"}, false, "127.0.0.1", "/api/v1"}},
      {"http://127.8.9.1:443", {{"127.8.9.1", true, "443"}, false, "127.8.9.1:443", "/api/v1"}},
      {"http://[::1]:8080/v1", {{"::1", true, "8080"}, false, "[::1]:8080", "/v1"}},
      {"https://[2001:DB8::7]", {{"2001:db8::7", true, "443"}, true, "[2001:db8::7]", "/api/v1"}},
      {"https://192.0.2.1", {{"192.0.2.1", true, "443"}, true, "192.0.2.1", "/api/v1"}},
  };
  for (const auto& [url, expected] : cases) {
    const auto o = parse_base_url(url, "", false);
    ASSERT_TRUE(o) << url << ": " << o.error();
    EXPECT_EQ(o->tls, expected.tls) << url;
    EXPECT_EQ(o->host, expected.host) << url;
    EXPECT_EQ(o->host_is_address, expected.host_is_address) << url;
    EXPECT_EQ(o->port, expected.port) << url;
    EXPECT_EQ(o->authority, expected.authority) << url;
    EXPECT_EQ(o->base_target, expected.base_target) << url;
  }
}

TEST(BaseUrl, PlainHttpIsOnlyForLoopbackUnlessAllowed) {
  for (const char* url :
       {"http://nunu.ai", "http://localhost.evil.com", "http://10.0.0.1", "http://128.0.0.1",
        "http://[::2]", "http://127.0.0.01", "http://256.0.0.1"}) {
    const auto refused = parse_base_url(url, "", false);
    ASSERT_FALSE(refused) << url;
    EXPECT_EQ(refused.error(), "base_url is plain http, to a host that is not loopback");
    const auto allowed = parse_base_url(url, "", true);
    ASSERT_TRUE(allowed) << url << ": " << allowed.error();
    EXPECT_FALSE(allowed->tls) << url;
  }
}

struct bad_case {
  std::string url;
  std::string project_id;
  std::string error;
};

TEST(BaseUrl, SaysWhatIsWrong) {
  const bad_case cases[] = {
      {"", "", "base_url is not a URL"},
      {"nunu.ai", "", "base_url is not a URL"},
      {"/api/v1", "", "base_url is not a URL"},
      {"https://nunu.ai/a b", "", "base_url is not a URL"},
      {"https://nunu.ai\r\nX: y", "", "base_url is not a URL"},
      {"https://nunu.ai/%zz", "", "base_url is not a URL"},
      {std::string("https://nunu.ai\0", 16), "", "base_url is not a URL"},
      {"ftp://nunu.ai", "", "base_url is not an http or https URL"},
      {"wss://nunu.ai", "", "base_url is not an http or https URL"},
      {"https:nunu.ai", "", "base_url has no host"},
      {"https://", "", "base_url has no host"},
      {"https://:443", "", "base_url has no host"},
      {"https:///api", "", "base_url has no host"},
      {"https://user@nunu.ai", "", "base_url has user info"},
      {"https://user:password@nunu.ai", "", "base_url has user info"},
      {"http://127.0.0.1@nunu.ai", "", "base_url has user info"},
      {"http://127.0.0.1:80@nunu.ai", "", "base_url has user info"},
      {"http://127.0.0.1.nip.io", "", "base_url has a host that is no name and no address"},
      {"http://127.0.0.1.nip.io:80/v1", "", "base_url has a host that is no name and no address"},
      {"http://127.0.0.1x/v1", "", "base_url has a host that is no name and no address"},
      {"http://1.2.3.4.5", "", "base_url has a host that is no name and no address"},
      {"http://[::1].nunu.ai", "", "base_url has a host that is no name and no address"},
      {"https://nunu.ai/..", "", "base_url has . or .. in its path"},
      {"https://nunu.ai/a/./b", "", "base_url has . or .. in its path"},
      {"https://nunu.ai/project/%2e%2E", "", "base_url has . or .. in its path"},
      {"https://nunu.ai?a=b", "", "base_url has a query"},
      {"https://nunu.ai/?", "", "base_url has a query"},
      {"https://nunu.ai/#", "", "base_url has a fragment"},
      {"https://nunu.ai:0", "", "base_url has a port outside 1 to 65535"},
      {"https://nunu.ai:65536", "", "base_url has a port outside 1 to 65535"},
      {"https://nunu.ai:65537", "", "base_url has a port outside 1 to 65535"},
      {"https://nunu.ai:443443", "", "base_url has a port outside 1 to 65535"},
      {"https://nunu.ai:99999999999", "", "base_url has a port outside 1 to 65535"},
      {"https://nunu%2Eai%2F", "", "base_url has a host that is no name and no address"},
      {"https://nunu$ai", "", "base_url has a host that is no name and no address"},
      {"https://[v1.fe]", "", "base_url has a host that is no name and no address"},
      {"https://nunu.ai/project", "", "base_url ends with /project, without an id"},
      {"https://nunu.ai/api/v1/project/", "", "base_url ends with /project, without an id"},
      {"https://nunu.ai/project/a", "b", "base_url and project_id name two projects"},
      {"https://nunu.ai", "a\r\nb", "project_id has a control character"},
      {"https://nunu.ai", std::string("a\0b", 3), "project_id has a control character"},
      {"https://nunu.ai", "a\x7f", "project_id has a control character"},
      {"https://nunu.ai/project/a%0D%0Ab", "", "project_id has a control character"},
  };
  for (const auto& [url, project_id, error] : cases) {
    const auto o = parse_base_url(url, project_id, false);
    ASSERT_FALSE(o) << url;
    EXPECT_EQ(o.error(), error) << url;
  }
}

class Target : public ::testing::Test {
 protected:
  origin o{{"nunu.ai", false, "443"}, true, "nunu.ai", "/api/v1"};
};

TEST_F(Target, OfRunsAndStop) {
  EXPECT_EQ(runs_target(o), "/api/v1/runs");
  EXPECT_EQ(stop_target(o), "/api/v1/runs/stop");
}

TEST_F(Target, OfAJobOrRunIsOneSegmentWhateverItsId) {
  const target_case cases[] = {
      {"f80f6230-3a4f-431a-9d55-d11b867fed4e", "f80f6230-3a4f-431a-9d55-d11b867fed4e"},
      {"../x?y#z", "..%2Fx%3Fy%23z"},
      {"..", "%2E%2E"},
      {".", "%2E"},
      {"...", "%2E%2E%2E"},
      {"a.b", "a.b"},
      {"a b+c", "a%20b%2Bc"},
      {"%2F", "%252F"},
      {"a\r\nb", "a%0D%0Ab"},
      {std::string("a\0b", 3), "a%00b"},
      {"\xff", "%FF"},
  };
  for (const auto& [id, segment] : cases) {
    EXPECT_EQ(job_target(o, id), "/api/v1/jobs/" + segment) << id;
    EXPECT_EQ(run_target(o, id), "/api/v1/runs/" + segment) << id;
    EXPECT_EQ(bugs_target(o, id, 7), "/api/v1/runs/" + segment + "/bugs?page=7&page_size=100")
        << id;
  }
}

TEST_F(Target, OfAListSaysThePage) {
  EXPECT_EQ(jobs_target(o, {}), "/api/v1/jobs?page=0&page_size=20");
  job_query query;
  query.page = 7;
  query.page_size = 100;
  EXPECT_EQ(jobs_target(o, query), "/api/v1/jobs?page=7&page_size=100");
}

TEST_F(Target, OfAListHasTheFilters) {
  job_query query;
  query.status = job_query::status_filter::queued;
  query.test_plan_execution_id = "e&f=g";
  query.multiplayer_test_id = "t/1";
  query.tags = {"nightly", "a,b", "c d&e", "日"};
  EXPECT_EQ(jobs_target(o, query),
            "/api/v1/jobs?status=queued&test_plan_execution_id=e%26f%3Dg"
            "&multiplayer_test_id=t%2F1&tags=nightly,a%2Cb,c%20d%26e,%E6%97%A5"
            "&page=0&page_size=20");
  query = {};
  query.status = job_query::status_filter::running;
  EXPECT_EQ(jobs_target(o, query), "/api/v1/jobs?status=running&page=0&page_size=20");
  query.status = job_query::status_filter::completed;
  EXPECT_EQ(jobs_target(o, query), "/api/v1/jobs?status=completed&page=0&page_size=20");
}

}  // namespace
}  // namespace nunu::wire
