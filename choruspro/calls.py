# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
"""One call of the API, whatever the operation: token, errors, and the pages of a result."""

from . import errors, verdict, wire
from .errors import CredentialsError, Delivery, ProtocolError
from .messages import reading
from .transport import HttpTransport

USER_AGENT = "l10n_fr_chorus_pro"
PAGE_SIZE = 100
MOST_PAGES = 10_000
CONTENT_TYPE = "application/json;charset=utf-8"


class Calls:
    """Whom to call and as whom; see ChorusProClient."""

    def __init__(self, environment, auth, *, transport=None, user_agent=USER_AGENT, **options):
        self._environment = environment
        self._auth = auth
        self._transport = transport or HttpTransport(user_agent, **options)

    def __enter__(self):
        return self

    def __exit__(self, *_exception):
        self.close()

    def close(self):
        self._transport.close()

    def _rows(self, operation, payload, key, kind):
        """The rows under a key of the answer, as a tuple of this kind of Answer."""
        return self._ask(operation, payload, lambda data: reading.all_of(kind)(data, key))

    def _all_pages(self, operation, payload, key, kind, *, paging, column):
        """The same of all pages, sorted by a column of the API.

        :param paging: key of the object that requests a page
        """
        found = []
        for number in page_numbers(operation):
            payload[paging] = page_request(number, PAGE_SIZE, column)
            rows, pages = self._ask(
                operation, payload, lambda data: (reading.all_of(kind)(data, key), _pages(data))
            )
            found += rows
            if not rows and number > 1 and pages is not None and number <= pages:
                raise ProtocolError(errors.PAGE_MISSING, operation=operation)
            if number >= pages if pages is not None else len(rows) < PAGE_SIZE:
                break
        return tuple(found)

    def _ask(self, operation, payload, read):
        return self._answer(operation, wire.encode(payload), read)

    def _answer(self, operation, body, read):
        """Call, and give what ``read`` makes of the answer's data."""
        answer = self._call(operation, body)
        try:
            return read(answer.data)
        except ProtocolError as error:
            delivery = Delivery.YES if answer.return_code == 0 else None
            raise verdict.unreadable(
                operation, error.code, answer.status, label=error.label, delivery=delivery
            ) from None

    def _call(self, operation, body):
        """The answer, a successful one. What is unreadable is a ProtocolError for a query only, and
        a query is sent twice."""
        for last in (False, True):
            token, answer = self._send(operation, body)
            try:
                verdict.require_success(operation, answer, self._auth.secrets(token))
                return answer
            except ProtocolError:
                if last:
                    raise

    def _send(self, operation, body):
        """The token used and the answer. A call that was not authorised is sent again, once, with a
        new token: nothing of it was delivered. Without tokens there is nothing to try again."""
        url = self._environment.address(operation)
        token_url = self._environment.token_url
        token = self._auth.token(self._transport, token_url)
        answer = self._post(operation, url, token, body)
        if verdict.is_unauthorised(answer) and token is not None:
            token = self._auth.renewed(self._transport, token_url, token)
            answer = self._post(operation, url, token, body)
        if verdict.is_unauthorised(answer):
            raise CredentialsError(
                errors.TECHNICAL_ACCOUNT,
                operation=operation,
                http_status=answer.status,
                label=verdict.reason(answer, self._auth.secrets(token)),
            )
        return token, answer

    def _post(self, operation, url, token, body):
        secrets = self._auth.secrets(token)
        return self._transport.send(operation, url, self._headers(token), body, secrets)

    def _headers(self, token):
        return {"Content-Type": CONTENT_TYPE, "Accept": CONTENT_TYPE, **self._auth.headers(token)}


def page_numbers(operation):
    """1, 2, 3…: more pages than any result has are an error, not an endless loop."""
    yield from range(1, MOST_PAGES + 1)
    raise ProtocolError(errors.WINDOW_OVERFLOW, operation=operation)


def page_request(number, size, column):
    """The object that requests a page, rows sorted by a column."""
    return {
        "pageResultatDemandee": number,
        "nbResultatsParPage": size,
        "triSens": "Ascendant",
        "triColonne": column,
    }


def _pages(data):
    return reading.number(reading.part(data, "parametresRetour"), "pages")
