"""Random requests, built without knowing a server: `{etag}` and `{weak}` stand for its own tag."""

from __future__ import annotations

import random
from dataclasses import dataclass
from email.utils import formatdate

Fields = tuple[tuple[str, str], ...]

# What is asked, weighted: the file that exists in several codings above all.
PATHS = {
    "/text.txt": 10,
    "/small.bin": 5,
    "/big.bin": 3,
    "/empty.txt": 2,
    "/folder/": 2,
    "/folder": 1,
    "/missing.txt": 1,
}
RANGES = (
    "bytes=0-0",
    "bytes=0-99",
    "bytes=7-",
    "bytes=-7",
    "bytes=-0",
    "bytes=-99999999",
    "bytes=3-99999999",
    "bytes=99999999-",
    "bytes=9-5",
    "bytes=abc",
    "bytes=",
    "bytes=-",
    "bytes 0-5",
    "items=0-5",
    "Bytes=0-3",
    "bytes=0-1,4-5",
    "bytes=8-9,0-1",
    "bytes=0-9,5-19",
    "bytes=0-4,5-9",
    "bytes=0-,0-,0-",
    "bytes=0-1, , 4-5",
    "bytes=0-1,99999999-",
    "bytes=99999998-,99999999-",
    "bytes=0-1,-2",
    "bytes=0-1,9-5",
    "bytes=18446744073709551616-",
    "bytes=0-18446744073709551616",
)
TAGS = ("{etag}", '"wrong"', "*", '"wrong", {etag}', "{weak}", 'W/"wrong"', "unquoted")
DATE_OFFSETS = {"equal": 0, "before": -86400, "after": 600, "future": 10 * 86400}
CODINGS = ("gzip", "br", "identity", "*", "deflate")
# Of each of the four: often enough two of them, and often enough none that hides what comes after.
PRECONDITION_SHARE = 0.15
WEIGHTS = ("", ";q=0", ";q=0.000", ";q=0.1", ";q=0.5", "; q=0.8", ";q=1", ";q=1.000")


@dataclass(frozen=True)
class Combination:
    site: str  # "coded": may answer with a precompressed sibling; "plain": never
    method: str
    path: str
    fields: Fields

    def field(self, name: str) -> str | None:
        return dict(self.fields).get(name)

    def filled(self, etag: str) -> Fields:
        weak = "W/" + etag.removeprefix("W/")
        return tuple(
            (name, value.replace("{etag}", etag).replace("{weak}", weak))
            for name, value in self.fields
        )

    def unconditional(self) -> Combination:
        """Selects the same representation; its answer tells the server's tag."""
        kept = tuple(field for field in self.fields if field[0] == "Accept-Encoding")
        return Combination(self.site, "GET", self.path, kept)


def random_date(random_: random.Random, modified: int) -> str:
    if random_.random() < 0.15:
        return "yesterday"
    return formatdate(modified + random_.choice(list(DATE_OFFSETS.values())), usegmt=True)


def random_accept_encoding(random_: random.Random) -> str:
    codings = random_.sample(CODINGS, random_.randint(1, 3))
    return ", ".join(coding + random_.choice(WEIGHTS) for coding in codings)


def random_range(random_: random.Random) -> str:
    if random_.random() < 0.75:
        return random_.choice(RANGES)
    specs = []
    for _ in range(random_.randint(1, 4)):
        first = random_.randint(0, 150)
        specs.append(f"{first}-{first + random_.randint(0, 60)}")
    return "bytes=" + ",".join(specs)


def random_if_range(random_: random.Random, modified: int) -> str:
    if random_.random() < 0.3:
        return random_date(random_, modified)
    return random_.choice(("{etag}", '"wrong"', "{weak}", formatdate(modified, usegmt=True)))


def random_fields(random_: random.Random, modified: int) -> Fields:
    fields: list[tuple[str, str]] = []
    if random_.random() < 0.6:
        fields.append(("Accept-Encoding", random_accept_encoding(random_)))
    if random_.random() < 0.55:
        fields.append(("Range", random_range(random_)))
        if random_.random() < 0.35:
            fields.append(("If-Range", random_if_range(random_, modified)))
    for name in ("If-None-Match", "If-Match"):
        if random_.random() < PRECONDITION_SHARE:
            fields.append((name, random_.choice(TAGS)))
    for name in ("If-Modified-Since", "If-Unmodified-Since"):
        if random_.random() < PRECONDITION_SHARE:
            fields.append((name, random_date(random_, modified)))
    return tuple(fields)


def random_combination(random_: random.Random, modified: int) -> Combination:
    return Combination(
        site=random_.choice(("coded", "coded", "plain")),
        method="HEAD" if random_.random() < 0.2 else "GET",
        path=random_.choices(list(PATHS), list(PATHS.values()))[0],
        fields=random_fields(random_, modified),
    )
