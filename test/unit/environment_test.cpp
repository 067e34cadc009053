#include <gtest/gtest.h>

#include <cstdlib>
#include <string>

#include <nunu/client_config.hpp>

namespace nunu {
namespace {

/// The three variables are unset before and after each test.
class Environment : public testing::Test {
 protected:
  Environment() { clear(); }
  ~Environment() override { clear(); }

  static void clear() {
    for (const char* name : {"NUNU_API_TOKEN", "NUNU_PROJECT_ID", "NUNU_API_URL"}) unsetenv(name);
  }
};

TEST_F(Environment, WhatIsNotSetKeepsItsDefault) {
  const client_config config = config_from_environment();
  EXPECT_TRUE(config.api_key.empty());
  EXPECT_EQ(config.base_url, client_config().base_url);
  EXPECT_EQ(config.project_id, "");
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

}  // namespace
}  // namespace nunu
