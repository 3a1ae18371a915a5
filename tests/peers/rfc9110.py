"""What RFC 9110 says of a combination, told without looking at any server. Written apart from the
server's own code, so that the two do not share a misunderstanding."""

from __future__ import annotations

import re
from dataclasses import dataclass
from email.utils import parsedate_to_datetime

from combinations import Combination
from servers import Resource

RANGE_SPEC = re.compile(r"(\d+)-(\d*)|-(\d+)")


@dataclass(frozen=True)
class Spec:
    """14.1.1; `first` is None for a suffix, whose length is `last`."""

    first: int | None
    last: int | None


def weights(accept_encoding: str) -> dict[str, float]:
    """12.5.3; all that our combinations write is well-formed."""
    found: dict[str, float] = {}
    for element in filter(None, (part.strip() for part in accept_encoding.split(","))):
        coding, _, weight = (part.strip() for part in element.partition(";"))
        found.setdefault(coding, float(weight.removeprefix("q=")) if weight else 1.0)
    return found


def acceptable(coding: str, accept_encoding: str | None) -> bool:
    """12.5.3, rules 1 to 3: identity unless excluded, others only when named or by "*"."""
    if accept_encoding is None:
        return True
    named = weights(accept_encoding)
    return named.get(coding, named.get("*", 1.0 if coding == "identity" else 0.0)) > 0


def range_unit(range_: str) -> str:
    return range_.partition("=")[0].lower()


def elements_of(range_: str) -> list[str]:
    return [element.strip() for element in range_.partition("=")[2].split(",")]


def parse_specs(range_: str) -> list[Spec] | None:
    """None: an invalid ranges-specifier, 14.1.1, or another unit's."""
    specs = []
    for element in filter(None, elements_of(range_)):
        match = RANGE_SPEC.fullmatch(element)
        if match is None:
            return None
        first, last, suffix = (int(group) if group else None for group in match.groups())
        if first is not None and last is not None and first > last:
            return None
        specs.append(Spec(first, last if first is not None else suffix))
    return specs if specs and range_unit(range_) == "bytes" else None


def positions(spec: Spec, size: int) -> range:
    """14.1.2; empty when the spec is not satisfiable."""
    if spec.first is None:
        return range(max(0, size - (spec.last or 0)), size)
    end = size if spec.last is None else min(size, spec.last + 1)
    return range(spec.first, max(spec.first, end))


def asked_bytes(range_: str, size: int) -> int:
    """As often as they are asked for."""
    return sum(len(positions(spec, size)) for spec in parse_specs(range_) or [])


def covered(ranges: list[tuple[int, int]]) -> set[int]:
    return {position for first, last in ranges for position in range(first, last + 1)}


def date_of(value: str) -> float | None:
    try:
        return parsedate_to_datetime(value).timestamp()
    except (TypeError, ValueError):
        return None


def modified_after(value: str | None, modified: int) -> bool | None:
    """13.1.3, 13.1.4: None when the field is missing or no date, and to be ignored."""
    date = date_of(value) if value is not None else None
    return None if date is None else modified > date


def tag_matches(value: str, *, weakly: bool) -> bool:
    """8.8.3.2; the servers' own tags are strong."""
    return value == "*" or "{etag}" in value or (weakly and "{weak}" in value)


def precondition_status(combination: Combination, modified: int) -> int:
    """13.2.2, steps 1 to 4."""
    if_match = combination.field("If-Match")
    if if_match is not None:
        if not tag_matches(if_match, weakly=False):
            return 412
    elif modified_after(combination.field("If-Unmodified-Since"), modified):
        return 412
    if_none_match = combination.field("If-None-Match")
    if if_none_match is not None:
        return 304 if tag_matches(if_none_match, weakly=True) else 200
    unmodified = modified_after(combination.field("If-Modified-Since"), modified) is False
    return 304 if unmodified else 200


def range_applies(combination: Combination, modified: int) -> bool:
    """14.2 and 13.1.5."""
    if combination.method != "GET" or combination.field("Range") is None:
        return False
    if_range = combination.field("If-Range")
    return if_range is None or if_range == "{etag}" or date_of(if_range) == modified


def range_status(range_: str, size: int) -> int:
    specs = parse_specs(range_)
    if specs is None:
        return 200
    if size == 0 and any(spec.first is None and spec.last for spec in specs):
        return 200  # 14.1.2: satisfiable; 14.4: but Content-Range cannot say so
    return 206 if any(positions(spec, size) for spec in specs) else 416


def expected_status(
    combination: Combination, resource: Resource, coding: str, modified: int
) -> int:
    """Of a server that serves ranges and refuses what the client would not take."""
    accept_encoding = combination.field("Accept-Encoding")
    available = resource.contents if combination.site == "coded" else {"identity": b""}
    if combination.site == "coded" and not any(
        acceptable(name, accept_encoding) for name in available
    ):
        return 406
    status = precondition_status(combination, modified)
    if status != 200 or not range_applies(combination, modified):
        return status
    return range_status(combination.field("Range") or "", len(resource.contents[coding]))
