"""An agent is switched from the embedded engines to a server of OpenAI's wire by its configuration
alone, typed and spoken, and nobody is left in silence when that server misbehaves."""

import http.client
import json
import pathlib
import sys
import unittest
import wave

import openai_stub

TESTS = pathlib.Path(__file__).parents[1]
sys.path.insert(0, str(TESTS / "faults"))
import product  # noqa: E402, the folder must be known first

KEY = "sk-secret-of-the-test-987654"
QUESTION = TESTS / "e2e/assets/are-you-open-on-saturday.wav"
FRAME = 640  # 20 ms at 16 kHz


def patch(server, configuration):
    listed = server.call("GET", "/api/agents")[1]["items"]
    identity = next(agent["id"] for agent in listed if agent["slug"] == "front-desk")
    status, agent = server.call("PATCH", f"/api/agents/{identity}",
                                {"configuration": configuration})
    return status, agent


def configure(server, configuration):
    status, agent = patch(server, configuration)
    assert status == 200, agent


def events_of(server, path, body):
    """What a typed message is answered with: names and documents of the events."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=product.PATIENCE)
    connection.request("POST", path, json.dumps(body),
                       {"Authorization": f"Bearer {server.key}",
                        "Content-Type": "application/json"})
    response = connection.getresponse()
    text = response.read().decode()
    connection.close()
    assert response.status == 200, text
    events = []
    for block in text.strip().split("\n\n"):
        fields = dict(line.partition(": ")[::2] for line in block.split("\n"))
        events.append((fields.get("event", "message"), json.loads(fields.get("data", "null"))))
    return events


@unittest.skipIf(product.is_missing(), "build/release/antiphon is not built")
class OpenAiProviders(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = product.new_folder()
        cls.addClassCleanup(product.remove, cls.folder)
        cls.stub = openai_stub.OpenAiStub()
        cls.addClassCleanup(cls.stub.stop)
        cls.log = open(f"{cls.folder}/log", "w+")  # noqa: SIM115, closed by the clean-up
        cls.addClassCleanup(cls.log.close)
        cls.server = product.Product(cls.folder, ["--provider-targets", cls.stub.target],
                                     stderr=cls.log)
        cls.addClassCleanup(lambda: cls.server.process.poll() is None and cls.server.stop())
        status, made = cls.server.call("PUT", "/api/secrets/openai",
                                       {"kind": "provider_key", "value": KEY})
        assert status == 201, made

    def account(self, model="stub", **more):
        return {"provider": "openai", "model": model, "base_url": self.stub.base_url,
                "secret": "openai", **more}

    def use_model(self, model="stub", **more):
        configure(self.server, {"language_model": self.account(model, **more)})

    def type(self, text="When do you open?"):
        status, opened = self.server.call("POST", "/api/conversations",
                                          {"agent": "front-desk", "mode": "text"})
        self.assertEqual(status, 201, opened)
        identity = opened["conversation"]["id"]
        return identity, events_of(self.server, f"/api/conversations/{identity}/messages",
                                   {"text": text})

    def answer_to(self, model, **more):
        """All the text that came, and the problem if there was one."""
        self.use_model(model, **more)
        events = self.type()[1]
        text = "".join(event.get("text", "") for name, event in events if name != "error")
        return text, next((event for name, event in events if name == "error"), None)

    def test_answers_a_typed_question_with_what_was_said_before(self):
        self.server.wait_for_speech()  # its embeddings find the passages
        self.use_model()
        identity, events = self.type()
        said = "".join(event.get("text", "") for name, event in events if name != "error")
        self.assertEqual(said, openai_stub.WORDS)
        events_of(self.server, f"/api/conversations/{identity}/messages",
                  {"text": "And on Saturday?"})
        request = self.stub.requests[-1]
        self.assertEqual(request["key"], f"Bearer {KEY}")
        spoken = [(m["role"], m["content"]) for m in request["body"]["messages"][-3:]]
        self.assertEqual(spoken, [("user", "When do you open?"), ("assistant", openai_stub.WORDS),
                                  ("user", "And on Saturday?")])
        # The demo agent's knowledge goes with the question.
        self.assertIn("Saturday", request["body"]["messages"][0]["content"])

    def test_ends_the_conversation_when_the_model_says_goodbye(self):
        self.use_model("stub-goodbye")
        identity, events = self.type("Bye!")
        self.assertTrue(any(event.get("text") for _, event in events), events)
        for _ in range(2_000):
            if self.server.conversation(identity)["status"] == "ended":
                return
        self.fail("the conversation goes on")

    def test_says_what_is_wrong(self):
        for model, start, words in (
                ("stub-401", "", "refused the key"),
                ("stub-429", "", "wait 20 s"),
                ("stub-500", "", "failure of its own"),
                ("stub-html", "", "no server of this kind"),
                ("stub-garbage", "", "no JSON"),
                ("stub-long", "", "over the limit"),
                ("stub-cut", "We open ", "broke off"),
                ("stub-stall", "We open ", "did not answer in time")):
            with self.subTest(model):
                text, problem = self.answer_to(model)
                self.assertEqual(text, start)
                self.assertIn(words, problem["detail"])
                self.assertNotIn(KEY, json.dumps(problem))
        text, problem = self.answer_to("stub-hang", patience_ms=500)
        self.assertIn("did not answer in time", problem["detail"])
        self.assertTrue(self.stub.wait_for(lambda: len(self.stub.gone) >= 2))

    def test_names_a_secret_that_is_not_there_and_an_address_that_is_not_allowed(self):
        self.assertIn("no secret", self.answer_to("stub", secret="typo")[1]["detail"])
        other = "http://127.0.0.1:9/v1"
        self.assertIn("--provider-targets", self.answer_to("stub", base_url=other)[1]["detail"])

    def test_refuses_a_configuration_that_says_too_little(self):
        status, problem = patch(self.server, {"language_model": {
            "provider": "openai", "model": "", "secret": "", "base_url": ""}})
        self.assertEqual(status, 422, problem)
        self.assertIn("/configuration/language_model/model", json.dumps(problem))

    def test_checks_providers_before_a_caller_does(self):
        status, report = self.server.call(
            "POST", "/api/providers/check",
            {"language_model": self.account(), "recognizer": self.account(),
             "voice": self.account("stub-401", name="alloy")})
        self.assertEqual(status, 200, report)
        found = {line["part"]: (line["works"], line["message"]) for line in report["findings"]}
        self.assertEqual(found["language_model"], (True, "the model answers"))
        self.assertEqual(found["recognizer"], (True, "the recognizer takes speech"))
        self.assertFalse(found["voice"][0])
        self.assertIn("refused the key", found["voice"][1])

    def test_holds_a_spoken_conversation_over_the_network(self):
        self.server.wait_for_speech()
        configure(self.server, {"language_model": self.account(), "recognizer": self.account(),
                            "voice": self.account(name="alloy"), "greeting": "Hello there!"})
        self.addCleanup(configure, self.server, {"recognizer": None, "voice": None})
        identity, path = self.server.open_call()
        socket = product.AudioSocket(self.server, path)
        self.addCleanup(socket.close)
        self.assertEqual(socket.status, 101)
        socket.wait_for_audio(10)
        self.speak_until(socket, "transcript.final")
        self.speak_until(socket, "reply.ended")
        socket.send(1, b'{"type":"hang_up"}')
        socket.close_code()
        self.assertTrue(self.stub.last("/audio/transcriptions")["file"].startswith(b"RIFF"))
        self.assertEqual(self.stub.last("/audio/speech")["voice"], "alloy")
        record = json.dumps(self.server.call("GET", f"/api/conversations/{identity}")[1])
        self.assertIn(openai_stub.HEARD, record)
        self.assertIn("We open", record)

    @staticmethod
    def speak_until(socket, event):
        """Says the question, a frame for each that comes, and is silent until the event."""
        with wave.open(str(QUESTION)) as file:
            sound = file.readframes(file.getnframes())
        while frame := socket.receive():
            if frame[0] == 1 and json.loads(frame[1])["type"] == event:
                return
            if frame[0] == 2:
                socket.send(2, (sound[:FRAME] + bytes(FRAME))[:FRAME])
                sound = sound[FRAME:]
        raise AssertionError(f"the call ended before {event}")

    def test_writes_the_key_into_no_log(self):
        self.use_model("stub-401")
        self.type()
        self.log.flush()
        self.assertNotIn(KEY, pathlib.Path(self.log.name).read_text())


if __name__ == "__main__":
    unittest.main()
