"""One request on one connection, and its answer with the parts of a multipart taken apart."""

from __future__ import annotations

import re
import shlex
import socket
from dataclasses import dataclass
from functools import cached_property

from combinations import Combination, Fields

TIMEOUT_SECONDS = 10.0
CONTENT_RANGE = re.compile(r"bytes (\d+)-(\d+)/(\d+)")


class BadAnswer(Exception):
    """What no client could read."""


@dataclass(frozen=True)
class Part:
    first: int
    last: int
    size: int  # of the whole representation
    content: bytes


@dataclass(frozen=True)
class Answer:
    status: int
    fields: dict[str, str]  # names in lower case
    body: bytes

    def field(self, name: str) -> str:
        return self.fields.get(name.lower(), "")

    @property
    def coding(self) -> str:
        return self.field("Content-Encoding") or "identity"

    @property
    def is_multipart(self) -> bool:
        return self.field("Content-Type").startswith("multipart/byteranges")

    @property
    def varies(self) -> bool:
        return "accept-encoding" in self.field("Vary").lower()

    @cached_property
    def parts(self) -> tuple[Part, ...]:
        if self.status != 206 or not self.body:
            return ()
        if not self.is_multipart:
            return (make_part(self.field("Content-Range"), self.body),)
        return tuple(parse_multipart(self.field("Content-Type"), self.body))


def make_part(content_range: str, content: bytes) -> Part:
    match = CONTENT_RANGE.fullmatch(content_range)
    if match is None:
        raise BadAnswer(f"a part with Content-Range {content_range!r}")
    first, last, size = (int(group) for group in match.groups())
    return Part(first, last, size, content)


def parse_fields(lines: list[str]) -> dict[str, str]:
    fields: dict[str, str] = {}
    for line in lines:
        name, _, value = line.partition(":")
        known = fields.get(name.lower())
        fields[name.lower()] = value.strip() if known is None else f"{known}, {value.strip()}"
    return fields


def parse_multipart(content_type: str, body: bytes) -> list[Part]:
    boundary = content_type.partition("boundary=")[2].strip('"').encode()
    head, *pieces, tail = (b"\r\n" + body).split(b"\r\n--" + boundary)
    if head.strip() or tail.strip() != b"--":
        raise BadAnswer("a multipart that does not begin and end with its boundary")
    parts = []
    for piece in pieces:
        fields, separator, content = piece.partition(b"\r\n\r\n")
        if not separator:
            raise BadAnswer("a part without an end of its fields")
        parsed = parse_fields(fields.decode("latin-1").split("\r\n"))
        parts.append(make_part(parsed.get("content-range", ""), content))
    return parts


def receive(connection: socket.socket) -> bytes:
    received = bytearray()
    while piece := connection.recv(1 << 16):
        received += piece
    return bytes(received)


def decode_chunked(text: bytes) -> bytes:
    content = bytearray()
    while True:
        size_line, separator, text = text.partition(b"\r\n")
        size = int(size_line.split(b";")[0], 16)
        if not separator or text[size : size + 2] != b"\r\n":
            raise BadAnswer("a chunk that ends early")
        if size == 0:
            return bytes(content)
        content += text[:size]
        text = text[size + 2 :]


def parse_answer(text: bytes) -> Answer:
    head, separator, body = text.partition(b"\r\n\r\n")
    if not separator:
        raise BadAnswer(f"no end of the fields: {text[:200]!r}")
    status_line, *lines = head.decode("latin-1").split("\r\n")
    fields = parse_fields(lines)
    if fields.get("transfer-encoding") == "chunked" and body:
        body = decode_chunked(body)
    return Answer(int(status_line.split(" ")[1]), fields, body)


def ask(port: int, method: str, path: str, fields: Fields) -> Answer:
    lines = [f"{method} {path} HTTP/1.1", "Host: localhost", "Connection: close"]
    lines += [f"{name}: {value}" for name, value in fields]
    with socket.create_connection(("127.0.0.1", port), TIMEOUT_SECONDS) as connection:
        connection.sendall("\r\n".join([*lines, "", ""]).encode("latin-1"))
        return parse_answer(receive(connection))


def curl_command(port: int, combination: Combination, etag: str) -> str:
    words = ["curl", "--http1.1", "--raw", "-si" if combination.method == "GET" else "-sI"]
    for name, value in combination.filled(etag):
        words += ["-H", f"{name}: {value}" if value else f"{name};"]
    words.append(f"http://127.0.0.1:{port}{combination.path}")
    return shlex.join(words)
