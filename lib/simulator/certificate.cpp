#include "simulator/certificate.hpp"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <array>
#include <memory>
#include <stdexcept>

namespace nunu::simulation {
namespace {

template <auto Free>
struct freed_by {
  template <class T>
  void operator()(T* object) const {
    Free(object);
  }
};

using key_ptr = std::unique_ptr<EVP_PKEY, freed_by<EVP_PKEY_free>>;
using x509_ptr = std::unique_ptr<X509, freed_by<X509_free>>;
using extension_ptr = std::unique_ptr<X509_EXTENSION, freed_by<X509_EXTENSION_free>>;
using bio_ptr = std::unique_ptr<BIO, freed_by<BIO_free_all>>;

constexpr long seconds_per_day = 24 * 60 * 60;
// Begins in the past, so that a clock that is a little behind accepts it.
constexpr long valid_from = -seconds_per_day;
constexpr long valid_until = 29 * seconds_per_day;
constexpr long x509_version_3 = 2;
constexpr int serial_bytes = 8;

[[noreturn]] void fail(const std::string& what) {
  std::array<char, 256> reason{};
  ERR_error_string_n(ERR_get_error(), reason.data(), reason.size());
  throw std::runtime_error("cannot make a certificate: " + what + ": " + reason.data());
}

void check(bool ok, const char* what) {
  if (!ok) {
    fail(what);
  }
}

void set_serial(X509* x509) {
  std::array<unsigned char, serial_bytes> bytes{};
  check(RAND_bytes(bytes.data(), serial_bytes) == 1, "RAND_bytes");
  std::uint64_t serial = 0;
  for (const unsigned char byte : bytes) {
    serial = serial << 8 | byte;
  }
  // Positive, as RFC 5280 asks; a client that has seen an earlier simulator's must not mix them up.
  check(ASN1_INTEGER_set_uint64(X509_get_serialNumber(x509), serial >> 1 | 1) == 1, "serial");
}

void set_names(X509* x509) {
  X509_NAME* const name = X509_get_subject_name(x509);
  constexpr std::string_view common_name = "nunu simulator";
  check(X509_NAME_add_entry_by_NID(name, NID_commonName, MBSTRING_UTF8,
                                   reinterpret_cast<const unsigned char*>(common_name.data()),
                                   static_cast<int>(common_name.size()), -1, 0) == 1,
        "subject");
  check(X509_set_issuer_name(x509, name) == 1, "issuer");
}

void add_extension(X509* x509, int nid, const char* value) {
  X509V3_CTX context;
  X509V3_set_ctx_nodb(&context);
  X509V3_set_ctx(&context, x509, x509, nullptr, nullptr, 0);
  const extension_ptr extension(X509V3_EXT_conf_nid(nullptr, &context, nid, value));
  check(extension != nullptr, value);
  check(X509_add_ext(x509, extension.get(), -1) == 1, value);
}

template <class Write>
std::string to_pem(Write write) {
  const bio_ptr bio(BIO_new(BIO_s_mem()));
  check(bio != nullptr, "BIO_new");
  check(write(bio.get()) == 1, "PEM");
  char* text = nullptr;
  const long size = BIO_get_mem_data(bio.get(), &text);
  return {text, static_cast<std::size_t>(size)};
}

}  // namespace

certificate make_certificate() {
  const key_ptr key(EVP_EC_gen("P-256"));
  check(key != nullptr, "EVP_EC_gen");
  const x509_ptr x509(X509_new());
  check(x509 != nullptr, "X509_new");
  check(X509_set_version(x509.get(), x509_version_3) == 1, "version");
  set_serial(x509.get());
  set_names(x509.get());
  check(X509_gmtime_adj(X509_getm_notBefore(x509.get()), valid_from) != nullptr, "notBefore");
  check(X509_gmtime_adj(X509_getm_notAfter(x509.get()), valid_until) != nullptr, "notAfter");
  check(X509_set_pubkey(x509.get(), key.get()) == 1, "public key");
  add_extension(x509.get(), NID_basic_constraints, "critical,CA:TRUE");
  add_extension(x509.get(), NID_key_usage, "critical,digitalSignature,keyCertSign");
  add_extension(x509.get(), NID_ext_key_usage, "serverAuth");
  add_extension(x509.get(), NID_subject_key_identifier, "hash");
  add_extension(x509.get(), NID_subject_alt_name, "DNS:localhost,IP:127.0.0.1,IP:::1");
  check(X509_sign(x509.get(), key.get(), EVP_sha256()) > 0, "X509_sign");

  certificate made;
  made.certificate_pem = to_pem([&](BIO* bio) { return PEM_write_bio_X509(bio, x509.get()); });
  made.private_key_pem = to_pem([&](BIO* bio) {
    return PEM_write_bio_PrivateKey(bio, key.get(), nullptr, nullptr, 0, nullptr, nullptr);
  });
  return made;
}

}  // namespace nunu::simulation
