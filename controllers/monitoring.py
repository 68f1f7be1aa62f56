# Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
from odoo import http
from odoo.http import request


class ChorusProMonitoring(http.Controller):
    @http.route("/chorus_pro/health", type="http", auth="public", methods=["GET"],
                save_session=False, readonly=True)
    def health(self):
        """How invoices go and come, for a monitoring system: figures and dates, no name, no amount.

        The token comes in the header ``Authorization: Bearer …``: an address would stand in the
        logs of every server on the way.

        :return: JSON as :meth:`_chorus_pro_monitoring` gives it, with the status 200, or 503 when
            somebody has to look; 401 for another token or none
        """
        connections = request.env["chorus.pro.connection"].sudo()
        scheme, _space, token = request.httprequest.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not connections._is_monitoring_token(token.strip()):
            return request.make_json_response({"error": "unknown token"}, status=401)
        figures = connections._monitoring()
        status = 503 if figures["problems"] else 200
        return request.make_json_response(figures, [("Cache-Control", "no-store")], None, status)
