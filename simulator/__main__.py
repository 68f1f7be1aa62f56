# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""``python -m simulator``: the platform as a program."""

import argparse
import contextlib
import signal
import sys
from importlib.util import find_spec

from .http.listener import PortTaken
from .server import SimulatorServer

DEFAULT_PORT = 8899
MAX_DIRECTORY = 100_000


def main(arguments=None):
    parser = argparse.ArgumentParser(prog="simulator", description="A local Chorus Pro.")
    parser.add_argument("--port", type=int, default=DEFAULT_PORT, help="0: any free one")
    parser.add_argument(
        "--tls-port",
        type=int,
        metavar="PORT",
        help="also serve the older access by client certificate there; 0: any free one",
    )
    parser.add_argument(
        "--sftp-port",
        type=int,
        metavar="PORT",
        help="also serve the EDI mode there, over SFTP; 0: any free one",
    )
    parser.add_argument(
        "--life-pace",
        type=float,
        metavar="SECONDS",
        help="seconds between two steps of invoices and flows, instead of minutes and days",
    )
    parser.add_argument(
        "--latency",
        type=float,
        default=0,
        metavar="SECONDS",
        help="how much longer every answer takes, as over a long way",
    )
    parser.add_argument(
        "--directory-size",
        type=int,
        default=0,
        metavar="NUMBER",
        help="public structures in addition to the data set, in every combination of requirements",
    )
    parser.add_argument(
        "--travels",
        action="store_true",
        help="advancing the clock takes clients along: their own clocks are advanced too",
    )
    options = parser.parse_args(arguments)
    if not 0 <= options.port <= 65535:
        parser.error("--port must be from 0 to 65535")
    tls = options.tls_port is not None
    if tls and not 0 <= options.tls_port <= 65535:
        parser.error("--tls-port must be from 0 to 65535")
    if tls and find_spec("cryptography") is None:
        parser.error("--tls-port needs the Python package cryptography: install it")
    sftp = options.sftp_port is not None
    if sftp and not 0 <= options.sftp_port <= 65535:
        parser.error("--sftp-port must be from 0 to 65535")
    if sftp and find_spec("asyncssh") is None:
        parser.error("--sftp-port needs the Python package asyncssh: install it")
    if options.life_pace is not None and options.life_pace <= 0:
        parser.error("--life-pace must be more than 0")
    if options.latency < 0:
        parser.error("--latency must be 0 or more")
    if not 0 <= options.directory_size <= MAX_DIRECTORY:
        parser.error(f"--directory-size must be from 0 to {MAX_DIRECTORY}")
    try:
        simulator = SimulatorServer(
            options.port,
            options.life_pace,
            tls,
            options.tls_port or 0,
            latency=options.latency,
            directory_size=options.directory_size,
            travels=options.travels,
            sftp=sftp,
            sftp_port=options.sftp_port or 0,
        )
    except PortTaken as error:
        used = ["--port", *(["--tls-port"] if tls else []), *(["--sftp-port"] if sftp else [])]
        option = " or ".join(used)
        print(f"simulator: {error}; choose another one with {option}", file=sys.stderr)
        return 2
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    older = f"; by client certificate at {simulator.tls_url}" if tls else ""
    edi = f"; EDI by SFTP on port {simulator.sftp_port}" if sftp else ""
    ready = f"Chorus Pro simulator ready at {simulator.url} (control: /_sim)"
    print(f"{ready}{older}{edi}", flush=True)
    with contextlib.suppress(KeyboardInterrupt):
        simulator.serve()
    return 0


if __name__ == "__main__":
    sys.exit(main())
