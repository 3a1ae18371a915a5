"""A server for a page to be tested with: its program on free ports, and requests for it."""

import json
import re
import signal
import subprocess
import threading
import urllib.request

LIMIT = 20  # seconds


class Ouro:
    def __init__(self, program, folder, admin="127.0.0.1:0"):
        config = folder / "ouro.jsonc"
        config.write_text(json.dumps({
            "listen": ["127.0.0.1:0"], "admin": {"address": admin}, "loops": 2,
            "log": {"access": None},
            "sites": [{"routes": [{"path": "/**", "files": {"root": str(folder)}}]}]}))
        (folder / "hello.txt").write_text("hello\n")
        self._process = subprocess.Popen([program, "run", "-c", config], text=True,
                                         stderr=subprocess.PIPE)
        lines = []
        for line in self._process.stderr:
            lines.append(line)
            if " files " in line:
                break
        table = "".join(lines)
        try:
            self.url, self.admin = re.findall(r"http://[0-9.:]+", table)[:2]
        except ValueError:
            raise RuntimeError(f"the server did not start:\n{table}") from None
        # So that it never waits for a reader.
        threading.Thread(target=self._process.stderr.read, daemon=True).start()

    def stop(self):
        self._process.send_signal(signal.SIGTERM)
        return self._process.wait(timeout=LIMIT)

    def get(self, path="/hello.txt"):
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(self.url + path, timeout=LIMIT) as answer:
            return answer.read()

    def status(self):
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(self.admin + "/status", timeout=LIMIT) as answer:
            return json.load(answer)
