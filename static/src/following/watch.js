import { Component, onMounted, onPatched, useState } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";

/**
 * Displays nothing: reports to the server which invoice is open, so that its history at Chorus Pro
 * is read soon.
 */
export class ChorusProWatch extends Component {
    static template = "l10n_fr_chorus_pro.Watch";
    static props = { ...standardWidgetProps };

    setup() {
        this.orm = useService("orm");
        this.state = useState({ noted: false });
        this.asked = false;
        onMounted(() => this.note());
        onPatched(() => this.note());
    }

    async note() {
        const { resId } = this.props.record;
        if (!resId || resId === this.asked) {
            return;
        }
        this.asked = resId;
        try {
            await this.orm.silent.call("account.move", "chorus_pro_note_opened", [[resId]]);
            this.state.noted = resId;
        } catch {
            // What cannot be reported now is reported at the next rendering.
            this.asked = false;
        }
    }
}

registry.category("view_widgets").add("chorus_pro_watch", { component: ChorusProWatch });
