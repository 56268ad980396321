"""Turns files as their authors publish them into the form the speech library loads.

Every function maps the bytes of its inputs to the bytes of one file, and always to the same ones:
tools/models.lock.json pins the sha256 of the result.
"""

import base64
import json

FIRST_BYTE_TOKEN, LAST_BYTE_TOKEN = 3, 258  # Moonshine: one token for each of the 256 bytes


def protobuf_varint(number):
    encoded = bytearray()
    while number > 127:
        encoded.append(number & 127 | 128)
        number >>= 7
    encoded.append(number)
    return bytes(encoded)


def with_metadata(model, entries):
    """Appends `metadata_props` (field 14 of ModelProto, repeated): protobuf merges at the end."""
    tail = bytearray()
    for key, value in entries.items():
        key, value = key.encode(), str(value).encode()
        entry = (b"\x0a" + protobuf_varint(len(key)) + key +
                 b"\x12" + protobuf_varint(len(value)) + value)
        tail += b"\x72" + protobuf_varint(len(entry)) + entry
    return model + bytes(tail)


def piper_voice(model, config):
    """Without these entries the speech library ends the whole process when it loads the voice."""
    settings = json.loads(config)
    return with_metadata(model, {
        "model_type": "vits",
        "comment": "piper",
        "language": settings.get("language", {}).get("name_english", "English"),
        "voice": settings["espeak"]["voice"],
        "has_espeak": 1,
        "n_speakers": settings["num_speakers"],
        "sample_rate": settings["audio"]["sample_rate"],
    })


def piper_tokens(config):
    """One `symbol id` line per phoneme, by id."""
    ids = {symbol: numbers[0] for symbol, numbers in json.loads(config)["phoneme_id_map"].items()}
    ordered = sorted(ids.items(), key=lambda item: item[1])
    return "".join(f"{symbol} {number}\n" for symbol, number in ordered).encode()


def moonshine_tokens(tokenizer):
    """One `base64 id` line per token.

    The input is a run of length-prefixed strings; a length of 128 or more takes a second byte
    (low seven bits, then times 128); length 0 is an id that is not used.
    """
    lines, position, number = [], 0, 0
    while position < len(tokenizer):
        length = tokenizer[position]
        position += 1
        if length >= 128:
            length = length - 128 + tokenizer[position] * 128
            position += 1
        piece = tokenizer[position:position + length].replace("▁".encode(), b" ")
        if FIRST_BYTE_TOKEN <= number <= LAST_BYTE_TOKEN:
            piece = bytes([number - FIRST_BYTE_TOKEN])
        lines.append(base64.b64encode(piece or b" ") + b"\t%d\n" % number)
        position += length
        number += 1
    return b"".join(lines)


HOW = {
    "piper_voice": piper_voice,
    "piper_tokens": piper_tokens,
    "moonshine_tokens": moonshine_tokens,
}
