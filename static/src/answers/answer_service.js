import { registry } from "@web/core/registry";

// What a reload would take from somebody who is working.
const AT_WORK = ".o_dialog, .o_selected_row, .o_data_row_selected";

/**
 * An answer of Chorus Pro has arrived: a list of the records that it is about is loaded again, unless
 * somebody is at work in it; forms hear of it through the bus and decide for themselves.
 */
export const answerService = {
    dependencies: ["action", "bus_service"],

    start(env, { action, bus_service }) {
        const show = async (answer) => {
            env.bus.trigger("CHORUS_PRO:ANSWER", answer);
            const controller = action.currentController;
            const isList = ["list", "kanban"].includes(controller?.view?.type);
            const isAbout = controller?.action?.res_model === answer.model;
            if (isList && isAbout && !document.querySelector(AT_WORK)) {
                await action.restore(controller.jsId);
            }
        };
        bus_service.subscribe("chorus_pro_answer", show);
        return { show };
    },
};

registry.category("services").add("chorus_pro_answers", answerService);
