/// \file
/// The bytes of requests.
#pragma once

#include <string>
#include <string_view>

#include <nunu/api_key.hpp>
#include "wire/origin.hpp"

namespace nunu::transport {

/// Writes requests whose headers, all but `Content-Length`, are built once.
class request_writer {
 public:
  /// The key must have no control characters.
  request_writer(const wire::origin& to, const api_key& key);

  /// Overwrites `out`, reusing its memory.
  void get(std::string_view target, std::string& out) const;
  void post(std::string_view target, std::string_view json, std::string& out) const;

 private:
  std::string headers_;
};

}  // namespace nunu::transport
