import { useBus } from "@web/core/utils/hooks";
import { patch } from "@web/core/utils/patch";
import { KanbanController } from "@web/views/kanban/kanban_controller";
import { ListController } from "@web/views/list/list_controller";

// Whoever edits a row, has selected some or turned the page is at work, and sees the answer later.
const isAtWork = ({ editedRecord, selection, offset }) =>
    editedRecord || selection?.length || offset;

/** Lists of what an answer is about ask again, for what the search view asks for by then. */
const showsAnswers = () => ({
    setup() {
        super.setup(...arguments);
        useBus(this.env.bus, "CHORUS_PRO:ANSWER", ({ detail }) => {
            if (this.props.resModel === detail.model && !isAtWork(this.model.root)) {
                this.env.searchModel.search();
            }
        });
    },
});

patch(ListController.prototype, showsAnswers());
patch(KanbanController.prototype, showsAnswers());
