import { registry } from "@web/core/registry";

const tours = registry.category("web_tour.tours");

// The accountants of these tours work in French.

tours.add("chorus_pro_morning_round", {
    steps: () => [
        {
            content: "Following is late, which is said above the cards",
            trigger: ".o_chorus_pro_late",
        },
        {
            content: "What was suspended is a card with its reason and its age",
            trigger: ".o_kanban_group .o_kanban_record:contains('Bon de livraison manquant')",
        },
        {
            content: "What was refused stands in another column",
            trigger: ".o_kanban_group:not(:contains('Bon de livraison')) button[name='action_chorus_pro_handle']",
        },
        {
            content: "The card opens the invoice",
            trigger: ".o_kanban_record .o_chorus_pro_reason:contains('Bon de livraison manquant')",
            run: "click",
        },
        {
            content: "which tells the reason too",
            trigger: ".o_form_view .alert-warning:contains('Bon de livraison manquant')",
        },
        {
            trigger: ".o_form_view .o_chorus_pro_watched:not(:visible)",
        },
    ],
});
