// The command `nunu`: starts tests at nunu.ai and waits for them.
#include <fcntl.h>
#include <unistd.h>

#include <csignal>
#include <exception>
#include <string>
#include <variant>

#include "arguments.hpp"
#include "conduct.hpp"
#include "sources.hpp"
#include "terminal.hpp"

namespace {

/// Where one of the three is closed, the next thing that is opened would take its place, and what
/// is printed would be written into it. So something takes it that can only be used wrongly.
void occupy_standard_streams() {
  for (const int fd : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO})
    if (fcntl(fd, F_GETFD) == -1) open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY);
}

}  // namespace

int main(int argc, char** argv) {
  occupy_standard_streams();
  // A reader who goes away is told by the write that fails.
  std::signal(SIGPIPE, SIG_IGN);
  try {
    const auto parsed = cli::parse(argc, argv, cli::sources_of_process());
    if (const auto* const over = std::get_if<cli::finished>(&parsed)) {
      cli::write_all(STDERR_FILENO, over->standard_error);
      return cli::print_only(over->standard_output, over->exit_code);
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
