/// \file
/// Answers as HTTP/1.1 writes them.
#pragma once

#include <string>
#include <string_view>

#include "simulator/api.hpp"

namespace nunu::simulation {

/// What an answer depends on beside the API.
struct answer_form {
  bool keep_alive = true;
  bool http_1_0 = false;
  /// An answer to HEAD has a length, but no body.
  bool without_body = false;
};

/// Overwrites `out` with the whole answer, so that it is written in one go.
void write_answer(const answer& a, std::string_view body, const answer_form& form,
                  std::string& out);

}  // namespace nunu::simulation
