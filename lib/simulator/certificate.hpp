/// \file
/// The simulator's own certificate.
#pragma once

#include <string>

namespace nunu::simulation {

struct certificate {
  std::string certificate_pem;
  std::string private_key_pem;
};

/// Makes a self-signed certificate for `localhost`, `127.0.0.1` and `::1` with a new EC key, valid
/// from a day ago for 30 days. It is its own CA, so a client that trusts it verifies it.
/// Throws `std::runtime_error` with OpenSSL's words.
certificate make_certificate();

}  // namespace nunu::simulation
