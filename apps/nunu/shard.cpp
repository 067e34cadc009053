#include "shard.hpp"

#include <string>

#include "whole_number.hpp"

namespace cli {

checked<shard> parse_shard(std::string_view text) {
  const std::size_t slash = text.find('/');
  if (slash != std::string_view::npos) {
    const auto number = parse_whole_number(text.substr(0, slash));
    const auto count = parse_whole_number(text.substr(slash + 1));
    if (number && count && *number >= 1 && *number <= *count) return shard{*number, *count};
  }
  return {boost::system::in_place_error,
          std::string("'").append(text).append(
              "' is not I/N with I from 1 to N, such as 1/4 for the first of four")};
}

}  // namespace cli
