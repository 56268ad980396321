"""What a typed conversation uses shows in /api/usage; a quota refuses what goes beyond it."""

import http.client
import json
import time
import unittest

import product

SHOWN_WITHIN = 10  # seconds: the journal writes behind


@unittest.skipIf(product.is_missing(), "build/release/antiphon is not built")
class Usage(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = product.new_folder()
        cls.addClassCleanup(product.remove, cls.folder)
        cls.server = product.Product(cls.folder)
        cls.addClassCleanup(lambda: cls.server.process.poll() is None and cls.server.stop())
        cls.agent = cls.server.call("GET", "/api/agents")[1]["items"][0]["id"]

    def tearDown(self):
        self.assertEqual(self.set_quotas()[0], 200)

    def set_quotas(self, **quotas):
        return self.server.call("PUT", "/api/workspace/quotas", quotas)

    def open(self, mode):
        return self.server.call("POST", "/api/conversations", {"agent": self.agent, "mode": mode})

    def type(self, conversation, text):
        """Reads the reply, a stream of events, to its end."""
        connection = http.client.HTTPConnection("127.0.0.1", self.server.port,
                                                timeout=product.PATIENCE)
        connection.request("POST", f"/api/conversations/{conversation}/messages",
                           json.dumps({"text": text}),
                           {"Authorization": f"Bearer {self.server.key}",
                            "Content-Type": "application/json"})
        response = connection.getresponse()
        self.assertEqual(response.status, 200)
        response.read()
        connection.close()

    def total(self):
        status, answer = self.server.call("GET", "/api/usage?group_by=provider")
        self.assertEqual(status, 200, answer)
        return answer["total"]

    def test_a_typed_message_is_counted_once(self):
        before = self.total()
        conversation = self.open("text")[1]["conversation"]["id"]
        self.type(conversation, "When are you open?")
        until = time.monotonic() + SHOWN_WITHIN
        after = before
        while after["typed_messages"] == before["typed_messages"] and time.monotonic() < until:
            after = self.total()
        self.assertEqual(after["typed_messages"], before["typed_messages"] + 1)
        self.assertEqual(after["replies"], before["replies"] + 1)

    def test_the_place_beyond_the_quota_is_refused_by_its_name(self):
        used = self.server.call("GET", "/api/usage/limits")[1]["conversations"]["used"]
        self.assertEqual(self.set_quotas(conversations_max=used)[0], 200)
        for mode in ("voice", "text"):
            status, problem = self.open(mode)
            self.assertEqual((status, problem["code"]), (429, "quota_conversations"))
        self.assertEqual(self.set_quotas(conversations_max=used + 1)[0], 200)
        self.assertEqual(self.open("voice")[0], 201)

    def test_minutes_refuse_calls_and_no_typed_conversation(self):
        self.assertEqual(self.set_quotas(minutes_max=0)[0], 200)
        status, problem = self.open("voice")
        self.assertEqual((status, problem["code"]), (403, "quota_minutes"))
        self.assertEqual(self.open("text")[0], 201)

    def test_storage_refuses_documents(self):
        self.assertEqual(self.set_quotas(storage_bytes_max=0)[0], 200)
        status, problem = self.server.call("POST", f"/api/agents/{self.agent}/documents",
                                           {"title": "New", "text": "Words."})
        self.assertEqual((status, problem["code"]), (403, "quota_storage"))

    def test_wrong_questions_are_answered_with_the_field_at_fault(self):
        for query, field in (("from=2026-13-01", "/from"), ("to=yesterday", "/to"),
                             ("from=2024-01-01&to=2026-01-01", "/to"),
                             ("group_by=moon", "/group_by"), ("from=2026-02-30", "/from"),
                             ("format=xml", "/format")):
            status, problem = self.server.call("GET", f"/api/usage?{query}")
            self.assertEqual((status, problem["issues"][0]["pointer"]), (422, field), query)

    def test_prices_are_set_read_and_refused_twice(self):
        price = {"provider": "builtin", "kind": "replies", "micros": 5, "per": 1}
        status, answer = self.server.call("PUT", "/api/usage/prices", {"items": [price]})
        self.assertEqual(status, 200, answer)
        self.assertEqual(answer["items"], [{**price, "model": "", "valid_from": "2000-01-01"}])
        status, problem = self.server.call("PUT", "/api/usage/prices", {"items": [price, price]})
        self.assertEqual((status, problem["issues"][0]["pointer"]), (422, "/items/1"))
        self.assertEqual(self.server.call("PUT", "/api/usage/prices", {"items": []})[0], 200)


if __name__ == "__main__":
    unittest.main()
