#include "crypto/self_signed.h"

#include "core/check.h"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <memory>

namespace antiphon {

namespace {

using KeyHandle = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;
using CertificateHandle = std::unique_ptr<X509, decltype(&X509_free)>;
using BioHandle = std::unique_ptr<BIO, decltype(&BIO_free)>;

bool is_address(const std::string& name) {
  std::array<unsigned char, 16> bytes{};
  return inet_pton(AF_INET, name.c_str(), bytes.data()) == 1 ||
         inet_pton(AF_INET6, name.c_str(), bytes.data()) == 1;
}

// What could end the name and begin another field is refused.
bool is_host_name(const std::string& name) {
  return !name.empty() && name.size() <= 253 && std::ranges::all_of(name, [](char letter) {
    return (letter >= '0' && letter <= '9') || (letter >= 'a' && letter <= 'z') ||
           (letter >= 'A' && letter <= 'Z') || letter == '.' || letter == '-';
  });
}

void add_extension(X509* certificate, int nid, const std::string& value) {
  X509_EXTENSION* const extension = X509V3_EXT_conf_nid(nullptr, nullptr, nid, value.c_str());
  CHECK(extension != nullptr, "the value was checked before");
  X509_add_ext(certificate, extension, -1);
  X509_EXTENSION_free(extension);
}

std::string text_of(BIO* bio) {
  char* data = nullptr;
  const auto length = BIO_get_mem_data(bio, &data);
  return {data, static_cast<std::size_t>(length)};
}

void set_serial(X509* certificate) {
  std::array<unsigned char, 16> bytes{};
  CHECK(RAND_bytes(bytes.data(), static_cast<int>(bytes.size())) == 1, "the kernel has randomness");
  bytes[0] &= 0x7f;  // positive (RFC 5280 section 4.1.2.2)
  BIGNUM* const number = BN_bin2bn(bytes.data(), static_cast<int>(bytes.size()), nullptr);
  BN_to_ASN1_INTEGER(number, X509_get_serialNumber(certificate));
  BN_free(number);
}

void set_subject(X509* certificate, const std::string& name) {
  X509_NAME* const subject = X509_get_subject_name(certificate);
  const auto add = [&](const char* field, const std::string& value) {
    X509_NAME_add_entry_by_txt(subject, field, MBSTRING_UTF8,
                               reinterpret_cast<const unsigned char*>(value.c_str()), -1, -1, 0);
  };
  add("O", "Antiphon, self-signed");
  add("CN", name.substr(0, 64));
  X509_set_issuer_name(certificate, subject);
}

}  // namespace

Result<SelfSigned> make_self_signed(const std::vector<std::string>& names, WallTime now,
                                    std::chrono::days lifetime) {
  std::string alternatives;
  for (const auto& name : names) {
    const bool is_ip = is_address(name);
    if (!is_ip && !is_host_name(name)) {
      return failure(ErrorCode::invalid_argument, "a certificate cannot name `" + name + '`');
    }
    alternatives += (alternatives.empty() ? "" : ",") + std::string(is_ip ? "IP:" : "DNS:") + name;
  }
  if (names.empty()) {
    return failure(ErrorCode::invalid_argument, "a certificate needs a name or an address");
  }
  const KeyHandle key(EVP_EC_gen("P-256"), &EVP_PKEY_free);
  const CertificateHandle certificate(X509_new(), &X509_free);
  CHECK(key && certificate, "OpenSSL knows P-256");
  X509_set_version(certificate.get(), 2);
  set_serial(certificate.get());
  const auto from = std::chrono::system_clock::to_time_t(now - std::chrono::days(1));
  const auto until = std::chrono::system_clock::to_time_t(now + lifetime);
  ASN1_TIME_set(X509_getm_notBefore(certificate.get()), from);
  ASN1_TIME_set(X509_getm_notAfter(certificate.get()), until);
  set_subject(certificate.get(), names.front());
  X509_set_pubkey(certificate.get(), key.get());
  add_extension(certificate.get(), NID_basic_constraints, "critical,CA:TRUE,pathlen:0");
  add_extension(certificate.get(), NID_key_usage, "critical,digitalSignature,keyCertSign");
  add_extension(certificate.get(), NID_ext_key_usage, "serverAuth");
  add_extension(certificate.get(), NID_subject_alt_name, alternatives);
  CHECK(X509_sign(certificate.get(), key.get(), EVP_sha256()) > 0, "the key can sign");
  const BioHandle certificate_text(BIO_new(BIO_s_mem()), &BIO_free);
  const BioHandle key_text(BIO_new(BIO_s_mem()), &BIO_free);
  PEM_write_bio_X509(certificate_text.get(), certificate.get());
  PEM_write_bio_PKCS8PrivateKey(key_text.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr);
  return SelfSigned{text_of(certificate_text.get()), text_of(key_text.get())};
}

}  // namespace antiphon
