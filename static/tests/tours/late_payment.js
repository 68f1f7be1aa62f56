import { registry } from "@web/core/registry";

// A manager, who works in French, finds who pays late and claims what that costs.

registry.category("web_tour.tours").add("chorus_pro_claims_interest", {
    steps: () => [
        {
            content: "The analysis opens with what is owed, by phase",
            trigger: ".o_graph_view .o_graph_renderer",
        },
        {
            content: "How long do they take to pay?",
            trigger: ".o_searchview_dropdown_toggler",
            run: "click",
        },
        {
            trigger: ".o_menu_item:contains('Délai de paiement par organisme public')",
            run: "click",
        },
        {
            trigger: ".o_facet_value:contains('Délai de paiement par organisme public')",
        },
        {
            content: "As a table",
            trigger: ".o_switch_view.o_pivot",
            run: "click",
        },
        {
            content: "One body took 80 days, 50 more than the law allows",
            trigger:
                ".o_pivot tr:has(th:contains('Commune en retard')):has(td:contains('80')):has(td:contains('50'))",
        },
        {
            content: "and the other one is punctual",
            trigger: ".o_pivot tr:has(th:contains('Commune ponctuelle')):has(td:contains('20'))",
        },
        {
            content: "Which invoices are these?",
            trigger: ".o_switch_view.o_list",
            run: "click",
        },
        {
            trigger: ".o_list_view .o_data_cell:contains('Commune en retard')",
            run: "click",
        },
        {
            content: "Claim the interest on this one",
            trigger: ".o_form_view .o_cp_action_menus .dropdown-toggle",
            run: "click",
        },
        {
            trigger: ".o-dropdown--menu .o_menu_item:contains('Réclamer les intérêts moratoires')",
            run: "click",
        },
        {
            content: "The letter is printed, and the invoice remembers it",
            trigger: ".o_notebook .nav-link:contains('Chorus Pro')",
            run: "click",
        },
        {
            trigger: ".o_form_view .o_field_widget[name='chorus_pro_claimed_on']:visible",
            // The letter has to be printed first.
            timeout: 60000,
        },
    ],
});
