import { useEffect } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { X2ManyField, x2ManyField } from "@web/views/fields/x2many/x2many_field";
import { ListRenderer } from "@web/views/list/list_renderer";

/** Invoices to correct, grouped under their cause. */
export class TriageRenderer extends ListRenderer {
    static recordRowTemplate = "l10n_fr_chorus_pro.TriageRow";

    setup() {
        super.setup();
        // When no row is being edited, the corrections are saved and so checked.
        useEffect(
            (edited) => {
                if (!edited) {
                    this.check();
                }
            },
            () => [Boolean(this.props.list.editedRecord)]
        );
    }

    async check() {
        const { root } = this.props.list.model;
        if (await root.isDirty()) {
            await root.save();
        }
    }

    startsCause(record) {
        const { records } = this.props.list;
        const before = records[records.indexOf(record) - 1];
        return !before || before.data.cause_group !== record.data.cause_group;
    }
}

export class TriageField extends X2ManyField {
    static components = { ...X2ManyField.components, ListRenderer: TriageRenderer };
}

registry.category("fields").add("chorus_pro_triage", { ...x2ManyField, component: TriageField });
