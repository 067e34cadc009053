#include "wire/proxy.hpp"

#include <gtest/gtest.h>

#include <string>

namespace nunu::wire {
namespace {

TEST(Proxy, IsAnHttpUrlWhoseSchemeMayBeMissing) {
  const struct {
    const char* url;
    endpoint at;
  } rows[] = {
      {"http://proxy.test:3128", {"proxy.test", false, "3128"}},
      {"http://proxy.test:3128/", {"proxy.test", false, "3128"}},
      {"HTTP://Proxy.Test:3128", {"proxy.test", false, "3128"}},
      {"proxy.test:3128", {"proxy.test", false, "3128"}},
      {"user:pw@proxy.test:3128", {"proxy.test", false, "3128"}},
      {"http://proxy.test", {"proxy.test", false, "80"}},
      {"proxy", {"proxy", false, "80"}},
      {"http://192.0.2.1:8080", {"192.0.2.1", true, "8080"}},
      {"192.0.2.1:8080", {"192.0.2.1", true, "8080"}},
      {"http://[::1]:8080", {"::1", true, "8080"}},
      {"[2001:DB8::1]", {"2001:db8::1", true, "80"}},
  };
  for (const auto& row : rows) {
    const auto parsed = parse_proxy(row.url);
    ASSERT_TRUE(parsed) << row.url << ": " << parsed.error();
    EXPECT_EQ(static_cast<const endpoint&>(*parsed), row.at) << row.url;
  }
}

TEST(Proxy, GetsTheUserAndThePasswordOfItsUrlDecoded) {
  const struct {
    const char* user_info;
    const char* authorization;
  } rows[] = {
      {"", ""},
      {"@", ""},
      {":@", ""},
      {"u@", "Basic dTo="},
      {"u:@", "Basic dTo="},
      {":p@", "Basic OnA="},
      {"u:p@", "Basic dTpw"},
      {"user:pass@", "Basic dXNlcjpwYXNz"},
      // As in RFC 7617.
      {"Aladdin:open%20sesame@", "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ=="},
      {"test:123%C2%A3@", "Basic dGVzdDoxMjPCow=="},
      {"u:%3A%40%2F%25@", "Basic dTo6QC8l"},
      {"u:a:b@", "Basic dTphOmI="},
      {"u:%FB%FF%FE@", "Basic dTr7//4="},
  };
  for (const auto& row : rows) {
    const auto parsed = parse_proxy("http://" + std::string(row.user_info) + "proxy.test");
    ASSERT_TRUE(parsed) << row.user_info << ": " << parsed.error();
    EXPECT_EQ(parsed->authorization, row.authorization) << row.user_info;
  }
}

TEST(Proxy, SaysWhatIsWrongWithoutThePassword) {
  const struct {
    std::string url;
    const char* problem;
  } rows[] = {
      {"http://u:secret@proxy.test/path", "proxy has a path"},
      {"http://u:secret@proxy.test?a=b", "proxy has a query"},
      {"http://u:secret@proxy.test#a", "proxy has a fragment"},
      {"https://u:secret@proxy.test", "proxy is not an http URL"},
      {"socks5://u:secret@proxy.test", "proxy is not an http URL"},
      {"http://u:secret@proxy.test:0", "proxy has a port outside 1 to 65535"},
      {"http://u:secret@proxy.test:65536", "proxy has a port outside 1 to 65535"},
      {"http://u:secret@proxy.test:99031", "proxy has a port outside 1 to 65535"},
      {"http://u:secret@", "proxy has no host"},
      {"http://", "proxy has no host"},
      {"://proxy.test", "proxy is not a URL"},
      {"http://u:secret@proxy test", "proxy is not a URL"},
      {"http://u:sec@ret@proxy.test", "proxy has a host that is no name and no address"},
      {"http://u:secret%@proxy.test", "proxy is not a URL"},
      {"http://u:secret@proxy.test\r\nX: y", "proxy is not a URL"},
      {std::string("http://u:secret@proxy\0test", 26), "proxy is not a URL"},
      {"http://u:secret@127.0.0.1.test", "proxy has a host that is no name and no address"},
      {"http://u:secret@proxy$", "proxy has a host that is no name and no address"},
      {"http://u%3Av:secret@proxy.test", "proxy has a colon in its user, which ends it"},
      {"http://u:secret%0D%0AX@proxy.test",
       "proxy has a control character in its user or password"},
      {"http://u%00:secret@proxy.test", "proxy has a control character in its user or password"},
  };
  for (const auto& row : rows) {
    const auto parsed = parse_proxy(row.url);
    ASSERT_FALSE(parsed) << row.url;
    EXPECT_EQ(parsed.error(), row.problem) << row.url;
  }
}

class ProxyFor : public testing::Test {
 protected:
  origin https{{"nunu.ai", false, "443"}, true, "nunu.ai", "/api/v1"};
  origin http{{"nunu.ai", false, "80"}, false, "nunu.ai", "/api/v1"};
};

TEST_F(ProxyFor, HttpsIsTheOneThatIsNamed) {
  const auto chosen = proxy_for(https, "http://proxy.test:3128", "other.test");
  ASSERT_TRUE(chosen) << chosen.error();
  ASSERT_TRUE(*chosen);
  EXPECT_EQ((*chosen)->host, "proxy.test");
}

TEST_F(ProxyFor, WhatGoesPastItIsNoneAndItIsNotLookedAt) {
  for (const char* url : {"http://proxy.test:3128", "socks5://proxy.test"}) {
    const auto listed = proxy_for(https, url, "nunu.ai");
    ASSERT_TRUE(listed) << listed.error();
    EXPECT_FALSE(*listed) << url;
    const auto plain = proxy_for(http, url, "");
    ASSERT_TRUE(plain) << plain.error();
    EXPECT_FALSE(*plain) << "the proxy would read the key";
  }
}

TEST_F(ProxyFor, NoneIsNone) {
  const auto chosen = proxy_for(https, "", "");
  ASSERT_TRUE(chosen);
  EXPECT_FALSE(*chosen);
}

TEST_F(ProxyFor, HttpsIsAnErrorWhenItCannotBeUsed) {
  const auto chosen = proxy_for(https, "socks5://proxy.test", "");
  ASSERT_FALSE(chosen);
  EXPECT_EQ(chosen.error(), "proxy is not an http URL");
}

}  // namespace
}  // namespace nunu::wire
