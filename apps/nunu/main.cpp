// The command `nunu`: starts tests at nunu.ai and waits for them.
#include <unistd.h>

#include <exception>
#include <string>
#include <variant>

#include "arguments.hpp"
#include "conduct.hpp"
#include "sources.hpp"
#include "terminal.hpp"

int main(int argc, char** argv) {
  try {
    const auto parsed = cli::parse(argc, argv, cli::sources_of_process());
    if (const auto* const over = std::get_if<cli::finished>(&parsed)) {
      cli::write_all(STDOUT_FILENO, over->standard_output);
      cli::write_all(STDERR_FILENO, over->standard_error);
      return over->exit_code;
    }
    return cli::conduct(std::get<cli::invocation>(parsed));
  } catch (const std::exception& e) {
    // Out of memory, or of file descriptors.
    constexpr int service_failed = 5;
    std::string text = "nunu: ";
    cli::write_all(STDERR_FILENO, text.append(e.what()).append("\n"));
    return service_failed;
  }
}
