import { registry } from "@web/core/registry";
import { uploadCertificate } from "@l10n_fr_chorus_pro/../tests/tours/upload";

const tours = registry.category("web_tour.tours");

// The simulator's application and technical account, the same at every start.
const CLIENT_ID = "5b0c7d1e-simulator-application";
const CLIENT_SECRET = "f3a9-simulator-client-secret-71c2";
const LOGIN = "TECH_1_100200300@cpro.fr";
const PASSWORD = "Sim-Technique-1!";

const fill = (field, value) => ({
    content: `Fill in ${field}`,
    trigger: `div[name='${field}'] input`,
    run: `edit ${value}`,
});

const test = (...verdicts) => [
    {
        content: "Test the connection (this saves it)",
        trigger: "button[name='action_test_connection']",
        run: "click",
    },
    ...verdicts.map((verdict) => ({
        content: `The verdict says ${verdict}`,
        trigger: `div[name='check_ids'] .o_kanban_record:contains('${verdict}')`,
    })),
];

tours.add("chorus_pro_configure_piste", {
    steps: () => [
        fill("piste_client_id", CLIENT_ID),
        fill("piste_client_secret", "mistyped"),
        fill("technical_login", LOGIN),
        fill("technical_password", PASSWORD),
        ...test("PISTE ne conna"),
        {
            content: "The secret is not shown again",
            trigger: "div[name='piste_client_secret'] input[placeholder^='Saisissez']",
        },
        fill("piste_client_secret", CLIENT_SECRET),
        fill("technical_password", "mistyped"),
        ...test("accepte pas le compte technique"),
        fill("technical_password", PASSWORD),
        ...test("PISTE a ", "ATELIERS DU SIMULATEUR"),
        {
            content: "No trouble is left",
            trigger: ".o_form_view:not(:has(div[name='check_ids'] .text-danger))",
        },
    ],
});

tours.add("chorus_pro_configure_certificate", {
    steps: () => [
        {
            content: "Choose the access by certificate",
            trigger: "div[name='access_mode'] .o_radio_item:contains('Certificat') input",
            run: "click",
        },
        {
            content: "Only its own fields are asked for",
            trigger: ".o_form_view:not(:has(div[name='piste_client_id']))",
        },
        {
            content: "Add a certificate (this saves the connection)",
            trigger: "button[name='action_add_certificate']",
            run: "click",
        },
        {
            content: "Give the file",
            trigger: ".modal div[name='file'] input[type='file']:not(:visible)",
            run: uploadCertificate,
        },
        fill("password", "mistyped"),
        {
            content: "A wrong password is refused when the certificate is saved",
            trigger: ".modal footer button.btn-primary",
            run: "click",
        },
        {
            trigger: ".modal:contains('mot de passe du fichier')",
        },
        {
            trigger: ".modal:contains('mot de passe du fichier') .modal-footer .btn-primary",
            run: "click",
        },
        {
            trigger: "body:not(:has(.modal:contains('mot de passe du fichier')))",
        },
        fill("password", "simulator-certificate"),
        {
            content: "The right one is taken",
            trigger: ".modal footer button.btn-primary",
            run: "click",
        },
        {
            content: "The certificate says whose it is and until when",
            trigger: "body:not(:has(.modal)) div[name='certificate_id']:contains('Simulator')",
        },
        {
            trigger: "div[name='certificate_expiry']",
        },
        fill("technical_login", LOGIN),
        fill("technical_password", PASSWORD),
        ...test("ATELIERS DU SIMULATEUR"),
    ],
});
