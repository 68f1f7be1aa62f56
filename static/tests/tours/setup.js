import { registry } from "@web/core/registry";
import { uploadCertificate } from "@l10n_fr_chorus_pro/../tests/tours/upload";

const tours = registry.category("web_tour.tours");

// A new administrator, in French, from an empty company to a connection in use.

// The simulator's application and technical account, the same at every start.
const CLIENT_ID = "5b0c7d1e-simulator-application";
const CLIENT_SECRET = "f3a9-simulator-client-secret-71c2";
const LOGIN = "TECH_1_100200300@cpro.fr";
const PASSWORD = "Sim-Technique-1!";
const SIRET = "123 456 782 00077";

const fill = (field, value) => ({
    content: `Fill in ${field}`,
    trigger: `div[name='${field}'] input`,
    run: `edit ${value}`,
});

// Addresses are the simulator's, which differ from one start to the next.
const fillAddress = (field, element = "input") => ({
    content: `Fill in ${field}`,
    trigger: `div[name='${field}'] ${element}`,
    run: async ({ edit }) => {
        const answer = await fetch("/chorus_pro_test/chorus.json");
        await edit((await answer.json())[field]);
    },
});

const choose = (field, label) => ({
    content: `Choose ${label}`,
    trigger: `div[name='${field}'] .o_radio_item:contains('${label}') input`,
    run: "click",
});

const tick = (field) => ({
    content: `Tick ${field}`,
    trigger: `div[name='${field}'] input[type='checkbox']`,
    run: "click",
});

const press = (button) => ({
    content: `Press ${button}`,
    trigger: `.o_statusbar_buttons button[name='${button}'], .o_form_view button[name='${button}']`,
    run: "click",
});

const at = (title) => ({
    content: `The step is ${title}`,
    trigger: `.o_chorus_pro_setup h2:contains('${title}')`,
});

// What is wrong is told on the step, with its remedy and where to click.
const told = (step, remedy) => ({
    content: `${step} is told`,
    trigger: `.o_chorus_pro_steps .o_kanban_record:contains('${step}'):has(.fa-times-circle):contains('${remedy}')`,
});

const BEGIN = {
    content: "The empty list leads to the guide",
    trigger: ".o_view_nocontent a.btn-primary:contains('Commencer')",
    run: "click",
};

const ACCOUNT = [
    at("Le compte technique"),
    fill("technical_login", LOGIN),
    fill("technical_password", "mistyped"),
    press("action_next"),
    told("Compte technique", "Raccordements"),
    fill("technical_password", PASSWORD),
    press("action_next"),
    at("Votre structure"),
    fill("supplier_siret", "12345678200119"),
    press("action_next"),
    told("Notre structure", "Vérifiez le SIRET"),
    fill("supplier_siret", SIRET),
    press("action_next"),
];

const END = [
    at("Tout vérifier"),
    press("action_check"),
    {
        content: "All is green",
        trigger: ".o_chorus_pro_summary.text-success:contains('Tout va bien')",
    },
    {
        content: "Each step is told",
        trigger: ".o_chorus_pro_steps .o_kanban_record:contains('ATELIERS DU SIMULATEUR')",
    },
    press("action_next"),
    at("Mise en service"),
    press("action_use"),
    at("raccordée à Chorus Pro"),
];

tours.add("chorus_pro_setup_piste", {
    steps: () => [
        BEGIN,
        at("Où vont vos factures"),
        choose("environment", "personnalis"),
        fillAddress("custom_token_url"),
        fillAddress("custom_api_url"),
        fillAddress("custom_portal_url"),
        press("action_next"),
        at("Un compte PISTE"),
        {
            content: "Without the tick one does not go on",
            trigger: ".o_form_view:not(:has(button[name='action_next'])) .text-muted:contains('Cochez')",
        },
        tick("application_ready"),
        press("action_next"),
        at("Les API"),
        tick("terms_accepted"),
        press("action_next"),
        at("Les clés"),
        fill("piste_client_id", CLIENT_ID),
        fill("piste_client_secret", "mistyped"),
        press("action_next"),
        told("Application PISTE", "OAuth Credentials"),
        {
            content: "With a link to where that is mended",
            trigger: ".o_chorus_pro_remedy a[href='https://piste.gouv.fr']",
        },
        {
            content: "The secret is not shown again",
            trigger: "div[name='piste_client_secret'] input[placeholder^='Saisissez']",
        },
        fill("piste_client_secret", CLIENT_SECRET),
        press("action_next"),
        ...ACCOUNT,
        ...END,
    ],
});

tours.add("chorus_pro_setup_certificate", {
    steps: () => [
        BEGIN,
        at("Où vont vos factures"),
        choose("environment", "personnalis"),
        choose("access_mode", "Certificat"),
        fillAddress("custom_api_url"),
        fillAddress("trusted_authorities", "textarea"),
        press("action_next"),
        at("Le certificat client"),
        press("action_add_certificate"),
        {
            content: "Give the file",
            trigger: ".modal div[name='file'] input[type='file']:not(:visible)",
            run: uploadCertificate,
        },
        {
            content: "And its password",
            trigger: ".modal div[name='password'] input",
            run: "edit simulator-certificate",
        },
        {
            trigger: ".modal footer button.btn-primary",
            run: "click",
        },
        {
            content: "The certificate says whose it is",
            trigger: "body:not(:has(.modal)) div[name='certificate_ids'] .o_data_row:contains('Simulator')",
        },
        {
            content: "Its chain can be declared",
            trigger: "button[name='action_export_chain']",
        },
        tick("certificate_declared"),
        press("action_next"),
        ...ACCOUNT,
        ...END,
    ],
});
