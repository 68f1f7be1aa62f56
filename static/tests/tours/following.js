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

const services = () => odoo.__WOWL_DEBUG__.root.env.services;

// As when the job has written an answer, and tells it.
const answer = (name) => async () => {
    const id = Number(location.pathname.split("/").at(-1));
    await services().orm.write("res.partner", [id], { name });
    await services().chorus_pro_answers.show({ model: "res.partner", ids: [id] });
};

tours.add("chorus_pro_answer_arrives", {
    steps: () => [
        {
            content: "An answer arrives while the customer is open",
            trigger: ".o_form_view .o_field_widget[name='name'] :value('SIRET')",
            timeout: 30000,
            run: answer("Commune de Réponse"),
        },
        {
            content: "The form shows it",
            trigger: ".o_form_view .o_field_widget[name='name'] :value('Commune de Réponse')",
        },
        {
            content: "Somebody types",
            trigger: ".o_form_view .o_field_widget[name='phone'] input",
            run: "edit 0102030405",
        },
        {
            content: "while another answer arrives",
            trigger: ".o_form_view .o_form_button_save:visible",
            timeout: 30000,
            run: answer("Une autre"),
        },
        {
            content: "What is typed stays",
            trigger: ".o_form_view .o_field_widget[name='phone'] :value('0102030405')",
        },
        {
            trigger: ".o_form_view .o_form_button_cancel",
            run: "click",
        },
        {
            trigger: ".o_form_view:not(:has(.o_form_button_cancel:visible))",
        },
    ],
});

// The same while the customers are listed.
const answerAbout = (siret, name) => async () => {
    const { orm, chorus_pro_answers } = services();
    const ids = await orm.search("res.partner", [["company_registry", "=", siret]]);
    await orm.write("res.partner", ids, { name });
    await chorus_pro_answers.show({ model: "res.partner", ids });
};

tours.add("chorus_pro_answer_in_list", {
    steps: () => [
        {
            content: "An answer arrives while customers are listed",
            trigger: ".o_list_view .o_data_row:contains('Avant la réponse')",
            timeout: 30000,
            run: answerAbout("12345678200051", "Commune de Réponse"),
        },
        {
            content: "The list shows it; somebody selects a row",
            trigger: ".o_list_view .o_data_row:contains('Commune de Réponse')",
        },
        {
            trigger: ".o_data_row:contains('Commune de Réponse') .o_list_record_selector input",
            run: "click",
        },
        {
            content: "while another answer arrives",
            trigger: ".o_selection_box",
            run: answerAbout("12345678200051", "Une autre"),
        },
        {
            content: "What is selected stays",
            trigger: ".o_data_row.o_data_row_selected:contains('Commune de Réponse')",
        },
    ],
});
