# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import LazyTranslate

from ...choruspro.connection_check import ERROR, OK, SKIPPED, WARNING, Verdict
from ...choruspro.errors import ChorusProError
from ..rules.error_texts import error_sentence

_lt = LazyTranslate(__name__)

STEP_NAMES = {
    "edi_settings": _lt("EDI settings"),
    "edi_server": _lt("EDI server and key"),
    "edi_out": _lt("Folder of deposit"),
    "edi_in": _lt("Folder of retrieval"),
    "edi_api": _lt("API beside EDI"),
}
FOUND = {
    "edi_named": _lt("The next Factur-X file will be called like %(name)s."),
    "edi_reached": _lt("The server answers with the key that was set, and accepts yours."),
    "edi_gateway": _lt("The folders of the gateway are there."),
    "edi_out_seen": _lt("The folder of deposit answers. The first file shows whether Odoo may "
                        "write there."),
    "edi_waiting": _lt("The folder of retrieval can be read: %(count)s files wait there."),
    "edi_without_api": _lt("Without access to the API: public bodies are not looked up, and "
                           "invoices are completed, recycled and found again on the portal only."),
}
REMEDIES = {
    "edi_without_api": _lt("For that, fill in the PISTE application and the technical account."),
}


class ChorusProConnectionCheck(models.Model):
    _inherit = "chorus.pro.connection.check"

    @api.depends_context("lang")
    @api.depends("step")
    def _compute_name(self):
        super()._compute_name()
        for row in self.filtered(lambda row: row.step in STEP_NAMES):
            row.name = self.env._(STEP_NAMES[row.step])


class ChorusProConnection(models.Model):
    """Check Everything, in the EDI mode: its own steps, then those of the API if it can be used.
    Nothing is put, nothing is fetched."""

    _inherit = "chorus.pro.connection"

    def _verdicts(self, until):
        if not self._goes_by_edi() or until:
            return super()._verdicts(until)
        found = [*self._edi_verdicts()]
        broken = any(verdict.verdict == ERROR for verdict in found)
        done = {verdict.step for verdict in found}
        rest = [step for step in STEP_NAMES if step not in done and step != "edi_api"]
        found += [Verdict(step, SKIPPED, "not_tried") for step in rest if broken]
        if self._is_without_api():
            return [*found, Verdict("edi_api", WARNING, "edi_without_api")], ()
        verdicts, left = super()._verdicts(until)
        return [*found, *verdicts], left

    def _edi_verdicts(self):
        """Yield the Verdicts of the steps, up to the first that fails."""
        step = "edi_settings"
        try:
            self._require_ready_for_edi()
            codes = self.edi_interface_facturx, self.edi_application
            yield Verdict(step, OK, "edi_named", {"name": f"{'_'.join(filter(None, codes))}_…"})
            step = "edi_server"
            with self._edi_exchange() as exchange:
                is_sftp = self.edi_transport == "sftp"
                yield Verdict(step, OK, "edi_reached" if is_sftp else "edi_gateway")
                step = "edi_out"
                exchange.standing("l10n_fr_chorus_pro", 0)
                yield Verdict(step, OK, "edi_out_seen")
                step = "edi_in"
                count = len(exchange.waiting())
                yield Verdict(step, OK, "edi_waiting", {"count": count})
        except UserError as error:
            yield Verdict(step, ERROR, "settings", {"sentence": str(error)})
        except ChorusProError as error:
            yield Verdict(step, ERROR, error.code, {}, error.label)

    def _check_values(self, verdict):
        values = super()._check_values(verdict)
        if verdict.code in REMEDIES:
            values["remedy"] = self.env._(REMEDIES[verdict.code])
        return values

    def _found(self, verdict):
        if verdict.code in FOUND:
            template = self.env._(FOUND[verdict.code])
            return template % verdict.params
        if verdict.step in STEP_NAMES and verdict.code != "settings" and verdict.verdict == ERROR:
            return error_sentence(self.env, ChorusProError(verdict.code, label=verdict.label))
        return super()._found(verdict)
