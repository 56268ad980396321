"""Asks the carriers' own helpers, and pipecat-ai's serializers, what they would have said.

Runs in the Python of requirements.txt: one JSON question a line, one JSON answer a line.
"""

import asyncio
import base64
import json
import sys
import types

from loguru import logger

logger.remove()  # the answers have standard output to themselves, and nobody reads the rest

from nacl.signing import SigningKey  # noqa: E402, after the logger
from pipecat.frames.frames import InterruptionFrame, OutputAudioRawFrame  # noqa: E402
from pipecat.serializers.plivo import PlivoFrameSerializer  # noqa: E402
from pipecat.serializers.telnyx import TelnyxFrameSerializer  # noqa: E402
from pipecat.serializers.twilio import TwilioFrameSerializer  # noqa: E402
from plivo import plivoxml  # noqa: E402
from plivo.utils.signature_v3 import construct_post_url, get_signature_v3  # noqa: E402
from telnyx.lib.webhook_verification import verify_webhook_signature  # noqa: E402
from twilio.request_validator import RequestValidator  # noqa: E402
from twilio.twiml.voice_response import VoiceResponse  # noqa: E402


def serializer(dialect, stream):
    if dialect == "twilio":
        kind = TwilioFrameSerializer
        made = kind(stream, params=kind.InputParams(auto_hang_up=False))
    elif dialect == "telnyx":
        kind = TelnyxFrameSerializer
        made = kind(stream, "PCMU", "PCMU", params=kind.InputParams(auto_hang_up=False))
    else:
        kind = PlivoFrameSerializer
        made = kind(stream, params=kind.InputParams(auto_hang_up=False))
    asyncio.run(made.setup(types.SimpleNamespace(audio_in_sample_rate=8000)))
    return made


def play(dialect, stream, pcm):
    """The message in which pipecat would send this sound (8 kHz, s16) to the carrier."""
    frame = OutputAudioRawFrame(audio=base64.b64decode(pcm), sample_rate=8000, num_channels=1)
    return json.loads(asyncio.run(serializer(dialect, stream).serialize(frame)))


def clear(dialect, stream):
    return json.loads(asyncio.run(serializer(dialect, stream).serialize(InterruptionFrame())))


def decode(dialect, stream, message):
    """The sound that pipecat hears in a carrier's message."""
    frame = asyncio.run(serializer(dialect, stream).deserialize(json.dumps(message)))
    return base64.b64encode(frame.audio).decode()


def xml(dialect, url, token):
    """What the vendor's builder writes, where it has one."""
    if dialect == "twilio":
        response = VoiceResponse()
        response.connect().stream(url=url).parameter(name="token", value=token)
        return str(response)
    response = plivoxml.ResponseElement()
    response.add(plivoxml.StreamElement(f"{url}?token={token}", bidirectional=True,
                                        keepCallAlive=True,
                                        contentType="audio/x-mulaw;rate=8000"))
    response.add(plivoxml.HangupElement())
    return response.to_string(False)


def sign(dialect, url, form, secret, body, stamp):
    """The headers that make the carrier's request genuine."""
    if dialect == "twilio":
        return {"X-Twilio-Signature": RequestValidator(secret).compute_signature(url, form)}
    if dialect == "plivo":
        signature = get_signature_v3(secret.encode(), construct_post_url(url, form).decode(), b"n1")
        return {"X-Plivo-Signature-V3": signature.decode(), "X-Plivo-Signature-V3-Nonce": "n1"}
    key = SigningKey(bytes(range(32)))
    signature = base64.b64encode(key.sign(f"{stamp}|{body}".encode()).signature).decode()
    headers = {"Telnyx-Signature-Ed25519": signature, "Telnyx-Timestamp": str(stamp)}
    verify_webhook_signature(body, headers, base64.b64encode(bytes(key.verify_key)).decode())
    return headers


ANSWERS = {"play": play, "clear": clear, "decode": decode, "xml": xml, "sign": sign}

for line in sys.stdin:
    asked = json.loads(line)
    print(json.dumps(ANSWERS[asked.pop("do")](**asked)), flush=True)
