"""A headless Chromium, spoken to over a pipe (--remote-debugging-pipe): the DevTools protocol as
JSON with a zero byte behind each message. Nothing but Python's own library."""

import base64
import json
import os
import select
import shutil
import subprocess
import tempfile
import time

PROGRAMS = ("chromium", "chromium-browser", "google-chrome")
LIMIT = 30  # seconds, for whatever is waited for


class BrowserError(Exception):
    pass


def find_program():
    for name in PROGRAMS:
        path = shutil.which(name)
        if path:
            return path
    raise BrowserError("there is no Chromium: install the package chromium")


class Browser:
    """One page of one browser, with a profile of its own, which goes with it."""

    def __init__(self):
        self._profile = tempfile.TemporaryDirectory(prefix="ouro-page-")
        commands_read, self._write_fd = os.pipe()
        self._read_fd, answers_write = os.pipe()
        command = [find_program(), "--headless=new", "--remote-debugging-pipe", "--disable-gpu",
                   "--no-first-run", "--disable-extensions", "--disable-background-networking",
                   "--hide-scrollbars", "--no-proxy-server",
                   f"--user-data-dir={self._profile.name}", "about:blank"]
        if os.geteuid() == 0:
            command.insert(1, "--no-sandbox")  # its sandbox refuses root
        # Chromium reads from descriptor 3 and writes to 4.
        self._process = subprocess.Popen(
            ["/bin/sh", "-c", f'exec "$@" 3<&{commands_read} 4>&{answers_write}', "sh", *command],
            pass_fds=(commands_read, answers_write), stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        os.close(commands_read)
        os.close(answers_write)
        self._buffer = b""
        self._id = 0
        self._session = None
        self.errors = []  # what the console and the network would show in red
        target = self._call("Target.createTarget", {"url": "about:blank"})["targetId"]
        self._session = self._call("Target.attachToTarget",
                                   {"targetId": target, "flatten": True})["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Accessibility"):
            self._call(domain + ".enable")

    def close(self):
        os.close(self._write_fd)
        try:
            self._process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        os.close(self._read_fd)
        self._profile.cleanup()

    # --- The page.

    def open(self, url):
        self._call("Page.navigate", {"url": url})
        self.wait("document.readyState === 'complete'")

    def evaluate(self, expression):
        answer = self._call("Runtime.evaluate", {
            "expression": expression, "returnByValue": True, "awaitPromise": True})
        if "exceptionDetails" in answer:
            raise BrowserError(f"{expression}: {answer['exceptionDetails']}")
        return answer["result"].get("value")

    def wait(self, condition, what=None):
        """Until the expression is true; its value."""
        until = time.monotonic() + LIMIT
        while time.monotonic() < until:
            value = self.evaluate(condition)
            if value:
                return value
            self._pump(0.05)
        raise BrowserError(f"waited in vain for: {what or condition}")

    def size(self, width, height, scale=1):
        self._call("Emulation.setDeviceMetricsOverride", {
            "width": width, "height": height, "deviceScaleFactor": scale, "mobile": width < 600})

    def prefer(self, **features):
        """prefer(color_scheme="dark", reduced_motion="reduce")"""
        self._call("Emulation.setEmulatedMedia", {"features": [
            {"name": "prefers-" + name.replace("_", "-"), "value": value}
            for name, value in features.items()]})

    def allow_scripts(self, allowed):
        self._call("Emulation.setScriptExecutionDisabled", {"value": not allowed})

    def press(self, key):
        codes = {"Tab": 9, "Enter": 13, " ": 32}
        event = {"key": key, "code": "Space" if key == " " else key,
                 "windowsVirtualKeyCode": codes[key]}
        text = {" ": {"text": " "}, "Enter": {"text": "\r"}}.get(key, {})
        self._call("Input.dispatchKeyEvent", {"type": "keyDown", **event, **text})
        self._call("Input.dispatchKeyEvent", {"type": "keyUp", **event})

    def accessible(self):
        """(role, name) of everything that assistive technology is told of, in order."""
        nodes = self._call("Accessibility.getFullAXTree")["nodes"]
        return [(node.get("role", {}).get("value", ""), node.get("name", {}).get("value", ""))
                for node in nodes if not node.get("ignored")]

    def screenshot(self, path):
        """All of the page, not only what fits the window."""
        image = self._call("Page.captureScreenshot",
                           {"format": "png", "captureBeyondViewport": True})
        with open(path, "wb") as file:
            file.write(base64.b64decode(image["data"]))

    # --- The protocol.

    def _call(self, method, parameters=None):
        self._id += 1
        message = {"id": self._id, "method": method, "params": parameters or {}}
        if self._session:
            message["sessionId"] = self._session
        os.write(self._write_fd, json.dumps(message).encode() + b"\0")
        until = time.monotonic() + LIMIT
        while time.monotonic() < until:
            for answer in self._receive(0.5):
                if answer.get("id") != self._id:
                    self._note(answer)
                elif "error" in answer:
                    raise BrowserError(f"{method}: {answer['error']}")
                else:
                    return answer["result"]
        raise BrowserError(f"no answer to {method}")

    def _pump(self, seconds):
        for message in self._receive(seconds):
            self._note(message)

    def _receive(self, seconds):
        if select.select([self._read_fd], [], [], seconds)[0]:
            piece = os.read(self._read_fd, 1 << 20)
            if not piece:
                raise BrowserError("the browser has ended")
            self._buffer += piece
        *messages, self._buffer = self._buffer.split(b"\0")
        return [json.loads(message) for message in messages]

    def _note(self, message):
        method, parameters = message.get("method"), message.get("params", {})
        if method == "Runtime.exceptionThrown":
            details = parameters["exceptionDetails"]
            self.errors.append(details.get("exception", {}).get("description", details["text"]))
        elif method == "Runtime.consoleAPICalled" and parameters["type"] in ("error", "warning"):
            self.errors.append(str(parameters["args"]))
        elif method == "Log.entryAdded" and parameters["entry"]["level"] in ("error", "warning"):
            self.errors.append(parameters["entry"]["text"])
