#include "inputs.hpp"

#include <fmt/format.h>

#include "usage_error.hpp"

namespace cli {

std::string inputs::read(const std::string& what, const std::string& path) {
  if (path == "-") return read_standard_input(what);
  auto text = from_.read_file(path);
  if (!text)
    throw usage_error(fmt::format("{}: cannot read {}: {}", what, path, text.error().message()));
  return *std::move(text);
}

std::string inputs::read_standard_input(const std::string& what) {
  if (!reader_of_standard_input_.empty())
    throw usage_error(
        fmt::format("{}: standard input was already read for {}", what, reader_of_standard_input_));
  reader_of_standard_input_ = what;
  auto text = from_.read_standard_input();
  if (!text)
    throw usage_error(
        fmt::format("{}: cannot read standard input: {}", what, text.error().message()));
  return *std::move(text);
}

}  // namespace cli
