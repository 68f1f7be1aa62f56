import { reactive } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { session } from "@web/session";

/** Progress of the batches that this user is sending: { [batch]: figures }. */
export const batchService = {
    dependencies: ["bus_service"],

    start(env, { bus_service }) {
        const batches = reactive({});
        const show = ({ id, total, done, failed }) => {
            if (done < total) {
                batches[id] = { id, total, done, failed };
            } else {
                delete batches[id];
            }
        };
        (session.chorus_pro_batches || []).forEach(show);
        bus_service.subscribe("chorus_pro_batch", show);
        return batches;
    },
};

registry.category("services").add("chorus_pro_batch", batchService);
