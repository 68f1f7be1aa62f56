import { Component, xml } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { useBus } from "@web/core/utils/hooks";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";

/**
 * Displays nothing: loads the form again when an answer about its record, or about its customer,
 * arrives. What somebody is typing stays.
 */
export class ChorusProAnswers extends Component {
    static template = xml`<span class="d-none"/>`;
    static props = { ...standardWidgetProps };

    setup() {
        useBus(this.env.bus, "CHORUS_PRO:ANSWER", ({ detail }) => this.show(detail));
    }

    isAbout({ model, ids }) {
        const { record } = this.props;
        if (model === record.resModel) {
            return ids.includes(record.resId);
        }
        const customer = record.data.commercial_partner_id;
        return model === "res.partner" && ids.includes(customer?.id);
    }

    async show(answer) {
        const { record } = this.props;
        if (record.resId && this.isAbout(answer) && !(await record.isDirty())) {
            await record.load();
        }
    }
}

registry.category("view_widgets").add("chorus_pro_answers", { component: ChorusProAnswers });
