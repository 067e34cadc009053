/// \file
/// Runs in full and their bugs, from JSON.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include <nunu/run_details.hpp>
#include "wire/decoded.hpp"

namespace nunu::wire {

/// One page of the bugs of a run.
struct bug_page {
  std::vector<bug> bugs;
  /// 0 where it is not said.
  std::int64_t total_pages = 0;

  friend bool operator==(const bug_page&, const bug_page&) = default;
};

/// An answer to `GET /runs/{runId}`. Required is `multiplayer_run_id`; all else may be missing or
/// null, fields that it does not know are ignored, results that it does not know are kept as text,
/// and a time that it cannot read is none. A field of the wrong type or a count below 0 is an
/// error.
decoded<run_details> decode_run_details(std::string_view body);

/// An answer to `GET /runs/{runId}/bugs`: an object with the list `data` and perhaps `pagination`,
/// or the list alone, whose problems are then told as those of `data`.
decoded<bug_page> decode_bug_page(std::string_view body);

}  // namespace nunu::wire
