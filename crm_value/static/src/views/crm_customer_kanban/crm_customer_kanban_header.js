import { KanbanHeader } from "@web/views/kanban/kanban_header";

/** The number of customers beside the name of a stage, and their revenue below. */
export class CrmCustomerKanbanHeader extends KanbanHeader {
    static template = "crm_value.CrmCustomerKanbanHeader";
}
