"""Many clients that each ask a site for a file of their own, and wait."""

from __future__ import annotations

import selectors
import socket
import time
from collections import Counter
from dataclasses import dataclass, field


@dataclass
class Client:
    connection: socket.socket
    asked: float
    received: bytearray = field(default_factory=bytearray)


@dataclass(frozen=True)
class Answered:
    status: int  # 0: closed without an answer
    retry_after: bool
    seconds: float


def ask(port: int, path: str) -> Client:
    connection = socket.create_connection(("127.0.0.1", port), 5)
    connection.sendall(
        f"GET {path} HTTP/1.1\r\nHost: hung\r\nConnection: close\r\n\r\n".encode()
    )
    connection.setblocking(False)
    return Client(connection, time.monotonic())


def read_answer(client: Client) -> Answered | None:
    """None as long as there is more to come."""
    try:
        piece = client.connection.recv(1 << 16)
    except BlockingIOError:
        return None
    except ConnectionResetError:
        piece = b""
    if piece:
        client.received += piece
        return None
    head = bytes(client.received).partition(b"\r\n\r\n")[0].lower()
    status = int(head.split(b" ")[1]) if head else 0
    return Answered(status, b"\r\nretry-after:" in head, time.monotonic() - client.asked)


class Crowd:
    def __init__(self, port: int) -> None:
        self.port = port
        self._selector = selectors.DefaultSelector()
        self._next_file = 0
        self.answered: list[Answered] = []

    @property
    def waiting(self) -> int:
        return len(self._selector.get_map())

    def join(self, clients: int) -> None:
        for _ in range(clients):
            client = ask(self.port, f"/f{self._next_file}.txt")
            self._next_file += 1
            self._selector.register(client.connection, selectors.EVENT_READ, client)

    def arrive(self, clients: int, seconds: float) -> None:
        """Evenly, not at once: connecting them costs the machine more than answering them."""
        began = time.monotonic()
        for number in range(clients):
            self.join(1)
            self.listen(max(0.0, began + seconds * (number + 1) / clients - time.monotonic()))

    def listen(self, seconds: float) -> None:
        """Until then, or until nobody waits."""
        until = time.monotonic() + seconds
        while self.waiting and (left := until - time.monotonic()) > 0:
            for key, _ in self._selector.select(left):
                client: Client = key.data
                if answered := read_answer(client):
                    self.answered.append(answered)
                    self._selector.unregister(client.connection)
                    client.connection.close()

    def leave(self) -> None:
        for key in list(self._selector.get_map().values()):
            self._selector.unregister(key.fileobj)
            key.data.connection.close()

    def statuses(self) -> Counter[int]:
        return Counter(answered.status for answered in self.answered)

    def take_answered(self) -> list[Answered]:
        answered, self.answered = self.answered, []
        return answered
