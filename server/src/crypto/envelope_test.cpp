#include "crypto/envelope.h"

#include <gtest/gtest.h>

#include <vector>

namespace antiphon {
namespace {

class EnvelopeTest : public testing::Test {
 protected:
  SeededRandom random_{Seed{3}};
  SecretKey key_ = SecretKey::make_random(random_);
  SecretKey other_ = SecretKey::make_random(random_);
  SealedPlace place_{"secrets", "sealed", Uuid::make_random(random_), Uuid::make_random(random_)};
};

TEST_F(EnvelopeTest, OpensWhatItSealed) {
  for (const std::size_t size : {0U, 1U, 43U, 100'000U}) {
    const std::string text(size, 'x');
    const std::string sealed = seal_item(key_, 3, text, place_, random_);
    EXPECT_EQ(sealed.size(), size + kEnvelopeExtra);
    const auto opened = open_item(key_, sealed, place_);
    ASSERT_TRUE(opened) << opened.error().message;
    EXPECT_EQ(*opened, text);
  }
}

TEST_F(EnvelopeTest, SaysWhichKeyOpensItAndHidesTheText) {
  const std::string sealed = seal_item(key_, 0x01020304, "the secret", place_, random_);
  const auto header = read_envelope_header(sealed);
  ASSERT_TRUE(header);
  EXPECT_EQ(header->kind, EnvelopeHeader::Kind::item);
  EXPECT_EQ(header->key_version, 0x01020304U);
  EXPECT_EQ(header->key_id, key_id_of(key_));
  EXPECT_EQ(sealed.find("secret"), std::string::npos);
  EXPECT_NE(seal_item(key_, 1, "the secret", place_, random_).substr(kEnvelopeHeader),
            sealed.substr(kEnvelopeHeader));
}

TEST_F(EnvelopeTest, DoesNotOpenInAnotherPlace) {
  const std::string sealed = seal_item(key_, 1, "text", place_, random_);
  const Uuid stranger = Uuid::make_random(random_);
  const std::vector<SealedPlace> places = {
      {"secret", "ssealed", place_.workspace, place_.row},
      {"webhooks", "sealed", place_.workspace, place_.row},
      {"secrets", "name", place_.workspace, place_.row},
      {"secrets", "sealed", stranger, place_.row},
      {"secrets", "sealed", place_.workspace, stranger},
      {"secrets", "sealed", place_.row, place_.workspace},
      {"secrets", "sealed", place_.workspace, place_.row, 1},
  };
  for (const SealedPlace& place : places) {
    const auto opened = open_item(key_, sealed, place);
    ASSERT_FALSE(opened);
    EXPECT_EQ(opened.error().code, ErrorCode::corrupt);
  }
}

TEST_F(EnvelopeTest, DoesNotOpenWithAnotherKeyOrAnyChangedByte) {
  const std::string sealed = seal_item(key_, 1, "text", place_, random_);
  EXPECT_FALSE(open_item(other_, sealed, place_));
  for (std::size_t i = 0; i < sealed.size(); ++i) {
    std::string changed = sealed;
    changed[i] = static_cast<char>(changed[i] ^ 1);
    EXPECT_FALSE(open_item(key_, changed, place_)) << i;
  }
  for (std::size_t size = 0; size < sealed.size(); ++size)
    EXPECT_FALSE(open_item(key_, sealed.substr(0, size), place_)) << size;
  EXPECT_FALSE(open_item(key_, sealed + "x", place_));
}

TEST_F(EnvelopeTest, WrapsKeysApartFromItems) {
  const std::string wrapped = seal_key(key_, other_, 7, place_, random_);
  const auto opened = open_key(key_, wrapped, place_);
  ASSERT_TRUE(opened);
  EXPECT_TRUE(*opened == other_);
  EXPECT_EQ(read_envelope_header(wrapped)->key_version, 7U);
  EXPECT_FALSE(open_item(key_, wrapped, place_));
  EXPECT_FALSE(open_key(key_, seal_item(key_, 7, std::string(32, 'x'), place_, random_), place_));
}

}  // namespace
}  // namespace antiphon
