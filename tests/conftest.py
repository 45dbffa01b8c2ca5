"""Fixtures that several test files share: SPARQL servers, each started once a process."""

import contextlib
from collections.abc import Callable, Iterator

import pytest
from servers import SERVERS, Server
from stub import Stub


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], Server]]:
    """Gives a server by kind, empty; a started one runs until the end of the session."""
    running: dict[str, Server] = {}
    with contextlib.ExitStack() as stack, pytest.MonkeyPatch.context() as environment:
        # Virtuoso's own user; the others ask for nobody and are told of nobody.
        environment.setenv("KG_STORE_USER", "dba")
        environment.setenv("KG_STORE_PASSWORD", "dba")

        def started(kind: str) -> Server:
            if kind not in running:
                folder = tmp_path_factory.mktemp(kind)
                running[kind] = stack.enter_context(SERVERS[kind](folder))
            running[kind].empty()
            return running[kind]

        yield started


@pytest.fixture
def stub() -> Iterator[Stub]:
    server = Stub()
    yield server
    server.close()


@pytest.fixture
def other() -> Iterator[Stub]:
    server = Stub()
    yield server
    server.close()
