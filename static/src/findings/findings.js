import { Component } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

import { showField } from "./show_field";

/**
 * The problems of an invoice, one per line: what is wrong, and a link to the field where to correct
 * it, on this form or on that of another record.
 */
export class Findings extends Component {
    static template = "l10n_fr_chorus_pro.Findings";
    static props = {
        ...standardFieldProps,
        severity: { type: String },
    };

    setup() {
        this.action = useService("action");
    }

    get findings() {
        const all = this.props.record.data[this.props.name] || [];
        return all.filter((finding) => finding.severity === this.props.severity);
    }

    async onRemedy(finding) {
        const { record } = this.props;
        if (finding.model === record.resModel) {
            return showField(finding.field);
        }
        if (await record.save()) {
            await this.action.doAction({
                type: "ir.actions.act_window",
                res_model: finding.model,
                res_id: finding.res_id,
                views: [[false, "form"]],
            });
            await showField(finding.field);
        }
    }
}

registry.category("fields").add("chorus_pro_findings", {
    component: Findings,
    supportedTypes: ["json"],
    supportedOptions: [{ label: "Severity", name: "severity", type: "string" }],
    extractProps: ({ options }) => ({ severity: options.severity }),
});
