"""What two answers to one request differ in, and what is wrong with an answer taken by itself."""

from __future__ import annotations

from dataclasses import dataclass

from client import Answer, Part
from combinations import Combination
from servers import Resource


@dataclass(frozen=True)
class Case:
    """One request, ouro's answer and a peer's."""

    peer: str
    combination: Combination
    resource: Resource | None  # None: there is no such file
    ours: Answer
    theirs: Answer

    def field(self, name: str) -> str | None:
        return self.combination.field(name)

    @property
    def statuses(self) -> tuple[int, int]:
        return self.ours.status, self.theirs.status


def content_of(resource: Resource | None, answer: Answer) -> bytes | None:
    return resource.contents.get(answer.coding) if resource is not None else None


def wrong_length(combination: Combination, answer: Answer) -> bool:
    length = answer.field("Content-Length")
    if combination.method == "HEAD" or answer.status == 304:
        return bool(answer.body)
    return bool(length) and int(length) != len(answer.body)


def wrong_part(part: Part, content: bytes) -> bool:
    expected = content[part.first : part.last + 1]
    return part.size != len(content) or part.content != expected or not expected


def wrong_content(combination: Combination, content: bytes, answer: Answer) -> bool:
    if answer.status == 200:
        length = answer.field("Content-Length")
        if length and int(length) != len(content):
            return True
        return combination.method == "GET" and answer.body != content
    if answer.status == 206 and combination.method == "GET":
        return not answer.parts or any(wrong_part(part, content) for part in answer.parts)
    return False


def incoherence(combination: Combination, resource: Resource | None, answer: Answer) -> str:
    """Whatever a server may choose, its answer has to be true to the file. Empty: it is."""
    if wrong_length(combination, answer):
        return "Content-Length is not what is sent"
    if answer.status in (200, 206):
        content = content_of(resource, answer)
        if content is None:
            return f"there is nothing in the coding {answer.coding}"
        if wrong_content(combination, content, answer):
            return "the bytes are not the file's"
    if answer.status == 206 and answer.is_multipart and answer.field("Content-Range"):
        return "Content-Range beside a multipart"
    return ""


def ranges_of(answer: Answer) -> list[tuple[int, int]]:
    return [(part.first, part.last) for part in answer.parts]


def content_differences(ours: Answer, theirs: Answer) -> set[str]:
    differences = set()
    if ours.status == 200 and ours.body != theirs.body:
        differences.add("body")
    if ours.status == 206 and ranges_of(ours) != ranges_of(theirs):
        differences.add("ranges")
    elif ours.status == 206 and ours.is_multipart != theirs.is_multipart:
        differences.add("multipart")
    elif ours.field("Content-Range") != theirs.field("Content-Range"):
        differences.add("Content-Range")
    if ours.status in (200, 206) and not (differences or ours.is_multipart):
        if ours.field("Content-Length") != theirs.field("Content-Length"):
            differences.add("Content-Length")
    return differences


def differences_of(case: Case) -> set[str]:
    """Names of what differs. Answers of different status have nothing else to compare, and two
    codings of one file have different bytes."""
    ours, theirs = case.ours, case.theirs
    if ours.status != theirs.status:
        return {"status"}
    differences = set()
    if ours.status in (200, 206):
        if ours.coding != theirs.coding:
            differences.add("Content-Encoding")
        else:
            differences |= content_differences(ours, theirs)
        if ours.field("Last-Modified") != theirs.field("Last-Modified"):
            differences.add("Last-Modified")
    elif ours.field("Content-Range") != theirs.field("Content-Range"):
        differences.add("Content-Range")  # 416
    could_choose = case.resource is not None and len(case.resource.contents) > 1
    if could_choose and ours.status in (200, 206, 304) and ours.varies != theirs.varies:
        differences.add("Vary")
    return differences
