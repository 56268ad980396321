"""An agent acts through HTTP tools: with arguments that were checked, secrets that no model sees,
once, and with an answer for the caller whatever the company's server does."""

import http.client
import json
import pathlib
import sys
import time
import unittest

TESTS = pathlib.Path(__file__).parents[1]
for folder in ("faults", "providers"):
    sys.path.insert(0, str(TESTS / folder))
import appointments  # noqa: E402, the folders must be known first
import openai_stub  # noqa: E402
import openai_test  # noqa: E402
import product  # noqa: E402

SECRET = "crm-secret-of-the-test-4711"
DAY = {"type": "object", "required": ["day"], "additionalProperties": False,
       "properties": {"day": {"type": "string", "format": "date"}}}
BOOKING = {"type": "object", "required": ["day", "people"], "additionalProperties": False,
           "properties": {"day": {"type": "string", "format": "date"},
                          "people": {"type": "integer", "minimum": 1, "maximum": 12}}}


def tool(path, target, method="get", parameters=None, **more):
    http_part = {"method": method, "url": target + path}
    http_part.update(more.pop("http", {}))
    return {"configuration": {
        "kind": "http", "description": f"Asks {path}.", "effect": "reads",
        "parameters": parameters or {"type": "object", "properties": {}}, "http": http_part,
        **more}}


@unittest.skipIf(product.is_missing(), "build/release/antiphon is not built")
class Tools(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = product.new_folder()
        cls.addClassCleanup(product.remove, cls.folder)
        cls.stub = openai_stub.OpenAiStub()
        cls.addClassCleanup(cls.stub.stop)
        cls.company = appointments.Appointments()
        cls.addClassCleanup(cls.company.stop)
        cls.log = open(f"{cls.folder}/log", "w+")  # noqa: SIM115, closed by the clean-up
        cls.addClassCleanup(cls.log.close)
        cls.server = product.Product(
            cls.folder, ["--provider-targets", cls.stub.target,
                         "--tool-targets", cls.company.target], stderr=cls.log)
        cls.addClassCleanup(lambda: cls.server.process.poll() is None and cls.server.stop())
        for name, kind, value in (("openai", "provider_key", "sk-of-the-test"),
                                  ("crm-key", "tool_secret", SECRET)):
            status, made = cls.server.call("PUT", f"/api/secrets/{name}",
                                           {"kind": kind, "value": value})
            assert status == 201, made
        cls.make("slots", tool("/slots/{day}", cls.company.target, parameters=DAY,
                               http={"result": "$.slots[*].start"}))
        cls.make("book", tool("/book", cls.company.target, "post", BOOKING, effect="acts"))
        for path in ("hang", "large", "endless", "short", "html", "garbage", "private", "metadata",
                     "broken", "injection"):
            cls.make(path, tool("/" + path, cls.company.target, timeout_ms=1_500))
        cls.make("flaky", tool("/flaky", cls.company.target, idempotent=True))
        cls.make("once", tool("/flaky", cls.company.target))
        cls.make("echo", tool("/echo", cls.company.target, http={
            "headers": [{"name": "Authorization", "value": "Bearer secret:crm-key"}]}))
        listed = cls.server.call("GET", "/api/tools?limit=200")[1]["items"]
        names = [each["name"] for each in listed]
        openai_test.configure(cls.server, {
            "language_model": {"provider": "openai", "model": "stub-script", "secret": "openai",
                               "base_url": cls.stub.base_url},
            "tools": names})

    @classmethod
    def make(cls, name, body, expected=201):
        status, made = cls.server.call("PUT", f"/api/tools/{name}", body)
        assert status == expected, (name, status, made)
        return made

    def setUp(self):
        self.company.forget()
        self.stub.script = []
        self.identity = None

    def type(self, text, *script):
        """The agent's answer to `text`, when its model goes through these steps."""
        self.stub.script = list(script)
        if self.identity is None:
            status, opened = self.server.call("POST", "/api/conversations",
                                              {"agent": "front-desk", "mode": "text"})
            self.assertEqual(status, 201, opened)
            self.identity = opened["conversation"]["id"]
        events = openai_test.events_of(
            self.server, f"/api/conversations/{self.identity}/messages", {"text": text})
        return "".join(event.get("text", "") for name, event in events if name != "error")

    def events(self, kind, count=1):
        deadline = time.monotonic() + product.PATIENCE
        while time.monotonic() < deadline:
            record = self.server.call("GET", f"/api/conversations/{self.identity}")[1]
            found = [event for event in record["events"] if event["kind"] == kind]
            if len(found) >= count:
                return [event["payload"] for event in found]
        raise AssertionError(f"no {kind} in {record['events']}")

    def problem_of(self, name, answer="I am sorry, that does not work now."):
        self.identity = None  # in an older conversation the last failure may be another's
        self.assertEqual(self.type("Do it.", [(name, {})], answer), answer)
        return self.events("tool.failed")[-1]

    def told(self):
        """What the model was told last by a tool."""
        asked = self.stub.last("/chat/completions")
        return [message["content"] for message in asked["messages"] if message["role"] == "tool"]

    def test_an_answer_goes_on_with_the_result(self):
        said = self.type("What is free?", [("slots", {"day": "2026-11-30"})], "Nine is free.")
        self.assertEqual(said, "Nine is free.")
        self.assertEqual(self.company.requests[0]["target"], "/slots/2026-11-30")
        self.assertEqual([json.loads(text) for text in self.told()],
                         [{"result": ["9:00", "10:30"]}])
        self.assertEqual(self.events("tool.started")[0]["tool"], "slots")
        self.assertIn("10:30", json.dumps(self.events("tool.finished")[0]))

    def test_arguments_are_checked_here(self):
        self.type("Book it.", [("book", {"day": "tomorrow", "people": 13})], "Which day?")
        self.assertEqual(self.company.requests, [])
        self.assertIn("/day must have the form of date", self.told()[0])
        self.assertIn("/people must be at most 12", self.told()[0])
        self.assertEqual(self.events("tool.failed")[0]["problem"], "bad_arguments")

    def test_no_model_sees_a_secret(self):
        self.type("Who am I?", [("echo", {})], "You are the test.")
        self.assertEqual(self.company.requests[0]["headers"]["Authorization"], f"Bearer {SECRET}")
        self.assertIn("[secret]", self.told()[0])
        everything = json.dumps([self.stub.requests, self.events("tool.finished"),
                                 self.server.call("GET", "/api/tools/echo")])
        self.assertNotIn(SECRET, everything)
        self.log.seek(0)
        self.assertNotIn(SECRET, self.log.read())

    def test_only_an_idempotent_tool_is_asked_again(self):
        self.assertEqual(self.type("Try.", [("flaky", {})], "It works."), "It works.")
        self.assertEqual(self.company.count("/flaky"), 3)
        self.assertEqual(self.events("tool.finished")[0]["attempts"], 3)
        self.company.forget()
        self.identity = None
        self.assertEqual(self.problem_of("once")["problem"], "status")
        self.assertEqual(self.company.count("/flaky"), 1)

    def test_whatever_a_server_does_there_is_an_answer(self):
        # What the lying one left on its connection may spoil the answer behind it, which is bad
        # anyway.
        expected = {"hang": "timeout", "large": "too_large", "endless": "unavailable",
                    "html": "bad_answer", "short": "bad_answer", "garbage": "bad_answer",
                    "private": "refused", "metadata": "refused", "broken": "status"}
        found = {name: self.problem_of(name) for name in expected}
        self.assertEqual({name: found[name]["problem"] for name in expected}, expected)
        self.assertIn("text/html", found["html"]["reason"])
        self.assertIn("--tool-targets", found["private"]["reason"])
        self.assertIn("status 500", found["broken"]["reason"])

    def test_what_a_tool_says_makes_no_tool_run(self):
        self.type("Look.", [("injection", {})],
                  [("book", {"day": "2026-11-30", "people": 12})], "Shall I book for twelve?")
        self.assertEqual(self.company.booked, [])
        self.assertEqual(self.events("tool.failed")[0]["problem"], "not_confirmed")
        self.type("Yes.", [("book", {"day": "2026-11-30", "people": 2})], "It is booked.")
        self.assertEqual(self.company.booked, [{"day": "2026-11-30", "people": 2}])

    def test_a_booking_is_made_once_though_the_caller_leaves_in_the_middle(self):
        booking = ("book", {"day": "2026-11-30", "people": 4})
        self.company.may_answer.clear()
        self.type("Hello.", "Good morning.")
        self.stub.script = [[booking]]
        connection = http.client.HTTPConnection("127.0.0.1", self.server.port)
        connection.request("POST", f"/api/conversations/{self.identity}/messages",
                           json.dumps({"text": "Book for four."}),
                           {"Authorization": f"Bearer {self.server.key}",
                            "Content-Type": "application/json"})
        self.assertTrue(self.company.has_booked.wait(product.PATIENCE))
        connection.close()
        self.company.may_answer.set()
        self.events("tool.finished")
        self.assertEqual(self.type("Did you?", [booking], "Yes, A-17."), "Yes, A-17.")
        self.assertEqual(len(self.company.booked), 1)
        self.assertIn("A-17", self.told()[-1])

    def test_what_was_done_is_known_to_later_answers(self):
        self.type("Book.", [("book", {"day": "2026-11-30", "people": 3})], "Done: A-17.")
        self.type("What was the number?", "A-17.")
        self.assertIn("A-17", self.told()[0])

    def test_a_tool_that_cannot_work_is_refused_with_its_place(self):
        def wrong_in(**changes):
            body = tool("/slots/{day}", "https://crm.example", parameters=DAY)
            body["configuration"].update(changes)
            status, problem = self.server.call("PUT", "/api/tools/wrong", body)
            self.assertEqual(status, 422, problem)
            return {error["pointer"] for error in problem["issues"]}

        self.assertEqual(wrong_in(parameters={"type": "object", "oneOf": []}),
                         {"/configuration/parameters/oneOf", "/configuration/http/url"})
        self.assertEqual(wrong_in(http={"url": "ftp://crm.example"}), {"/configuration/http/url"})
        self.assertEqual(wrong_in(http={"url": "https://{day}.example/"}),
                         {"/configuration/http/url"})
        self.assertEqual(wrong_in(http={"url": "https://crm.example", "result": "$..a"}),
                         {"/configuration/http/result"})
        self.assertEqual(
            wrong_in(http={"url": "https://crm.example",
                           "headers": [{"name": "Host", "value": "secret:nobody-has-this"}]}),
            {"/configuration/http/headers/0/name"})
        self.assertEqual(
            wrong_in(http={"url": "https://crm.example",
                           "headers": [{"name": "X-Key", "value": "secret:nobody-has-this"}]}),
            {"/configuration/http/headers/0/value"})
        self.assertEqual(wrong_in(http=None), {"/configuration/http"})

    def test_an_agent_names_tools_that_there_are(self):
        status, problem = openai_test.patch(self.server, {"tools": ["book", "nothing", "book"]})
        self.assertEqual(status, 422, problem)
        self.assertEqual([error["pointer"] for error in problem["issues"]],
                         ["/configuration/tools/1", "/configuration/tools/2"])

    def test_a_tool_is_changed_by_who_read_it_last_and_removed(self):
        made = self.make("short-lived", tool("/broken", self.company.target))
        self.assertEqual(made["revision"], 1)
        changed = self.make("short-lived", tool("/broken", self.company.target), 200)
        self.assertEqual(changed["revision"], 2)
        self.assertEqual(self.server.call("DELETE", "/api/tools/short-lived")[0], 204)
        self.assertEqual(self.server.call("GET", "/api/tools/short-lived")[0], 404)


if __name__ == "__main__":
    unittest.main()
