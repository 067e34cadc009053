#include "workflow_commands.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <cstdlib>
#include <random>
#include <string_view>
#include <utility>

#include "terminal.hpp"

namespace cli {

bool is_github_actions() {
  const char* const value = std::getenv("GITHUB_ACTIONS");
  return value != nullptr && std::string_view(value) == "true";
}

workflow_commands_off::workflow_commands_off() {
  if (!is_github_actions()) return;
  std::random_device draw;
  for (int i = 0; i < 4; ++i) token_ += fmt::format("{:08x}", draw());
  write_all(STDERR_FILENO, fmt::format("::stop-commands::{}\n", token_));
}

void workflow_commands_off::end() {
  if (token_.empty()) return;
  write_all(STDERR_FILENO, fmt::format("::{}::\n", std::exchange(token_, {})));
}

}  // namespace cli
