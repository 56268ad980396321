// An address that has an account and one that has none cost the same: as many runs of bcrypt, as
// many questions to the database, and the same answer.
#include "app/real_accounts_test.h"

#include <gmock/gmock.h>

namespace antiphon {
namespace {

using namespace std::chrono_literals;

struct Work {
  std::uint64_t hashes = 0;
  double questions = 0;
  std::string answer;

  bool operator==(const Work&) const = default;
};

void PrintTo(const Work& work, std::ostream* out) {
  *out << work.hashes << " hashes, " << work.questions << " questions, " << work.answer;
}

class EqualWork : public RealAccounts {
 protected:
  EqualWork() {
    sign_up("known@example.test");
    sign_up("other@example.test");
  }
  Work work_of(const std::string& path, const std::string& body) {
    Counter& units = metrics_.counter("database_units_total", "");
    const std::uint64_t hashes = auth_->hashes_run();
    const auto before = static_cast<double>(units.value());
    const Answer answer = ask("POST", path, {}, body);
    return {auth_->hashes_run() - hashes, static_cast<double>(units.value()) - before,
            std::to_string(answer.status) + " " + answer.body};
  }
  // Asked twice for each: the limit on mails must tell no more than the first answer.
  void expect_equal(const std::string& path, const std::string& before, const std::string& after,
                    std::uint64_t hashes) {
    for (int time = 1; time <= 2; ++time) {
      const Work known = work_of(path, before + "known@example.test" + after);
      const Work unknown = work_of(path, before + "nobody@example.test" + after);
      EXPECT_EQ(known, unknown) << path << ", asked for the " << time << ". time";
      if (time == 1) EXPECT_EQ(known.hashes, hashes) << path;
    }
  }
};

TEST_F(EqualWork, OfSigningIn) {
  expect_equal("/auth/v1/token?grant_type=password", R"({"email":")",
               R"(","password":"wrong password"})", 1);
}

TEST_F(EqualWork, OfRecovering) { expect_equal("/auth/v1/recover", R"({"email":")", "\"}", 0); }

TEST_F(EqualWork, OfResending) {
  expect_equal("/auth/v1/resend", R"({"type":"signup","email":")", "\"}", 0);
  expect_equal("/auth/v1/resend", R"({"type":"email_change","email":")", "\"}", 0);
}

TEST_F(EqualWork, OfAskingForACodeToSignIn) {
  const Work known = work_of("/auth/v1/otp", R"({"email":"known@example.test"})");
  const Work unknown = work_of("/auth/v1/otp", R"({"email":"nobody@example.test"})");
  EXPECT_EQ(known, unknown);
  EXPECT_EQ(known.hashes, 1U);
}

}  // namespace
}  // namespace antiphon
