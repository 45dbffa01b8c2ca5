"""How far requests from outside may go; one place for every number."""

import os
from dataclasses import dataclass, field

from kg.store import Limits

CORES = os.cpu_count() or 1


@dataclass(frozen=True, slots=True)
class Bounds:
    """What the server grants.

    Attributes:
        limits: Seconds from the arrival of a query to its end, and memory that it may take.
        quick: Workers that are kept free of long queries.
        long: Queries that may run for longer than `outlasts` at the same time; the others wait.
        outlasts: Seconds after which a query counts as long.
        patience: Seconds that a query waits for a worker.
        crowd: So many waiting are a crowd, in which patience is short.
        crowded: Seconds that a query waits in a crowd.
        waiting: Queries that may wait for a worker.
        waiting_each: Of them, those of one client.
        share: Seconds of worker time that a client has a minute; twice as much is saved up.
        answer: Bytes of one answer.
        answers: Bytes of all answers that are being sent.
        query: Bytes of a query, form fields and parameters together.
        source: Bytes of a source that is put in.
        head: Bytes of a request's line and headers.
        head_seconds: Time in which they have to arrive.
        body_seconds: Time in which the body has to arrive.
        send_seconds: Time that a client may leave what was sent to it unread.
        connections: Connections at the same time.
        services: `SERVICE` clauses that are asked at the same time.
        services_each: Of them, those of one client.
        write_seconds: Time in which the gate has to judge a source.
        write_megabytes: Memory that it may take.
    """

    limits: Limits = field(default_factory=lambda: Limits(seconds=30.0, megabytes=128))
    quick: int = max(4, CORES)
    long: int = max(2, CORES // 2)
    outlasts: float = 0.25
    patience: float = 5.0
    crowd: int = 64
    crowded: float = 0.4
    waiting: int = 128
    waiting_each: int = 64
    share: float = 60.0
    answer: int = 64 * 2**20
    answers: int = 256 * 2**20
    query: int = 256 * 2**10
    source: int = 64 * 2**20
    head: int = 32 * 2**10
    head_seconds: float = 10.0
    body_seconds: float = 20.0
    send_seconds: float = 20.0
    connections: int = 1000
    services: int = 8
    services_each: int = 2
    write_seconds: float = 120.0
    write_megabytes: int = 2048
