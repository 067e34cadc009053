#include <nunu/client_config.hpp>

#include <cstdlib>
#include <string>

namespace nunu {
namespace {

/// Empty where it is not set.
std::string value_of(const char* name) {
  const char* const value = std::getenv(name);
  return value == nullptr ? std::string() : value;
}

/// curl prefers the name in lower case, and takes an empty value for none.
std::string value_of_either(const char* lower_case, const char* upper_case) {
  std::string value = value_of(lower_case);
  return value.empty() ? value_of(upper_case) : value;
}

}  // namespace

client_config config_from_environment() {
  client_config config;
  if (const char* token = std::getenv("NUNU_API_TOKEN")) config.api_key = api_key(token);
  if (const char* project = std::getenv("NUNU_PROJECT_ID")) config.project_id = project;
  if (const char* url = std::getenv("NUNU_API_URL"); url != nullptr && *url != '\0')
    config.base_url = url;
  config.proxy = proxy_url(value_of_either("https_proxy", "HTTPS_PROXY"));
  if (!config.proxy.empty())
    config.no_proxy = "localhost,127.0.0.0/8,::1," + value_of_either("no_proxy", "NO_PROXY");
  return config;
}

}  // namespace nunu
