"""pipecat behind its own Twilio serializer, with its Silero detector, at its quickest settings.

Best settings: 200 ms of silence end a turn and nothing is waited for after them (its defaults, with
the turn model, take longer and hold a copy of the model for each call), 8 kHz in and out so that
nothing is resampled, uvloop, no compression, no observers. Its recognizer and voice are thinner
than the vendors' own services that it brings: what is left out counts in its favour.

environment: PORT, PROVIDERS=127.0.0.1:9100
"""

import json
import os
import sys

import aiohttp
import uvicorn
import websockets
from fastapi import FastAPI, WebSocket
from loguru import logger
from pipecat.audio.vad.silero import SileroVADAnalyzer
from pipecat.audio.vad.vad_analyzer import VADParams
from pipecat.frames.frames import InterimTranscriptionFrame, TranscriptionFrame, TTSAudioRawFrame
from pipecat.pipeline.pipeline import Pipeline
from pipecat.pipeline.worker import PipelineParams, PipelineWorker
from pipecat.processors.aggregators.llm_context import LLMContext
from pipecat.processors.aggregators.llm_response_universal import (LLMContextAggregatorPair,
                                                                   LLMUserAggregatorParams)
from pipecat.serializers.twilio import TwilioFrameSerializer
from pipecat.services.openai.llm import OpenAILLMService
from pipecat.services.settings import STTSettings, TTSSettings
from pipecat.services.stt_service import STTService
from pipecat.services.tts_service import TTSService
from pipecat.transports.websocket.fastapi import (FastAPIWebsocketParams,
                                                  FastAPIWebsocketTransport)
from pipecat.turns.user_stop import SpeechTimeoutUserTurnStopStrategy
from pipecat.turns.user_turn_strategies import UserTurnStrategies
from pipecat.utils.time import time_now_iso8601
from pipecat.workers.runner import WorkerRunner

PROVIDERS = os.environ["PROVIDERS"]
RATE = 8000
STOP_SECONDS = 0.2

logger.remove()
logger.add(sys.stderr, level="ERROR")
app = FastAPI()


class Shared:
    http = None


class LiveRecognizer(STTService):
    def __init__(self):
        super().__init__(ttfs_p99_latency=0.2, settings=STTSettings(model=None, language=None))
        self.socket, self.reader = None, None

    async def start(self, frame):
        await super().start(frame)
        self.socket = await websockets.connect(
            f"ws://{PROVIDERS}/v1/listen?encoding=linear16&sample_rate={self.sample_rate}",
            compression=None)
        self.reader = self.create_task(self.read())

    async def read(self):
        async for text in self.socket:
            result = json.loads(text)
            words = result["channel"]["alternatives"][0]["transcript"]
            if result["is_final"]:
                frame = TranscriptionFrame(words, "", time_now_iso8601(), finalized=True)
            else:
                frame = InterimTranscriptionFrame(words, "", time_now_iso8601())
            await self.push_frame(frame)

    async def run_stt(self, audio):
        if self.socket:
            await self.socket.send(audio)
        yield None

    async def release(self):
        socket, self.socket = self.socket, None
        if socket:
            await socket.close()
        reader, self.reader = self.reader, None
        if reader:
            await self.cancel_task(reader)

    async def stop(self, frame):
        await super().stop(frame)
        await self.release()

    async def cancel(self, frame):
        await super().cancel(frame)
        await self.release()


class Voice(TTSService):
    def __init__(self):
        super().__init__(push_start_frame=True, push_stop_frames=True,
                         settings=TTSSettings(model=None, voice=None, language=None))

    async def run_tts(self, text, context_id):
        asked = {"input": text, "response_format": "pcm", "sample_rate": self.sample_rate}
        async with Shared.http.post(f"http://{PROVIDERS}/v1/audio/speech", json=asked) as answer:
            async for part in answer.content.iter_chunked(self.sample_rate // 5):
                yield TTSAudioRawFrame(part, self.sample_rate, 1, context_id=context_id)


def transport_of(socket, start):
    serializer = TwilioFrameSerializer(
        start["streamSid"], start["callSid"],
        params=TwilioFrameSerializer.InputParams(auto_hang_up=False))
    return FastAPIWebsocketTransport(socket, FastAPIWebsocketParams(
        audio_in_enabled=True, audio_out_enabled=True, serializer=serializer))


def context():
    at_once = UserTurnStrategies(stop=[SpeechTimeoutUserTurnStopStrategy(user_speech_timeout=0.0)])
    detector = SileroVADAnalyzer(params=VADParams(stop_secs=STOP_SECONDS))
    return LLMContextAggregatorPair(
        LLMContext([{"role": "system", "content": "You are brief."}]),
        user_params=LLMUserAggregatorParams(vad_analyzer=detector, user_turn_strategies=at_once))


@app.websocket("/ws")
async def call(socket: WebSocket):
    await socket.accept()
    if Shared.http is None:
        Shared.http = aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0))
    messages = socket.iter_text()
    await anext(messages)  # connected
    transport = transport_of(socket, json.loads(await anext(messages))["start"])
    model = OpenAILLMService(api_key="x", base_url=f"http://{PROVIDERS}/v1",
                             settings=OpenAILLMService.Settings(model="stub"))
    pair = context()
    worker = PipelineWorker(
        Pipeline([transport.input(), LiveRecognizer(), pair.user(), model, Voice(),
                  transport.output(), pair.assistant()]),
        params=PipelineParams(audio_in_sample_rate=RATE, audio_out_sample_rate=RATE),
        enable_rtvi=False, enable_turn_tracking=False)

    @transport.event_handler("on_client_disconnected")
    async def gone(_transport, _client):
        await worker.cancel()

    runner = WorkerRunner(handle_sigint=False)
    await runner.add_workers(worker)
    await runner.run()


if __name__ == "__main__":
    uvicorn.run(app, host="127.0.0.1", port=int(os.environ["PORT"]), loop="uvloop",
                log_level="error", ws_per_message_deflate=False)
