import { registry } from "@web/core/registry";

const tours = registry.category("web_tour.tours");

// The accountants of these tours work in French.

async function dropDeliveryNote({ anchor }) {
    const files = new DataTransfer();
    files.items.add(new File(["article;quantité\ncasque;12\n"], "Bon de livraison n° 118.csv"));
    anchor.files = files.files;
    anchor.dispatchEvent(new Event("change", { bubbles: true }));
}

tours.add("chorus_pro_complete", {
    steps: () => [
        {
            content: "The reason of the recipient is on the invoice",
            trigger: ".alert-warning:contains('Le bon de livraison manque.')",
        },
        {
            content: "One click says what to do",
            trigger: "button[name='action_chorus_pro_complete']",
            run: "click",
        },
        {
            content: "The reason stands on top of the dialog too",
            trigger: ".modal .alert-warning:contains('Le bon de livraison manque.')",
        },
        {
            content: "Drop the file",
            trigger: ".modal div[name='attachment_ids'] input[type='file']:not(:visible)",
            run: dropDeliveryNote,
        },
        {
            trigger: ".modal .o_attachment:contains('Bon de livraison')",
        },
        {
            content: "Say what it is",
            trigger: ".modal div[name='attachment_type_id'] input",
            run: "edit Accusé",
        },
        {
            trigger: ".ui-autocomplete .dropdown-item:contains('Accusé de réception')",
            run: "click",
        },
        {
            trigger: ".modal div[name='comment'] textarea",
            run: "edit Voici le bon de livraison.",
        },
        {
            content: "How much may be written is said",
            trigger: ".modal div[name='comment_length']:contains('2000')",
        },
        {
            trigger: ".modal footer button[name='action_confirm']",
            run: "click",
        },
        {
            trigger: "body:not(:has(.modal))",
        },
        {
            content: "It is on its way: nothing is left to click",
            trigger: ".o_form_view:not(:has(button[name='action_chorus_pro_complete']))",
        },
        {
            content: "It can still be undone",
            trigger: "button[name='action_chorus_pro_cancel_action']",
        },
    ],
});

tours.add("chorus_pro_completed", {
    steps: () => [
        {
            content: "Nothing is expected any more",
            trigger:
                ".o_form_view:not(:has(.alert-warning)):not(:has(button[name='action_chorus_pro_complete']))",
        },
        {
            content: "The file is with the invoice",
            trigger: ".o-mail-Message:contains('Bon de livraison')",
        },
    ],
});

tours.add("chorus_pro_reissue", {
    steps: () => [
        {
            content: "The rejection and its reason are on the invoice",
            trigger: ".alert-warning:contains('Le bon de livraison manque.')",
        },
        {
            trigger: "button[name='action_chorus_pro_reissue']",
            run: "click",
        },
        {
            content: "What will be done is said first",
            trigger: ".modal ol li:eq(2)",
        },
        {
            trigger: ".modal footer button[name='action_confirm']",
            run: "click",
        },
        {
            content: "The copy is open, as a draft, and tells what it replaces",
            trigger: ".o_form_view:has(button[name='action_post']) div[name='chorus_pro_reissue_of_id']",
        },
        {
            content: "Confirm it",
            trigger: "button[name='action_post']",
            run: "click",
        },
        {
            content: "It can be sent, under a number of its own",
            trigger: "button[name='action_chorus_pro_send']",
            run: "click",
        },
        {
            trigger: ".alert:contains('file d')",
        },
    ],
});
