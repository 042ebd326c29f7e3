"""Free TCP ports on loopback."""

import random
import socket

from deploy.say import Missing

# Below the range the kernel gives to outgoing connections: a server that restarts must find its port still free.
LOWEST, HIGHEST = 20_000, 32_000
_given: set[int] = set()


def is_free(port: int, host: str = "127.0.0.1") -> bool:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def free_port(preferred: int | None = None) -> int:
    """A port nobody listens on: the preferred one where possible; never the same twice in one process."""
    if preferred and preferred not in _given and is_free(preferred):
        _given.add(preferred)
        return preferred
    for _ in range(500):
        port = random.randint(LOWEST, HIGHEST)  # noqa: S311 - a port number is no secret
        if port not in _given and is_free(port):
            _given.add(port)
            return port
    raise Missing(f"No free TCP port between {LOWEST} and {HIGHEST} on 127.0.0.1: end a program that holds them.")


def answers(port: int, host: str = "127.0.0.1") -> bool:
    """Whether somebody accepts connections there."""
    try:
        with socket.create_connection((host, port), timeout=1):
            return True
    except OSError:
        return False
