"""What all public pages of the customer surveys share."""

from odoo.http import request

from . import rate_limit

#: requests a minute from one address; reading is cheaper than submitting
READS_PARAMETER, READS = "crm_survey.page_reads_per_minute", 300
WRITES_PARAMETER, WRITES = "crm_survey.submissions_per_minute", 100

HEADERS = {
    # the address holds the token: nobody else may learn it
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
    "X-Robots-Tag": "noindex, nofollow",
    "X-Frame-Options": "DENY",
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'self'; img-src 'self' data:; "
    "style-src 'self' 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'; "
    "base-uri 'none'",
}


class PublicPage:
    """Rendering, language and limits of a public page."""

    def _limited(self, is_write=False):
        """Return the answer to a visitor who asks too often, ``None`` otherwise."""
        name, default = (
            (WRITES_PARAMETER, WRITES) if is_write else (READS_PARAMETER, READS)
        )
        # sudo: the public visitor cannot read parameters; the value is not shown
        value = request.env["ir.config_parameter"].sudo().get_param(name)
        limit = int(value) if value and value.isdecimal() else default
        counter = rate_limit.writes if is_write else rate_limit.reads
        seconds = counter.wait(request.httprequest.remote_addr, limit)
        if not seconds:
            return None
        response = self._page("crm_survey.customer_survey_busy", {}, 429)
        response.headers["Retry-After"] = str(seconds)
        return response

    def _page(self, template, values, status=200):
        """Render a page that no proxy keeps and no other site learns about."""
        values = {"company": request.env.company.sudo(), "lang": "en_US", **values}
        values["languages"] = self._languages() if values.get("switch") else []
        values["lang"] = request.env.lang or values["lang"]
        response = request.render(template, values, status=status)
        response.headers.update(HEADERS)
        return response

    def _closed(self):
        """Return the one page for unknown, expired and revoked links."""
        return self._page("crm_survey.customer_survey_closed", {}, 404)

    def _languages(self):
        return request.env["res.lang"].get_installed()

    def _speak(self, *preferred):
        """Switch to the language asked for, else the first installed one given."""
        installed = dict(self._languages())
        wanted = request.httprequest.args.get("lang") or request.httprequest.form.get(
            "lang"
        )
        for code in (wanted, *preferred, request.best_lang):
            if code in installed:
                request.update_context(lang=code)
                return code
        return request.env.lang

    def _form(self):
        """Return the posted form as lists of texts by name."""
        return {
            name: values
            for name, values in request.httprequest.form.lists()
            if name != "csrf_token"
        }
