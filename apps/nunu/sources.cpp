#include "sources.hpp"

#include <unistd.h>

#include <array>
#include <boost/system/error_code.hpp>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <memory>

namespace cli {
namespace {

using boost::system::error_code;

error_code last_error() {
  return {errno, boost::system::generic_category()};
}

boost::system::result<std::string> read_all(std::FILE* file) {
  constexpr std::size_t kPiece = 64 * 1024;
  std::array<char, kPiece> piece;
  std::string text;
  while (const std::size_t size = std::fread(piece.data(), 1, piece.size(), file))
    text.append(piece.data(), size);
  if (std::ferror(file) != 0) return last_error();
  return text;
}

boost::system::result<std::string> read_file(const std::string& path) {
  const auto close = [](std::FILE* file) { std::fclose(file); };
  const std::unique_ptr<std::FILE, decltype(close)> file(std::fopen(path.c_str(), "rbe"), close);
  if (file == nullptr) return last_error();
  return read_all(file.get());
}

std::optional<std::string> variable(const char* name) {
  const char* const value = std::getenv(name);
  return value == nullptr ? std::nullopt : std::optional<std::string>(value);
}

}  // namespace

sources sources_of_process() {
  return {.environment = nunu::config_from_environment(),
          .variable = variable,
          .read_file = read_file,
          .read_standard_input = [] { return read_all(stdin); },
          .standard_input_is_terminal = isatty(STDIN_FILENO) == 1};
}

}  // namespace cli
