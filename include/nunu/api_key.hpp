/// \file
/// The API token, as a type that cannot be printed by accident.
#pragma once

#include <string>
#include <string_view>
#include <utility>

namespace nunu {

/// The value of the `X-Api-Key` header.
///
/// It converts to nothing and cannot be streamed or compared, so that it does not end up in a log.
/// The client sends it to the origin of `client_config::base_url` and nowhere else, and leaves it
/// out of what it says of errors, also where the service echoes it. It is not wiped from memory.
class api_key {
 public:
  /// No key; a client cannot be made with it.
  api_key() = default;

  /// Takes the key as nunu.ai shows it. A key with a control character (such as the line feed that
  /// a file ends with) is refused by the client, not trimmed here.
  explicit api_key(std::string value) : value_(std::move(value)) {}

  bool empty() const noexcept { return value_.empty(); }

  /// The key itself, for the one place that sends it. As long as this object lives and is not
  /// assigned to.
  std::string_view reveal() const noexcept { return value_; }

 private:
  std::string value_;
};

}  // namespace nunu
