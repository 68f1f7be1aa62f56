import { registry } from "@web/core/registry";

const tours = registry.category("web_tour.tours");

// The main contractor of these tours works in French.

tours.add("chorus_pro_validate", {
    steps: () => [
        {
            content: "Each card says until when to decide, and has its PDF",
            trigger:
                ".o_kanban_record:contains('ST00001'):has(.fa-clock-o):has(.o_chorus_pro_pdf)",
        },
        {
            content: "Accept the first",
            trigger: ".o_kanban_record:contains('ST00001') button[name='action_accept']",
            run: "click",
        },
        {
            content: "What this does is said first",
            trigger: ".modal footer .btn-primary",
            run: "click",
        },
        {
            content: "It is on its way: nothing is left to click",
            trigger:
                ".o_kanban_record:contains('ST00001'):not(:has(button[name='action_accept'])):has(.badge)",
        },
        {
            content: "Refuse the second",
            trigger: ".o_kanban_record:contains('ST00002') button[name='action_refuse']",
            run: "click",
        },
        {
            trigger: ".modal div[name='comment'] textarea",
            run: "edit Métré à revoir",
        },
        {
            trigger: ".modal footer button[name='action_confirm']",
            run: "click",
        },
        {
            trigger:
                ".o_kanban_record:contains('ST00002'):not(:has(button[name='action_refuse'])):has(.badge)",
        },
    ],
});

tours.add("chorus_pro_validated", {
    steps: () => [
        {
            content: "Nothing waits for a decision any more",
            trigger: ".o_kanban_view .o_view_nocontent",
        },
        {
            trigger: ".o_searchview .o_facet_remove",
            run: "click",
        },
        {
            content: "What was decided is still there",
            trigger: ".o_kanban_record:contains('ST00001') [data-stage='validated']",
        },
        {
            trigger: ".o_kanban_record:contains('ST00002') [data-stage='refused']",
        },
    ],
});
