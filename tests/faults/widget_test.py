"""What a visitor of a website may do through a widget, and what nobody may."""

import json
import unittest
import urllib.error
import urllib.request
import uuid

import product

PAGE = "https://shop.example"


@unittest.skipIf(product.is_missing(), "build/release/antiphon is not built")
class Widget(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = product.new_folder()
        cls.server = product.Product(cls.folder, ["--rate-limits", "on"])
        _, agent = cls.server.call("GET", "/api/agents/front-desk")
        cls.agent = agent["id"]
        cls.server.call("PUT", f"/api/agents/{cls.agent}/widget",
                        {"enabled": True, "allowed_origins": [PAGE], "title": "Front desk"})

    @classmethod
    def tearDownClass(cls):
        if cls.server.process.poll() is None:
            cls.server.stop()

    def ask(self, what, body=None, token=None, origin=PAGE, method="POST", agent=None, more=None):
        """The status, the headers and the text of one request of a page."""
        headers = {"Origin": origin, **(more or {})}
        if body is not None:
            headers["Content-Type"] = "application/json"
        if token:
            headers["Authorization"] = f"Bearer {token}"
        url = f"http://127.0.0.1:{self.server.port}/widget/{what}?agent={agent or self.agent}"
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(url, data, headers, method=method)
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return answer.status, answer.headers, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.headers, error.read().decode()

    def begin(self, **given):
        status, headers, text = self.ask("session", given)
        self.assertEqual(status, 200, text)
        self.assertEqual(headers["Access-Control-Allow-Origin"], PAGE)
        return json.loads(text)

    def say(self, session, text, **more):
        body = {"id": str(uuid.uuid4()), "text": text, **more}
        status, _, answer = self.ask("messages", body, session["token"])
        return status, answer

    def conversation_of(self, answer):
        first = answer.split("\n\n")[0]
        self.assertIn("event: conversation.opened", first)
        return json.loads(first.split("data: ")[1])["conversation"]

    def test_a_visitor_is_answered_and_finds_its_thread_again(self):
        session = self.begin()
        self.assertEqual(session["look"]["title"], "Front desk")
        _, agent = self.server.call("GET", "/api/agents/front-desk")
        self.assertTrue(agent["configuration"]["greeting"])
        self.assertEqual(session["look"]["greeting"], agent["configuration"]["greeting"])
        status, answer = self.say(session, "Are you open on Saturday?")
        self.assertEqual(status, 200, answer)
        self.assertIn("event: reply.ended", answer)
        conversation = self.conversation_of(answer)
        again = self.begin(resume=session["resume"])
        for _ in range(100):  # the journal writes behind
            _, _, text = self.ask("history", token=again["token"])
            history = json.loads(text)
            if any(turn["speaker"] == "caller" for turn in history["items"]):
                break
        self.assertEqual(history["conversation"], conversation)
        self.assertIn("Are you open on Saturday?", [turn["text"] for turn in history["items"]])
        _, _, text = self.ask("history", token=self.begin()["token"])
        self.assertEqual(json.loads(text)["items"], [])

    def test_a_page_that_is_not_listed_gets_nothing_that_it_could_read(self):
        for origin in ("https://evil.example", "https://shop.example.evil.example",
                       "http://shop.example", "https://shop.example:8443", "null", ""):
            status, headers, _ = self.ask("session", {}, origin=origin)
            self.assertEqual(status, 403, origin)
            self.assertIsNone(headers["Access-Control-Allow-Origin"], origin)
            status, headers, _ = self.ask("session", origin=origin, method="OPTIONS")
            self.assertEqual(status, 403, origin)
            self.assertIsNone(headers["Access-Control-Allow-Origin"], origin)

    def test_a_listed_page_may_ask_first(self):
        status, headers, _ = self.ask("messages", method="OPTIONS", more={
            "Access-Control-Request-Method": "POST",
            "Access-Control-Request-Headers": "authorization,content-type"})
        self.assertEqual(status, 204)
        self.assertEqual(headers["Access-Control-Allow-Origin"], PAGE)
        self.assertEqual(headers["Access-Control-Allow-Headers"], "Authorization, Content-Type")
        self.assertIsNone(headers["Access-Control-Allow-Credentials"])

    def test_a_token_is_of_no_use_elsewhere(self):
        session = self.begin()
        own_page = f"http://127.0.0.1:{self.server.port}"
        for token, origin in ((session["token"], own_page), (session["resume"], PAGE),
                              (session["token"][:-4] + "AAAA", PAGE), ("", PAGE)):
            status, _, text = self.ask("history", token=token, origin=origin)
            self.assertEqual(status, 401, text)
            self.assertEqual(json.loads(text)["code"], "unauthenticated")
        self.assertEqual(self.server.call("GET", "/api/agents", key=session["token"])[0], 401)

    def test_the_conversation_of_another_visitor_is_not_there(self):
        _, answer = self.say(self.begin(), "Where can I park?")
        conversation = self.conversation_of(answer)
        other = self.begin()
        status, text = self.say(other, "And what did I say?", conversation=conversation)
        self.assertEqual(status, 404, text)
        status, _, _ = self.ask("feedback", {"conversation": conversation, "rating": "up"},
                                other["token"])
        self.assertEqual(status, 404)

    def test_a_message_that_is_sent_twice_is_answered_once(self):
        session = self.begin()
        body = {"id": str(uuid.uuid4()), "text": "Where can I park?"}
        status, _, _ = self.ask("messages", body, session["token"])
        self.assertEqual(status, 200)
        status, _, text = self.ask("messages", body, session["token"])
        self.assertEqual((status, json.loads(text)["code"]), (409, "already_exists"))

    def test_what_visitors_did_is_summed_for_the_owner(self):
        session = self.begin()
        _, answer = self.say(session, "Where can I park?")
        conversation = self.conversation_of(answer)
        status, _, _ = self.ask("events", {"events": ["opened", "opened"]}, session["token"])
        self.assertEqual(status, 204)
        self.assertEqual(self.ask("feedback", {"conversation": conversation, "rating": "up",
                                               "comment": "Quick."}, session["token"])[0], 204)
        status, sums = self.server.call("GET", f"/api/agents/{self.agent}/widget/analytics")
        self.assertEqual(status, 200)
        self.assertGreaterEqual(sums["total"]["opened"], 2)
        self.assertGreaterEqual(sums["total"]["conversations"], 1)
        self.assertGreaterEqual(sums["total"]["messages"], 1)
        self.assertGreaterEqual(sums["total"]["rated_up"], 1)

    def test_a_call_is_opened_for_the_audio_socket(self):
        status, _, text = self.ask("call", token=self.begin()["token"])
        self.assertEqual(status, 201, text)
        self.assertTrue(json.loads(text)["path"].startswith("/audio/pcm?token="))

    def test_calls_are_capped_whatever_origin_is_written(self):
        session = self.begin()
        statuses = [self.ask("call", token=session["token"])[0] for _ in range(8)]
        self.assertEqual(statuses[-1], 429)
        status, headers, _ = self.ask("call", token=session["token"])
        self.assertEqual(status, 429)
        self.assertGreater(int(headers["Retry-After"]), 0)
        self.assertEqual(headers["Access-Control-Allow-Origin"], PAGE)

    def test_settings_that_are_wrong_are_named(self):
        status, problem = self.server.call("PUT", f"/api/agents/{self.agent}/widget", {
            "enabled": True, "accent": "red",
            "allowed_origins": ["*", "https://shop.example/", "shop.example"]})
        self.assertEqual(status, 422)
        self.assertEqual([issue["pointer"] for issue in problem["issues"]],
                         [f"/allowed_origins/{index}" for index in range(3)] + ["/accent"])


if __name__ == "__main__":
    unittest.main()
