#include "terminal.hpp"

#include <poll.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <cstdlib>
#include <string>

namespace cli {
namespace {

bool is_set(const char* value) {
  return value != nullptr && *value != '\0';
}

bool means_utf8(const char* locale) {
  std::string name(locale == nullptr ? "" : locale);
  std::erase(name, '-');
  std::transform(name.begin(), name.end(), name.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return name.find("utf8") != std::string::npos;
}

}  // namespace

look look_of(const terminal_environment& environment, color_choice color) {
  const bool dumb = environment.term == nullptr || std::string_view(environment.term) == "dumb" ||
                    std::string_view(environment.term).empty();
  look result;
  result.live = environment.is_terminal && !dumb;
  result.color = color == color_choice::always ||
                 (color == color_choice::automatic && result.live && !is_set(environment.no_color));
  result.ascii = !means_utf8(environment.locale);
  return result;
}

terminal_environment environment_of_stderr() {
  terminal_environment result;
  result.is_terminal = isatty(STDERR_FILENO) == 1;
  result.term = std::getenv("TERM");
  result.no_color = std::getenv("NO_COLOR");
  for (const char* name : {"LC_ALL", "LC_CTYPE", "LANG"}) {
    result.locale = std::getenv(name);
    if (is_set(result.locale)) break;
  }
  return result;
}

std::size_t terminal_columns() {
  constexpr std::size_t usual = 80;
  winsize size{};
  if (ioctl(STDERR_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0) return usual;
  return size.ws_col;
}

bool write_all(int fd, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = write(fd, text.data(), text.size());
    if (written >= 0) {
      text.remove_prefix(static_cast<std::size_t>(written));
    } else if (errno == EAGAIN) {
      // Whoever gave us the descriptor made it so.
      pollfd room{fd, POLLOUT, 0};
      poll(&room, 1, -1);
    } else if (errno != EINTR) {
      return false;
    }
  }
  return true;
}

}  // namespace cli
