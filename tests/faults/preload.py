"""What every process of the world needs, imported once by the server they are forked from."""

import aio_pika
import asyncpg
import faststream.rabbit
import uvicorn

from tests.faults import child, defects, points

__all__ = ["aio_pika", "asyncpg", "child", "defects", "faststream", "points", "uvicorn"]
