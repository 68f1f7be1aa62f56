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
from choruspro.secret_keys import SecretKeys, is_encrypted, is_unbound

OLD, NEW, OTHER = (base64.urlsafe_b64encode(bytes([n]) * 32).decode() for n in (1, 2, 3))
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
    [f" {OLD} ", f"{OLD},", f",{OLD}", f"{OLD},\n{NEW}\n", base64.b64encode(b"\xff" * 32).decode()],
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


def test_a_token_of_another_program_is_a_plain_secret():
    token = Fernet(OLD).encrypt(b"x").decode()
    assert not is_encrypted(token)
    assert SecretKeys(OLD).decrypt(token) == token


HERE, THERE = "chorus.pro.connection,7,technical_password_value", "chorus.pro.connection,8,value"


@given(secret=secrets)
def test_what_is_bound_to_a_place_is_opened_there(secret):
    keys = SecretKeys(OLD)
    stored = keys.encrypt(secret, HERE)
    assert type(stored) is type(secret)
    assert is_encrypted(stored) and not is_unbound(stored)
    assert keys.decrypt(stored, HERE) == secret
    assert keys.is_current(stored, HERE)


@pytest.mark.parametrize("place", [THERE, "", HERE[:-1], HERE + "\nx"])
def test_what_was_moved_to_another_place_is_refused(place):
    keys = SecretKeys(OLD)
    stored = keys.encrypt("hunter22", HERE)
    assert not keys.is_current(stored, place)
    with pytest.raises(ConfigurationError) as caught:
        keys.decrypt(stored, place)
    assert caught.value.code == errors.SECRET_MISPLACED
    assert "hunter22" not in str(caught.value) + repr(vars(caught.value))


def test_what_was_moved_is_lost_before_it_is_moved_when_no_key_opens_it():
    stored = SecretKeys(OLD).encrypt("hunter22", HERE)
    with pytest.raises(ConfigurationError) as caught:
        SecretKeys(NEW).decrypt(stored, THERE)
    assert caught.value.code == errors.SECRET_KEY_LOST


def test_unbound_form_is_read_and_asks_to_be_encrypted_again():
    keys = SecretKeys(OLD)
    stored = keys.encrypt("hunter22")
    assert is_unbound(stored)
    assert keys.decrypt(stored, HERE) == "hunter22"
    assert not keys.is_current(stored, HERE)
    assert keys.is_current(keys.encrypt(keys.decrypt(stored, HERE), HERE), HERE)


def test_mark_of_the_old_form_does_not_unbind_a_secret():
    keys = SecretKeys(OLD)
    stored = keys.encrypt("hunter22", HERE).replace("chorus-pro:2:", "chorus-pro:1:")
    with pytest.raises(ConfigurationError) as caught:
        keys.decrypt(stored, THERE)
    assert caught.value.code == errors.SECRET_MISPLACED


@pytest.mark.parametrize("value", ["plain", "", None, b""])
def test_what_is_not_encrypted_is_not_in_the_old_form(value):
    assert not is_unbound(value)


def test_place_of_several_lines_is_refused():
    with pytest.raises(ValueError, match="one line"):
        SecretKeys(OLD).encrypt("hunter22", "a\nb")
