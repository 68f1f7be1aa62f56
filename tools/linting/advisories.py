# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""Known weaknesses of the libraries that the add-on calls: `python -m tools.linting.advisories`.

No server is queried: the list below is maintained by hand from published advisories (CVE numbers).
It covers only what it names; whoever hosts the add-on must still follow the libraries' own
advisories. Prints one line for each weak library installed here; exit code 1 when there is
one.
"""

import sys
from importlib import metadata

from packaging.version import Version

# library -> ((first fixed version, advisory, what goes wrong), ...)
ADVISORIES = {
    "requests": (
        ("2.32.0", "CVE-2024-35195", "one unverified call leaves its connection unverified"),
        ("2.32.4", "CVE-2024-47081", "a crafted address is sent the password of another host"),
        ("2.33.0", "CVE-2026-25645", "a file is taken out of an archive to a name that is known"),
    ),
    "Pillow": (
        ("10.2.0", "CVE-2023-50447", "an expression about pictures runs code"),
        ("10.3.0", "CVE-2024-28219", "a colour profile overflows a buffer"),
    ),
    "urllib3": (
        ("2.2.2", "CVE-2024-37891", "the proxy's password follows a redirection"),
        ("2.5.0", "CVE-2025-50181", "redirections that were switched off are followed"),
        ("2.6.0", "CVE-2025-66418", "an answer compressed many times over exhausts the server"),
        ("2.6.3", "CVE-2026-21441", "so does one behind a redirection"),
    ),
    "cryptography": (
        ("42.0.4", "CVE-2024-26130", "a key that is not its certificate's ends the process"),
        ("44.0.1", "CVE-2024-12797", "the OpenSSL inside takes an unproven server for proven"),
        ("49.0.0", "CVE-2026-69249", "a crafted chain of certificates is verified without end"),
        ("50.0.0", "CVE-2026-69247", "decrypting PKCS#7 answers who guesses the key"),
    ),
    "pypdf": (
        ("6.0.0", "CVE-2025-55197", "a crafted PDF exhausts the memory"),
        ("6.1.3", "CVE-2025-62707", "a crafted PDF is read without end"),
        ("6.14.2", "CVE-2026-59935", "a crafted PDF exhausts the server"),
        ("6.15.0", "CVE-2026-71852", "so does a crafted font"),
    ),
    "paramiko": (
        ("3.4.0", "CVE-2023-48795", "somebody on the way drops messages of the conversation"),
    ),
    "lxml": (("4.9.1", "CVE-2022-2309", "a crafted XML ends the process"),),
}


def weaknesses(versions):
    """Sentences about the weak ones among these installed libraries.

    versions: texts of versions, by library.
    """
    for library, known in ADVISORIES.items():
        for fixed, advisory, fault in known:
            installed = versions.get(library)
            if installed and Version(installed) < Version(fixed):
                yield f"{library} {installed}: {advisory}, {fault}; fixed in {fixed}"


def main():
    """Check what is installed here; the exit code."""
    installed = {}
    for library in ADVISORIES:
        try:
            installed[library] = metadata.version(library)
        except metadata.PackageNotFoundError:
            continue
    found = list(weaknesses(installed))
    print("\n".join(found) or f"{len(installed)} libraries compared with the list")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
