# Goal: what the bench says follows from what it measured. Method: its pure parts (medians, ratios,
# verdicts, parsing of tools' output, tables, charts, the page) on small figures made by hand; the
# scenarios as data agree with each other.
import json
import shutil
import subprocess
import tempfile
import unittest
import xml.dom.minidom
from pathlib import Path

from loadtest.bench import chart, claims, cpu_quota, gate, passwords, report, samples, scenarios
from loadtest.bench import servers, site, storms, system_calls, table
from loadtest.bench.generator import Load, Outcome
from loadtest.bench.measure import Plan, Result, Started, load_of
from loadtest.bench.samples import Spread
from loadtest.bench.scenarios import (ALLOCATIONS, CPU, IDLE_BYTES, MAXIMUM, MIDDLE, RATE, TAIL,
                                      Kind, Scenario, Target)

VERSIONS = {"nginx-copy": "1.2.3", "nginx-sendfile": "1.2.3", "h2o": "4.5.6", "ouro": "0.1.0"}


def result_of(figure, values, targets=(), kind=Kind.LOAD):
    scenario = Scenario("row", "A <row>", kind, tuple(values), figure=figure, targets=targets)
    return Result(scenario, {server: {figure.name: list(v)} for server, v in values.items()})


class SamplesTest(unittest.TestCase):
    def test_spread(self):
        self.assertEqual(Spread.of([3, 1, 2]), Spread(2, 1, 3))
        self.assertEqual(Spread.of([1, 2, 3, 4]).median, 2.5)
        with self.assertRaises(ValueError):
            Spread.of([])

    def test_ratio_is_taken_round_by_round(self):
        # The machine was half as fast in the second round, for both.
        self.assertEqual(samples.ratio([200, 100, 200], [100, 50, 100], True), Spread(2, 2, 2))
        self.assertEqual(samples.ratio([5, 10], [10, 10], False), Spread(1.5, 1, 2))
        self.assertEqual(samples.ratio([2, 0], [1, 1], True), Spread(2, 2, 2))

    def test_better_configuration(self):
        rounds = {"nginx-copy": [10, 12, 11], "nginx-sendfile": [1, 99, 10], "nginx-copy+log": [99]}
        self.assertEqual(samples.baseline(rounds, RATE), "nginx-copy")
        self.assertEqual(samples.baseline(rounds, CPU), "nginx-sendfile")
        self.assertIsNone(samples.baseline({"ouro": [1]}, RATE))

    def test_verdict(self):
        ratio = Target("", RATE, 1.5, 1.8, "nginx")
        for measured, expected in ((1.49, "short"), (1.5, "must"), (1.79, "must"), (1.8, "aim")):
            self.assertEqual(samples.verdict(ratio, measured), expected)
        absolute = Target("", IDLE_BYTES, 1024, 512)
        for measured, expected in ((1025, "short"), (1024, "must"), (512, "aim")):
            self.assertEqual(samples.verdict(absolute, measured), expected)
        none = Target("", ALLOCATIONS, 0, 0)
        self.assertEqual(samples.verdict(none, 0.0001), "aim")
        self.assertEqual(samples.verdict(none, 0.1), "short")
        calls = Target("", ALLOCATIONS, 0.1, 0.04)
        self.assertEqual(samples.verdict(calls, 0.041), "must")

    def test_verdict_of_a_tail_depends_on_the_tail_alone(self):
        tail = Target("", TAIL, 3, 2, floors_ms=(5, 2))
        self.assertEqual(samples.limits_of(tail, 0.2), (5, 2))
        self.assertEqual(samples.limits_of(tail, 4), (12, 8))
        self.assertEqual(samples.verdict(tail, 1.9, 0.2), "aim")
        self.assertEqual(samples.verdict(tail, 4.9, 0.2), "must")
        self.assertEqual(samples.verdict(tail, 5.1, 0.2), "short")

    def test_readable(self):
        for value, text in ((0, "0"), (0.0123, "0.0123"), (0.15, "0.150"), (1.234, "1.23"),
                            (123.4, "123"), (45678.9, "45,679"), (0.0002, "0.0002")):
            self.assertEqual(samples.readable(value), text)


class ToolsTest(unittest.TestCase):
    def test_perf(self):
        self.assertEqual(system_calls.perf_count("123,,raw_syscalls:sys_enter,99,100.00,,\n"), 123)
        self.assertIsNone(system_calls.perf_count("<not counted>,,raw_syscalls:sys_enter,0,,\n"))
        self.assertIsNone(system_calls.perf_count("event syntax error\n"))

    def test_strace(self):
        head = "% time     seconds  usecs/call     calls    errors syscall\n"
        for line in ("100.00    0.000120           3        40         2 total\n",
                     "100.00    0.000120           3        40           total\n",
                     "100.00    0.000120                    40         2 total\n"):
            self.assertEqual(system_calls.strace_count(head + line), 40, line)
        self.assertIsNone(system_calls.strace_count("ptrace: Operation not permitted\n"))

    def test_generator(self):
        load = Load(("http://127.0.0.1:1/",), 8, rate=2000, pipeline=2, close=True, length=3)
        words = load.arguments()
        for word in ("--connections=8", "--duration=1000ms", "--warmup=300ms", "--rate=2000",
                     "--pipeline=2", "--close", "--expect-length=3", "--json"):
            self.assertIn(word, words)
        for word in ("--discard", "--guess", "--from", "--expect-status"):
            self.assertFalse([w for w in words if w.startswith(word)], word)
        words = Load(("http://127.0.0.1:1/",), status=401, guess="anna",
                     addresses="127.64.0.0/10").arguments()
        for word in ("--expect-status=401", "--guess=anna", "--from=127.64.0.0/10"):
            self.assertIn(word, words)
        outcome = Outcome.read({"requests": 3, "requests_per_second": 1.5, "bytes_per_second": 9,
                                "cpu_us_per_request": 2, "latency_us": {
                                    "p50": 1000, "p90": 2000, "p99": 3000, "p99.9": 4000,
                                    "max": 5000, "mean": 1}})
        self.assertEqual(outcome.latency_ms["p99.9"], 4)


class ClaimsTest(unittest.TestCase):
    def test_against_nginx_at_its_better(self):
        result = result_of(RATE, {"nginx-copy": [100, 110], "nginx-sendfile": [80, 90],
                                  "ouro": [200, 220]}, (Target("row", RATE, 1.5, 1.8, "nginx"),))
        (claim,) = claims.claims_of(result, VERSIONS)
        self.assertEqual(claim.against, "nginx-copy 1.2.3")
        self.assertEqual((claim.measured, claim.verdict), ("2.00 x", "aim"))

    def test_less_is_better(self):
        result = result_of(CPU, {"nginx-copy": [30], "ouro": [20]},
                           (Target("row", CPU, 1.5, 1.8, "nginx"),))
        (claim,) = claims.claims_of(result, VERSIONS)
        self.assertEqual((claim.measured, claim.verdict), ("1.50 x less", "must"))

    def test_what_a_log_adds(self):
        result = result_of(CPU, {"ouro": [7, 8], "ouro+log": [8, 9]},
                           (Target("log", CPU, 1.5, 0.5, None, "ouro+log"),))
        (claim,) = claims.claims_of(result, VERSIONS)
        self.assertEqual((claim.measured, claim.verdict), ("1.00", "must"))

    def test_latency_is_held_against_the_same_percentile_alone(self):
        targets = (Target("p50", MIDDLE, 1.5, 1.2, floors_ms=(0, 0)),
                   Target("p99", TAIL, 3, 2, floors_ms=(5, 2)))
        result = Result(Scenario("x", "X", Kind.STORM, targets=targets), {"ouro": {
            "alone_p50": [0.1], "storm_p50": [0.14], "alone_p99": [2.0], "storm_p99": [6.1]}})
        middle, tail = claims.claims_of(result, VERSIONS)
        self.assertEqual((middle.against, middle.must, middle.verdict),
                         ("alone: 0.100 ms", "0.150", "must"))
        self.assertEqual((tail.against, tail.must, tail.verdict),
                         ("alone: 2.00 ms", "6.00", "short"))

    def test_the_slowest_is_shown_beside_its_control(self):
        result = Result(Scenario("x", "X", Kind.STORM, targets=(Target("max", MAXIMUM, 50, 15),)),
                        {"ouro": {"storm_max": [20, 14, 60], "control_max": [9, 11, 10],
                                  "alone_max": [1, 1, 1]}})
        (claim,) = claims.claims_of(result, VERSIONS)
        self.assertEqual((claim.against, claim.must, claim.aim, claim.measured, claim.verdict),
                         ("beside a busy loop: 10.0 ms", "50.0", "15.0", "20.0 (14.0 to 60.0)",
                          "must"))

    def test_a_missing_peer_is_no_verdict(self):
        result = result_of(RATE, {"ouro": [1]}, (Target("row", RATE, 1, 2, "h2o"),))
        self.assertEqual(claims.claims_of(result, VERSIONS)[0].verdict, "not measured")

    def test_what_is_not_there_yet(self):
        result = Result(Scenario("x", "X", Kind.PENDING, why="needs TLS"))
        self.assertEqual(claims.claims_of(result, VERSIONS)[0].verdict, "not yet: needs TLS")

    def test_a_generator_that_costs_as_much_as_the_server(self):
        result = Result(Scenario("x", "X", Kind.LOAD), {
            "ouro": {"cpu": [6, 6], "generator_cpu": [5.5, 6]},
            "nginx-copy": {"cpu": [9, 9], "generator_cpu": [6, 6]}})
        self.assertEqual(claims.generator_is_the_limit(result), ["ouro"])

    def test_json(self):
        result = result_of(RATE, {"nginx-copy": [1, 2], "ouro": [2, 4]})
        written = json.loads(json.dumps(claims.as_json(result, VERSIONS)))
        self.assertEqual(written["ratios"]["ouro"]["median"], 2)
        self.assertEqual(written["ratios"]["ouro"]["version"], "0.1.0")
        self.assertEqual(written["figures"]["ouro"]["rate"]["rounds"], [2, 4])


class TableTest(unittest.TestCase):
    def test_columns_line_up(self):
        self.assertEqual(table.text_table(["a", "bb"], [["ccc", "1"]]),
                         "a    bb\n---  --\nccc   1")

    def test_versions_stand_beside_ratios(self):
        headings, rows = table.figure_table(
            result_of(RATE, {"nginx-copy": [10, 10], "ouro": [15, 20]}), VERSIONS)
        self.assertEqual(headings, ["server", "times better than nginx-copy", "requests/s"])
        self.assertEqual(rows[1], ["ouro 0.1.0", "1.75 (1.50 to 2.00)", "17.5"])


class ChartTest(unittest.TestCase):
    def parse(self, svg):
        return xml.dom.minidom.parseString(svg).documentElement

    def test_bars_are_as_long_as_their_figures(self):
        rows = [chart.Bar("<a>", Spread(2, 1, 3), "2 & more", True),
                chart.Bar("b", Spread(1, 1, 1), "1", False, True)]
        svg = self.parse(chart.bars("t", rows))
        widths = [float(rect.getAttribute("width")) for rect in svg.getElementsByTagName("rect")]
        self.assertAlmostEqual(widths[0], 2 * widths[1], delta=0.2)
        styles = [rect.getAttribute("class") for rect in svg.getElementsByTagName("rect")]
        self.assertEqual(styles, ["bar ours", "bar base"])

    def test_grid(self):
        for largest, step in ((1, 0.2), (2, 0.5), (20, 5), (0.9, 0.2), (4000, 1000)):
            self.assertAlmostEqual(chart.nice_step(largest), step)

    def test_log_scale(self):
        self.assertEqual(chart.decades(0.2, 30), [0.1, 1, 10, 100])
        self.assertEqual(chart.decades(1, 1), [1, 10])
        rows = [chart.Curve("a", {"p50": 0.1, "max": 10}, 0),
                chart.Curve("b", {"p50": 1, "max": 10}, 1, True)]
        svg = self.parse(chart.curves("t", ["p50", "max"], rows))
        lines = svg.getElementsByTagName("polyline")
        heights = [[float(point.split(",")[1]) for point in line.getAttribute("points").split()]
                   for line in lines]
        self.assertAlmostEqual(heights[0][0] - heights[0][1], 2 * (heights[1][0] - heights[1][1]),
                               delta=0.3)

    def test_labels_do_not_overlap(self):
        moved = chart.spread_apart([10, 10, 11, 200], 15)
        self.assertEqual(moved, [10, 25, 40, 200])


class ReportTest(unittest.TestCase):
    def test_page(self):
        storm = result_of(TAIL, {"ouro": [1.5]}, kind=Kind.STORM)
        percentiles = {name: [1.0] for name in ("p50", "p90", "p99", "p99.9", "max")}
        storm.latency["ouro"] = {"alone": percentiles, "storm": percentiles}
        results = [result_of(RATE, {"nginx-copy": [1], "ouro": [1]},
                             (Target("row", RATE, 1.5, 1.8, "nginx"),)), storm,
                   Result(Scenario("x", "X", Kind.PENDING, why="needs TLS"))]
        page = report.page(results, report.Run("now", "here", 5, VERSIONS))
        self.assertIn("A &lt;row&gt;", page)
        self.assertIn("1 fall short", page)
        self.assertIn("<polyline", page)
        for outside in ("<script", "src=", "@import", "url("):
            self.assertNotIn(outside, page)


class GateTest(unittest.TestCase):
    def test_judge(self):
        self.assertTrue(gate.judge("calls", 0.15, 0.15, 0.06)[0])
        self.assertFalse(gate.judge("calls", 0.1501, 0.15, 0.06)[0])

    def test_engine(self):
        self.assertEqual(gate.engine_of("ouro 0.1.0\n  engine    io_uring\n  loops     1\n"),
                         "io_uring")
        self.assertTrue(gate.engine_of("  engine    epoll (seccomp)\n").startswith("epoll"))

    def test_every_check_has_a_limit(self):
        limits = json.loads(Path(gate.__file__).with_name("limits.json").read_text())
        self.assertEqual(set(limits), set(gate.checks(Path("site"), Path("work"))))
        for name, numbers in limits.items():
            self.assertGreaterEqual(numbers["limit"], numbers["goal"], name)


class CpuQuotaTest(unittest.TestCase):
    def test_a_command_begins_in_its_group(self):
        try:
            with cpu_quota.group("bench-test", 0.5) as folder:
                shown = subprocess.run(cpu_quota.inside(folder, ["cat", "/proc/self/cgroup"]),
                                       capture_output=True, check=True, text=True).stdout
                self.assertIn("bench-test", shown)
            self.assertFalse(folder.exists())
        except cpu_quota.Unavailable as error:
            self.skipTest(str(error))


class DataTest(unittest.TestCase):
    def test_scenarios(self):
        names = [scenario.name for scenario in scenarios.SCENARIOS]
        self.assertEqual(len(names), len(set(names)))
        for scenario in scenarios.SCENARIOS:
            self.assertEqual(scenario.kind == Kind.PENDING, bool(scenario.why), scenario.name)
            for server in scenario.servers:
                self.assertIn(server.removesuffix("+log"), servers.SERVERS)
            for target in scenario.targets:
                self.assertIn(target.server, scenario.servers)
            self.assertIn(scenario.tls, (None, *site.CERTIFICATES), scenario.name)
            self.assertEqual(scenario.kind == Kind.STORM, bool(scenario.storms), scenario.name)
            for storm in scenario.storms:
                self.assertIn(storm, storms.STORMS, scenario.name)
            # The generator has to read what is encrypted.
            self.assertFalse(scenario.tls and scenario.discard, scenario.name)

    def test_a_load_goes_to_the_port_that_speaks_as_the_scenario_says(self):
        started = Started(None, 8123, 8124)
        for scenario in scenarios.SCENARIOS:
            (url,) = load_of(scenario, started, Plan(Path(), Path(), 1)).urls
            self.assertTrue(url.startswith("https://127.0.0.1:8124/" if scenario.tls else
                                           "http://127.0.0.1:8123/"), url)

    def test_storms(self):
        cold = storms.STORMS["cold"].load(8123, None, 1.0)
        self.assertTrue(cold.discard)
        self.assertEqual(len(cold.urls), site.COLD_FILES)
        handshakes = storms.STORMS["handshakes"].load(8123, 8124, 1.0)
        self.assertTrue(handshakes.close)
        self.assertEqual(handshakes.urls, ("https://127.0.0.1:8124/1k.bin",))
        guesses = storms.STORMS["passwords"].load(8123, None, 1.0)
        self.assertEqual(guesses.urls, ("http://127.0.0.1:8123/private/1k.bin",))
        self.assertEqual((guesses.connections, guesses.close, guesses.status), (8, True, 401))
        self.assertEqual(guesses.guess, passwords.USER)
        self.assertTrue(guesses.addresses)
        for scenario in scenarios.SCENARIOS:
            self.assertEqual(scenario.password, "passwords" in scenario.storms
                             or scenario.kind == Kind.LOGIN, scenario.name)
        one = storms.guesses_of_one(8123, 1.0)
        self.assertEqual((one.connections, one.addresses), (1000, "127.64.0.1/32"))

    def test_configurations(self):
        with tempfile.TemporaryDirectory() as folder:
            for name in servers.SERVERS:
                for log in (False, True):
                    setting = servers.Setting(Path(folder) / name, Path("/site"), 8123, 2, log, 64)
                    words = servers.command_of(name, setting)
                    text = " ".join(words) + "".join(
                        path.read_text() for path in setting.folder.iterdir())
                    self.assertIn("8123", text, name)
                    self.assertEqual("access.log" in text, log, name)

    def test_configurations_with_tls(self):
        with tempfile.TemporaryDirectory() as folder:
            tls = servers.Tls(8124, site.certificate(Path("/keys"), "p256"))
            for name in scenarios.TLS:
                setting = servers.Setting(Path(folder) / name, Path("/site"), 8123, 1, False, 64,
                                          tls)
                words = servers.command_of(name, setting)
                text = " ".join(words) + "".join(
                    path.read_text() for path in setting.folder.iterdir())
                for part in ("8123", "8124", "/keys/p256.pem", "/keys/p256.key"):
                    self.assertIn(part, text, name)

    def test_configurations_with_users(self):
        asking = {name for s in scenarios.SCENARIOS if s.password for name in s.servers}
        with tempfile.TemporaryDirectory() as folder:
            users = Path(folder) / "users"
            users.write_text("bench:$2y$10$hash\n")
            for name in asking:
                for given in (users, None):
                    setting = servers.Setting(Path(folder) / name, Path("/site"), 8123, 1, False,
                                              64, None, given)
                    words = servers.command_of(name, setting)
                    text = " ".join(words) + "".join(
                        path.read_text() for path in setting.folder.iterdir())
                    self.assertEqual("/private/" in text, given is not None, name)
                    self.assertEqual(str(users) in text or "bench $2y$10$hash" in text,
                                     given is not None, name)

    @unittest.skipUnless(shutil.which("openssl"), "there is no openssl command")
    def test_certificates(self):
        with tempfile.TemporaryDirectory() as folder:
            site.make_certificates(Path(folder))
            made = {path.name: path.read_text() for path in Path(folder).iterdir()}
            self.assertEqual(set(made), {"p256.pem", "p256.key", "rsa2048.pem", "rsa2048.key"})
            site.make_certificates(Path(folder))
            self.assertEqual(made, {path.name: path.read_text()
                                    for path in Path(folder).iterdir()})


if __name__ == "__main__":
    unittest.main()
