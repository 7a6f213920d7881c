import { Component, onWillStart, onMounted, onPatched, onWillUnmount, useRef, useState } from "@odoo/owl";
import { loadBundle } from "@web/core/assets";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { formatFloat } from "@web/core/utils/numbers";
import { useService } from "@web/core/utils/hooks";
import { Layout } from "@web/search/layout";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";

export class SatisfactionDashboard extends Component {
    static template = "crm_survey.SatisfactionDashboard";
    static components = { Layout };
    static props = { ...standardActionServiceProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.canvas = useRef("trend");
        this.display = { controlPanel: {} };
        this.windows = [
            { months: 3, name: _t("3 months") },
            { months: 6, name: _t("6 months") },
            { months: 12, name: _t("12 months") },
            { months: 24, name: _t("24 months") },
        ];
        this.state = useState({
            months: 12,
            programId: this.props.action.params?.program_id || false,
            metric: null,
            breakdown: null,
            data: null,
        });
        onWillStart(async () => {
            await Promise.all([loadBundle("web.chartjs_lib"), this.load()]);
        });
        onMounted(() => this.drawTrend());
        onPatched(() => this.drawTrend());
        onWillUnmount(() => this.chart?.destroy());
    }

    async load() {
        const data = await this.orm.call("crm.survey.score.report", "dashboard", [], {
            months: this.state.months,
            program_id: this.state.programId,
        });
        if (!data.metrics.some((item) => item.metric === this.state.metric)) {
            this.state.metric = data.metrics[0]?.metric ?? null;
        }
        this.state.data = data;
    }

    async setMonths(months) {
        this.state.months = months;
        await this.load();
    }

    async setProgram(ev) {
        this.state.programId = parseInt(ev.target.value) || false;
        await this.load();
    }

    setMetric(metric) {
        this.state.metric = metric;
    }

    setBreakdown(column) {
        this.state.breakdown = column;
    }

    get current() {
        return this.state.data.metrics.find((item) => item.metric === this.state.metric);
    }

    get chosenProgram() {
        return this.state.data.programs.find((item) => item.id === this.state.programId);
    }

    /** Whether anonymous answers may be missing from what is shown. */
    get hasAnonymous() {
        return this.chosenProgram
            ? this.chosenProgram.anonymous
            : this.state.data.programs.some((item) => item.anonymous);
    }

    get breakdown() {
        const all = this.current?.breakdowns ?? [];
        return all.find((item) => item.column === this.state.breakdown) ?? all[0];
    }

    number(value, unit = "") {
        if (value === null || value === undefined || value === false) {
            return "–";
        }
        return formatFloat(value, { digits: [16, 1] }) + (unit ? ` ${unit}` : "");
    }

    percent(value) {
        return `${Math.round(value)} %`;
    }

    interval(item, unit = "") {
        if (item.low === null || item.low === false) {
            return _t("too few answers for an interval");
        }
        return _t("%(low)s to %(high)s", {
            low: this.number(item.low),
            high: this.number(item.high, unit),
        });
    }

    /** Where a score and its interval lie on the scale, in per cent of its width. */
    place(row) {
        const least = this.current.least;
        const at = (value) => ((value - least) / (100 - least)) * 100;
        return {
            score: at(row.score),
            low: at(row.low ?? row.score),
            width: at(row.high ?? row.score) - at(row.low ?? row.score),
        };
    }

    openAnswers(domain = []) {
        this.action.doAction("crm_survey.crm_survey_score_action", {
            additionalContext: {},
            props: { domain },
        });
    }

    openAnonymousComments() {
        this.action.doAction("crm_survey.crm_survey_comment_report_action");
    }

    openReport() {
        this.action.doAction("crm_survey.crm_survey_score_report_action");
    }

    openCustomer(id) {
        if (id) {
            this.action.doAction({
                type: "ir.actions.act_window",
                res_model: "crm.customer",
                res_id: id,
                views: [[false, "form"]],
            });
        }
    }

    drawTrend() {
        this.chart?.destroy();
        this.chart = null;
        const canvas = this.canvas.el;
        if (!canvas || !this.current) {
            return;
        }
        const style = getComputedStyle(document.documentElement);
        const ink = style.getPropertyValue("--bs-body-color") || "#374151";
        const brand = style.getPropertyValue("--bs-primary") || "#714b67";
        const { trend, least } = this.current;
        const line = (key, options) => ({
            data: trend.map((point) => point[key]),
            pointRadius: 0,
            borderWidth: 0,
            spanGaps: true,
            ...options,
        });
        this.chart = new window.Chart(canvas, {
            type: "line",
            data: {
                labels: trend.map((point) => point.label),
                datasets: [
                    line("high", { fill: "+1", backgroundColor: "rgba(113, 75, 103, 0.15)" }),
                    line("low", { fill: false }),
                    line("score", {
                        borderWidth: 2.5,
                        borderColor: brand,
                        backgroundColor: brand,
                        pointRadius: 4,
                        tension: 0.2,
                    }),
                ],
            },
            options: {
                animation: false,
                maintainAspectRatio: false,
                interaction: { mode: "index", intersect: false },
                scales: {
                    y: { min: least, max: 100, ticks: { color: ink } },
                    x: { grid: { display: false }, ticks: { color: ink } },
                },
                plugins: {
                    legend: { display: false },
                    tooltip: {
                        displayColors: false,
                        filter: (item) => item.datasetIndex === 2,
                        callbacks: {
                            label: (item) => {
                                const point = trend[item.dataIndex];
                                return [
                                    this.number(point.score, this.current.unit),
                                    this.interval(point, this.current.unit),
                                    _t("%s answers", point.answers),
                                ];
                            },
                        },
                    },
                },
            },
        });
    }
}

registry.category("actions").add("crm_survey_dashboard", SatisfactionDashboard);
