import { registry } from "@web/core/registry";

const tours = registry.category("web_tour.tours");

// The accountants of these tours work in French.

tours.add("chorus_pro_send_from_form", {
    steps: () => [
        {
            content: "One click on the invoice",
            trigger: "button[name='action_chorus_pro_send']",
            run: "click",
        },
        {
            content: "The invoice is in the queue at once",
            trigger: ".alert:contains('file d')",
        },
        {
            content: "It cannot be sent a second time",
            trigger: ".o_form_statusbar:not(:has(button[name='action_chorus_pro_send']))",
        },
        {
            content: "The tab tells the same",
            trigger: "a[name='chorus_pro']",
            run: "click",
        },
        {
            trigger: "div[name='chorus_pro_state'] .badge:contains('En file d')",
        },
    ],
});

tours.add("chorus_pro_send_from_list", {
    steps: () => [
        {
            content: "Select all invoices",
            trigger: ".o_list_view thead .o_list_record_selector input",
            run: "click",
        },
        {
            content: "Send them",
            trigger: ".o_control_panel button[name='action_chorus_pro_send_selected']",
            run: "click",
        },
        {
            content: "All of them are ready",
            trigger: ".modal a[name='ready'].active",
        },
        {
            content: "They leave",
            trigger: ".modal button[name='action_send']",
            run: "click",
        },
        {
            content: "The number of queued invoices is said",
            trigger: ".o_notification:contains('3 factures en file')",
        },
        {
            content: "Each row shows its badge",
            trigger: ".o_list_view:has(.o_data_row:eq(2) .badge:contains('En file d'))",
        },
    ],
});

tours.add("chorus_pro_send_from_wizard", {
    steps: () => [
        {
            content: "Odoo's own Send",
            trigger: "button[name='action_invoice_sent']",
            run: "click",
        },
        {
            content: "Chorus Pro is ticked for this customer",
            trigger: ".modal .form-check:contains('Chorus Pro') input:checked",
        },
        {
            content: "Send",
            trigger: ".modal button[name='action_send_and_print']",
            run: "click",
        },
        {
            content: "The invoice is in the queue",
            trigger: ".alert:contains('file d')",
        },
    ],
});

tours.add("chorus_pro_read_refusal", {
    steps: () => [
        {
            content: "Open the filters",
            trigger: ".o_searchview_dropdown_toggler",
            run: "click",
        },
        {
            content: "Those that Chorus Pro cannot take",
            trigger: ".o_filter_menu .o_menu_item:contains('À traiter')",
            run: "click",
        },
        {
            content: "One invoice is left: open it",
            trigger: ".o_list_view:has(.o_data_row:only-child) .o_data_row .badge:contains('Refusée')",
            run: "click",
        },
        {
            content: "The remedy is said on the invoice",
            trigger: ".alert-danger:contains('numéro d')",
        },
        {
            content: "It is corrected before it is sent again",
            trigger: "button[name='action_chorus_pro_correct']",
            run: "click",
        },
        {
            trigger: ".modal .o_chorus_pro_cause:contains('1 ×')",
        },
        {
            content: "Nothing was changed: nothing can leave",
            trigger: ".modal:not(:has(button[name='action_send']))",
        },
    ],
});

const compareAnd = (decision, dialog) => [
    {
        content: "The jobs have stopped: a person has to decide",
        trigger: ".alert-warning button[name='action_chorus_pro_compare']",
        run: "click",
    },
    {
        content: "What was found is said as the reader writes amounts",
        trigger: ".modal .alert:contains('total 120,00')",
    },
    {
        content: "The total is not the same on both sides",
        trigger: ".modal div[name='total']:contains('240,00')",
    },
    {
        trigger: ".modal div[name='found_total'].text-danger:contains('120,00')",
    },
    {
        content: "The recipient is",
        trigger: ".modal div[name='found_recipient']:not(.text-danger)",
    },
    {
        content: "Decide",
        trigger: `.modal footer button[name='${decision}']`,
        run: "click",
    },
    {
        content: "What this means is said first",
        trigger: `.modal:contains('${dialog}') .modal-footer .btn-primary`,
        run: "click",
    },
    {
        trigger: "body:not(:has(.modal))",
    },
];

tours.add("chorus_pro_decide_it_is_the_same", {
    steps: () => [
        ...compareAnd("action_adopt", "Odoo suivra cette facture"),
        {
            content: "There is nothing left to decide",
            trigger: ".o_form_view:not(:has(button[name='action_chorus_pro_compare']))",
        },
        {
            content: "The invoice is followed under Chorus Pro's own number",
            trigger: "a[name='chorus_pro']",
            run: "click",
        },
        {
            trigger: "div[name='chorus_pro_invoice_id']",
        },
    ],
});

tours.add("chorus_pro_decide_it_is_another", {
    steps: () => [
        ...compareAnd("action_give_up", "marquée comme refusée"),
        {
            content: "It needs another number",
            trigger: ".alert-danger:contains('autre numéro')",
        },
    ],
});

tours.add("chorus_pro_preview", {
    steps: () => [
        {
            trigger: "a[name='chorus_pro']",
            run: "click",
        },
        {
            content: "What would Chorus Pro get?",
            trigger: "button[name='action_chorus_pro_preview']",
            run: "click",
        },
        {
            content: "The PDF, as the recipient reads it",
            trigger: ".modal .o_field_pdf_viewer iframe",
        },
        {
            content: "And the data in it",
            trigger: ".modal a[name='xml']",
            run: "click",
        },
        {
            trigger: ".modal .o_field_code:contains('CrossIndustryInvoice')",
        },
        {
            content: "Looking is not sending",
            trigger: ".modal footer .btn-primary",
            run: "click",
        },
        {
            trigger: "body:not(:has(.modal)) button[name='action_chorus_pro_send']",
        },
    ],
});

tours.add("chorus_pro_reader_sees_no_button", {
    steps: () => [
        {
            content: "The status is visible",
            trigger: "a[name='chorus_pro']",
            run: "click",
        },
        {
            trigger: "div[name='chorus_pro_state'] .badge:contains('En file d')",
        },
        {
            content: "There is nothing to click",
            trigger:
                ".o_form_view:not(:has(button[name='action_chorus_pro_send'])):not(:has(button[name='action_chorus_pro_cancel']))",
        },
    ],
});
