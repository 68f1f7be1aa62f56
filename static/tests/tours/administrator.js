import { registry } from "@web/core/registry";

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
        trigger: `div[name='check_ids'] .o_data_row:contains('${verdict}')`,
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
            trigger: ".o_form_view:not(:has(div[name='check_ids'] .text-bg-danger))",
        },
    ],
});
