#include <nunu/client_config.hpp>

#include <cstdlib>

namespace nunu {

client_config config_from_environment() {
  client_config config;
  if (const char* token = std::getenv("NUNU_API_TOKEN")) config.api_key = api_key(token);
  if (const char* project = std::getenv("NUNU_PROJECT_ID")) config.project_id = project;
  if (const char* url = std::getenv("NUNU_API_URL"); url != nullptr && *url != '\0')
    config.base_url = url;
  return config;
}

}  // namespace nunu
