import { registry } from "@web/core/registry";

/** An answer of Chorus Pro has arrived: views of the records that it is about hear of it. */
export const answerService = {
    dependencies: ["bus_service"],

    start(env, { bus_service }) {
        const show = (answer) => env.bus.trigger("CHORUS_PRO:ANSWER", answer);
        bus_service.subscribe("chorus_pro_answer", show);
        return { show };
    },
};

registry.category("services").add("chorus_pro_answers", answerService);
