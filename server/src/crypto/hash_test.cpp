#include "crypto/hash.h"

#include "core/base64.h"
#include "crypto/api_key.h"
#include "testing/run.h"

#include <gtest/gtest.h>

#include <fstream>
#include <set>

namespace antiphon {
namespace {

std::span<const std::byte> bytes_of(std::string_view text) {
  return std::as_bytes(std::span(text));
}

// FIPS 180-4 examples and the NIST million-character vector.
TEST(Sha256, AgreesWithThePublishedVectors) {
  EXPECT_EQ(to_hex(sha256("")), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(to_hex(sha256("abc")),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(to_hex(sha256("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq")),
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
  EXPECT_EQ(to_hex(sha256(std::string(1'000'000, 'a'))),
            "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

TEST(Sha256, OfPiecesIsTheSameAsOfTheWhole) {
  Sha256Stream stream;
  for (int piece = 0; piece < 1000; ++piece)
    stream.update(bytes_of(std::string(1'000, 'a')));
  EXPECT_EQ(to_hex(stream.finish()),
            "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

TEST(Sha256, OfAFileReadsItInPieces) {
  const TemporaryFolder folder;
  const auto file = folder.path() / "large";
  std::ofstream(file) << std::string(1'000'000, 'a');
  const auto digest = sha256_of_file(file);
  ASSERT_TRUE(digest.has_value());
  EXPECT_EQ(to_hex(*digest), "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
  std::ofstream(folder.path() / "empty").flush();
  EXPECT_EQ(sha256_of_file(folder.path() / "empty").value(), sha256(""));
}

TEST(Sha256, OfAMissingFileSaysWhichOne) {
  const TemporaryFolder folder;
  const auto digest = sha256_of_file(folder.path() / "absent");
  ASSERT_FALSE(digest.has_value());
  EXPECT_EQ(digest.error().code, ErrorCode::not_found);
  EXPECT_NE(digest.error().message.find("absent"), std::string::npos);
  const auto of_folder = sha256_of_file(folder.path());
  ASSERT_FALSE(of_folder.has_value());
  EXPECT_EQ(of_folder.error().code, ErrorCode::unavailable);
}

struct HmacCase {
  std::string key;
  std::string message;
  std::string_view digest;
};

// RFC 4231 sections 4.2, 4.3, 4.4, 4.7 and 4.8.
TEST(Hmac, AgreesWithRfc4231) {
  const HmacCase cases[] = {
      {std::string(20, '\x0b'), "Hi There",
       "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"},
      {"Jefe", "what do ya want for nothing?",
       "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"},
      {std::string(20, '\xaa'), std::string(50, '\xdd'),
       "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"},
      {std::string(131, '\xaa'), "Test Using Larger Than Block-Size Key - Hash Key First",
       "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"},
      {std::string(131, '\xaa'),
       "This is a test using a larger than block-size key and a larger than block-size data. The "
       "key needs to be hashed before being used by the HMAC algorithm.",
       "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2"},
      {"", "", "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad"},
  };
  for (const auto& [key, message, digest] : cases) {
    EXPECT_EQ(to_hex(hmac_sha256(bytes_of(key), bytes_of(message))), digest);
  }
}

TEST(ConstantTimeEqual, ComparesContentsAndLength) {
  EXPECT_TRUE(constant_time_equal(bytes_of("abc"), bytes_of("abc")));
  EXPECT_TRUE(constant_time_equal({}, {}));
  EXPECT_FALSE(constant_time_equal(bytes_of("abc"), bytes_of("abd")));
  EXPECT_FALSE(constant_time_equal(bytes_of("abc"), bytes_of("ab")));
  EXPECT_FALSE(constant_time_equal(bytes_of("abc"), {}));
}

TEST(Hex, ReadsBackWhatItWrote) {
  const Sha256 digest = sha256("abc");
  EXPECT_EQ(sha256_from_hex(to_hex(digest)), digest);
  EXPECT_EQ(sha256_from_hex("BA7816BF8F01CFEA414140DE5DAE2223B00361A396177A9CB410FF61F20015AD"),
            digest);
  EXPECT_FALSE(sha256_from_hex("").has_value());
  EXPECT_FALSE(sha256_from_hex(std::string(63, 'a')).has_value());
  EXPECT_FALSE(sha256_from_hex(std::string(63, 'a') + "g").has_value());
}

TEST(ApiKey, IsPrefixedUrlSafeAndKeptOnlyAsItsHash) {
  SeededRandom random(Seed{1});
  const NewApiKey key = make_api_key(random);
  EXPECT_EQ(key.text.reveal().size(), kApiKeyPrefix.size() + 43);
  EXPECT_TRUE(key.text.reveal().starts_with("antiphon_"));
  EXPECT_EQ(key.hash, sha256(key.text.reveal()));
  EXPECT_EQ(hash_of_api_key(key.text.reveal()), key.hash);
}

TEST(ApiKey, RefusesWhatCannotBeOne) {
  SeededRandom random(Seed{1});
  const std::string text = make_api_key(random).text.reveal();
  for (const std::string& bad : {std::string(), std::string("antiphon_"), text + "A", text + " ",
                                 text.substr(0, text.size() - 1), "sk_" + text.substr(9),
                                 text.substr(1), text.substr(0, 20) + "!" + text.substr(21)}) {
    EXPECT_FALSE(hash_of_api_key(bad).has_value()) << bad;
  }
}

TEST(ApiKey, NeverRepeats) {
  SystemRandom random;
  std::set<std::string> seen;
  for (int round = 0; round < 100; ++round)
    seen.insert(make_api_key(random).text.reveal());
  EXPECT_EQ(seen.size(), 100U);
}

}  // namespace
}  // namespace antiphon
