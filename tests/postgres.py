"""A throw-away PostgreSQL cluster for tests, run from the server binaries that are installed."""

import fcntl
import os
import pwd
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import psycopg

from lrs_soap.store import open_store

TEMPLATE = "migrated"
OPTIONS = {
    "listen_addresses": "''",
    "max_connections": "200",
    "shared_buffers": "64MB",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "autovacuum": "off",
}


def binaries() -> Path | None:
    """Return the directory of the server's programs, or None when they are not installed."""
    places = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    if pg_config := shutil.which("pg_config"):
        run = subprocess.run([pg_config, "--bindir"], capture_output=True, text=True, check=False)
        places.insert(0, Path(run.stdout.strip()))
    return next((place for place in places if (place / "initdb").exists() and (place / "pg_ctl").exists()), None)


class Cluster:
    """A PostgreSQL cluster below a directory, reached through a socket in it.

    Several processes may hold one: the first that needs it starts it, and whoever made the directory stops it.
    """

    def __init__(self, home: Path) -> None:
        self.home = home
        self._data = home / "data"

    def url(self, database: str = "postgres") -> str:
        """Return the URL of a database of this cluster."""
        return f"postgresql://postgres@/{database}?host={self.home}"

    def ensure_started(self) -> None:
        """Start the cluster and make the migrated template, unless another process did."""
        with self._locked():
            if not (self.home / "ready").exists():
                self._initialise()
                self.start()
                self._make_template()
                (self.home / "ready").touch()

    def start(self) -> None:
        """Start the server and wait until it answers."""
        self._run("pg_ctl", "start", "-w", "-D", str(self._data), "-l", str(self._data / "server.log"))

    def stop(self) -> None:
        """Stop the server, by the process ID it left, unless it does not run."""
        if (self._data / "postmaster.pid").exists():
            self._run("pg_ctl", "stop", "-w", "-m", "fast", "-D", str(self._data))

    def remove(self) -> None:
        """Stop the server and delete all its files."""
        self.stop()
        shutil.rmtree(self.home)

    @contextmanager
    def database(self, template: str = TEMPLATE) -> Iterator[str]:
        """Give the URL of a new database, which is dropped in the end."""
        name = f"test_{uuid4().hex}"
        self._execute(f"CREATE DATABASE {name} TEMPLATE {template}")
        try:
            yield self.url(name)
        finally:
            self._execute(f"DROP DATABASE {name} WITH (FORCE)")

    @contextmanager
    def _locked(self) -> Iterator[None]:
        with (self.home / "lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _initialise(self) -> None:
        # The server refuses to run as root, and so would tests in most containers.
        owner = _unprivileged_user()
        self.home.chmod(0o755)
        self._data.mkdir(mode=0o700)
        sockets = self.home
        if owner is not None:
            shutil.chown(self._data, owner)
            shutil.chown(sockets, owner)
        self._run("initdb", "-D", str(self._data), "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-locale", "-N")
        options = OPTIONS | {"unix_socket_directories": f"'{sockets}'"}
        with (self._data / "postgresql.conf").open("a") as file:
            file.writelines(f"{name} = {value}\n" for name, value in options.items())

    def _make_template(self) -> None:
        self._execute(f"CREATE DATABASE {TEMPLATE} TEMPLATE template0")
        store = open_store(self.url(TEMPLATE))
        store.migrate()
        store.close()

    def _execute(self, statement: str) -> None:
        with psycopg.connect(self.url(), autocommit=True) as connection:
            connection.execute(statement.encode())

    def _run(self, program: str, *arguments: str) -> None:
        directory = binaries()
        assert directory is not None
        subprocess.run(
            [str(directory / program), *arguments],
            cwd=self.home,
            user=_unprivileged_user(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=120,
            check=True,
        )


def _unprivileged_user() -> str | None:
    if os.geteuid() != 0:
        return None
    known = {user.pw_name for user in pwd.getpwall()}
    return next(name for name in ("postgres", "nobody") if name in known)
