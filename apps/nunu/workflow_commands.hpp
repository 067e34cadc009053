/// \file
/// Keeps GitHub Actions from obeying what others wrote.
#pragma once

#include <string>

namespace cli {

/// As long as it lives, lines that look like commands to GitHub Actions (`::error::…`) are only
/// shown: texts of the service may have any. Does nothing elsewhere.
class workflow_commands_off {
 public:
  workflow_commands_off();
  ~workflow_commands_off() { end(); }
  workflow_commands_off(const workflow_commands_off&) = delete;
  workflow_commands_off& operator=(const workflow_commands_off&) = delete;

  /// Before its time. Calling it again does nothing.
  void end();

 private:
  /// Nobody can foresee it, so no text can end this.
  std::string token_;
};

/// Whether the command runs under GitHub Actions.
bool is_github_actions();

}  // namespace cli
