import { registry } from "@web/core/registry";

// An accountant at the end of the month, who works in French.

const FIRST_CELL = ".modal .o_data_row:first td[name='engagement_number']";

registry.category("web_tour.tours").add("chorus_pro_month_end", {
    steps: () => [
        {
            content: "Select all invoices of the month",
            trigger: ".o_list_view thead .o_list_record_selector input",
            run: "click",
        },
        {
            content: "Send them",
            trigger: ".o_control_panel button[name='action_chorus_pro_send_selected']",
            run: "click",
        },
        {
            content: "Those to fix come first, two of them for the same cause",
            trigger: ".modal a[name='to_fix'].active",
        },
        {
            trigger: ".modal .o_chorus_pro_cause:contains('2 ×')",
        },
        {
            content: "Two are ready",
            trigger: ".modal button[name='action_send']:contains('2')",
        },
        {
            content: "Give the first one its engagement number",
            trigger: FIRST_CELL,
            run: "click",
        },
        {
            trigger: `${FIRST_CELL} input`,
            run: "edit BC-2026-0042",
        },
        {
            content: "Once the row is left it is checked",
            trigger: ".modal .badge:first",
            run: "click",
        },
        {
            content: "It is ready, the other one still has its cause",
            trigger: ".modal .o_chorus_pro_cause:contains('1 ×')",
        },
        {
            content: "Send those that can leave",
            trigger: ".modal button[name='action_send']:contains('3')",
            run: "click",
        },
        {
            content: "What is to be fixed stays",
            trigger: ".modal:not(:has(button[name='action_send'])) .o_chorus_pro_cause",
        },
        {
            content: "Enough for today",
            trigger: ".modal .btn-close",
            run: "click",
        },
        {
            content: "The list shows what has left",
            trigger: "body:not(:has(.modal)) .o_list_view:has(.o_data_row .badge:contains('En file d'))",
        },
    ],
});
