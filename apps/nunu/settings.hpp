/// \file
/// How the service is reached: flags, environment and settings files, each value from the first
/// that has it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <nunu/client_config.hpp>
#include "inputs.hpp"
#include "sources.hpp"

namespace cli {

/// The flags that every command has. There is none for the token itself: whoever lists the
/// machine's processes would see it.
struct setting_flags {
  std::optional<std::string> token_file;
  std::optional<std::string> project;
  std::optional<std::string> api_url;
  std::optional<std::string> ca_file;
  bool allow_plain_http = false;
};

struct settings {
  nunu::client_config config;
  /// Where each comes from, such as `NUNU_API_URL` or `nunu.json:3`; empty where nowhere.
  std::string token_origin;
  std::string project_origin;
  std::string api_url_origin;
  std::string ca_origin;
  /// Where the token was looked for.
  std::vector<std::string> token_places;
};

/// The files that are looked at, in this order: those of the project, then the user's own.
std::vector<std::string> settings_paths(const sources& from);

/// Files are only read as long as something is missing. The token may be missing in the end.
/// Throws `usage_error` and `content_error`.
settings resolve_settings(const setting_flags& flags, inputs& in);

/// Throws `content_error` where a client could not be made of them, with the name of the setting
/// that is to be changed. Also where there is no token.
void check_settings(const settings& found);

}  // namespace cli
