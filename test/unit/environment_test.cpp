#include <gtest/gtest.h>

#include <cstdlib>
#include <string>

#include <nunu/client_config.hpp>

namespace nunu {
namespace {

/// The variables are unset before and after each test.
class Environment : public testing::Test {
 protected:
  Environment() { clear(); }
  ~Environment() override { clear(); }

  static void clear() {
    for (const char* name : {"NUNU_API_TOKEN", "NUNU_PROJECT_ID", "NUNU_API_URL", "https_proxy",
                             "HTTPS_PROXY", "no_proxy", "NO_PROXY"})
      unsetenv(name);
  }
};

TEST_F(Environment, WhatIsNotSetKeepsItsDefault) {
  const client_config config = config_from_environment();
  EXPECT_TRUE(config.api_key.empty());
  EXPECT_EQ(config.base_url, client_config().base_url);
  EXPECT_EQ(config.project_id, "");
  EXPECT_TRUE(config.proxy.empty());
  EXPECT_EQ(config.no_proxy, "");
}

TEST_F(Environment, TheThreeVariablesAreRead) {
  setenv("NUNU_API_TOKEN", "token", 1);
  setenv("NUNU_PROJECT_ID", "project", 1);
  setenv("NUNU_API_URL", "https://example.test/api", 1);
  const client_config config = config_from_environment();
  EXPECT_EQ(config.api_key.reveal(), "token");
  EXPECT_EQ(config.project_id, "project");
  EXPECT_EQ(config.base_url, "https://example.test/api");
}

TEST_F(Environment, AnEmptyUrlIsNotAUrl) {
  setenv("NUNU_API_URL", "", 1);
  EXPECT_EQ(config_from_environment().base_url, client_config().base_url);
}

TEST_F(Environment, TheProxyIsReadInEitherCaseAndTheLowerOneWins) {
  setenv("HTTPS_PROXY", "http://upper.test", 1);
  setenv("NO_PROXY", "upper", 1);
  EXPECT_EQ(config_from_environment().proxy.reveal(), "http://upper.test");
  EXPECT_EQ(config_from_environment().no_proxy, "localhost,127.0.0.0/8,::1,upper");
  setenv("https_proxy", "http://lower.test", 1);
  setenv("no_proxy", "lower", 1);
  EXPECT_EQ(config_from_environment().proxy.reveal(), "http://lower.test");
  EXPECT_EQ(config_from_environment().no_proxy, "localhost,127.0.0.0/8,::1,lower");
}

TEST_F(Environment, AnEmptyVariableOfTheProxyIsAsIfItWereNotSet) {
  setenv("https_proxy", "", 1);
  EXPECT_TRUE(config_from_environment().proxy.empty());
  setenv("HTTPS_PROXY", "http://upper.test", 1);
  EXPECT_EQ(config_from_environment().proxy.reveal(), "http://upper.test");
}

}  // namespace
}  // namespace nunu
