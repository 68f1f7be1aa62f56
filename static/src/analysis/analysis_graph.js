// Part of l10n_fr_chorus_pro. License LGPL-3 (see LICENSE file).
import { registry } from "@web/core/registry";
import { GraphModel } from "@web/views/graph/graph_model";
import { graphView } from "@web/views/graph/graph_view";

/**
 * A graph that each filter may group in its own way, at any time: Odoo's keeps the first grouping,
 * while its pivot takes each.
 */
export class AnalysisGraphModel extends GraphModel {
    /** @override */
    async load(searchParams) {
        this.usualGroupBy ??= this.metaData.groupBy;
        this.initialGroupBy = searchParams.context.graph_groupbys || this.usualGroupBy;
        await super.load(searchParams);
    }
}

registry.category("views").add("chorus_pro_analysis_graph", {
    ...graphView,
    Model: AnalysisGraphModel,
});
