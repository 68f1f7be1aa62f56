# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""The folders of the partners over SFTP, by a real SSH server. Needs the package asyncssh.

A partner is known by an RSA key and sees two folders, `depot` and `retrait`. In the second one it
may only list and get. A file there counts as retrieved when it was read to its end and closed: a
connection that ends before leaves it.
"""

import asyncio
import errno
import functools
import os
import stat
import threading

import asyncssh

from .box import DEPOSIT, RETRIEVAL

HOST = "127.0.0.1"
# The facts name these two; current clients offer others
CIPHERS = ("aes256-ctr", "aes128-ctr", "aes256-cbc", "aes128-cbc")
_KEY_BITS = 2048
_START_SECONDS = 20


@functools.cache
def _keys():
    """Those of the server and of the partners: made once in a process, for it takes seconds."""
    return [asyncssh.generate_private_key("ssh-rsa", key_size=_KEY_BITS) for _each in range(2)]


class EdiListener:
    """A port of 127.0.0.1 for SFTP, served from a thread. `port` 0: any free one.

    Raises OSError when the port is taken.
    """

    def __init__(self, platform, port=0):
        self._platform = platform
        self._host_key, self._partner_key = _keys()
        self._authorised = self._partner_key.export_public_key().decode()
        self._acceptor, self._connections = None, set()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True, name="edi")
        self._thread.start()
        try:
            self._acceptor = self._run(self._listen(port))
        except OSError:
            self.close()
            raise
        self.port = self._acceptor.get_port()

    def _run(self, coroutine):
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop).result(_START_SECONDS)

    async def _listen(self, port):
        return await asyncssh.listen(
            HOST,
            port,
            server_factory=self._login,
            server_host_keys=[self._host_key],
            sftp_factory=lambda channel: _Folders(channel, self._platform),
            encryption_algs=CIPHERS,
            process_factory=None,
            allow_scp=False,
            login_timeout=10,
        )

    def _login(self):
        return _Login(self._platform, self._authorised, self._connections)

    def credentials(self):
        """What a client needs; the key is that of all partners."""
        return {
            "host": HOST,
            "port": self.port,
            "host_key": self._host_key.export_public_key().decode().strip(),
            "private_key": self._partner_key.export_private_key("pkcs1-pem").decode(),
            "deposit": f"/{DEPOSIT}",
            "retrieval": f"/{RETRIEVAL}",
            "partners": [
                {"application": code, "login": code, "supplier": each.supplier.structure.siret}
                for code, each in self._platform.edi.partners.items()
            ],
        }

    def close(self):
        """No connection is accepted any more and the open ones are closed."""
        self._run(self._end())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    async def _end(self):
        if self._acceptor:
            self._acceptor.close()
        connections = list(self._connections)
        for each in connections:
            each.abort()
        await asyncio.gather(*(each.wait_closed() for each in connections))
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)


class _Login(asyncssh.SSHServer):
    """Nobody but partners, with their key only."""

    def __init__(self, platform, authorised, connections):
        self._platform, self._authorised = platform, authorised
        self._connections = connections

    def connection_made(self, conn):
        self._connection = conn
        self._connections.add(conn)

    def connection_lost(self, exc):
        self._connections.discard(self._connection)

    def begin_auth(self, username):
        with self._platform.lock:
            is_partner = username in self._platform.edi.partners
        if is_partner:
            keys = asyncssh.import_authorized_keys(self._authorised)
            self._connection.set_authorized_keys(keys)
        return True


class _Handle:
    """An open file. `content` is what was written, or what is read."""

    def __init__(self, folder, name, content, is_written):
        self.folder, self.name = folder, name
        self.content = bytearray(content)
        self.is_written, self.is_read_out = is_written, False


class _Folders(asyncssh.SFTPServer):
    """Two folders, in memory. Called in the thread of the loop only."""

    def __init__(self, channel, platform):
        super().__init__(channel)
        self._platform = platform
        self._code = self.connection.get_extra_info("username")

    @property
    def _partner(self):
        return self._platform.edi.partners[self._code]

    def _take(self, fault, operation):
        return self._platform.faults.take(fault, operation)

    def _cut(self):
        self.connection.abort()
        raise asyncssh.SFTPConnectionLost("cut")

    @staticmethod
    def _split(path):
        """(folder, name) of a path, ("", "") for the root; OSError for anything else."""
        parts = [each for each in path.decode().split("/") if each not in ("", ".")]
        if ".." in parts or len(parts) > 2 or (parts and parts[0] not in (DEPOSIT, RETRIEVAL)):
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT))
        return (*parts, "", "")[:2]

    def _content(self, folder, name):
        """The bytes under a name; FileNotFoundError."""
        partner = self._partner
        if folder == DEPOSIT and name in partner.deposited:
            return partner.deposited[name]
        if folder == RETRIEVAL and name in partner.ready:
            return partner.ready[name].content
        raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT))

    def open(self, path, pflags, attrs):
        folder, name = self._split(path)
        is_written = bool(pflags & asyncssh.FXF_WRITE)
        with self._platform.lock:
            if not is_written:
                return _Handle(folder, name, self._content(folder, name), False)
            if folder != DEPOSIT or not name:
                raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
            self._partner.deposited[name] = b""
            return _Handle(folder, name, b"", True)

    def write(self, file_obj, offset, data):
        with self._platform.lock:
            if self._take("edi_disk_full", "edi_put"):
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            is_cut = self._take("edi_put_cut", "edi_put")
            kept = data[: len(data) // 2] if is_cut else data
            file_obj.content[offset : offset + len(kept)] = kept
            self._partner.deposited[file_obj.name] = bytes(file_obj.content)
            if is_cut:
                self._cut()
        return len(data)

    def read(self, file_obj, offset, size):
        with self._platform.lock:
            if offset and self._take("edi_get_cut", "edi_get"):
                self._cut()
        data = bytes(file_obj.content[offset : offset + size])
        file_obj.is_read_out = file_obj.is_read_out or offset + size >= len(file_obj.content)
        return data

    def close(self, file_obj):
        with self._platform.lock:
            if file_obj.is_written:
                self._partner.deposited[file_obj.name] = bytes(file_obj.content)
                self._platform.edi.received(self._partner, file_obj.name)
            elif file_obj.folder == RETRIEVAL and file_obj.is_read_out:
                # asyncssh also closes what a lost connection left open
                if not self.connection.is_closed():
                    self._platform.edi.fetched(self._partner, file_obj.name)

    def rename(self, oldpath, newpath):
        (source, former), (folder, name) = self._split(oldpath), self._split(newpath)
        with self._platform.lock:
            if self._take("edi_cut_before_rename", "edi_put"):
                self._cut()
            if (source, folder) != (DEPOSIT, DEPOSIT) or not name:
                raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
            content = self._content(source, former)
            if name in self._partner.deposited:
                raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST))
            del self._partner.deposited[former]
            self._partner.deposited[name] = content
            self._platform.edi.received(self._partner, name)
            if self._take("edi_cut_after_rename", "edi_put"):
                self._cut()

    posix_rename = rename

    def remove(self, path):
        folder, name = self._split(path)
        with self._platform.lock:
            self._content(folder, name)
            if folder != DEPOSIT:
                raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
            del self._partner.deposited[name]

    def _facts(self, path):
        folder, name = self._split(path)
        if not name:
            return asyncssh.SFTPAttrs(permissions=stat.S_IFDIR | 0o755)
        with self._platform.lock:
            return _file_facts(self._content(folder, name))

    stat = lstat = _facts

    def fstat(self, file_obj):
        return _file_facts(file_obj.content)

    def setstat(self, path, attrs):
        """Clients set rights and times after a put; nothing keeps them."""

    lsetstat = fsetstat = setstat

    def realpath(self, path):
        parts = [each for each in path.split(b"/") if each not in (b"", b".")]
        return b"/" + b"/".join(parts)

    async def scandir(self, path):
        folder, name = self._split(path)
        with self._platform.lock:
            if name:
                raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR))
            self._platform.edi.catch_up()
            partner = self._partner
            ready = {each: file.content for each, file in partner.ready.items()}
            files = {DEPOSIT: dict(partner.deposited), RETRIEVAL: ready}.get(folder)
        directory = asyncssh.SFTPAttrs(permissions=stat.S_IFDIR | 0o755)
        if files is None:
            for each in (DEPOSIT, RETRIEVAL):
                yield asyncssh.SFTPName(each.encode(), attrs=directory)
            return
        for each, content in files.items():
            yield asyncssh.SFTPName(each.encode(), attrs=_file_facts(content))


def _file_facts(content):
    return asyncssh.SFTPAttrs(size=len(content), permissions=stat.S_IFREG | 0o644)
