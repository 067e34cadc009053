/// \file
/// Keeping a secret out of texts that others wrote.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace nunu::core {

/// The text with `***` wherever the secret was: as it is, percent-encoded, with any of its
/// characters escaped as in JSON or HTML, or broken over several lines. What is left is cut to
/// `most` bytes, but only after that, so that no part of a secret stays at the end.
///
/// Other encodings, and parts of a secret, are not recognised. An empty secret is in no text.
std::string masked(std::string_view text, std::string_view secret, std::size_t most);

}  // namespace nunu::core
