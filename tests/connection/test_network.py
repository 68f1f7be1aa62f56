# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
import base64
import os
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from unittest.mock import patch

from odoo.exceptions import ValidationError
from odoo.tests import Form, tagged

from ...choruspro.operations import DEPOSIT_FLOW, SEARCH_STRUCTURES, SUBMIT_INVOICE
from ...choruspro.transport import HttpTransport
from ...models.connection.connection import LOOPBACK_VARIABLE
from ..common.certificate import CertificateCommon
from ..common.chorus_pro import ChorusProCommon

PAGE = b"<html><head><title>Portail captif</title></head><body>Identifiez-vous</body></html>"
NO_PROXY = (
    "http://proxy.example.org:3128/wpad.dat",
    "socks5://proxy.example.org:1080",
    "http://proxy.example.org:99999",
    "http://",
    "http://jane:Tres-Secret-2026@proxy.example.org/path",
)
NO_ADDRESS = {
    "http://chorus.example.org/cpro/": "https",
    "https://jane:Tres-Secret-2026@chorus.example.org/cpro/": "user name or a password",
    "https://chorus.example.org/cpro/factures/v1/soumettre": "that of one operation",
    "chorus.example.org": "not a web address",
}


class _Page(BaseHTTPRequestHandler):
    """A proxy that shows a page to everyone."""

    def do_POST(self):
        self.do_HEAD()
        self.wfile.write(PAGE)

    def do_HEAD(self):
        self.server.calls.append(dict(self.headers))
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(PAGE)))
        self.end_headers()

    def log_message(self, *_arguments):
        """Says nothing."""


@contextmanager
def captive_proxy():
    """The server of _Page, on a port of its own."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Page)
    server.calls = []
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()


@tagged("post_install_l10n", "post_install", "-at_install")
class TestNetwork(ChorusProCommon):
    def setUp(self):
        super().setUp()
        self.mine = self.connection.with_user(self.administrator)

    def test_login_and_password_in_the_address_of_the_proxy_are_set_apart(self):
        self.mine.proxy_address = " http://DOM%5Cjane:p%40ss@proxy.example.org:3128/ "
        self.assertEqual(self.mine.proxy_address, "http://proxy.example.org:3128")
        self.assertEqual(self.mine.proxy_login, "DOM\\jane")
        self.assertFalse(self.mine.proxy_password)
        self.assertTrue(self.mine.has_proxy_password)
        proxies = self.connection._client_options()["proxies"]
        self.assertEqual(set(proxies.values()), {"http://DOM%5Cjane:p%40ss@proxy.example.org:3128"})

    def test_proxy_without_address_has_no_password(self):
        self.mine.proxy_address = "http://jane:secret@proxy.example.org:3128"
        self.mine.proxy_address = False
        self.assertFalse(self.mine.proxy_login)
        self.assertFalse(self.mine.has_proxy_password)
        self.assertNotIn("proxies", self.connection._client_options())

    def test_other_port_of_the_proxy_keeps_its_login_and_asks_for_the_password_again(self):
        self.mine.proxy_address = "http://jane:secret@proxy.example.org:3128"
        self.mine.proxy_address = "proxy.example.org:8080"
        self.assertEqual(self.mine.proxy_login, "jane")
        self.assertFalse(self.mine.has_proxy_password)

    def test_what_is_no_proxy_is_refused_and_not_repeated(self):
        for typed in NO_PROXY:
            with (
                self.subTest(typed=typed),
                self.assertRaisesRegex(ValidationError, "proxy is not valid") as caught,
                self.cr.savepoint(),
            ):
                self.mine.proxy_address = typed
            self.assertNotIn("Tres-Secret", str(caught.exception))
        self.assertFalse(self.mine.proxy_address)

    def test_what_is_no_address_is_refused(self):
        for typed, words in NO_ADDRESS.items():
            with (
                self.subTest(typed=typed),
                self.assertRaisesRegex(ValidationError, words) as caught,
                self.cr.savepoint(),
            ):
                self.mine.custom_api_url = typed
            self.assertNotIn("Tres-Secret", str(caught.exception))
        self.assertEqual(self.mine.custom_api_url, self.credentials["api_url"])

    def test_address_of_the_server_itself_is_refused_where_it_is_not_allowed(self):
        with patch.dict(os.environ):
            del os.environ[LOOPBACK_VARIABLE]
            for host in ("127.0.0.1", "localhost", "[::1]", "127.1", "2130706433", "0.0.0.0"):
                for name in ("custom_token_url", "custom_api_url", "custom_portal_url"):
                    with (
                        self.subTest(host=host, name=name),
                        self.assertRaisesRegex(ValidationError, f"{LOOPBACK_VARIABLE}=1"),
                        self.cr.savepoint(),
                    ):
                        self.mine[name] = f"https://{host}:8443/cpro/"
        self.mine.custom_portal_url = "https://127.0.0.1:8443/"

    def test_kept_address_of_the_server_itself_is_called_by_nobody_where_it_is_not_allowed(self):
        for value in (None, "", "0", "yes"):
            with self.subTest(value=value), patch.dict(os.environ):
                os.environ.pop(LOOPBACK_VARIABLE)
                if value is not None:
                    os.environ[LOOPBACK_VARIABLE] = value
                submission = self._send(self._invoice())
                self.assertEqual(submission.state, "queued")
                self.assertIn(LOOPBACK_VARIABLE, submission.move_id.chorus_pro_trouble)
        self.assertFalse(self._requests())

    def test_former_address_of_the_gateway_is_told_by_the_form_the_check_and_the_jobs(self):
        former = "https://api.aife.economie.gouv.fr/cpro/"
        with self.assertRaisesRegex(ValidationError, "through PISTE"), self.cr.savepoint():
            self.mine.custom_api_url = former
        # Kept since before it was refused
        self.env.cr.execute(
            "UPDATE chorus_pro_connection SET custom_api_url = %s WHERE id = %s",
            [former, self.mine.id])
        self.env.invalidate_all()
        self.mine.action_test_connection()
        [failed] = self.mine.check_ids.filtered(lambda row: row.verdict == "error")
        self.assertEqual(failed.step, "settings")
        self.assertIn("through PISTE", failed.message)
        self.assertIn("through PISTE", self.mine.trouble)
        submission = self._send(self._invoice())
        self.assertEqual(submission.state, "queued")
        self.assertIn("through PISTE", submission.move_id.chorus_pro_trouble)
        self.assertFalse(self._requests())

    def test_spaces_around_an_address_are_left_out(self):
        self.mine.custom_api_url = f"\u200b {self.credentials['api_url']}\n"
        self.assertEqual(self.mine.custom_api_url, self.credentials["api_url"])

    def test_page_of_a_proxy_is_said_and_the_invoice_waits(self):
        # Calls to this machine never take a proxy: for once they are to
        with captive_proxy() as proxy, patch.object(
            HttpTransport, "_proxies_for", lambda transport, url: transport._proxies
        ):
            self.mine.write(
                {
                    "proxy_address": f"127.0.0.1:{proxy.server_port}",
                    "proxy_login": "jane",
                    "proxy_password": "secret",
                    **self._typed_again(),
                }
            )
            with self.enter_registry_test_mode():
                self.mine.action_test_connection()
            wrong = self.mine.check_ids.filtered(lambda check: check.verdict == "error")
            self.assertIn("The proxy returned a web page", wrong[:1].message)
            submission = self._send(self._invoice())
        self.assertEqual(submission.state, "queued")
        self.assertIn("The proxy returned", submission.move_id.chorus_pro_trouble)
        given = base64.b64encode(b"jane:secret").decode()
        self.assertEqual({call["Proxy-Authorization"] for call in proxy.calls}, {f"Basic {given}"})
        self.assertFalse(self._requests())

    def test_time_outs_are_those_of_the_connection_and_of_single_operations(self):
        self.mine.write(
            {
                "connect_timeout": 3,
                "query_timeout": 7,
                "deposit_timeout": 200,
                "operation_timeouts": "deposer_flux 300\n\n structures_rechercher = 9 ",
            }
        )
        timeouts = self.connection._client_options()["timeouts"]
        self.assertEqual(timeouts.of(SUBMIT_INVOICE), (3, 200))
        self.assertEqual(timeouts.of(DEPOSIT_FLOW), (3, 300))
        self.assertEqual(timeouts.of(SEARCH_STRUCTURES), (3, 9))

    def test_time_out_out_of_bounds_or_of_no_operation_is_refused(self):
        for values, words in (
            ({"query_timeout": 0}, "between 1 and 600"),
            ({"deposit_timeout": 601}, "between 1 and 600"),
            ({"operation_timeouts": "deposer_flux 0"}, "between 1 and 600"),
            ({"operation_timeouts": "deposer_flux"}, "deposer_flux"),
            ({"operation_timeouts": "send 30"}, "send 30"),
        ):
            with (
                self.subTest(values=values),
                self.assertRaisesRegex(ValidationError, words),
                self.cr.savepoint(),
            ):
                self.mine.write(values)

    def test_new_connection_has_the_usual_time_outs(self):
        form = Form(self.env["chorus.pro.connection"].with_user(self.administrator))
        self.assertEqual((form.connect_timeout, form.query_timeout), (10, 30))
        self.assertEqual(form.deposit_timeout, 120)


@tagged("post_install_l10n", "post_install", "-at_install")
class TestTrust(CertificateCommon):
    def test_authorities_are_trusted_by_both_ways_of_access(self):
        self.assertEqual(set(self._verdicts().mapped("verdict")), {"ok"})
        # At this address PISTE would find a server that it trusts, and that wants a certificate
        self.connection.write(
            {
                "access_mode": "piste",
                "custom_token_url": f"{self.known['api_url']}token",
                "piste_client_id": "x",
                "piste_client_secret": "x",
                "technical_password": "x",
            }
        )
        self.assertIn("does not accept the client certificate", self._first_error())
        self.connection.write(
            {
                "trusted_authorities": False,
                "piste_client_secret": "x",
                "technical_password": "x",
            }
        )
        self.assertIn("not trusted", self._first_error())

    def _first_error(self):
        return self._verdicts().filtered(lambda check: check.verdict == "error")[0].message

    def test_what_holds_no_authority_is_refused(self):
        for typed, words in (
            ("not a certificate", "cannot be read"),
            (self.known["authority"][:200], "cannot be read"),
            ("-----BEGIN PRIVATE KEY-----\nMII\n-----END PRIVATE KEY-----", "private key"),
        ):
            with (
                self.subTest(words=words),
                self.assertRaisesRegex(ValidationError, words),
                self.cr.savepoint(),
            ):
                self.connection.with_user(self.administrator).trusted_authorities = typed

    def test_pasted_authorities_with_windows_line_ends_are_read(self):
        text = self.known["authority"].replace("\n", "\r\n")
        self.connection.write(
            {
                "trusted_authorities": f"Autorité de l'été\r\n{text}\r\n",
                "technical_password": self.credentials["password"],
            }
        )
        self.assertEqual(set(self._verdicts().mapped("verdict")), {"ok"})
