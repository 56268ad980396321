// The keys of crypto/jwt.h on OpenSSL 3.
#include "core/base64.h"
#include "core/check.h"
#include "crypto/hash.h"
#include "crypto/jwt.h"

#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

#include <array>

namespace antiphon {

namespace {

constexpr std::size_t kHalf = 32;  // bytes of r, of s and of a coordinate on P-256
constexpr int kRsaBitsMin = 2'048;
constexpr int kRsaBitsMax = 8'192;
constexpr unsigned kRsaBitsNew = 3'072;

template <auto Function>
struct Free {
  template <class T>
  void operator()(T* thing) const {
    Function(thing);
  }
};
using KeyPointer = std::unique_ptr<EVP_PKEY, Free<EVP_PKEY_free>>;
using ContextPointer = std::unique_ptr<EVP_PKEY_CTX, Free<EVP_PKEY_CTX_free>>;
using NumberPointer = std::unique_ptr<BIGNUM, Free<BN_free>>;
using SignaturePointer = std::unique_ptr<ECDSA_SIG, Free<ECDSA_SIG_free>>;
using BioPointer = std::unique_ptr<BIO, Free<BIO_free_all>>;

const unsigned char* as_chars(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

// What failed here is known; left in this thread's queue it would be read as a fault of TLS.
std::unexpected<Error> refuse(std::string message) {
  ERR_clear_error();
  return failure(ErrorCode::invalid_argument, std::move(message));
}

std::string number_bytes(const BIGNUM* number, std::size_t size) {
  std::string bytes(size, '\0');
  CHECK(BN_bn2binpad(number, reinterpret_cast<unsigned char*>(bytes.data()),
                     static_cast<int>(size)) == static_cast<int>(size),
        "the number fits");
  return bytes;
}

NumberPointer number_from(std::string_view bytes) {
  return NumberPointer(BN_bin2bn(as_chars(bytes), static_cast<int>(bytes.size()), nullptr));
}

std::string number_of(const EVP_PKEY* key, const char* name, std::size_t size = 0) {
  BIGNUM* number = nullptr;
  CHECK(EVP_PKEY_get_bn_param(key, name, &number) == 1, "a public key has its numbers");
  const NumberPointer owned(number);
  return number_bytes(number, size == 0 ? static_cast<std::size_t>(BN_num_bytes(number)) : size);
}

std::string encode(std::string_view bytes) {
  return base64url_encode(std::as_bytes(std::span(bytes)));
}

std::string text_of(const json::Value& object, std::string_view key) {
  const json::Value* member = object.find(key);
  return member != nullptr && member->if_text() != nullptr ? *member->if_text() : std::string();
}

std::optional<std::string> bytes_of(const json::Value& object, std::string_view key) {
  const auto bytes = base64url_decode(text_of(object, key));
  if (!bytes || bytes->empty()) return std::nullopt;
  return std::string(reinterpret_cast<const char*>(bytes->data()), bytes->size());
}

// RSA or P-256, in sizes that are neither weak nor slow.
Result<JwtAlgorithm> algorithm_of(const EVP_PKEY* key) {
  if (EVP_PKEY_is_a(key, "RSA") == 1) {
    const int bits = EVP_PKEY_get_bits(key);
    if (bits >= kRsaBitsMin && bits <= kRsaBitsMax) return JwtAlgorithm::rs256;
    return refuse("an RSA key has 2,048 to 8,192 bits");
  }
  if (EVP_PKEY_is_a(key, "EC") == 1) {
    std::array<char, 64> group{};
    std::size_t length = 0;
    if (EVP_PKEY_get_group_name(key, group.data(), group.size(), &length) == 1 &&
        std::string_view(group.data(), length) == "prime256v1") {
      return JwtAlgorithm::es256;
    }
    return refuse("an EC key is on the curve P-256");
  }
  return refuse("a key is RSA or EC on P-256");
}

json::Value jwk_of(const EVP_PKEY* key, JwtAlgorithm algorithm) {
  if (algorithm == JwtAlgorithm::rs256) {
    return json::Object{{"e", encode(number_of(key, OSSL_PKEY_PARAM_RSA_E))},
                        {"kty", "RSA"},
                        {"n", encode(number_of(key, OSSL_PKEY_PARAM_RSA_N))}};
  }
  return json::Object{{"crv", "P-256"},
                      {"kty", "EC"},
                      {"x", encode(number_of(key, OSSL_PKEY_PARAM_EC_PUB_X, kHalf))},
                      {"y", encode(number_of(key, OSSL_PKEY_PARAM_EC_PUB_Y, kHalf))}};
}

KeyPointer key_from(const char* type, OSSL_PARAM_BLD* builder) {
  const std::unique_ptr<OSSL_PARAM, Free<OSSL_PARAM_free>> parameters(
      OSSL_PARAM_BLD_to_param(builder));
  const ContextPointer context(EVP_PKEY_CTX_new_from_name(nullptr, type, nullptr));
  EVP_PKEY* key = nullptr;
  if (!parameters || !context || EVP_PKEY_fromdata_init(context.get()) != 1 ||
      EVP_PKEY_fromdata(context.get(), &key, EVP_PKEY_PUBLIC_KEY, parameters.get()) != 1) {
    return nullptr;
  }
  KeyPointer owned(key);
  // A point that is not on the curve would let a peer choose what verifies.
  const ContextPointer checker(EVP_PKEY_CTX_new_from_pkey(nullptr, key, nullptr));
  if (!checker || EVP_PKEY_public_check(checker.get()) != 1) return nullptr;
  return owned;
}

KeyPointer public_key_from(const json::Value& jwk) {
  const std::unique_ptr<OSSL_PARAM_BLD, Free<OSSL_PARAM_BLD_free>> builder(OSSL_PARAM_BLD_new());
  if (text_of(jwk, "kty") == "RSA") {
    const auto modulus = bytes_of(jwk, "n");
    const auto exponent = bytes_of(jwk, "e");
    if (!modulus || !exponent || modulus->size() > kRsaBitsMax / 8 || exponent->size() > 8) {
      return nullptr;
    }
    const NumberPointer n = number_from(*modulus);
    const NumberPointer e = number_from(*exponent);
    OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_N, n.get());
    OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_E, e.get());
    return key_from("RSA", builder.get());
  }
  const auto x = bytes_of(jwk, "x");
  const auto y = bytes_of(jwk, "y");
  if (text_of(jwk, "kty") != "EC" || text_of(jwk, "crv") != "P-256" || !x || !y ||
      x->size() != kHalf || y->size() != kHalf) {
    return nullptr;
  }
  const std::string point = '\x04' + *x + *y;  // uncompressed, SEC 1 section 2.3.3
  OSSL_PARAM_BLD_push_utf8_string(builder.get(), OSSL_PKEY_PARAM_GROUP_NAME, "prime256v1", 0);
  OSSL_PARAM_BLD_push_octet_string(builder.get(), OSSL_PKEY_PARAM_PUB_KEY, point.data(),
                                   point.size());
  return key_from("EC", builder.get());
}

// JWS has r and s side by side (RFC 7518 section 3.4), OpenSSL a DER sequence.
std::string raw_from_der(std::string_view der) {
  const unsigned char* cursor = as_chars(der);
  const SignaturePointer signature(d2i_ECDSA_SIG(nullptr, &cursor, static_cast<long>(der.size())));
  CHECK(signature, "OpenSSL reads what it wrote");
  return number_bytes(ECDSA_SIG_get0_r(signature.get()), kHalf) +
         number_bytes(ECDSA_SIG_get0_s(signature.get()), kHalf);
}

std::string der_from_raw(std::string_view raw) {
  const SignaturePointer signature(ECDSA_SIG_new());
  // ECDSA_SIG_set0 takes both numbers over.
  ECDSA_SIG_set0(signature.get(), number_from(raw.substr(0, kHalf)).release(),
                 number_from(raw.substr(kHalf)).release());
  unsigned char* der = nullptr;
  const int size = i2d_ECDSA_SIG(signature.get(), &der);
  CHECK(size > 0, "two numbers make a sequence");
  std::string text(reinterpret_cast<char*>(der), static_cast<std::size_t>(size));
  OPENSSL_free(der);
  return text;
}

}  // namespace

struct JwtKey::Material {
  std::string id;
  JwtAlgorithm algorithm = JwtAlgorithm::hs256;
  std::string secret;  // hs256
  KeyPointer pair;     // otherwise
  bool is_private = false;
  json::Value jwk;
};

std::string_view name_of(JwtAlgorithm algorithm) {
  switch (algorithm) {
    case JwtAlgorithm::hs256:
      return "HS256";
    case JwtAlgorithm::rs256:
      return "RS256";
    case JwtAlgorithm::es256:
      return "ES256";
  }
  return "";
}

namespace {

// kid, alg and use beside the numbers; the id is the thumbprint where none was given.
json::Value publish(json::Value jwk, std::string& id, JwtAlgorithm algorithm) {
  if (id.empty()) {
    const Sha256 digest = sha256(json::write(jwk));  // members are in the order of RFC 7638
    id = base64url_encode(digest);
  }
  auto* members = jwk.if_object();
  members->push_back({"alg", name_of(algorithm)});
  members->push_back({"kid", id});
  members->push_back({"use", "sig"});
  json::Array operations;
  operations.emplace_back("verify");
  members->push_back({"key_ops", std::move(operations)});
  return jwk;
}

}  // namespace

Result<JwtKey> JwtKey::from_secret(std::string_view secret, std::string id) {
  if (secret.size() < kJwtSecretMin) return refuse("a secret has 32 bytes or more");
  auto material = std::make_shared<Material>();
  material->id = std::move(id);
  material->secret = secret;
  return JwtKey(std::move(material));
}

Result<JwtKey> JwtKey::from_pem(std::string_view pem, std::string id) {
  const auto open = [&] {
    return BioPointer(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  };
  // Never asks for a passphrase on the terminal.
  const auto no_passphrase = [](char*, int, int, void*) { return -1; };
  auto material = std::make_shared<Material>();
  material->pair.reset(PEM_read_bio_PrivateKey(open().get(), nullptr, no_passphrase, nullptr));
  material->is_private = material->pair != nullptr;
  if (!material->pair) {
    material->pair.reset(PEM_read_bio_PUBKEY(open().get(), nullptr, no_passphrase, nullptr));
  }
  if (!material->pair) return refuse("this is no key in PEM without a passphrase");
  const auto algorithm = algorithm_of(material->pair.get());
  if (!algorithm) return std::unexpected(algorithm.error());
  material->algorithm = *algorithm;
  material->id = std::move(id);
  material->jwk = publish(jwk_of(material->pair.get(), *algorithm), material->id, *algorithm);
  return JwtKey(std::move(material));
}

Result<JwtKey> JwtKey::from_jwk(const json::Value& jwk) {
  const std::string use = text_of(jwk, "use");
  if (!use.empty() && use != "sig") return refuse("the key is not for signatures");
  const std::string algorithm = text_of(jwk, "alg");
  if (text_of(jwk, "kty") == "oct") {
    const auto secret = bytes_of(jwk, "k");
    if (!secret || (!algorithm.empty() && algorithm != "HS256")) {
      return refuse("a secret key is for HS256");
    }
    return from_secret(*secret, text_of(jwk, "kid"));
  }
  auto material = std::make_shared<Material>();
  material->pair = public_key_from(jwk);
  if (!material->pair) return refuse("this is no public key, RSA or EC on P-256");
  const auto kind = algorithm_of(material->pair.get());
  if (!kind) return std::unexpected(kind.error());
  if (!algorithm.empty() && algorithm != name_of(*kind)) {
    return refuse("the key is for another algorithm");
  }
  material->algorithm = *kind;
  material->id = text_of(jwk, "kid");
  material->jwk = publish(jwk_of(material->pair.get(), *kind), material->id, *kind);
  return JwtKey(std::move(material));
}

JwtKey JwtKey::generate(JwtAlgorithm algorithm) {
  CHECK(algorithm != JwtAlgorithm::hs256, "a secret is no key pair");
  auto material = std::make_shared<Material>();
  material->pair.reset(algorithm == JwtAlgorithm::es256 ? EVP_EC_gen("P-256")
                                                        : EVP_RSA_gen(kRsaBitsNew));
  CHECK(material->pair, "OpenSSL makes keys");
  material->is_private = true;
  material->algorithm = algorithm;
  material->jwk = publish(jwk_of(material->pair.get(), algorithm), material->id, algorithm);
  return JwtKey(std::move(material));
}

const std::string& JwtKey::id() const { return material_->id; }
JwtAlgorithm JwtKey::algorithm() const { return material_->algorithm; }
json::Value JwtKey::public_jwk() const { return material_->jwk; }

bool JwtKey::can_sign() const {
  return material_->algorithm == JwtAlgorithm::hs256 || material_->is_private;
}

std::string JwtKey::sign(std::string_view input) const {
  CHECK(can_sign(), "only a secret or a private key signs");
  if (material_->algorithm == JwtAlgorithm::hs256) {
    const Sha256 digest =
        hmac_sha256(std::as_bytes(std::span(material_->secret)), std::as_bytes(std::span(input)));
    return {reinterpret_cast<const char*>(digest.data()), digest.size()};
  }
  const std::unique_ptr<EVP_MD_CTX, Free<EVP_MD_CTX_free>> context(EVP_MD_CTX_new());
  std::size_t size = 0;
  CHECK(EVP_DigestSignInit(context.get(), nullptr, EVP_sha256(), nullptr, material_->pair.get()) ==
                1 &&
            EVP_DigestSign(context.get(), nullptr, &size, as_chars(input), input.size()) == 1,
        "a private key signs");
  std::string signature(size, '\0');
  CHECK(EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(signature.data()), &size,
                       as_chars(input), input.size()) == 1,
        "a private key signs");
  signature.resize(size);
  return material_->algorithm == JwtAlgorithm::es256 ? raw_from_der(signature) : signature;
}

bool JwtKey::verify(std::string_view input, std::string_view signature) const {
  if (material_->algorithm == JwtAlgorithm::hs256) {
    const std::string expected = sign(input);
    return constant_time_equal(std::as_bytes(std::span(expected)),
                               std::as_bytes(std::span(signature)));
  }
  if (signature.empty()) return false;
  std::string der;
  if (material_->algorithm == JwtAlgorithm::es256) {
    if (signature.size() != 2 * kHalf) return false;
    der = der_from_raw(signature);
    signature = der;
  }
  // The pairing of digest and key is set up for each call: a context is not shared by threads.
  const std::unique_ptr<EVP_MD_CTX, Free<EVP_MD_CTX_free>> context(EVP_MD_CTX_new());
  const bool right = EVP_DigestVerifyInit(context.get(), nullptr, EVP_sha256(), nullptr,
                                          material_->pair.get()) == 1 &&
                     EVP_DigestVerify(context.get(), as_chars(signature), signature.size(),
                                      as_chars(input), input.size()) == 1;
  if (!right) ERR_clear_error();
  return right;
}

std::string JwtKey::private_pem() const {
  CHECK(material_->is_private, "only the private half of a pair is written");
  const BioPointer memory(BIO_new(BIO_s_mem()));
  CHECK(PEM_write_bio_PKCS8PrivateKey(memory.get(), material_->pair.get(), nullptr, nullptr, 0,
                                      nullptr, nullptr) == 1,
        "a key in memory can be written");
  char* text = nullptr;
  const long size = BIO_get_mem_data(memory.get(), &text);
  return {text, static_cast<std::size_t>(size)};
}

}  // namespace antiphon
