"""The vendor's own client, unmodified, against the stub at argv[1]; prints what it understood."""

import io
import json
import sys
import wave

import openai


def silence():
    file = io.BytesIO()
    with wave.open(file, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(16_000)
        sound.writeframes(bytes(32_000))
    file.seek(0)
    file.name = "speech.wav"
    return file


def failure_of(client, model):
    try:
        client.chat.completions.create(model=model, messages=[{"role": "user", "content": "Hi"}])
    except openai.APIStatusError as error:
        return [type(error).__name__, error.status_code, error.code]
    return None


def main():
    client = openai.OpenAI(base_url=sys.argv[1], api_key="sk-test", max_retries=0, timeout=20)
    hello = [{"role": "user", "content": "Hi"}]
    tools = [{"type": "function",
              "function": {"name": "book", "parameters": {"type": "object", "properties": {}}}}]
    seen = {}
    whole = client.chat.completions.create(model="stub", messages=hello)
    seen["whole"] = [whole.choices[0].message.content, whole.usage.total_tokens]
    streamed, usage, reason = "", None, None
    for chunk in client.chat.completions.create(model="stub", messages=hello, stream=True,
                                                stream_options={"include_usage": True}):
        usage = chunk.usage or usage
        for choice in chunk.choices:
            streamed += choice.delta.content or ""
            reason = choice.finish_reason or reason
    seen["streamed"] = [streamed, reason, usage.prompt_tokens, usage.completion_tokens]
    called = client.chat.completions.create(model="stub-tool", messages=hello, tools=tools)
    function = called.choices[0].message.tool_calls[0].function
    seen["tool"] = [function.name, json.loads(function.arguments)]
    name, arguments = "", ""
    for chunk in client.chat.completions.create(model="stub-tool", messages=hello, tools=tools,
                                                stream=True):
        for part in chunk.choices[0].delta.tool_calls or []:
            name += part.function.name or ""
            arguments += part.function.arguments or ""
    seen["streamed_tool"] = [name, json.loads(arguments)]
    seen["transcript"] = client.audio.transcriptions.create(model="stub", file=silence()).text
    seen["transcript_events"] = [
        event.type for event in client.audio.transcriptions.create(model="stub", file=silence(),
                                                                   stream=True)]
    with client.audio.speech.with_streaming_response.create(
            model="stub", voice="alloy", input="Hello there.", response_format="pcm") as speech:
        seen["speech_bytes"] = len(b"".join(speech.iter_bytes()))
    seen["refusals"] = [failure_of(client, f"stub-{status}") for status in (401, 429, 500)]
    print(json.dumps(seen))


if __name__ == "__main__":
    main()
