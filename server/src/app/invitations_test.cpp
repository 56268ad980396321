// Invitations by mail, through the API, on a real PostgreSQL.
#include "app/accounts_fixture_test.h"
#include "app/kept_mail_test.h"

#include <gmock/gmock.h>

namespace antiphon {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::Not;

class Invitations : public AccountsTest {
 protected:
  Invitations() { accounts_.use_mail(mail_, log_, "https://voice.example"); }

  Answer invite(const std::string& email, const std::string& role = "analyst") {
    return ask("POST", "/api/invitations", boss_,
               R"({"email":")" + email + R"(","role":")" + role + "\"}");
  }
  Answer resend(const std::string& id) {
    return ask("POST", "/api/invitations/" + id + "/resend", boss_);
  }
  Answer accept(Uuid user, const std::string& token) {
    return ask("POST", "/api/invitations/accept", person(user), R"({"token":")" + token + "\"}");
  }

  KeptMail mail_;
  Uuid owner_ = new_id();
  WorkspaceId workspace_ = add_workspace(owner_);
  Asker boss_ = person(owner_, workspace_);
};

TEST_F(Invitations, AreMailedWithTheLinkThatTheInviterSeesOnce) {
  const Uuid guest = new_id();
  const Answer made = invite(email_of(guest), "operator");
  ASSERT_EQ(made.status, 201) << made.body;
  EXPECT_EQ(text_at(made.body, "mail"), "queued");
  const std::string token = text_at(made.body, "token");
  EXPECT_EQ(text_at(made.body, "link"), "https://voice.example/join#token=" + token);
  ASSERT_EQ(mail_.sent.size(), 1U);
  EXPECT_EQ(mail_.sent[0].kind, "invitation");
  EXPECT_EQ(mail_.sent[0].to.reveal(), email_of(guest));
  EXPECT_EQ(mail_.sent[0].text.reveal(),
            "You are invited to the workspace \"Test\", as operator.\n\nAccept the invitation:\n"
            "https://voice.example/join#token=" +
                token +
                "\n\nThe link is good for seven days, once, and for this address.\n\n"
                "If you did not expect this, ignore this mail: nothing happens.\n");
  EXPECT_THAT(ask("GET", "/api/invitations", boss_).body, Not(HasSubstr(token)));
  EXPECT_EQ(accept(guest, token).status, 200);
}

TEST_F(Invitations, StandThoughTheirMailCouldNotBeQueued) {
  mail_.has_room = false;
  const Uuid guest = new_id();
  const Answer made = invite(email_of(guest));
  EXPECT_EQ(made.status, 201);
  EXPECT_EQ(text_at(made.body, "mail"), "unavailable");
  EXPECT_EQ(accept(guest, text_at(made.body, "token")).status, 200);
}

TEST_F(Invitations, AreMailedAgainWithAnotherTokenThatReplacesTheFirst) {
  const Uuid guest = new_id();
  const Answer made = invite(email_of(guest));
  const std::string id = text_at(made.body, "id");
  sql("update public.invitations set expires_at = now() - interval '1 hour'");
  const Answer renewed = resend(id);
  ASSERT_EQ(renewed.status, 200) << renewed.body;
  EXPECT_EQ(text_at(renewed.body, "id"), id);
  EXPECT_EQ(mail_.sent.size(), 2U);
  EXPECT_EQ(mail_.after("/join#token=", 43), text_at(renewed.body, "token"));
  EXPECT_EQ(accept(guest, text_at(made.body, "token")).status, 404);
  EXPECT_EQ(accept(guest, text_at(renewed.body, "token")).status, 200);
  const Answer used = resend(id);
  EXPECT_EQ(used.status, 404);
  EXPECT_THAT(used.body, HasSubstr("there is no such open invitation"));
}

TEST_F(Invitations, DoNotFillTheMailboxOfAStranger) {
  const std::string id = text_at(invite("stranger@example.org").body, "id");
  for (int count = 1; count < 5; ++count)
    EXPECT_EQ(text_at(resend(id).body, "mail"), "queued") << count;
  const Answer limited = resend(id);
  EXPECT_EQ(limited.status, 200);
  EXPECT_EQ(text_at(limited.body, "mail"), "limited");
  EXPECT_EQ(mail_.sent.size(), 5U);
  EXPECT_EQ(text_at(invite("other@example.org").body, "mail"), "queued");
  clock_.advance(1h);
  EXPECT_EQ(text_at(resend(id).body, "mail"), "queued");
}

TEST_F(Invitations, CarryNoLineAndNoMarkOfTheWorkspacesNameIntoTheMail) {
  const MailMessage mail = compose_invitation_mail(
      {.to = "a@example.org",
       .workspace_name = "Evil\r\nBcc: x@example.org\r\n<img src=\"https://x\">",
       .role = Role::analyst,
       .link = Sensitive(std::string("https://voice.example/join#token=t"))});
  EXPECT_THAT(mail.text.reveal(), Not(HasSubstr("\nBcc")));
  EXPECT_THAT(mail.subject, Not(HasSubstr("Evil")));
  EXPECT_THAT(mail.html.reveal(), Not(HasSubstr("<img")));
  EXPECT_THAT(mail.html.reveal(), HasSubstr("&lt;img src=&quot;https://x&quot;&gt;"));
}

TEST_F(Invitations, AreResentByWhoMayInviteAndInTheirOwnWorkspace) {
  const std::string id = text_at(invite("guest@example.org").body, "id");
  const Uuid reader = new_id();
  add_member(workspace_, reader, Role::analyst);
  const std::string path = "/api/invitations/" + id + "/resend";
  EXPECT_EQ(ask("POST", path, person(reader, workspace_)).status, 403);
  const Uuid stranger = new_id();
  EXPECT_EQ(ask("POST", path, person(stranger, add_workspace(stranger))).status, 404);
  EXPECT_EQ(mail_.sent.size(), 1U);
}

}  // namespace
}  // namespace antiphon
