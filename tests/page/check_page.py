#!/usr/bin/env python3
"""Looks at the admin's live page with a headless Chromium, as somebody would: that it renders and
goes on, says nothing to the console, can be read in light and dark, on a phone, by a keyboard and
by a screen reader, tells of a loop that is held and of a connection that is lost, and is of use
without JavaScript. --pictures leaves what it looked at."""

import argparse
import pathlib
import sys
import tempfile

from browser import Browser
from ouro import Ouro

ROOT = pathlib.Path(__file__).resolve().parents[2]
failures = []


def check(holds, what):
    print(("  ok      " if holds else "  FAILED  ") + what, flush=True)
    if not holds:
        failures.append(what)


# Everything that has a text of its own, with the contrast between its colour and what is behind it
# (WCAG 2, 1.4.3). A canvas, and what is not shown, has none.
CONTRASTS = """(() => {
  const parse = (text) => {
    const numbers = text.match(/[\\d.]+/g).map(Number);
    return text.startsWith('color(srgb') ? numbers.slice(0, 3).map((n) => n * 255).concat(numbers[3] ?? 1)
                                         : numbers.length === 3 ? [...numbers, 1] : numbers;
  };
  const light = (colour) => {
    const [r, g, b] = colour.map((c) => c / 255).map((c) => c <= 0.03928 ? c / 12.92
                                                           : ((c + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const behind = (element) => {
    for (; element; element = element.parentElement) {
      const colour = parse(getComputedStyle(element).backgroundColor);
      if (colour[3] > 0.99) return colour;
    }
    return [255, 255, 255, 1];
  };
  const found = [];
  for (const element of document.body.querySelectorAll('*')) {
    const own = [...element.childNodes].some((n) => n.nodeType === 3 && n.textContent.trim());
    if (!own || !element.checkVisibility() || ['SCRIPT', 'NOSCRIPT'].includes(element.tagName)) continue;
    const style = getComputedStyle(element);
    const colour = element instanceof SVGElement ? style.fill : style.color;
    const [a, b] = [light(parse(colour)), light(behind(element))].sort((x, y) => y - x);
    found.push([(a + 0.05) / (b + 0.05), element.textContent.trim().slice(0, 40)]);
  }
  return found;
})()"""


def check_contrast(page, scheme):
    too_faint = [text for contrast, text in page.evaluate(CONTRASTS) if contrast < 4.5]
    check(not too_faint, f"every text can be read in {scheme} {too_faint or ''}".rstrip())


def check_rendering(page, ouro):
    page.open(ouro.admin + "/")
    page.wait("!document.getElementById('main').hidden", "the first event")
    check(page.evaluate("document.querySelectorAll('.ring').length") == 2, "a ring for each loop")
    check(page.evaluate("document.querySelectorAll('.ring .lit').length") == 10,
          "five phases in each")
    check(page.evaluate("document.getElementById('state').textContent") == "live", "it is live")
    names = page.evaluate("[...document.querySelectorAll('.lane h3')].map(e => e.firstChild.data)")
    check(names == ["files", "tls"], "a card for each lane")


def number(page, element):
    return float(page.evaluate(f"document.getElementById('{element}').textContent")
                 .replace(",", "").split()[0])


def check_updates(page, ouro):
    check(number(page, "rate") == 0, "no request, no rate")
    until_seen = "Number(document.getElementById('rate').textContent.replace(',', '')) > 0"
    for _ in range(200):
        ouro.get()
    page.wait(until_seen, "a rate, after requests")
    check(True, "the rate rises after requests")
    title = page.evaluate("document.title")
    check("busy" in title, f"the title says how it is: {title}")
    page.wait("document.getElementById('p99').textContent.includes('s')", "a lag")
    before = page.evaluate("document.getElementById('facts').textContent")
    page.wait(f"document.getElementById('facts').textContent !== {before!r}", "another event")
    check(True, "it goes on by itself")
    check(page.evaluate("document.getElementById('alerts').textContent") == "",
          "nothing to be alarmed of")


def check_keyboard(page):
    page.evaluate("document.activeElement.blur()")
    seen = []
    for _ in range(8):
        page.press("Tab")
        seen.append(page.evaluate(
            "document.activeElement.textContent.trim().slice(0, 9) && "
            "(document.activeElement.id || document.activeElement.getAttribute('href') || "
            " document.activeElement.getAttribute('aria-labelledby')) || ''"))
        outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
        if seen[-1] and outline == "none":
            check(False, f"one sees where the focus is: {seen[-1]}")
    check(seen[:7] == ["pause", "requests-title", "slowest-title", "/metrics", "/status",
                       "/healthz", "/readyz"], f"Tab goes through it in order: {seen[:7]}")
    page.evaluate("document.getElementById('pause').focus()")
    page.press(" ")
    check(page.evaluate("document.getElementById('state').textContent") == "paused",
          "the space bar pauses it")
    check(page.evaluate("document.getElementById('pause').getAttribute('aria-pressed')") == "true",
          "and the button says so")
    # So that whatever there is after it is known to be of its own time.
    page.evaluate("connect = ((go_on) => () => { go_on(); "
                  "window.kept = [before, history.length, rates.length]; })(connect)")
    page.press("Enter")
    check(page.evaluate("window.kept") == [None, 0, 0], "after a pause nothing old is left")
    page.wait("document.getElementById('state').textContent === 'live'", "going on")
    check(True, "Enter lets it go on")


def check_screen_reader(page):
    nodes = page.accessible()
    for role, name in (("heading", "ouro"), ("heading", "Event loops"), ("heading", "Lag"),
                       ("heading", "Lanes"), ("heading", "Requests in flight"),
                       ("heading", "Slowest turns"), ("button", "Pause"),
                       ("table", "Requests in flight, the oldest first"),
                       ("table", "Slowest turns, the longest first"),
                       ("columnheader", "Cause"), ("link", "metrics"),
                       ("navigation", "Machine-readable")):
        check((role, name) in nodes, f"a {role} with the name {name!r}")
    images = [name for role, name in nodes if role in ("image", "img")]
    for loop in ("loop-0", "loop-1"):
        check(any(name.startswith(loop + ":") and "busy" in name and "completions" in name
                  for name in images), f"the ring of {loop} in words")
    check(any(name.startswith("Turn times of the last minute") for name in images),
          "the lag's chart in words")
    check("" not in images, "no image without words")
    live = page.evaluate("document.querySelectorAll('[aria-live], [role=status], [role=alert]').length")
    check(live == 1, "only alerts are read out by themselves")


def check_looks(page, pictures):
    for scheme in ("light", "dark"):
        page.prefer(color_scheme=scheme)
        page.wait(f"matchMedia('(prefers-color-scheme: {scheme})').matches")
        background = page.evaluate("getComputedStyle(document.body).backgroundColor")
        dark = sum(int(n) for n in background[4:-1].split(",")) < 3 * 128
        check(dark == (scheme == "dark"), f"{scheme} is {scheme}: {background}")
        check_contrast(page, scheme)
        picture(page, pictures, scheme)
    page.prefer(color_scheme="light", reduced_motion="reduce")
    check(page.evaluate("getComputedStyle(document.querySelector('.orbit')).display") == "none",
          "who prefers less motion gets none")
    page.prefer(color_scheme="light")
    for width in (360, 768):
        page.size(width, 800)
        check(page.evaluate("document.scrollingElement.scrollWidth") <= width,
              f"{width} pixels are wide enough")
        picture(page, pictures, str(width))
    page.size(1280, 900)


# A loop that is held cannot be had of a healthy server: the page is shown one.
HELD = """(async () => {
  stop();
  const status = await (await fetch('/status')).json();
  status.loops[0].held = {seconds: 0.4, phase: 'check', doing: 'route /slow'};
  status.loops[0].slowest = [{ended: status.time - 3, seconds: 0.012, cause: 'blocked',
                              phase: 'check', doing: 'route /slow'}];
  status.loops[0].in_flight = null;
  status.loops[1].in_flight = {named: 32, more: true};
  status.loops[0].long_turns.blocked = 1;  // which was sampled, too
  status.loops[0].blocking_switches = 1;
  status.requests = [{loop: 0, route: 'route /slow', stage: 'in its handler', seconds: 0.4}];
  show(status);
})()"""


def check_held(page, pictures):
    page.evaluate(HELD)
    alert = page.evaluate("document.getElementById('alerts').textContent")
    check(alert == "loop-0 is held in its check phase, by route /slow.", f"it says: {alert}")
    check(page.evaluate("document.title").startswith("\u26a0 loop-0 is held"), "and the title, too")
    check(page.evaluate("document.querySelectorAll('.loop.held .lit.holding.check').length") == 1,
          "the phase that holds it is marked")
    nodes = page.accessible()
    check(("image", "loop-0 is held in its check phase, by route /slow") in nodes,
          "and the ring says it in words")
    check(("cell", "blocked") in nodes and ("cell", "in its handler") in nodes,
          "the tables tell of the turn and of the request")
    check(page.evaluate("document.getElementById('in-flight').textContent") ==
          "1+ at this moment, loop-0 says nothing.",
          "it says which requests it does not know of")
    blocked = ("[...document.querySelectorAll('.loop.held dt')]"
               ".find(e => e.textContent === 'blocked').nextSibling.textContent")
    check(page.evaluate(blocked) == "1", "it was blocked once, although two counters say so")
    check_contrast(page, "light, held")
    picture(page, pictures, "held")
    page.evaluate("connect()")
    page.wait("document.getElementById('alerts').textContent === ''", "the end of the alarm")


def check_loss(page, ouro, start, pictures):
    ouro.stop()
    page.wait("document.getElementById('state').textContent === 'connection lost'", "the loss")
    alert = page.evaluate("document.getElementById('alerts').textContent")
    check(alert.startswith("The connection is lost. What you see is of "), f"it says: {alert}")
    picture(page, pictures, "lost")
    page.errors.clear()  # the browser tells of each attempt that failed
    again = start(ouro.admin.removeprefix("http://"))
    page.wait("document.getElementById('state').textContent === 'live'", "another server")
    check(page.evaluate("document.getElementById('alerts').textContent") == "",
          "it finds back by itself")
    page.errors.clear()
    return again


def check_without_scripts(page, ouro):
    page.allow_scripts(False)
    page.open(ouro.admin + "/")
    nodes = page.accessible()
    check(("link", "/status") in nodes and ("link", "/metrics") in nodes,
          "without JavaScript it says where to go")
    page.allow_scripts(True)


def picture(page, folder, name):
    if folder:
        folder.mkdir(parents=True, exist_ok=True)
        page.screenshot(folder / f"page-{name}.png")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--program", default=ROOT / "build/release/ouro", type=pathlib.Path)
    parser.add_argument("--pictures", type=pathlib.Path, metavar="FOLDER")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="ouro-page-") as folder:
        def start(admin="127.0.0.1:0"):
            return Ouro(options.program, pathlib.Path(folder), admin)
        ouro = start()
        page = Browser()
        try:
            page.size(1280, 900)
            page.prefer(color_scheme="light")
            check_rendering(page, ouro)
            check_updates(page, ouro)
            check_screen_reader(page)
            check_keyboard(page)
            check_looks(page, options.pictures)
            check_held(page, options.pictures)
            check(not page.errors, f"the console has nothing to say {page.errors or ''}".rstrip())
            ouro = check_loss(page, ouro, start, options.pictures)
            check_without_scripts(page, ouro)
            check(not page.errors, f"nor later {page.errors or ''}".rstrip())
        finally:
            page.close()
            status = ouro.stop()
        check(status == 0, "the server stops as it should, although somebody looked")
    print(f"{len(failures)} failed" if failures else "all is well")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
