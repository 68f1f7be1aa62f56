# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""Secrets at rest: only the keys of the server open them, and no message shows them."""

import base64
import traceback

import pytest
from cryptography.fernet import Fernet
from hypothesis import given
from hypothesis import strategies as st

from choruspro import errors
from choruspro.errors import ConfigurationError
from choruspro.secret_keys import SecretKeys, is_encrypted, is_old_form

OLD, NEW, OTHER = (base64.urlsafe_b64encode(bytes(range(n, n + 32))).decode() for n in (1, 2, 3))
secrets = st.one_of(st.text(min_size=1), st.binary(min_size=1))


@given(secret=secrets)
def test_what_is_encrypted_comes_back_as_it_was_and_hides_what_it_is(secret):
    keys = SecretKeys(OLD)
    stored = keys.encrypt(secret)
    assert type(stored) is type(secret)
    assert is_encrypted(stored) and stored != secret
    assert keys.decrypt(stored) == secret
    assert keys.is_current(stored)
    assert keys.encrypt(secret) != stored  # equal secrets do not look equal


@given(secret=secrets)
def test_without_keys_secrets_stay_as_they_are(secret):
    keys = SecretKeys("")
    assert not keys
    assert keys.encrypt(secret) == secret == keys.decrypt(secret)
    assert keys.is_current(secret)
    assert not is_encrypted(secret)


@pytest.mark.parametrize("nothing", ["", b"", None, False])
def test_nothing_stays_nothing(nothing):
    keys = SecretKeys(OLD)
    assert keys.encrypt(nothing) is nothing
    assert keys.decrypt(nothing) is nothing
    assert keys.is_current(nothing)


def test_what_was_stored_before_there_were_keys_is_read_and_asks_to_be_encrypted():
    keys = SecretKeys(OLD)
    assert keys.decrypt("plain") == "plain"
    assert not keys.is_current("plain")
    assert keys.is_current(keys.encrypt(keys.decrypt("plain")))


def test_a_new_key_in_front_takes_over_without_a_gap():
    stored = SecretKeys(OLD).encrypt("hunter22")
    both = SecretKeys(f"{NEW},{OLD}")
    assert both.decrypt(stored) == "hunter22"
    assert not both.is_current(stored)
    renewed = both.encrypt(both.decrypt(stored))
    assert both.is_current(renewed)
    assert SecretKeys(NEW).decrypt(renewed) == "hunter22"
    assert SecretKeys(f"{OTHER},{NEW}").decrypt(renewed) == "hunter22"


@pytest.mark.parametrize("text", ["", None, OTHER, f"{OTHER},{NEW}"])
def test_a_lost_or_wrong_key_is_one_error_of_its_own(text):
    stored = SecretKeys(OLD).encrypt("hunter22")
    keys = SecretKeys(text)
    assert not keys.is_current(stored)
    with pytest.raises(ConfigurationError) as caught:
        keys.decrypt(stored)
    assert caught.value.code == errors.SECRET_KEY_LOST
    assert not caught.value.retryable


def test_what_was_changed_in_the_database_is_not_opened():
    stored = SecretKeys(OLD).encrypt("hunter22")
    middle = len(stored) // 2
    letter = "B" if stored[middle] == "A" else "A"
    with pytest.raises(ConfigurationError):
        SecretKeys(OLD).decrypt(stored[:middle] + letter + stored[middle + 1 :])


@pytest.mark.parametrize(
    "text",
    [
        f" {OLD} ",
        f"{OLD},",
        f",{OLD}",
        f"{OLD},\n{NEW}\n",
        base64.b64encode(b"\xfb\xff" * 16).decode(),
    ],
)
def test_blanks_and_both_alphabets_of_base64_are_accepted(text):
    assert SecretKeys(text).decrypt(SecretKeys(text).encrypt("x")) == "x"


def test_a_key_of_openssl_with_plus_and_slash_is_the_same_as_with_minus_and_underscore():
    raw = b"\xfb\xff\xfe" * 10 + b"ab"
    stored = SecretKeys(base64.b64encode(raw).decode()).encrypt("x")
    assert SecretKeys(base64.urlsafe_b64encode(raw).decode()).decrypt(stored) == "x"


@pytest.mark.parametrize("wrong", ["hunter22", OLD[:-4], "é" * 44, OLD + OLD, "AAAA"])
def test_a_wrong_key_is_named_by_its_rank_and_never_shown(wrong):
    with pytest.raises(ConfigurationError) as caught:
        SecretKeys(f"{OLD},{wrong}")
    assert caught.value.code == errors.SECRET_KEY_INVALID
    assert caught.value.label == "key 2"
    shown = "".join(traceback.format_exception(caught.value)) + repr(caught.value)
    assert wrong not in shown and OLD not in shown


def test_no_key_and_no_secret_is_in_a_text_about_them():
    keys = SecretKeys(f"{OLD},{NEW}")
    stored = SecretKeys(OTHER).encrypt("hunter22")
    with pytest.raises(ConfigurationError) as caught:
        keys.decrypt(stored)
    shown = repr(keys) + str(keys) + f"{keys!r}"
    shown += "".join(traceback.format_exception(caught.value)) + repr(vars(caught.value))
    for secret in (OLD, NEW, OTHER, "hunter22", stored):
        assert secret not in shown


PLACE, ELSEWHERE = "chorus.pro.connection,3,piste_client_secret", "chorus.pro.connection,4,proxy"


@given(secret=secrets, place=st.sampled_from([PLACE, ELSEWHERE, "", "a,1,b"]))
def test_a_secret_comes_back_in_its_place_only(secret, place):
    keys = SecretKeys(OLD)
    stored = keys.encrypt(secret, place)
    assert type(stored) is type(secret)
    assert is_encrypted(stored) and not is_old_form(stored)
    assert keys.decrypt(stored, place) == secret
    assert keys.is_current(stored, place)
    for other in (PLACE + "s", PLACE[:-1], "chorus.pro.connection,33,piste_client_secret"):
        assert not keys.is_current(stored, other)
        with pytest.raises(ConfigurationError) as caught:
            keys.decrypt(stored, other)
        assert caught.value.code == errors.SECRET_MISPLACED
        assert not caught.value.retryable


def test_a_secret_that_was_bound_is_not_opened_by_who_names_no_place():
    stored = SecretKeys(OLD).encrypt("hunter22", PLACE)
    with pytest.raises(ConfigurationError) as caught:
        SecretKeys(OLD).decrypt(stored)
    assert caught.value.code == errors.SECRET_MISPLACED


def test_the_older_form_is_read_anywhere_and_asks_to_be_bound():
    keys = SecretKeys(OLD)
    stored = keys.encrypt("hunter22")
    assert is_old_form(stored)
    assert keys.decrypt(stored, PLACE) == keys.decrypt(stored) == "hunter22"
    assert keys.is_current(stored) and not keys.is_current(stored, PLACE)
    bound = keys.encrypt(keys.decrypt(stored, PLACE), PLACE)
    assert keys.is_current(bound, PLACE) and not is_old_form(bound)


def test_the_mark_of_the_older_form_does_not_unbind_a_secret():
    keys = SecretKeys(OLD)
    stored = keys.encrypt("hunter22", PLACE).replace(":2:", ":1:")
    for place in (ELSEWHERE, PLACE, None):
        with pytest.raises(ConfigurationError) as caught:
            keys.decrypt(stored, place)
        assert caught.value.code == errors.SECRET_MISPLACED


def test_a_place_of_two_lines_is_none():
    with pytest.raises(ValueError, match="one line"):
        SecretKeys(OLD).encrypt("hunter22", "a\nb")


@pytest.mark.parametrize("byte", [0, 1, 65, 255])
def test_a_key_of_one_byte_repeated_is_refused(byte):
    for encode in (base64.b64encode, base64.urlsafe_b64encode):
        weak = encode(bytes([byte]) * 32).decode()
        with pytest.raises(ConfigurationError) as caught:
            SecretKeys(f"{OLD},{weak}")
        assert caught.value.code == errors.SECRET_KEY_WEAK
        assert caught.value.label == "key 2"
        assert weak not in str(caught.value)


def test_a_token_of_another_program_is_a_plain_secret():
    token = Fernet(OLD).encrypt(b"x").decode()
    assert not is_encrypted(token)
    assert SecretKeys(OLD).decrypt(token) == token
