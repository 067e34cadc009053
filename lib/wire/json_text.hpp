/// \file
/// Writing JSON without a document in between.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace nunu::wire {

/// Appends `text` as a JSON string, quotes and escapes included. `text` must be UTF-8.
void append_json_string(std::string& out, std::string_view text);

void append_json_number(std::string& out, std::int64_t number);

}  // namespace nunu::wire
