"""Where ouro and a peer may differ, and which rule of RFC 9110 says so. That ouro keeps the rule is
not taken from here: rfc9110.py tells what it has to answer, whatever the peers do."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from client import Answer
from comparison import Case, ranges_of
from rfc9110 import (
    acceptable,
    asked_bytes,
    covered,
    date_of,
    elements_of,
    parse_specs,
    range_unit,
)

NGINX = frozenset({"nginx"})
APACHE = frozenset({"apache"})
CADDY = frozenset({"caddy"})
ALL = NGINX | APACHE | CADDY

STATUS = frozenset({"status"})
NONSENSE = frozenset({"status", "incoherent"})
CODING = frozenset({"Content-Encoding"})
RANGES = frozenset({"ranges", "multipart"})
LENGTH = frozenset({"Content-Length"})
VARY = frozenset({"Vary"})
CONTENT_RANGE = frozenset({"Content-Range"})

PROCEEDS = (200, 206, 416)
BIG_POSITION = 1 << 63
ANY_CONTENT_RANGE = re.compile(r"bytes (\d+)-(-?\d+)/\d+")


@dataclass(frozen=True)
class KnownDifference:
    name: str
    peers: frozenset[str]
    aspects: frozenset[str]  # of comparison.differences_of(), or "incoherent"
    applies: Callable[[Case], bool]
    reason: str


def statuses(case: Case, ours: Iterable[int], theirs: Iterable[int]) -> bool:
    return case.ours.status in ours and case.theirs.status in theirs


def has(case: Case, *names: str) -> bool:
    return all(case.field(name) is not None for name in names)


def no_date(case: Case, name: str) -> bool:
    value = case.field(name)
    return value is not None and date_of(value) is None


def range_field(case: Case) -> str:
    return case.field("Range") or ""


def invalid_range(case: Case) -> bool:
    return has(case, "Range") and parse_specs(range_field(case)) is None


def overlong_position(case: Case) -> bool:
    specs = parse_specs(range_field(case)) or []
    return any(max(spec.first or 0, spec.last or 0) >= BIG_POSITION for spec in specs)


def asks_more_than_all(case: Case) -> bool:
    if case.resource is None or case.ours.status != 206:
        return False
    size = len(case.resource.contents[case.ours.coding])
    return asked_bytes(range_field(case), size) > size


def size_of_another_coding(case: Case) -> bool:
    contents = case.resource.contents if case.resource is not None else {}
    told = {f"bytes */{len(content)}" for content in contents.values()}
    return {case.ours.field("Content-Range"), case.theirs.field("Content-Range")} <= told


def invalid_content_range(answer: Answer) -> bool:
    match = ANY_CONTENT_RANGE.fullmatch(answer.field("Content-Range"))
    return match is not None and int(match[2]) < int(match[1])


def takes(case: Case, coding: str) -> bool:
    return acceptable(coding, case.field("Accept-Encoding"))


KNOWN: tuple[KnownDifference, ...] = (
    KnownDifference(
        "not-acceptable",
        ALL,
        STATUS,
        lambda case: case.ours.status == 406,
        "both allowed, 12.4.1 and 15.5.7: who accepts no representation that there is gets 406, or "
        "one that he does not accept. ouro: 406; the others do not look.",
    ),
    KnownDifference(
        "range-of-head",
        ALL,
        STATUS,
        lambda case: case.combination.method == "HEAD"
        and has(case, "Range")
        and statuses(case, (200,), (206, 416)),
        "ouro is right, 14.2: a Range field with a method other than GET MUST be ignored.",
    ),
    KnownDifference(
        "redirect-of-folder",
        CADDY,
        STATUS,
        lambda case: statuses(case, (301,), (308,)),
        "both allowed, 15.4.2 and 15.4.9: for GET and HEAD they mean the same.",
    ),
    KnownDifference(
        "if-modified-since-later",
        NGINX | APACHE,
        STATUS,
        lambda case: has(case, "If-Modified-Since")
        and not has(case, "If-None-Match")
        and statuses(case, (304,), PROCEEDS),
        "ouro is right, 13.1.3: unmodified is what changed at the date or earlier. nginx wants the "
        "very date, Apache ignores dates that lie ahead (as RFC 2616 had it).",
    ),
    KnownDifference(
        "if-none-match-beside-if-modified-since",
        NGINX | APACHE,
        STATUS,
        lambda case: has(case, "If-Modified-Since", "If-None-Match")
        and statuses(case, (304,), PROCEEDS),
        "ouro is right, 13.1.3: beside If-None-Match, If-Modified-Since MUST be ignored.",
    ),
    KnownDifference(
        "if-range-before-if-none-match",
        APACHE,
        STATUS,
        lambda case: has(case, "Range", "If-Range") and statuses(case, (304,), PROCEEDS),
        "ouro is right, 13.2.2: If-Range is step 5, for what steps 3 and 4 let through.",
    ),
    KnownDifference(
        "weak-if-none-match-beside-range",
        APACHE,
        STATUS,
        lambda case: has(case, "Range")
        and "{weak}" in (case.field("If-None-Match") or "")
        and statuses(case, (304,), PROCEEDS),
        "ouro is right, 13.1.2: If-None-Match MUST be compared weakly, with Range as without.",
    ),
    KnownDifference(
        "if-unmodified-since-no-date",
        NGINX,
        STATUS,
        lambda case: no_date(case, "If-Unmodified-Since")
        and statuses(case, (*PROCEEDS, 304), (412,)),
        "ouro is right, 13.1.4: an If-Unmodified-Since that is no date MUST be ignored.",
    ),
    KnownDifference(
        "if-match-beside-if-unmodified-since",
        NGINX | APACHE,
        STATUS,
        lambda case: has(case, "If-Match", "If-Unmodified-Since")
        and statuses(case, (*PROCEEDS, 304), (412,)),
        "ouro is right, 13.1.4: beside If-Match, If-Unmodified-Since MUST be ignored.",
    ),
    KnownDifference(
        "range-of-another-unit",
        CADDY,
        STATUS,
        lambda case: "=" in range_field(case)
        and range_unit(range_field(case)) != "bytes"
        and statuses(case, (200,), (416,)),
        "ouro is right, 14.2: a unit that is not understood MUST be ignored.",
    ),
    KnownDifference(
        "range-unit-in-capitals",
        CADDY,
        STATUS,
        lambda case: range_field(case).startswith("Bytes=")
        and statuses(case, (200, 206), (416,)),
        "ouro is right, 14.1: the names of units are case-insensitive.",
    ),
    KnownDifference(
        "range-malformed",
        ALL,
        STATUS,
        lambda case: invalid_range(case) and statuses(case, (200,), (206, 416)),
        "both allowed, 14.2: an invalid ranges-specifier MAY be ignored or rejected.",
    ),
    KnownDifference(
        "if-unmodified-since-before-if-none-match",
        APACHE,
        STATUS,
        lambda case: has(case, "If-Unmodified-Since", "If-None-Match")
        and statuses(case, (304,), PROCEEDS),
        "ouro is right, 13.2.2: what passes If-Unmodified-Since goes on to step 3, If-None-Match.",
    ),
    KnownDifference(
        "range-of-empty-file",
        NGINX | APACHE,
        STATUS,
        lambda case: case.combination.path == "/empty.txt" and statuses(case, (416,), (200,)),
        "both allowed, 14.2: Range MAY be ignored, and 416 is what SHOULD be sent.",
    ),
    KnownDifference(
        "range-that-ends-before-it-begins",
        CADDY,
        NONSENSE,
        lambda case: invalid_content_range(case.theirs) and case.ours.status != 206,
        "ouro is right, 14.4: a Content-Range that ends before it begins is invalid.",
    ),
    KnownDifference(
        "suffix-of-nothing",
        APACHE,
        STATUS,
        lambda case: "-0" in elements_of(range_field(case)) and statuses(case, (416,), (200,)),
        "both allowed, 14.2: Range MAY be ignored, and 416 is what SHOULD be sent.",
    ),
    KnownDifference(
        "no-ranges-of-gzip-static",
        NGINX,
        STATUS,
        lambda case: case.theirs.coding == "gzip"
        and not case.theirs.field("Accept-Ranges")
        and statuses(case, (206, 416), (200,)),
        "both allowed, 14.2: Range MAY be ignored; nginx has no ranges of precompressed files.",
    ),
    KnownDifference(
        "range-of-long-numbers",
        ALL,
        STATUS,
        lambda case: overlong_position(case) and statuses(case, (206, 416), (200, 416)),
        "ouro is right, 14.1.2: large numbers MUST be anticipated; what is past the end is cut.",
    ),
    KnownDifference(
        "ranges-of-more-than-all",
        ALL,
        STATUS,
        lambda case: asks_more_than_all(case) and statuses(case, (206,), (200,)),
        "both allowed, 14.2 and 17.15: of ranges that overlap much, ouro sends every byte once "
        "(15.3.7.2), the others ignore them.",
    ),
    KnownDifference(
        "ranges-with-an-empty-element",
        NGINX | APACHE,
        STATUS,
        lambda case: "" in elements_of(range_field(case))
        and not invalid_range(case)
        and statuses(case, (206,), (200, 416)),
        "ouro is right, 5.6.1.2: a recipient MUST parse and ignore empty elements of a list.",
    ),
    KnownDifference(
        "ranges-that-overlap",
        ALL,
        RANGES,
        lambda case: covered(ranges_of(case.ours)) == covered(ranges_of(case.theirs)),
        "both allowed, 15.3.7.2: ranges that overlap or touch MAY be joined: the same bytes.",
    ),
    KnownDifference(
        "coding-of-the-servers-choice",
        ALL,
        CODING,
        lambda case: takes(case, case.theirs.coding),
        "both allowed, 12.5.3: all that is acceptable may be sent. nginx and Apache have no br "
        'and weigh nothing, Caddy weighs neither "*" nor identity.',
    ),
    KnownDifference(
        "coding-that-was-refused",
        ALL,
        CODING,
        lambda case: not takes(case, case.theirs.coding),
        "ouro is right, 12.5.3: a weight of 0 means not acceptable, and there was something else.",
    ),
    KnownDifference(
        "size-of-the-servers-choice",
        NGINX | CADDY,
        CONTENT_RANGE,
        lambda case: case.ours.status == 416 and size_of_another_coding(case),
        "both allowed, 12.5.3: each tells the size in the coding it has chosen.",
    ),
    KnownDifference(
        "unsatisfiable-without-size",
        APACHE | CADDY,
        CONTENT_RANGE,
        lambda case: case.ours.status == 416 and not case.theirs.field("Content-Range"),
        "ouro is right, 15.5.17: a 416 SHOULD tell the size in Content-Range.",
    ),
    KnownDifference(
        "vary-only-when-coded",
        APACHE | CADDY,
        VARY,
        lambda case: case.ours.varies and not case.theirs.varies,
        "ouro is right, 12.5.5: an answer that Accept-Encoding could have changed SHOULD say so, "
        "the one without coding and 304 (15.4.5) too.",
    ),
    KnownDifference(
        "length-of-coded-content",
        CADDY,
        LENGTH,
        lambda case: case.theirs.coding != "identity" and not case.theirs.field("Content-Length"),
        "ouro is right, 8.6: a length that is known SHOULD be told.",
    ),
    KnownDifference(
        "length-of-empty-head",
        APACHE,
        LENGTH,
        lambda case: case.combination.method == "HEAD"
        and case.ours.field("Content-Length") == "0"
        and not case.theirs.field("Content-Length"),
        "both allowed, 8.6: Content-Length MAY be sent in answer to HEAD.",
    ),
)
