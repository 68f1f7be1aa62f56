# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
import json
from datetime import datetime, timedelta, timezone
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from requests.structures import CaseInsensitiveDict

from choruspro import errors, operations, verdict
from choruspro.errors import SENTENCES, ChorusProError, Delivery
from choruspro.http_answer import HttpAnswer
from choruspro.operations import OPERATIONS, Kind

SUBMIT = operations.SUBMIT_INVOICE
SEARCH = operations.SEARCH_INVOICES


def answer(status=200, body=b"", **headers):
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return HttpAnswer(status, CaseInsensitiveDict(named), content)


def refusal(operation, *arguments, **headers):
    with pytest.raises(ChorusProError) as caught:
        verdict.require_success(operation, answer(*arguments, **headers))
    return caught.value


@pytest.mark.parametrize("label", ["TRA_MSG_00.000", "GCU_MSG_01_000", "CODE PAR DEFAUT", None])
@pytest.mark.parametrize("code", [0, "0", 0.0])
@pytest.mark.parametrize("status", [200, 202])
def test_success_is_the_code_zero_whatever_the_label(status, code, label):
    verdict.require_success(SEARCH, answer(status, {"codeRetour": code, "libelle": label}))


@pytest.mark.parametrize("status", [200, 400])
@pytest.mark.parametrize("operation", OPERATIONS, ids=str)
def test_a_refusal_is_read_with_either_status_and_delivers_nothing(status, operation):
    error = refusal(operation, status, {"codeRetour": 20005, "libelle": "GDP_MSG_11.005"})
    assert type(error) is errors.RefusedError
    assert error.code == errors.REFUSED
    assert (error.return_code, error.label) == (20005, "GDP_MSG_11.005")
    assert error.delivery is Delivery.NO
    assert not error.retryable


@pytest.mark.parametrize("status", [200, 400])
@pytest.mark.parametrize(
    "operation", [SEARCH, operations.SEARCH_STRUCTURES, operations.SEARCH_SERVICES], ids=str
)
def test_nothing_found_is_no_error_of_a_search(status, operation):
    verdict.require_success(
        operation, answer(status, {"codeRetour": 20000, "libelle": "TRA_MSG_00.015"})
    )


def test_the_code_of_nothing_found_is_an_error_elsewhere():
    assert refusal(operations.READ_INVOICE, 200, {"codeRetour": 20000}).code == errors.REFUSED


@pytest.mark.parametrize(
    "operation, return_code, code",
    [
        (operations.READ_FLOW_REPORT, 20001, errors.FLOW_UNKNOWN),
        (operations.DEPOSIT_FLOW, 20001, errors.TOO_LARGE),
        (operations.ADD_FILE, 20003, errors.TOO_LARGE),
        (SUBMIT, 20001, errors.REFUSED),
    ],
)
def test_known_refusals_are_keyed_by_operation_and_code(operation, return_code, code):
    assert refusal(operation, 200, {"codeRetour": return_code}).code == code


@pytest.mark.parametrize(
    "label, code",
    [
        ("Le numéro de facture existe déjà pour ce fournisseur", errors.DUPLICATE),
        ("NUMERO DEJA UTILISE", errors.DUPLICATE),
        ("Doublon de facture", errors.DUPLICATE),
        (
            "Vous avez déjà déposé une demande de paiement avec ce numéro de facture pour cette"
            " structure",
            errors.DUPLICATE,
        ),
        ("L'engagement juridique est déjà soldé", errors.REFUSED),
        ("Le code service n'existe pas", errors.REFUSED),
        ("Le numéro de facture est trop long", errors.REFUSED),
        ("", errors.REFUSED),
    ],
)
def test_a_used_number_is_told_from_other_refusals_by_its_label(label, code):
    assert refusal(SUBMIT, 200, {"codeRetour": 20310, "libelle": label}).code == code


@pytest.mark.parametrize(
    "operation, code",
    [
        (SUBMIT, errors.FILE_UNKNOWN),
        (operations.COMPLETE_INVOICE, errors.FILE_UNKNOWN),
        (operations.DEPOSIT_FLOW, errors.REFUSED),
        (operations.ADD_FILE, errors.REFUSED),
    ],
)
@pytest.mark.parametrize("status", [200, 400])
def test_a_file_that_is_gone_is_told_where_a_file_is_named(status, operation, code):
    body = {"codeRetour": 20317, "libelle": "La pièce jointe 7 de type inconnu n'existe pas"}
    error = refusal(operation, status, body)
    assert (error.code, error.delivery) == (code, Delivery.NO)


def test_a_used_number_means_nothing_for_a_query():
    error = refusal(operations.READ_INVOICE, 200, {"codeRetour": 1, "libelle": "doublon"})
    assert error.code == errors.REFUSED


@pytest.mark.parametrize(
    "status, error, code",
    [
        (400, errors.RefusedError, errors.REFUSED),
        (403, errors.CredentialsError, errors.API_NOT_AUTHORISED),
        (404, errors.ConfigurationError, errors.ENDPOINT_NOT_FOUND),
        (405, errors.ConfigurationError, errors.ENDPOINT_NOT_FOUND),
        (413, errors.RefusedError, errors.TOO_LARGE),
        (415, errors.RefusedError, errors.REFUSED),
        (422, errors.RefusedError, errors.REFUSED),
        (429, errors.RateLimitedError, errors.RATE_LIMITED),
    ],
)
@pytest.mark.parametrize("operation", OPERATIONS, ids=str)
def test_a_status_that_says_no_is_definite_for_every_operation(operation, status, error, code):
    raised = refusal(operation, status, b"<html>No</html>")
    assert type(raised) is error
    assert raised.code == code
    assert raised.http_status == status
    assert raised.label == "No"
    assert raised.delivery is Delivery.NO


@given(
    operation=st.sampled_from(OPERATIONS),
    status=st.integers(200, 599),
    body=st.one_of(
        st.binary(max_size=40),
        st.recursive(
            st.none() | st.booleans() | st.integers() | st.text(max_size=5),
            lambda inner: st.dictionaries(
                st.sampled_from(["codeRetour", "libelle", "error", "fault", "x"]), inner
            ),
            max_leaves=6,
        ),
    ),
)
def test_only_a_deposit_or_an_action_can_have_an_unknown_outcome(operation, status, body):
    try:
        verdict.require_success(operation, answer(status, body))
    except ChorusProError as error:
        assert error.code in SENTENCES
        assert str(error)
        unknown = error.delivery is not Delivery.NO
        assert unknown == isinstance(error, errors.UnknownOutcomeError)
        assert not unknown or operation.kind in (Kind.DEPOSIT, Kind.ACTION)
    else:
        assert 200 <= status < 300 or (status == 400 and body["codeRetour"] == 20000)


def test_a_query_without_return_code_is_incomplete():
    error = refusal(SEARCH, 200, {"listeFactures": []})
    assert type(error) is errors.ProtocolError
    assert error.code == errors.INCOMPLETE_ANSWER


def test_a_missing_token_is_told_from_a_refusal_by_its_challenge():
    challenge = {"WWW_Authenticate": 'Bearer realm="DefaultRealm", error="invalid_request"'}
    assert verdict.is_unauthorised(answer(400, b"", **challenge))
    assert verdict.is_unauthorised(answer(401, b""))
    assert not verdict.is_unauthorised(answer(400, b""))
    assert not verdict.is_unauthorised(answer(400, {"codeRetour": 20001}, **challenge))
    assert not verdict.is_unauthorised(answer(403, b"", **challenge))


def test_the_reason_is_found_where_the_gateway_puts_it():
    assert verdict.reason(answer(400, {"error_description": "no scope", "error": "x"})) == (
        "no scope"
    )
    assert verdict.reason(answer(500, {"fault": {"faultstring": "boom"}})) == "boom"
    assert verdict.reason(answer(401, b"", WWW_Authenticate="Bearer gone")) == "Bearer gone"
    assert verdict.reason(answer(400, {"libelle": 12})) == ""


def test_the_wait_is_read_as_seconds_or_as_a_date():
    assert verdict.retry_after(answer(429, Retry_After="37")) == 37
    assert verdict.retry_after(answer(429, Retry_After="999999999")) == 86_400
    later = datetime.now(timezone.utc) + timedelta(seconds=600)
    assert 590 < verdict.retry_after(answer(429, Retry_After=format_datetime(later))) <= 600
    assert verdict.retry_after(answer(429, Retry_After="Thu, 01 Jan 2015 00:00:00 GMT")) == 0
    for nonsense in ("", "soon", "-5", "1.5"):
        assert verdict.retry_after(answer(429, Retry_After=nonsense)) is None


def test_every_code_has_its_sentence():
    codes = {
        value
        for name, value in vars(errors).items()
        if name.isupper() and isinstance(value, str) and not name.startswith("_")
    }
    assert codes == set(SENTENCES)


def test_an_error_says_what_and_where():
    error = refusal(SUBMIT, 200, {"codeRetour": 20013, "libelle": "Montant"})
    assert str(error) == (
        "Chorus Pro refused the request "
        "(operation soumettre, HTTP 200, codeRetour 20013, code refused): Montant"
    )
