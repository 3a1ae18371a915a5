# Goal: only a server that hashes what it is given is measured, with a hash that the servers read.
# Method: servers of our own that ask for a password and do one thing wrong each; known hashes.
import contextlib
import http.server
import socket
import tempfile
import threading
import time
import unittest
from pathlib import Path

from loadtest.bench import passwords
from loadtest.bench.generator import LoadError, Outcome
from loadtest.bench.process import StartError


class Guarded(http.server.BaseHTTPRequestHandler):
    """Asks for a password and answers as its class says."""

    without_password = 401
    right_length = 1024
    wrong_status = 401
    hashes = True
    wait_seconds = 0.0
    right = passwords._credentials(passwords._PASSWORD)

    def do_GET(self):
        given = self.headers["Authorization"]
        status = (self.without_password if given is None else
                  200 if given == self.right else self.wrong_status)
        if given not in (None, self.right):
            time.sleep(self.wait_seconds)
            if self.hashes:
                passwords.bcrypt(given, "$2y$10$" + "." * 22)
        body = b"x" * (self.right_length if status == 200 else 0)
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


@contextlib.contextmanager
def guarded(**answers):
    server = http.server.HTTPServer(("127.0.0.1", 0), type("Answering", (Guarded,), answers))
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class PasswordsTest(unittest.TestCase):
    def test_bcrypt(self):
        # One of the vectors that crypt_blowfish comes with.
        hashed = "$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW"
        self.assertEqual(passwords.bcrypt("U*U", hashed[:29]), hashed)
        with self.assertRaises(OSError):
            passwords.bcrypt("U*U", "$2y$10$short")

    def test_users(self):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "made" / "users"
            passwords.make_users(path)
            lines = dict(line.split(":") for line in path.read_text().splitlines())
            self.assertEqual(list(lines), [passwords.USER, *passwords.LOGINS])
            self.assertEqual(len(set(lines.values())), len(lines))
            hashed = lines[passwords.USER]
            self.assertEqual(hashed[:7], "$2y$10$")
            self.assertEqual(passwords.bcrypt("the right one", hashed), hashed)
            self.assertNotEqual(passwords.bcrypt("a wrong one", hashed), hashed)

    def test_who_hashes_is_measured(self):
        with guarded() as port:
            passwords.check(port, 1024, time.process_time)

    def test_a_login_is_waited_for(self):
        with guarded(right=passwords._credentials(passwords._PASSWORD, "user7")) as port:
            self.assertLess(passwords.login_seconds(port, "user7", 1024, 5), 5)
            for user, length in (("user7", 1023), ("user8", 1024)):
                with self.assertRaises(LoadError):
                    passwords.login_seconds(port, user, length, 5)
        with contextlib.closing(socket.create_server(("127.0.0.1", 0))) as silent:
            self.assertEqual(passwords.login_seconds(silent.getsockname()[1], "user7", 1, 0.05),
                             0.05)

    def test_who_does_not_hash_is_not_measured(self):
        for wait_seconds in (0, passwords.hash_seconds()):
            with guarded(hashes=False, wait_seconds=wait_seconds) as port:
                with self.assertRaisesRegex(StartError, "refuses a password after"):
                    passwords.check(port, 1024, time.process_time)

    def test_who_answers_wrongly_is_not_measured(self):
        for answers, said in (({"without_password": 200}, "answers 200 without a password"),
                              ({"right_length": 3}, "answers 200, 3 bytes to the right"),
                              ({"right": "Basic eDp5"}, "answers 401, 0 bytes to the right"),
                              ({"wrong_status": 200}, "answers 200 to a wrong password")):
            with guarded(**answers) as port, self.assertRaisesRegex(StartError, said):
                passwords.check(port, 1024, time.process_time)

    def test_who_stops_hashing_is_not_counted(self):
        needed = 9 * passwords.hash_seconds()
        self.assertEqual(passwords.hashes_per_second(Outcome(9, 20, 0, 0), needed), 20)
        with self.assertRaises(LoadError):
            passwords.hashes_per_second(Outcome(9, 20, 0, 0), needed / 3)


if __name__ == "__main__":
    unittest.main()
