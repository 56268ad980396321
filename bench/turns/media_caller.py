"""Callers over Twilio Media Streams in real time, a model stub, and what a caller's player heard.

The clock of a result is the item's: 0 is when the first frame of its wav was sent. A turn item is
sent into a silent call. An over_agent item starts with the first sound of the agent, which was told
to speak first and says the text of agent.wav.
"""

import asyncio
import base64
import contextlib
import itertools
import json
import time

import aiohttp
import numpy as np
import soundfile
from aiohttp import web

import player

FRAME_MS = 20
MODEL_MS, SPEECH_MS = 200, 100
PROVIDER_MS = MODEL_MS + SPEECH_MS  # taken off what a caller waits for the first sound
SHORT_REPLY = "All right, I have noted that for you."
QUIET = b"\xff" * 160


def mu_law(samples):
    """16-bit samples that came from mu-law, as its codes."""
    codes = np.arange(256, dtype=np.uint8)
    inverted = ~codes
    magnitude = (((inverted & 15).astype(np.int32) << 3) + 0x84 << ((inverted >> 4) & 7)) - 0x84
    values = np.where(inverted & 0x80, -magnitude, magnitude)
    order = np.argsort(values, kind="stable")
    found = order[np.clip(np.searchsorted(values[order], samples), 0, 255)]
    return codes[found].tobytes()


class Bench:
    def __init__(self, folder, document):
        self.folder, self.document = folder, document
        self.port = None
        self.late = []
        self.asked = {}   # call -> times at which the model was asked
        self.replies = {}  # call -> what the model says first
        self.numbers = itertools.count(1)

    async def start_model(self):
        app = web.Application()
        app.router.add_post("/v1/chat/completions", self.completion)
        self.runner = web.AppRunner(app)
        await self.runner.setup()
        site = web.TCPSite(self.runner, "127.0.0.1", 0)
        await site.start()
        self.session = aiohttp.ClientSession()
        return self.runner.addresses[0][1]

    async def stop(self):
        await self.session.close()
        await self.runner.cleanup()

    async def completion(self, request):
        now = time.monotonic()
        call = (await request.json())["model"]
        self.asked.setdefault(call, []).append(now)
        text = self.replies.pop(call, SHORT_REPLY)
        await asyncio.sleep(max(0, now + MODEL_MS / 1000 - time.monotonic()))
        answer = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        with contextlib.suppress(ConnectionResetError):  # the peer interrupted its own request
            await answer.prepare(request)
            for token in text.split(" "):
                await answer.write(self.event(call, {"content": token + " "}))
            await answer.write(self.event(call, {}, "stop"))
            await answer.write(b"data: [DONE]\n\n")
        return answer

    @staticmethod
    def event(call, delta, reason=None):
        choice = {"index": 0, "delta": delta, "finish_reason": reason}
        return b"data: " + json.dumps({"id": "x", "object": "chat.completion.chunk", "created": 0,
                                       "model": call, "choices": [choice]}).encode() + b"\n\n"

    async def warm_up(self):
        """One call that counts for nothing: models load on the first."""
        await self.call(self.document["items"][0], limit_ms=3000)

    async def all_calls(self, items, count):
        queue, results = list(reversed(items)), []

        async def caller(number):
            await asyncio.sleep(number * 0.37)
            while queue:
                results.append(await self.call(queue.pop()))

        await asyncio.gather(*(caller(number) for number in range(count)))
        order = {item["id"]: number for number, item in enumerate(items)}
        return sorted(results, key=lambda result: order[result["id"]])

    async def call(self, item, limit_ms=None):
        name = f"call-{next(self.numbers)}"
        over = item["kind"] == "over_agent"
        if over:
            self.replies[name] = self.document["agent"]["text"]
        samples, _ = soundfile.read(self.folder / item["wav"], dtype="int16")
        codes = mu_law(samples[:len(samples) // 160 * 160])
        if limit_ms:
            codes = codes[:limit_ms * 8]
        heard = player.Player()
        async with self.session.ws_connect(f"ws://127.0.0.1:{self.port}/ws") as connection:
            await self.greet(connection, name, over)
            listener = asyncio.create_task(self.listen(connection, heard))
            start = await self.send(connection, name, item, codes, heard, over)
            listener.cancel()
        asked = [round((at - start) * 1000) for at in self.asked.pop(name, [])]
        return player.result_of(item, asked, heard.audible(start), PROVIDER_MS)

    async def greet(self, connection, name, speaks_first):
        await connection.send_json({"event": "connected", "protocol": "Call", "version": "1.0.0"})
        parameters = {"speaks_first": "yes"} if speaks_first else {}
        await connection.send_json({"event": "start", "sequenceNumber": "1", "streamSid": name,
                                    "start": {"streamSid": name, "callSid": name,
                                              "customParameters": parameters, "mediaFormat": {
                                                  "encoding": "audio/x-mulaw", "channels": 1,
                                                  "sampleRate": 8000}}})

    async def listen(self, connection, heard):
        async for message in connection:
            if message.type != aiohttp.WSMsgType.TEXT:
                continue
            event = json.loads(message.data)
            if event["event"] == "media":
                heard.receive(time.monotonic(), base64.b64decode(event["media"]["payload"]))
            elif event["event"] == "clear":
                heard.clear(time.monotonic())

    async def send(self, connection, name, item, codes, heard, over):
        """Sends frames on an absolute schedule; returns when the item's first frame was due."""
        opened, start, frame = time.monotonic(), None, 0
        end = None
        while end is None or frame < end:
            due = opened + frame * FRAME_MS / 1000
            await asyncio.sleep(max(0, due - time.monotonic()))
            self.late.append(round((time.monotonic() - due) * 1000, 1))
            ready = heard.first_sound() is not None if over else frame == 50
            if start is None and ready:
                start, first = due, frame
                end = frame + len(codes) // 160
                await self.session.post(f"http://127.0.0.1:{self.port}/item/{name}", json={
                    "id": item["id"], "stream_ms": frame * FRAME_MS})
            if start is None and frame > 1500:
                raise SystemExit(f"{item['id']}: the agent never spoke")
            at = (frame - first) * 160 if start is not None else None
            payload = QUIET if at is None else codes[at:at + 160]
            await connection.send_json({"event": "media", "streamSid": name, "media": {
                "track": "inbound", "payload": base64.b64encode(payload).decode()}})
            frame += 1
        return start
