import base64
import io

import qrcode

from odoo import api, fields, models

from odoo.addons.crm_value.fields import OptionalFloat


class CrmSurveyProgram(models.Model):
    """What became of the invitations, the link with its code, and the buttons."""

    _inherit = "crm.survey.program"

    sent_count = fields.Integer(
        string="Asked", compute="_compute_counts", compute_sudo=True
    )
    answered_count = fields.Integer(
        string="Answered", compute="_compute_counts", compute_sudo=True
    )
    skipped_count = fields.Integer(
        string="Left Alone", compute="_compute_counts", compute_sudo=True
    )
    answered_rate = OptionalFloat(
        string="Response Rate",
        compute="_compute_counts",
        compute_sudo=True,
        help="Share of the people who were asked, and whose mail arrived, that "
        "answered.",
    )
    link_url = fields.Char(string="Link", compute="_compute_link_url")
    link_qr_code = fields.Binary(string="QR Code", compute="_compute_link_url")

    # sudo: counts of a programme say nothing about one customer
    @api.depends("invitation_ids.state")
    def _compute_counts(self):
        counts = dict.fromkeys(self.ids, None)
        for program, state, count in self.env["crm.survey.invitation"]._read_group(
            [("program_id", "in", self.ids)], ["program_id", "state"], ["__count"]
        ):
            counts[program.id] = {**(counts[program.id] or {}), state: count}
        for program in self:
            states = counts.get(program.id) or {}
            skipped, bounced = states.pop("skipped", 0), states.get("bounced", 0)
            sent, answered = sum(states.values()), states.get("answered", 0)
            reached = sent - bounced
            program.skipped_count = skipped
            program.sent_count = sent
            program.answered_count = answered
            program.answered_rate = answered / reached if reached else False

    @api.depends("link_token", "is_link_open")
    def _compute_link_url(self):
        for program in self:
            path = f"/customer-survey/open/{program.link_token}"
            url = program.get_base_url() + path if program.is_link_open else False
            program.link_url = url
            program.link_qr_code = url and self._qr_code(url)

    @api.model
    def _qr_code(self, url):
        """Return the picture of ``url`` as a QR code."""
        code = qrcode.QRCode(error_correction=qrcode.ERROR_CORRECT_M, box_size=8)
        code.add_data(url)
        stream = io.BytesIO()
        code.make_image().save(stream, format="PNG")
        return base64.b64encode(stream.getvalue())

    def action_open_sent(self):
        return self._action_invitations(
            self.env._("People asked"), [("state", "!=", "skipped")]
        )

    def action_open_answered(self):
        return self._action_invitations(
            self.env._("People who answered"), [("state", "=", "answered")]
        )

    def action_open_skipped(self):
        return self._action_invitations(
            self.env._("People left alone"),
            [("state", "=", "skipped")],
            {"search_default_group_skip_reason": 1},
        )

    def action_open_results(self):
        """Open the scores with this programme chosen."""
        self.ensure_one()
        return {
            **self.env["ir.actions.actions"]._for_xml_id(
                "crm_survey.crm_survey_dashboard_action"
            ),
            "params": {"program_id": self.id},
        }

    def _action_invitations(self, name, domain, context=None):
        self.ensure_one()
        return {
            **self.env["ir.actions.act_window"]._for_xml_id(
                "crm_survey.crm_survey_invitation_action"
            ),
            "display_name": name,
            "domain": [("program_id", "=", self.id), *domain],
            "context": context or {},
        }

    def action_open_survey(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "survey.survey",
            "res_id": self.survey_id.id,
            "view_mode": "form",
        }
