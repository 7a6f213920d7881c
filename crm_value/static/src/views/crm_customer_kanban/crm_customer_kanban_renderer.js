import { KanbanRenderer } from "@web/views/kanban/kanban_renderer";
import { useService } from "@web/core/utils/hooks";
import { CrmCustomerKanbanHeader } from "./crm_customer_kanban_header";

/**
 * Customers by stage: dropping a card into another stage asks for the reason
 * before anything moves.
 */
export class CrmCustomerKanbanRenderer extends KanbanRenderer {
    static components = {
        ...KanbanRenderer.components,
        KanbanHeader: CrmCustomerKanbanHeader,
    };

    setup() {
        super.setup();
        this.action = useService("action");
    }

    get isGroupedByStage() {
        return this.props.list.groupByField?.name === "stage_id";
    }

    get canMoveRecords() {
        return this.isGroupedByStage ? this.canResequenceRecords : super.canMoveRecords;
    }

    async sortRecordDrop(dataRecordId, dataGroupId, params) {
        const { element, parent } = params;
        if (
            !this.isGroupedByStage ||
            !parent ||
            parent.dataset.id === element.parentElement.dataset.id
        ) {
            return super.sortRecordDrop(dataRecordId, dataGroupId, params);
        }
        parent.classList.remove("o_kanban_hover");
        const { groups, model, records } = this.props.list;
        const record = records.find((candidate) => candidate.id === dataRecordId);
        const target = groups.find((group) => group.id === parent.dataset.id);
        if (!record || !target) {
            return;
        }
        await this.action.doActionButton({
            type: "object",
            name: "action_open_stage_move",
            resModel: record.resModel,
            resId: record.resId,
            context: { default_stage_id: target.value },
            onClose: () => model.load(),
        });
    }
}
