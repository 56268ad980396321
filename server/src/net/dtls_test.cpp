#include "net/dtls.h"

#include "wire/rtp.h"

#include <gtest/gtest.h>

#include <array>
#include <deque>
#include <vector>

namespace antiphon {
namespace {

using Datagram = std::vector<std::byte>;

// Two ends and the datagrams between them.
class DtlsTest : public ::testing::Test {
 protected:
  DtlsTest() {
    auto ours =
        DtlsIdentity::make(std::chrono::system_clock::time_point{} + std::chrono::days(20'000));
    auto theirs =
        DtlsIdentity::make(std::chrono::system_clock::time_point{} + std::chrono::days(20'000));
    server_identity_ = std::move(*ours);
    client_identity_ = std::move(*theirs);
    server_ = server_identity_->begin(DtlsRole::server, [this](std::span<const std::byte> sent) {
      to_client_.emplace_back(sent.begin(), sent.end());
    });
    client_ = client_identity_->begin(DtlsRole::client, [this](std::span<const std::byte> sent) {
      to_server_.emplace_back(sent.begin(), sent.end());
    });
  }

  void deliver() {
    while (!to_server_.empty() || !to_client_.empty()) {
      longest_ = std::max(longest_, to_client_.empty() ? 0 : to_client_.front().size());
      pass(to_server_, *server_);
      pass(to_client_, *client_);
    }
  }
  void connect() {
    client_->start();
    deliver();
  }

  std::unique_ptr<DtlsIdentity> server_identity_;
  std::unique_ptr<DtlsIdentity> client_identity_;
  std::deque<Datagram> to_server_;
  std::deque<Datagram> to_client_;
  std::unique_ptr<DtlsSession> server_;
  std::unique_ptr<DtlsSession> client_;
  std::size_t longest_ = 0;

 private:
  static void pass(std::deque<Datagram>& from, DtlsSession& to) {
    if (from.empty()) return;
    const Datagram datagram = std::move(from.front());
    from.pop_front();
    to.receive(datagram);
  }
};

TEST_F(DtlsTest, EndsInTheSameKeysOnBothSides) {
  connect();

  ASSERT_TRUE(server_->is_connected());
  ASSERT_TRUE(client_->is_connected());
  EXPECT_EQ(server_->peer_fingerprint(), client_identity_->fingerprint());
  EXPECT_EQ(server_identity_->fingerprint().size(), 95u);
  const auto keys = server_->srtp_keys();
  ASSERT_TRUE(keys.has_value());
  EXPECT_EQ(keys->profile, SrtpProfile::aead_aes_128_gcm);
  EXPECT_EQ(keys->material, client_->srtp_keys()->material);
  EXPECT_LE(longest_, 1'200u);
}

TEST_F(DtlsTest, TellsTheOtherSideThatItEnds) {
  connect();
  client_->close();
  deliver();
  EXPECT_TRUE(server_->is_closed());
}

TEST_F(DtlsTest, GarbageDoesNotEndAHandshakeOrASession) {
  server_->receive(Datagram(200, std::byte{0x16}));
  server_->receive(Datagram(1, std::byte{20}));
  connect();
  ASSERT_TRUE(server_->is_connected());
  server_->receive(Datagram(100, std::byte{23}));
  EXPECT_TRUE(server_->is_connected());
  EXPECT_FALSE(server_->is_closed());
}

TEST_F(DtlsTest, AProtectedPacketIsOpenedOnceAndOnlyUnchanged) {
  connect();
  auto sender = Srtp::make(*client_->srtp_keys(), DtlsRole::client);
  auto receiver = Srtp::make(*server_->srtp_keys(), DtlsRole::server);
  ASSERT_TRUE(sender && receiver);
  Datagram packet(kRtpHeaderBytes + 40 + kSrtpTrailerMax);
  write_rtp_header({.payload_type = 111, .sequence = 1, .timestamp = 960, .ssrc = 5},
                   std::span(packet).first<kRtpHeaderBytes>());

  const auto size = sender->protect_rtp(packet, kRtpHeaderBytes + 40);

  ASSERT_TRUE(size.has_value());
  EXPECT_EQ(*size, kRtpHeaderBytes + 40 + 16);
  packet.resize(*size);
  Datagram changed = packet;
  changed.back() ^= std::byte{1};
  EXPECT_FALSE(receiver->open_rtp(changed).has_value());
  Datagram again = packet;
  EXPECT_EQ(receiver->open_rtp(packet).value(), kRtpHeaderBytes + 40);
  EXPECT_FALSE(receiver->open_rtp(again).has_value());
}

TEST(Srtp, RefusesKeysOfAnotherLength) {
  EXPECT_FALSE(Srtp::make({}, DtlsRole::server).has_value());
}

}  // namespace
}  // namespace antiphon
