#!/usr/bin/env python3
"""Compares ouro's answers to nginx's, Apache's and Caddy's on random combinations of precompressed
siblings, ranges and conditions. `./dev peers` calls it. A difference passes when known_differences
names it, together with the rule of RFC 9110 that ouro keeps or that allows both."""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from client import Answer, BadAnswer, ask, curl_command
from combinations import Combination, random_combination
from comparison import Case, differences_of, incoherence
from known_differences import KNOWN, KnownDifference
from rfc9110 import acceptable, expected_status
from servers import CannotCompare, Ports, Resource, make_root, started_servers

REPOSITORY = Path(__file__).resolve().parents[2]
# Entity tags of files that changed a moment ago are weak.
AGE_SECONDS = 3600
# With fewer combinations, some known differences do not come up.
ENOUGH_TO_MISS_UNUSED = 1000
FINDINGS_SHOWN_MAX = 20


@dataclass
class Comparison:
    servers: dict[str, Ports]
    resources: dict[str, Resource]
    modified: int  # seconds since the epoch, all files
    tags: dict[tuple[str, Combination], str] = field(default_factory=dict)
    used: Counter[str] = field(default_factory=Counter)
    agreed: Counter[str] = field(default_factory=Counter)
    findings: list[str] = field(default_factory=list)

    def tag(self, server: str, combination: Combination) -> str:
        selection = combination.unconditional()
        key = (server, selection)
        if key not in self.tags:
            port = self.servers[server][selection.site]
            answer = ask(port, "GET", selection.path, selection.fields)
            self.tags[key] = answer.field("ETag") or '"none"'
        return self.tags[key]

    def ask(self, server: str, combination: Combination) -> Answer:
        fields = combination.filled(self.tag(server, combination))
        port = self.servers[server][combination.site]
        return ask(port, combination.method, combination.path, fields)

    def curl(self, server: str, combination: Combination) -> str:
        port = self.servers[server][combination.site]
        return curl_command(port, combination, self.tag(server, combination))

    def excused(self, case: Case, aspect: str) -> bool:
        fitting = [known for known in KNOWN if fits(known, case, aspect)]
        self.used.update(known.name for known in fitting[:1])
        return bool(fitting)

    def add_finding(self, case: Case, aspects: list[str]) -> None:
        self.findings.append(
            f"{case.peer}: {', '.join(aspects)}\n"
            f"  ouro   {describe(case.ours)}\n"
            f"         {self.curl('ouro', case.combination)}\n"
            f"  {case.peer:<6} {describe(case.theirs)}\n"
            f"         {self.curl(case.peer, case.combination)}"
        )

    def compare(self, case: Case) -> None:
        aspects = differences_of(case)
        if incoherence(case.combination, case.resource, case.theirs):
            aspects.add("incoherent")
        unexcused = [aspect for aspect in sorted(aspects) if not self.excused(case, aspect)]
        if unexcused:
            self.add_finding(case, unexcused)
        elif not aspects:
            self.agreed[case.peer] += 1

    def mistake(
        self, combination: Combination, resource: Resource | None, answer: Answer
    ) -> str:
        """What is wrong with an answer of ouro, whatever the peers say. Empty: nothing."""
        if wrong := incoherence(combination, resource, answer):
            return wrong
        if resource is None:
            return ""
        coding = answer.coding
        expected = expected_status(combination, resource, coding, self.modified)
        if answer.status != expected:
            return f"the status is {answer.status} and has to be {expected}"
        if answer.status in (200, 206) and combination.site == "coded":
            if not acceptable(coding, combination.field("Accept-Encoding")):
                return f"the coding {coding} is not acceptable"
        return ""

    def try_one(self, combination: Combination) -> None:
        resource = self.resources.get(combination.path)
        ours = self.ask("ouro", combination)
        if wrong := self.mistake(combination, resource, ours):
            self.findings.append(
                f"ouro by itself: {wrong}\n  {describe(ours)}\n  {self.curl('ouro', combination)}"
            )
        for peer in self.servers:
            if peer != "ouro":
                theirs = self.ask(peer, combination)
                try:
                    self.compare(Case(peer, combination, resource, ours, theirs))
                except BadAnswer as error:
                    self.findings.append(f"{peer}: {error}\n  {theirs.fields} {theirs.body}")


def fits(known: KnownDifference, case: Case, aspect: str) -> bool:
    return aspect in known.aspects and case.peer in known.peers and known.applies(case)


def describe(answer: Answer) -> str:
    shown = ("Content-Encoding", "Content-Range", "Content-Length", "Content-Type", "Vary")
    fields = [f"{name}: {answer.field(name)}" for name in shown if answer.field(name)]
    return " | ".join([str(answer.status), *fields])


def report(comparison: Comparison, combinations: int) -> bool:
    for peer in comparison.servers:
        if peer != "ouro":
            print(f"{peer:<8} {comparison.agreed[peer]} of {combinations} answers are the same")
    print("\nknown differences, and how many answers had them:")
    unused = [known.name for known in KNOWN if not comparison.used[known.name]]
    for known in KNOWN:
        if comparison.used[known.name]:
            print(f"{comparison.used[known.name]:6}  {known.name}\n        {known.reason}")
    if unused:
        print(f"\nnot seen this time: {', '.join(unused)}")
    for finding in comparison.findings[:FINDINGS_SHOWN_MAX]:
        print(f"\nFAILED  {finding}")
    stale = combinations >= ENOUGH_TO_MISS_UNUSED and bool(unused)
    if stale:
        print("\nFAILED  with so many combinations, what is not seen has no place in the list")
    print(f"\n{combinations} combinations, {len(comparison.findings)} unexplained differences")
    return not comparison.findings and not stale


def compare_all(arguments: argparse.Namespace, state: Path) -> bool:
    state.chmod(0o755)  # the peers' workers are nobody
    root = state / "root"
    modified = int(time.time()) - AGE_SECONDS
    resources = make_root(root, modified)
    random_ = random.Random(arguments.seed)
    with started_servers(arguments.ouro, state, root) as servers:
        comparison = Comparison(servers, resources, modified)
        for _ in range(arguments.combinations):
            comparison.try_one(random_combination(random_, modified))
        passed = report(comparison, arguments.combinations)
        print(f"again with: --seed {arguments.seed} --combinations {arguments.combinations}")
        if arguments.keep:
            input("The servers run until you press Enter. ")
    return passed


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--combinations", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", action="store_true", help="do not end the servers at once")
    parser.add_argument("--ouro", type=Path, default=REPOSITORY / "build/release/ouro")
    return parser.parse_args()


def main() -> int:
    arguments = parse_arguments()
    try:
        with tempfile.TemporaryDirectory(prefix="ouro-peers-") as state:
            return 0 if compare_all(arguments, Path(state)) else 1
    except (CannotCompare, BadAnswer, OSError) as error:
        print(f"peers: {error}", file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main())
