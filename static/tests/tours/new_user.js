import { registry } from "@web/core/registry";

const tours = registry.category("web_tour.tours");

// Somebody who meets Chorus Pro for the first time, without developer mode and in French.

const MOST_CLICKS = 6;
let clicks = 0;

tours.add("chorus_pro_new_customer", {
    steps: () => [
        {
            content: "A new customer",
            trigger: ".o_control_panel .o-kanban-button-new, .o_control_panel .o_list_button_add",
            run: "click",
        },
        {
            trigger: ".o_form_view div[name='name'] textarea, .o_form_view div[name='name'] input",
            run: "edit Centre hospitalier",
        },
        {
            trigger: "a[name='chorus_pro']",
            run: "click",
        },
        {
            content: "The SIRET as it stands on a purchase order",
            trigger: ".tab-pane div[name='company_registry'] input",
            run: "edit 123 456 782 00028 && press Tab",
        },
        {
            content: "Its spaces go",
            trigger: ".tab-pane div[name='company_registry'] input:value(12345678200028)",
        },
        {
            content: "Chorus Pro is asked",
            trigger: "button[name='action_chorus_pro_find']",
            run: "click",
        },
        {
            content: "And it is said that the answer is to come",
            trigger: ".tab-pane div[name='chorus_pro_directory_note']",
        },
        {
            trigger: "body:not(:has(button[name='action_chorus_pro_find']))",
        },
    ],
});

tours.add("chorus_pro_found_customer", {
    steps: () => [
        {
            trigger: "a[name='chorus_pro']",
            run: "click",
        },
        {
            content: "What it demands",
            trigger: "div[name='chorus_pro_demands'] .badge:contains('Service')",
        },
        {
            content: "Its sending method is there, and not chosen for anybody",
            trigger: ".tab-pane div[name='invoice_sending_method']",
        },
        {
            content: "Chorus Pro is proposed",
            trigger: "button[name='action_chorus_pro_use']",
            run: "click",
        },
        {
            trigger: "body:not(:has(button[name='action_chorus_pro_use']))",
        },
        {
            content: "What goes with it can be chosen now",
            trigger: ".tab-pane div[name='chorus_pro_when_confirmed']",
        },
    ],
});

tours.add("chorus_pro_forgotten_service", {
    steps: () => [
        {
            content: "The draft says already what it lacks",
            trigger: "div[name='chorus_pro_to_complete'] li[data-rule='service_required']",
        },
        {
            content: "It can be confirmed all the same",
            trigger: ".o_form_statusbar button[name='action_post']:visible",
            run: "click",
        },
        {
            content: "From here each click counts",
            trigger: ".o_form_statusbar button[name='action_chorus_pro_send']",
            run() {
                document.addEventListener("pointerdown", () => clicks++, { capture: true });
            },
        },
        {
            content: "Send it",
            trigger: "button[name='action_chorus_pro_send']",
            run: "click",
        },
        {
            content: "What is missing is said",
            trigger: ".modal .modal-body:contains('code service')",
        },
        {
            trigger: ".modal .modal-footer .btn-primary",
            run: "click",
        },
        {
            content: "The remedy leads to the field",
            trigger: "div[name='chorus_pro_to_complete'] li[data-rule='service_required'] a",
            run: "click",
        },
        {
            trigger: "div[name='chorus_pro_service_id'] input:focus",
            run: "edit DEST_SERV",
        },
        {
            content: "Choose the service",
            trigger: ".o-autocomplete--dropdown-item:contains('SERVICE_DEST_SERV_OBL')",
            run: "click",
        },
        {
            content: "Nothing is missing any more",
            trigger: "body:not(:has(div[name='chorus_pro_to_complete']))",
        },
        {
            trigger: "button[name='action_chorus_pro_send']",
            run: "click",
        },
        {
            content: "The invoice is in the queue",
            trigger: ".alert:contains('file d')",
            run() {
                if (!clicks || clicks > MOST_CLICKS) {
                    throw new Error(`${clicks} clicks after the invoice was confirmed`);
                }
            },
        },
    ],
});

tours.add("chorus_pro_mistyped_siret", {
    steps: () => [
        {
            content: "The remedy leads to the customer",
            trigger: "div[name='chorus_pro_to_complete'] li[data-rule='siret_is_siren'] a",
            run: "click",
        },
        {
            content: "To its SIRET",
            trigger: ".o_form_view div[name='company_registry'] input:focus",
            run: "edit 12345678200051",
        },
        {
            trigger: ".o_form_button_save",
            run: "click",
        },
        {
            content: "And back to the invoice",
            trigger: ".o_breadcrumb .o_back_button, .breadcrumb-item a:last",
            run: "click",
        },
        {
            trigger: ".o_form_view:not(:has(div[name='chorus_pro_to_complete'])) button[name='action_chorus_pro_send']",
        },
    ],
});
