"""livekit-agents' AgentSession with its Silero detector, its sound bound to a Twilio WebSocket.

Best settings: 200 ms of silence end a turn, the detector alone decides, an interruption needs
200 ms, sound goes out in 20 ms frames, 8 kHz throughout, uvloop. Left out, in its favour: its media
server with WebRTC and Opus, its one process for each call, and the vendors' own plugins.
Frames go out ahead of time and the carrier's player holds them, so `late` says nothing about it.

environment: PORT, PROVIDERS=127.0.0.1:9100
"""

import asyncio
import audioop
import base64
import json
import logging
import os
import time

import aiohttp
import openai as openai_client
import uvloop
from aiohttp import web
from livekit import rtc
from livekit.agents import DEFAULT_API_CONNECT_OPTIONS, Agent, AgentSession, stt, tts
from livekit.agents.types import NOT_GIVEN
from livekit.agents.voice import io
from livekit.plugins import openai, silero

PROVIDERS = os.environ["PROVIDERS"]
RATE = 8000
SECONDS = 0.2
TURNS = {"turn_detection": "vad",
         "interruption": {"mode": "vad", "min_duration": SECONDS,
                          "resume_false_interruption": False},
         "endpointing": {"min_delay": SECONDS, "max_delay": SECONDS},
         "preemptive_generation": {"enabled": False}}

logging.basicConfig(level=logging.ERROR)
MODEL = openai_client.AsyncClient(api_key="x", base_url=f"http://{PROVIDERS}/v1")
DETECTOR = silero.VAD.load(sample_rate=RATE, min_silence_duration=SECONDS)


class Shared:
    http = None


class LiveRecognizer(stt.STT):
    def __init__(self):
        super().__init__(capabilities=stt.STTCapabilities(streaming=True, interim_results=True))

    async def _recognize_impl(self, buffer, *, language=NOT_GIVEN, conn_options=None):
        raise NotImplementedError

    def stream(self, *, language=NOT_GIVEN, conn_options=DEFAULT_API_CONNECT_OPTIONS):
        return LiveStream(stt=self, conn_options=conn_options, sample_rate=RATE)


class LiveStream(stt.RecognizeStream):
    async def _run(self):
        url = f"ws://{PROVIDERS}/v1/listen?encoding=linear16&sample_rate={RATE}"
        async with Shared.http.ws_connect(url, compress=0) as socket:
            sending = asyncio.create_task(self.send(socket))
            try:
                async for message in socket:
                    if message.type == aiohttp.WSMsgType.TEXT:
                        self._event_ch.send_nowait(self.event_of(json.loads(message.data)))
            finally:
                sending.cancel()

    async def send(self, socket):
        async for frame in self._input_ch:
            if isinstance(frame, rtc.AudioFrame):
                await socket.send_bytes(frame.data.tobytes())

    @staticmethod
    def event_of(result):
        kinds = stt.SpeechEventType
        words = result["channel"]["alternatives"][0]["transcript"]
        return stt.SpeechEvent(
            type=kinds.FINAL_TRANSCRIPT if result["is_final"] else kinds.INTERIM_TRANSCRIPT,
            alternatives=[stt.SpeechData(language="en", text=words)])


class Voice(tts.TTS):
    def __init__(self):
        super().__init__(capabilities=tts.TTSCapabilities(streaming=False), sample_rate=RATE,
                         num_channels=1)

    def synthesize(self, text, *, conn_options=DEFAULT_API_CONNECT_OPTIONS):
        return Spoken(tts=self, input_text=text, conn_options=conn_options)


class Spoken(tts.ChunkedStream):
    async def _run(self, output):
        asked = {"input": self._input_text, "response_format": "pcm", "sample_rate": RATE}
        async with Shared.http.post(f"http://{PROVIDERS}/v1/audio/speech", json=asked) as answer:
            output.initialize(request_id="x", sample_rate=RATE, num_channels=1,
                              mime_type="audio/pcm", frame_size_ms=20)
            async for part in answer.content.iter_chunked(RATE // 5):
                output.push(part)
            output.flush()


class Ear(io.AudioInput):
    def __init__(self):
        super().__init__(label="carrier")
        self.frames = asyncio.Queue()

    async def __anext__(self):
        samples = await self.frames.get()
        return rtc.AudioFrame(samples, RATE, 1, len(samples) // 2)


class Mouth(io.AudioOutput):
    """Sends each frame at once; when the carrier's player has played it is known by the clock."""

    def __init__(self, socket, stream):
        super().__init__(label="carrier", capabilities=io.AudioOutputCapabilities(pause=False),
                         sample_rate=RATE)
        self.socket, self.stream = socket, stream
        self.began, self.seconds, self.end = None, 0.0, None

    async def capture_frame(self, frame):
        await super().capture_frame(frame)
        if self.began is None:
            self.began, self.seconds = asyncio.get_running_loop().time(), 0.0
            self.on_playback_started(created_at=time.time())
        self.seconds += frame.duration
        payload = base64.b64encode(audioop.lin2ulaw(bytes(frame.data), 2)).decode()
        await self.socket.send_str('{"event":"media","streamSid":"%s","media":{"payload":"%s"}}'
                                   % (self.stream, payload))

    def flush(self):
        super().flush()
        if self.began is not None:
            self.end = asyncio.get_running_loop().call_at(self.began + self.seconds, self.played,
                                                          False, self.seconds)

    def played(self, interrupted, position):
        self.end = self.began = None
        self.on_playback_finished(playback_position=position, interrupted=interrupted)

    def clear_buffer(self):
        if self.end:
            self.end.cancel()
        if self.began is None:
            return
        asyncio.ensure_future(
            self.socket.send_str('{"event":"clear","streamSid":"%s"}' % self.stream))
        super().flush()
        elapsed = asyncio.get_running_loop().time() - self.began
        self.played(True, min(self.seconds, elapsed))


async def begin(socket, stream):
    session = AgentSession(stt=LiveRecognizer(), vad=DETECTOR,
                           llm=openai.LLM(model="stub", client=MODEL), tts=Voice(),
                           turn_handling=TURNS, aec_warmup_duration=None, user_away_timeout=None)
    ear = session.input.audio = Ear()
    session.output.audio = Mouth(socket, stream)
    await session.start(Agent(instructions="You are brief."), record=False)
    return session, ear


async def call(request):
    if Shared.http is None:
        Shared.http = aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0))
    socket = web.WebSocketResponse(compress=False)
    await socket.prepare(request)
    session = ear = None
    try:
        async for text in socket:
            message = json.loads(text.data) if text.type == aiohttp.WSMsgType.TEXT else {}
            if message.get("event") == "media" and ear:
                codes = base64.b64decode(message["media"]["payload"])
                ear.frames.put_nowait(audioop.ulaw2lin(codes, 2))
            elif message.get("event") == "start":
                session, ear = await begin(socket, message["streamSid"])
            elif message.get("event") == "stop":
                break
    finally:
        if session:
            await session.aclose()
    return socket


if __name__ == "__main__":
    uvloop.install()
    app = web.Application()
    app.router.add_get("/ws", call)
    web.run_app(app, host="127.0.0.1", port=int(os.environ["PORT"]), print=None)
