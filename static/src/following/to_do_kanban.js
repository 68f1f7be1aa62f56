import { onWillStart, useState } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { deserializeDateTime, formatDateTime } from "@web/core/l10n/dates";
import { user } from "@web/core/user";
import { useService } from "@web/core/utils/hooks";
import { KanbanRenderer } from "@web/views/kanban/kanban_renderer";
import { kanbanView } from "@web/views/kanban/kanban_view";

/** The To Handle cards, below a banner when Chorus Pro has not been read lately. */
export class ChorusProToDoRenderer extends KanbanRenderer {
    static template = "l10n_fr_chorus_pro.ToDoRenderer";

    setup() {
        super.setup();
        this.orm = useService("orm");
        this.action = useService("action");
        this.following = useState({ lateSince: false, notProduction: "", elsewhere: 0 });
        const ask = (method) =>
            this.orm.call("account.move", method, [], { context: user.context });
        onWillStart(async () => {
            const [since, labels, elsewhere] = await Promise.all([
                ask("chorus_pro_late_following"),
                ask("chorus_pro_not_production"),
                ask("chorus_pro_elsewhere_count"),
            ]);
            this.following.elsewhere = elsewhere;
            this.following.lateSince = since && formatDateTime(deserializeDateTime(since));
            this.following.notProduction = labels.join(", ");
        });
    }

    showElsewhere() {
        return this.action.doAction("l10n_fr_chorus_pro.action_elsewhere");
    }
}

registry.category("views").add("chorus_pro_to_do", {
    ...kanbanView,
    Renderer: ChorusProToDoRenderer,
});
