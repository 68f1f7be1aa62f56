import { Component, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";

/** In the top bar while invoices are being sent: how many have been; a click lists them. */
export class BatchMenu extends Component {
    static template = "l10n_fr_chorus_pro.BatchMenu";
    static props = {};

    setup() {
        this.action = useService("action");
        this.batches = useState(useService("chorus_pro_batch"));
    }

    get underWay() {
        return Object.values(this.batches);
    }

    about(batch) {
        const sent = _t("Chorus Pro: %(done)s of %(total)s invoices have left.", batch);
        return batch.failed ? `${sent} ${_t("%(failed)s to look at.", batch)}` : sent;
    }

    open(batch) {
        this.action.doAction({
            name: _t("Sent Together"),
            type: "ir.actions.act_window",
            res_model: "account.move",
            domain: [["chorus_pro_submission_ids.batch_id", "=", batch.id]],
            context: { default_move_type: "out_invoice" },
            views: [
                [false, "list"],
                [false, "form"],
            ],
        });
    }
}

registry
    .category("systray")
    .add("l10n_fr_chorus_pro.batch_menu", { Component: BatchMenu }, { sequence: 30 });
