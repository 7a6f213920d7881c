import { registry } from "@web/core/registry";
import { kanbanView } from "@web/views/kanban/kanban_view";
import { CrmCustomerKanbanRenderer } from "./crm_customer_kanban_renderer";

export const crmCustomerKanbanView = {
    ...kanbanView,
    Renderer: CrmCustomerKanbanRenderer,
};

registry.category("views").add("crm_customer_kanban", crmCustomerKanbanView);
