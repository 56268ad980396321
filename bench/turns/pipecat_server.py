"""pipecat with its default settings behind a Twilio media socket; the providers are stubs.

One call per socket. The recognizer stub says the true words of the corpus item that the runner
names (POST /item/CALL), 200 ms after their sound has arrived, by the count of samples; a run of
words becomes final 200 ms after its end where at least 200 ms of silence follow. The synthesizer
stub answers after 100 ms with the sound of agent.wav. The model is the runner's stub.

environment: CORPUS folder, STUB base URL of the model, PORT; for points of the curve beside the
default: VAD_STOP seconds, SMART_STOP seconds, TIMEOUT seconds (silence alone, no Smart Turn)
"""

import asyncio
import json
import os
import pathlib
import re
import sys

from loguru import logger

logger.remove()
logger.add(sys.stderr, level=os.environ.get("LOG", "ERROR"))

import numpy as np  # noqa: E402
import soundfile  # noqa: E402
import uvicorn  # noqa: E402
from fastapi import FastAPI, Request, WebSocket  # noqa: E402
from pipecat.audio.turn.smart_turn.base_smart_turn import SmartTurnParams  # noqa: E402
from pipecat.audio.turn.smart_turn.local_smart_turn_v3 import (  # noqa: E402
    LocalSmartTurnAnalyzerV3)
from pipecat.audio.vad.silero import SileroVADAnalyzer  # noqa: E402
from pipecat.audio.vad.vad_analyzer import VADParams  # noqa: E402
from pipecat.frames.frames import (InterimTranscriptionFrame, LLMRunFrame,  # noqa: E402
                                   TranscriptionFrame, TTSAudioRawFrame)
from pipecat.pipeline.pipeline import Pipeline  # noqa: E402
from pipecat.pipeline.worker import PipelineParams, PipelineWorker  # noqa: E402
from pipecat.processors.aggregators.llm_context import LLMContext  # noqa: E402
from pipecat.processors.aggregators.llm_response_universal import (  # noqa: E402
    LLMContextAggregatorPair, LLMUserAggregatorParams)
from pipecat.serializers.twilio import TwilioFrameSerializer  # noqa: E402
from pipecat.services.openai.llm import OpenAILLMService  # noqa: E402
from pipecat.services.settings import STTSettings, TTSSettings  # noqa: E402
from pipecat.services.stt_service import STTService  # noqa: E402
from pipecat.services.tts_service import TTSService  # noqa: E402
from pipecat.transports.websocket.fastapi import (FastAPIWebsocketParams,  # noqa: E402
                                                  FastAPIWebsocketTransport)
from pipecat.turns.user_stop import (SpeechTimeoutUserTurnStopStrategy,  # noqa: E402
                                     TurnAnalyzerUserTurnStopStrategy)
from pipecat.turns.user_turn_strategies import UserTurnStrategies  # noqa: E402
from pipecat.utils.time import time_now_iso8601  # noqa: E402
from pipecat.workers.runner import WorkerRunner  # noqa: E402

RATE = 8000
WORD_DELAY_MS, SPEECH_DELAY_MS, PAUSE_MS = 200, 100, 200
CORPUS = pathlib.Path(os.environ["CORPUS"])
DOCUMENT = json.loads((CORPUS / "corpus.json").read_text())
ITEMS = {item["id"]: item for item in DOCUMENT["items"]}
AGENT, _ = soundfile.read(CORPUS / DOCUMENT["agent"]["wav"], dtype="int16")
RECOGNIZERS = {}


def letters(text):
    return re.sub(r"[^a-z]", "", text.lower())


def agent_sound(text):
    """The part of agent.wav that says `text`; of another text, as much sound as it has letters."""
    words, wanted = DOCUMENT["agent"]["words"], letters(text)
    for first in range(len(words)):
        said = ""
        for last in range(first, len(words)):
            said += letters(words[last]["text"])
            if said == wanted:
                end = (words[last + 1]["start_ms"] if last + 1 < len(words)
                       else DOCUMENT["agent"]["duration_ms"])
                return AGENT[words[first]["start_ms"] * RATE // 1000:end * RATE // 1000]
            if not wanted.startswith(said):
                break
    return AGENT[:len(wanted) * 65 * RATE // 1000]


def results_of(item, offset_ms):
    """[(stream ms, text, is final)] of an item whose sound begins at offset_ms of the stream."""
    results, said, words = [], [], item["words"]
    for number, word in enumerate(words):
        said.append(word["text"])
        following = words[number + 1]["start_ms"] if number + 1 < len(words) else None
        final = following is None or any(
            start >= word["end_ms"] - 150 and end <= following + 150 and end - start >= PAUSE_MS
            for start, end in item["pauses"])
        results.append((offset_ms + word["end_ms"] + WORD_DELAY_MS, " ".join(said), final))
        if final:
            said = []
    return results


class StubRecognizer(STTService):
    def __init__(self, **options):
        super().__init__(ttfs_p99_latency=0.2, settings=STTSettings(model=None, language=None),
                         **options)
        self.received = 0
        self.pending = []

    async def run_stt(self, audio):
        self.received += len(audio) // 2
        while self.pending and self.pending[0][0] <= self.received * 1000 // RATE:
            _, text, final = self.pending.pop(0)
            if final:
                await self.push_frame(TranscriptionFrame(text, "", time_now_iso8601(),
                                                         finalized=True))
            else:
                await self.push_frame(InterimTranscriptionFrame(text, "", time_now_iso8601()))
        yield None


class StubSynthesizer(TTSService):
    def __init__(self, **options):
        super().__init__(push_start_frame=True, push_stop_frames=True,
                         settings=TTSSettings(model=None, voice=None, language=None), **options)

    async def run_tts(self, text, context_id):
        await asyncio.sleep(SPEECH_DELAY_MS / 1000)
        sound = np.asarray(agent_sound(text), dtype="<i2")
        for at in range(0, len(sound), RATE // 5):
            yield TTSAudioRawFrame(sound[at:at + RATE // 5].tobytes(), RATE, 1,
                                   context_id=context_id)


def user_parameters():
    """pipecat's defaults; what an environment variable names is set, and nothing else."""
    changed = {}
    analyzer = SileroVADAnalyzer()
    if "VAD_STOP" in os.environ:
        analyzer = SileroVADAnalyzer(params=VADParams(stop_secs=float(os.environ["VAD_STOP"])))
    if "SMART_STOP" in os.environ:
        smart = LocalSmartTurnAnalyzerV3(
            params=SmartTurnParams(stop_secs=float(os.environ["SMART_STOP"])))
        changed["user_turn_strategies"] = UserTurnStrategies(
            stop=[TurnAnalyzerUserTurnStopStrategy(turn_analyzer=smart)])
    elif "TIMEOUT" in os.environ:
        changed["user_turn_strategies"] = UserTurnStrategies(stop=[
            SpeechTimeoutUserTurnStopStrategy(user_speech_timeout=float(os.environ["TIMEOUT"]))])
    return LLMUserAggregatorParams(vad_analyzer=analyzer, **changed)


app = FastAPI()


@app.post("/item/{call}")
async def item(call: str, request: Request):
    wanted = await request.json()
    RECOGNIZERS[call].pending = results_of(ITEMS[wanted["id"]], wanted["stream_ms"])
    return {}


@app.websocket("/ws")
async def socket(connection: WebSocket):
    await connection.accept()
    incoming = connection.iter_text()
    await anext(incoming)
    start = json.loads(await anext(incoming))["start"]
    call = start["callSid"]
    transport = FastAPIWebsocketTransport(connection, FastAPIWebsocketParams(
        audio_in_enabled=True, audio_out_enabled=True, serializer=TwilioFrameSerializer(
            start["streamSid"], call,
            params=TwilioFrameSerializer.InputParams(auto_hang_up=False))))
    context = LLMContext([{"role": "system", "content": "You are brief."}])
    # Loading a call's models takes 400 ms: on the loop that would be a hole in every other call.
    pair = await asyncio.to_thread(
        lambda: LLMContextAggregatorPair(context, user_params=user_parameters()))
    RECOGNIZERS[call] = recognizer = StubRecognizer()
    model = OpenAILLMService(api_key="none", base_url=f"{os.environ['STUB']}/v1",
                             settings=OpenAILLMService.Settings(model=call))
    worker = PipelineWorker(
        Pipeline([transport.input(), recognizer, pair.user(), model, StubSynthesizer(),
                  transport.output(), pair.assistant()]),
        params=PipelineParams(audio_in_sample_rate=RATE, audio_out_sample_rate=RATE),
        enable_rtvi=False, enable_turn_tracking=False)

    @transport.event_handler("on_client_connected")
    async def connected(_, __):
        if start["customParameters"].get("speaks_first"):
            await worker.queue_frames([LLMRunFrame()])

    @transport.event_handler("on_client_disconnected")
    async def gone(_, __):
        RECOGNIZERS.pop(call, None)
        await worker.cancel()

    runner = WorkerRunner(handle_sigint=False)
    await runner.add_workers(worker)
    await runner.run()


if __name__ == "__main__":
    uvicorn.run(app, host="127.0.0.1", port=int(os.environ["PORT"]), log_level="error",
                ws_per_message_deflate=False)
