# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
import base64
import os
from pathlib import Path

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain

from ...choruspro import environment as environments
from ...choruspro.edi.folder import FolderExchange
from ...choruspro.edi.name import EnvelopeName, is_application, is_interface
from ...choruspro.edi.sftp import (
    DEFAULT_PORT,
    HostKey,
    SftpExchange,
    SftpPlace,
    open_private_key,
    require_safe_host,
)
from ...choruspro.errors import EDI_FOLDER_DENIED, ChorusProError, ConfigurationError
from ..access.secret_fields import secret
from ..connection.connection import ChorusProConnection as Connection
from ..connection.connection import loopback_allowed
from ..rules.error_texts import error_sentence

# Where gateways leave files on this server: only folders below one of these (separated as in PATH)
# are read and emptied. An administrator of Odoo is none of the server.
FOLDERS_VARIABLE = "CHORUS_PRO_EDI_FOLDERS"
FOLDER_FIELDS = ("edi_out", "edi_in")
SFTP_FIELDS = ("edi_host", "edi_port", "edi_login", "edi_host_key", "edi_key", *FOLDER_FIELDS)
# Two connections for which these agree share one box.
BOX_FIELDS = (
    "edi_transport", "edi_host", "edi_port", "edi_login", "edi_application", *FOLDER_FIELDS,
)
# A change of any of these may have fixed a connection that was stopped.
WAKING_FIELDS = {*SFTP_FIELDS, *BOX_FIELDS, "edi_ciphers", "edi_follow"}
INTERFACES = {"facturx": "FSO1117A", "cii": "FSO1106A", "ubl": "FSO1100A"}


class ChorusProConnection(models.Model):
    """How a connection exchanges files with Chorus Pro, and whether it can use the API beside.

    With the access mode EDI the fields of PISTE are those of the API, which it needs for the
    directory, for actions, and to follow invoices if it does not follow them by files.
    """

    _inherit = "chorus.pro.connection"

    _secret_columns = {
        **Connection._secret_columns,
        "edi_key": "edi_key_value",
        "edi_passphrase": "edi_passphrase_value",
    }

    access_mode = fields.Selection(
        selection_add=[("edi", "EDI (files)")], ondelete={"edi": "set piste"}
    )
    edi_transport = fields.Selection(
        [("sftp", "SFTP"), ("folder", "Folders of a gateway")], string="EDI Transport",
        default="sftp", required=True,
        help="SFTP: Odoo exchanges files with Chorus Pro's server itself. Folders: a gateway on "
        "this server does, by AS/2, AS/4 or PeSIT.",
    )
    edi_host = fields.Char(
        string="SFTP Server", copy=False, help="Chorus Pro gives it when it opens the connection."
    )
    edi_port = fields.Integer(string="SFTP Port", default=DEFAULT_PORT)
    edi_login = fields.Char(
        string="SFTP Login", groups="base.group_system", copy=False,
    )
    edi_host_key = fields.Text(
        string="Key of the SFTP Server", copy=False,
        help="Its public key, such as “ssh-rsa AAAA…”, or its fingerprint, “SHA256:…”. Nothing is "
        "sent to a server with another key.",
    )
    edi_key, edi_key_value, has_edi_key = secret(
        fields.Binary, string="EDI Private Key (.pem, .p12)",
        help="The RSA key of the certificate that is declared at Chorus Pro. Kept on the server "
        "and never given back.",
    )
    edi_passphrase, edi_passphrase_value, has_edi_passphrase = secret(
        string="Passphrase of the EDI Key",
        help="Kept on the server and never shown again. Type a new one to replace it.",
    )
    edi_ciphers = fields.Char(
        string="SFTP Ciphers",
        help="Names separated by commas, such as aes256-cbc,aes128-cbc. Empty: the usual ones.",
    )
    edi_out = fields.Char(string="Folder of Deposit", copy=False)
    edi_in = fields.Char(string="Folder of Retrieval", copy=False)
    edi_application = fields.Char(
        string="Application Code", copy=False,
        help="Yours at Chorus Pro (code application): three capitals and three digits.",
    )
    edi_interface_facturx = fields.Char(
        string="Interface of Factur-X", default=INTERFACES["facturx"]
    )
    edi_interface_cii = fields.Char(string="Interface of CII", default=INTERFACES["cii"])
    edi_interface_ubl = fields.Char(string="Interface of UBL", default=INTERFACES["ubl"])
    edi_follow = fields.Selection(
        [("api", "By the API"), ("files", "By files")], string="Follow Invoices", default="api",
        required=True,
        help="Files: you subscribed to the life cycles (FEN1201A) at Chorus Pro. Without access to "
        "the API, invoices are followed by files in any case.",
    )
    edi_has_api = fields.Boolean(
        string="Access to the API", compute="_compute_edi_has_api", compute_sudo=True
    )

    @api.depends(
        "access_mode", "environment", "custom_token_url", "custom_api_url", "piste_client_id",
        "piste_client_secret", "technical_login", "technical_password",
    )
    def _compute_edi_has_api(self):
        for connection in self:
            connection.edi_has_api = not connection._is_without_api()

    # ------------------------------------------------------------------
    # The API beside
    # ------------------------------------------------------------------

    def _goes_by_edi(self):
        """Whether invoices leave as files."""
        return self.access_mode == "edi"

    def _is_without_api(self):
        """Whether only files lead to Chorus Pro."""
        if not self._goes_by_edi():
            return False
        sudo = self.sudo()
        names = self._api_settings()
        if self.environment == "custom":
            names += ["custom_token_url", "custom_api_url"]
        return any(not sudo[sudo._secret_columns.get(name, name)] for name in names)

    def _is_followed_by_files(self):
        return self._goes_by_edi() and (self.edi_follow == "files" or self._is_without_api())

    def _without_api_sentence(self):
        return self.env._(
            "The connection “%s” has no access to Chorus Pro's API, which this needs. An "
            "administrator fills in the PISTE application and the technical account; or do it on "
            "the portal.",
            self.name,
        )

    def _api_access(self):
        return "piste" if self._goes_by_edi() else super()._api_access()

    def _environment(self):
        self.ensure_one()
        if self._goes_by_edi() and self.environment == "custom" and not self.custom_api_url:
            # Nothing is called there: see _is_without_api.
            return environments.QUALIFICATION
        return super()._environment()

    def _missing_settings(self):
        if not self._goes_by_edi():
            return super()._missing_settings()
        road = SFTP_FIELDS if self.edi_transport == "sftp" else FOLDER_FIELDS
        return self._labels_of_empty(["edi_application", *road, "supplier_siret"])

    def _client(self):
        if self._is_without_api():
            raise UserError(self._without_api_sentence())
        return super()._client()

    # ------------------------------------------------------------------
    # The exchange
    # ------------------------------------------------------------------

    def _edi_exchange(self):
        """A conversation with the folders of Chorus Pro (:class:`Exchange`), a context manager.

        :raises ChorusProError: a setting is unusable, or the server cannot be reached
        """
        self.ensure_one()
        if self.edi_transport == "folder":
            return FolderExchange(*self._edi_folders())
        return SftpExchange(self._edi_place())

    def _edi_place(self):
        sudo = self.sudo()
        key = base64.b64decode(sudo._secret("edi_key") or b"")
        ciphers = (self.edi_ciphers or "").replace(",", " ").split()
        return SftpPlace(
            host=self.edi_host or "", port=self.edi_port, login=sudo.edi_login or "",
            key=open_private_key(key, sudo._secret("edi_passphrase")),
            host_key=self.edi_host_key or "", out=self.edi_out or "", incoming=self.edi_in or "",
            ciphers=tuple(ciphers), connect_timeout=self.connect_timeout,
            timeout=self.deposit_timeout, allow_loopback=loopback_allowed(),
        )

    def _edi_folders(self):
        """The two folders of the gateway, resolved.

        :raises ConfigurationError: `edi_folder_denied`, the server's owner has not released them
        """
        allowed = [
            Path(each).resolve()
            for each in os.environ.get(FOLDERS_VARIABLE, "").split(os.pathsep) if each
        ]
        folders = [Path(each or "").resolve() for each in (self.edi_out, self.edi_in)]
        for folder in folders:
            if not any(folder.is_relative_to(each) for each in allowed):
                raise ConfigurationError(EDI_FOLDER_DENIED, label=folder)
        return folders

    def _edi_siblings(self):
        """The connections that share this one's box: a file is for all of them, whichever fetches
        it."""
        names = [*BOX_FIELDS, "environment", "access_mode"]
        mine = Domain.AND(Domain(name, "=", self.sudo()[name]) for name in names)
        return self.sudo().with_context(active_test=False).search(mine)

    def _next_edi_name(self, document_format):
        """The :class:`EnvelopeName` of the next flow in this format. Its number comes from a
        sequence of the database, which gives none twice, whatever is rolled back.

        :raises ConfigurationError: a code on the connection breaks the grammar
        """
        number = self.env["ir.sequence"].sudo().next_by_code("chorus.pro.edi")
        interface = self[f"edi_interface_{document_format}"] or INTERFACES[document_format]
        return EnvelopeName.build(interface, self.edi_application or "", int(number))

    # ------------------------------------------------------------------
    # What is typed
    # ------------------------------------------------------------------

    @api.constrains("edi_application", *(f"edi_interface_{name}" for name in INTERFACES))
    def _check_edi_codes(self):
        for connection in self:
            interfaces = [connection[f"edi_interface_{name}"] for name in INTERFACES]
            code = connection.edi_application
            if (code and not is_application(code)) or not all(
                is_interface(each) for each in filter(None, interfaces)
            ):
                raise ValidationError(self.env._(
                    "An application code has three capitals and three digits (AAA123), an "
                    "interface code three capitals, four digits and a capital (FSO1117A)."
                ))

    @api.constrains("edi_host", "edi_port", "edi_host_key")
    def _check_edi_server(self):
        for connection in self:
            try:
                if connection.edi_host:
                    require_safe_host(connection.edi_host, connection.edi_port, loopback_allowed())
                if connection.edi_host_key:
                    HostKey.parse(connection.edi_host_key)
            except ChorusProError as error:
                raise ValidationError(error_sentence(self.env, error)) from None

    @api.constrains("edi_key_value", "edi_passphrase_value")
    def _check_edi_key(self):
        for connection in self.sudo():
            if not connection.has_edi_key:
                continue
            try:
                content = base64.b64decode(connection._secret("edi_key"))
                open_private_key(content, connection._secret("edi_passphrase"))
            except ChorusProError as error:
                raise ValidationError(error_sentence(self.env, error)) from None

    @api.constrains("edi_transport", "edi_out", "edi_in", "access_mode")
    def _check_edi_folders(self):
        for connection in self:
            is_used = connection._goes_by_edi() and connection.edi_out and connection.edi_in
            if not is_used or connection.edi_transport != "folder":
                continue
            try:
                connection._edi_folders()
            except ChorusProError:
                raise ValidationError(self.env._(
                    "These folders are not released for Odoo. Ask your server administrator to "
                    "name them, or a folder above them, in %s in the server's environment.",
                    FOLDERS_VARIABLE,
                )) from None

    def write(self, vals):
        result = super().write(vals)
        if vals.keys() & WAKING_FIELDS:
            self.sudo()._wake_up()
        return result

    @api.model
    def _normalised(self, vals):
        vals = super()._normalised(vals)
        texts = ("edi_host", "edi_login", "edi_host_key", "edi_out", "edi_in", "edi_application")
        return {
            **vals,
            **{name: vals[name].strip() or False for name in texts if vals.get(name)},
        }

    def _destinations(self):
        """The private key never leaves this server, whichever server it is shown to."""
        return {**super()._destinations(), "edi_key": (), "edi_passphrase": ()}
