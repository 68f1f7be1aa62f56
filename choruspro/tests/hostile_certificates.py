# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""Certificate files that are made to cost: the structure of a real one, with absurd numbers in it.

Nothing of them is ever opened, so what would be encrypted is not.
"""

import base64
import os

from choruspro import certificate_file, errors

_SALT = b"\x04\x08saltsalt"
_MANY = 2**31 - 1


def der(tag, *parts):
    content = b"".join(parts)
    size = len(content)
    digits = size.to_bytes((size.bit_length() + 7) // 8, "big")
    length = bytes([size]) if size < 128 else bytes([0x80 + len(digits)]) + digits
    return bytes([tag]) + length + content


def open_ended(tag, *parts):
    """The same with an open end, as old programs write it."""
    return bytes([tag, 0x80]) + b"".join(parts) + b"\x00\x00"


def integer(value):
    return der(0x02, value.to_bytes(value.bit_length() // 8 + 1, "big", signed=True))


def sequence(*parts):
    return der(0x30, *parts)


def oid(hexadecimal):
    return der(0x06, bytes.fromhex(hexadecimal))


DATA = oid("2a864886f70d010701")
ENCRYPTED = oid("2a864886f70d010706")
PBES2 = oid("2a864886f70d01050d")
PBKDF2 = oid("2a864886f70d01050c")
SCRYPT = oid("2b06010401da47040b")
TRIPLE_DES = oid("2a864886f70d010c0103")
SHA256 = sequence(oid("608648016503040201"), b"\x05\x00")


def stretched(rounds, salt=_SALT):
    """PBES2 whose key is made by so many rounds."""
    return sequence(
        PBES2, sequence(sequence(PBKDF2, sequence(salt, integer(rounds))), sequence(SHA256))
    )


def older(rounds, salt=_SALT):
    return sequence(TRIPLE_DES, sequence(salt, integer(rounds)))


def scrypt(cost):
    parameters = sequence(_SALT, integer(cost), integer(8), integer(1))
    return sequence(PBES2, sequence(sequence(SCRYPT, parameters), sequence(SHA256)))


def mac(rounds):
    return sequence(sequence(SHA256, der(0x04, b"\x00" * 32)), _SALT, integer(rounds))


def bag(algorithm):
    """A private key under a password of its own."""
    key = sequence(algorithm, der(0x04, b"\x00" * 64))
    return sequence(oid("2a864886f70d010c0a0102"), der(0xA0, key))


def p12(*bags, after=b"", hidden=b"", octets=der):
    """A file: what is said in clear, what is encrypted, and what stands after them."""
    safe = sequence(sequence(DATA, der(0xA0, octets(0x04, sequence(*bags)))), hidden)
    return sequence(integer(3), sequence(DATA, der(0xA0, octets(0x04, safe))), after)


def hidden(algorithm):
    """Certificates, encrypted."""
    content = sequence(DATA, algorithm, der(0x80, b"\x00" * 64))
    return sequence(ENCRYPTED, der(0xA0, sequence(integer(0), content)))


def in_pieces(tag, content):
    """An octet string cut into pieces of one byte, so that no piece shows anything."""
    return der(tag | 0x20, *(der(tag, content[place : place + 1]) for place in range(len(content))))


def in_open_pieces(tag, content):
    pieces = (der(tag, content[place : place + 7]) for place in range(0, len(content), 7))
    return open_ended(tag | 0x20, *pieces)


def wrapped(levels, content):
    for _level in range(levels):
        content = sequence(content)
    return content


def pem(label, content):
    body = base64.encodebytes(content)
    return b"-----BEGIN %s-----\n%s-----END %s-----\n" % (label, body, label)


def locked_key(algorithm):
    return pem(b"ENCRYPTED PRIVATE KEY", sequence(algorithm, der(0x04, b"\x00" * 64)))


def _wide(letters):
    return letters.decode("ascii").encode("utf-16")


_OPEN_P12 = open_ended(
    0x30, integer(3),
    open_ended(0x30, DATA, open_ended(0xA0, open_ended(0x24, der(0x04, sequence(
        sequence(DATA, der(0xA0, der(0x04, sequence(bag(stretched(_MANY))))))
    ))))),
)  # fmt: skip
_START = integer(3)
_HALF = certificate_file.MOST_ROUNDS // 2 + 1
TOO_MUCH = errors.CERTIFICATE_EXCESSIVE
UNREADABLE = errors.CERTIFICATE_UNREADABLE
WRONG = errors.CERTIFICATE_PASSWORD

# (name, content, code of the error)
FILES = [
    ("rounds_of_the_seal", p12(after=mac(_MANY)), TOO_MUCH),
    ("rounds_of_the_seal_in_five_bytes", p12(after=mac(2**39)), TOO_MUCH),
    ("rounds_of_the_seal_in_a_hundred_bytes", p12(after=mac(2**799)), TOO_MUCH),
    ("negative_rounds", p12(after=mac(-(2**31))), TOO_MUCH),
    ("one_round_too_many", p12(after=mac(certificate_file.MOST_ROUNDS + 1)), TOO_MUCH),
    ("rounds_of_the_key", p12(bag(stretched(_MANY))), TOO_MUCH),
    ("rounds_of_the_key_the_older_way", p12(bag(older(_MANY))), TOO_MUCH),
    ("rounds_of_what_is_hidden", p12(hidden=hidden(stretched(_MANY))), TOO_MUCH),
    ("rounds_of_what_is_hidden_older", p12(hidden=hidden(older(_MANY))), TOO_MUCH),
    ("cost_of_scrypt", p12(bag(scrypt(2**40))), TOO_MUCH),
    ("rounds_that_add_up", p12(bag(older(_HALF)), after=mac(_HALF)), TOO_MUCH),
    ("a_thousand_keys", p12(*[bag(older(100_000))] * 1000), TOO_MUCH),
    ("long_salt", p12(bag(stretched(_MANY, der(0x04, b"s" * 5000)))), TOO_MUCH),
    ("salt_in_pieces", p12(bag(stretched(_MANY, in_pieces(0x04, b"saltsalt")))), TOO_MUCH),
    ("empty_salt", p12(bag(stretched(_MANY, b"\x04\x00"))), TOO_MUCH),
    ("open_ends", _OPEN_P12, TOO_MUCH),
    ("cut_into_bytes", p12(bag(stretched(_MANY)), octets=in_pieces), TOO_MUCH),
    ("cut_into_pieces_with_open_ends", p12(bag(older(_MANY)), octets=in_open_pieces), TOO_MUCH),
    ("garbage_after_the_key", p12(bag(stretched(_MANY)), b"\xff" * 40), TOO_MUCH),
    ("garbage_after_the_file", p12(after=mac(_MANY)) + b"\xff" * 40, TOO_MUCH),
    ("nested_50_times", sequence(_START, wrapped(50, b"")), TOO_MUCH),
    ("nested_10000_times", sequence(_START, wrapped(10_000, b"")), TOO_MUCH),
    ("open_ends_10000_times", sequence(_START, b"\x30\x80" * 10_000), TOO_MUCH),
    ("texts_in_texts", sequence(_START, der(0x24, b"\x24\x80" * 10_000)), TOO_MUCH),
    ("a_hundred_thousand_parts", sequence(_START, b"\x05\x00" * 100_000), TOO_MUCH),
    ("number_of_16000_digits", sequence(_START, integer(2**53_000)), TOO_MUCH),
    ("more_than_a_megabyte", p12(after=der(0x04, b"\x00" * 1_000_000)), TOO_MUCH),
    ("random_megabytes", os.urandom(16) * 200_000, TOO_MUCH),
    ("key_in_letters", locked_key(stretched(_MANY)), TOO_MUCH),
    ("key_in_letters_the_older_way", locked_key(older(_MANY)), TOO_MUCH),
    ("key_in_letters_scrypt", locked_key(scrypt(2**30)), TOO_MUCH),
    ("keys_in_letters_that_add_up", locked_key(older(_HALF)) * 2, TOO_MUCH),
    ("key_of_two_bytes_a_letter", _wide(locked_key(stretched(_MANY))), TOO_MUCH),
    (
        "key_with_a_number_of_16000_digits",
        pem(b"RSA PRIVATE KEY", sequence(integer(0), integer(2**53_000))),
        TOO_MUCH,
    ),
    ("empty", b"", UNREADABLE),
    ("a_number", integer(3), UNREADABLE),
    ("cut_short", p12(bag(stretched(2048)))[:60], UNREADABLE),
    ("claims_two_gigabytes", b"\x30\x84\x7f\xff\xff\xff\x02\x01\x03", UNREADABLE),
    ("claims_more_than_any_number", b"\x30\x88" + b"\xff" * 8 + b"\x02\x01\x03", UNREADABLE),
    ("opening_lines_only", b"-----BEGIN CERTIFICATE-----" * 20_000, UNREADABLE),
    ("letters_that_are_none", pem(b"CERTIFICATE", b"\x00" * 100), UNREADABLE),
    (
        "usual_rounds_wrong_password",
        p12(bag(older(2048)), after=mac(2048), hidden=hidden(stretched(2048))),
        WRONG,
    ),
]  # fmt: skip
