"""Drives the embedded endpoint with the official OpenAI SDK: models, a stream, completions with references, errors.

    pip install openai
    plantain serve --delay 300          # prints its base URL
    python3 tests/soak/sdk.py http://127.0.0.1:PORT/v1
"""
import base64
import struct
import sys
import time
import urllib.request

import openai

client = openai.OpenAI(base_url=sys.argv[1], api_key="sk-demo", max_retries=0)

# 1. Models.
ids = [m.id for m in client.models.list()]
assert ids[0] == "NanoBanana" and len(ids) == 8, ids
print("models:", ", ".join(ids))

# 2. A stream; the SDK merges extra_body into the root.
def stream(**more):
    begun, text, outputs, finish = time.time(), [], [], None
    for chunk in client.chat.completions.create(
        model="NanoBananaPro-1K",
        messages=[{"role": "user", "content": "a cute cat"}],
        extra_body={"google": {"image_config": {"aspect_ratio": "16:9", "output_format": "png"}}, **more},
        stream=True,
    ):
        choice = chunk.choices[0]
        if choice.delta.content:
            text.append(choice.delta.content)
        finish = choice.finish_reason or finish
        media = getattr(chunk, "media", None)
        outputs += media["outputs"] if media else []
    return text, outputs, finish, time.time() - begun

text, outputs, finish, seconds = stream()
assert finish == "stop" and text[-1] == outputs[0], (finish, text)
assert "".join(text).splitlines()[-1] == outputs[0]
print("stream:", len(text), "deltas in", round(seconds, 2), "s:", text[:-1], outputs[0])

with urllib.request.urlopen(outputs[0]) as answer:
    png = answer.read()
    assert answer.headers["content-type"] == "image/png" and answer.headers["plantain-demo"] == "1"
assert png[:8] == b"\x89PNG\r\n\x1a\n" and struct.unpack(">II", png[16:24]) == (1376, 768)
print("picture:", len(png), "bytes,", struct.unpack(">II", png[16:24]))

# 3. Without a stream, with both forms of reference picture.
for url in (outputs[0], "data:image/png;base64," + base64.b64encode(png).decode()):
    done = client.chat.completions.create(
        model="NanoBanana2-0.5K",
        messages=[{"role": "user", "content": [
            {"type": "text", "text": "the same at night"},
            {"type": "image_url", "image_url": {"url": url}},
        ]}],
        extra_body={"--aspect_ratio": "3:2", "--output_format": "jpeg"},
    )
    choice = done.choices[0]
    assert choice.finish_reason == "stop" and done.media["outputs"] == [choice.message.content]
    print("completion:", done.id, choice.message.content, done.usage.total_tokens, "tokens")

# 4. Errors.
for more, param in (
    (dict(model="NanoBananaPro-8K"), "model"),
    (dict(messages=[]), "messages"),
    (dict(extra_body={"--aspect_ratio": "1:1", "google": {"image_config": {"aspect_ratio": "16:9"}}}),
     "google.image_config.aspect_ratio"),
    (dict(extra_body={"--output_format": "gif"}), "--output_format"),
):
    request = dict(model="NanoBanana", messages=[{"role": "user", "content": "x"}])
    for streaming in (False, True):
        try:
            client.chat.completions.create(**{**request, **more}, stream=streaming)
            raise SystemExit(f"not refused: {more}")
        except openai.BadRequestError as e:
            assert e.param == param and e.type == "invalid_request_error", (e.param, e.body)
            assert e.response.headers["plantain-demo"] == "1"
            refusal = f"{e.param} | {e.code} | {e.body['message']}"
    print("refused:", refusal)
try:
    openai.OpenAI(base_url=sys.argv[1] + "/nothing", api_key="x", max_retries=0).models.list()
    raise SystemExit("a wrong path was answered")
except openai.NotFoundError as e:
    print("refused:", e.status_code, e.body["message"])
print("all well")
