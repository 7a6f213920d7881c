import { Component } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { _t } from "@web/core/l10n/translation";
import { useService } from "@web/core/utils/hooks";
import { formatMonetary } from "@web/views/fields/formatters";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

/**
 * The credit of a customer: what is used of the limit, by component, and what is left.
 * Each amount opens the documents behind it.
 */
export class CreditPanelField extends Component {
    static template = "crm_credit.CreditPanel";
    static props = {
        ...standardFieldProps,
        isCompact: { type: Boolean, optional: true },
    };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
    }

    get panel() {
        return this.props.record.data[this.props.name] || null;
    }

    /** Parts worth a line: the ones with an amount. */
    get parts() {
        return this.panel.parts.filter((part) => part.amount);
    }

    get headline() {
        const { limit, available } = this.panel;
        if (limit === null) {
            return _t("No limit");
        }
        if (!limit) {
            return _t("No credit");
        }
        return available < 0
            ? _t("%s over the limit", this.format(-available))
            : _t("%s available", this.format(available));
    }

    get headlineClass() {
        const { limit, available, used_pct } = this.panel;
        if (limit === null) {
            return "text-muted";
        }
        if (available < 0) {
            return "text-danger";
        }
        return used_pct >= 80 ? "text-warning-emphasis" : "text-success";
    }

    get usage() {
        const { limit, exposure } = this.panel;
        return limit
            ? _t("%(used)s of %(limit)s used", {
                  used: this.format(exposure),
                  limit: this.format(limit),
              })
            : _t("%s used", this.format(exposure));
    }

    get overdueText() {
        const { overdue, oldest_overdue_days } = this.panel;
        return _t("%(amount)s overdue, oldest %(days)s days", {
            amount: this.format(overdue),
            days: oldest_overdue_days,
        });
    }

    get holdsText() {
        const { holds } = this.panel;
        return holds === 1 ? _t("1 document on hold") : _t("%s documents on hold", holds);
    }

    format(amount) {
        return formatMonetary(amount, { currencyId: this.panel.currency_id });
    }

    async open(part) {
        const { partner_id, company_id } = this.panel;
        const action = await this.orm.call("crm.customer", "credit_documents", [
            partner_id,
            company_id,
            part,
        ]);
        return this.action.doAction(action);
    }
}

export const creditPanelField = {
    component: CreditPanelField,
    displayName: _t("Credit Panel"),
    supportedTypes: ["json"],
    supportedOptions: [
        { label: _t("Compact"), name: "compact", type: "boolean", default: false },
    ],
    extractProps: ({ options }) => ({ isCompact: Boolean(options.compact) }),
};

registry.category("fields").add("credit_panel", creditPanelField);
