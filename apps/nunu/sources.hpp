/// \file
/// Where words of the user come from beside the command line, so that tests can give others.
#pragma once

#include <boost/system/result.hpp>
#include <functional>
#include <optional>
#include <string>

#include <nunu/client_config.hpp>

namespace cli {

struct sources {
  /// As `nunu::config_from_environment` says it.
  nunu::client_config environment;
  /// A variable of the environment; none where it is not set.
  std::function<std::optional<std::string>(const char* name)> variable;
  std::function<boost::system::result<std::string>(const std::string& path)> read_file;
  std::function<boost::system::result<std::string>()> read_standard_input;
  bool standard_input_is_terminal = true;
};

/// Those of this process.
sources sources_of_process();

}  // namespace cli
