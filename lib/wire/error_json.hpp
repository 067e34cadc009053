/// \file
/// The service's error bodies.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace nunu::wire {

/// What an error body says; empty where it says nothing.
struct service_error {
  std::string message;
  std::string code;
  /// `job_ids`, should the body have any.
  std::vector<std::string> job_ids;
  /// The body is none of the forms of the API reference, such as a gateway's HTML.
  bool unfamiliar = false;
};

/// Reads both forms, the newest (`error`, `code`, `details`) and the older
/// (`ok`, `status`, `message`, `error`). Never fails: a gateway may answer anything.
service_error decode_error(std::string_view body);

std::string encode_error(const service_error& error);
/// The older form.
std::string encode_error_envelope(const service_error& error, int status);

}  // namespace nunu::wire
