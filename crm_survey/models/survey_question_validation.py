import math
import re

from odoo import models

#: longest text an answer may hold
MAX_TEXT_LENGTH = 10_000
#: what the integers of a form look like, leading zeros and signs left out
INTEGER = re.compile(r"-?(0|[1-9]\d{0,8})", re.ASCII)


def as_integer(value):
    """Return ``value`` as an integer, ``None`` if it is not exactly one.

    Takes 9 and "9"; refuses 9.5, "9.5", "abc", True and lists.
    """
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return value
    if isinstance(value, str) and INTEGER.fullmatch(value.strip()):
        return int(value)
    return None


def is_empty(answer):
    """Tell whether nothing was answered; a zero is an answer."""
    if isinstance(answer, str):
        return not answer.strip()
    return answer is None or answer is False or answer in ([], {})


class SurveyQuestion(models.Model):
    """The server checks every value itself: the page only helps to type it."""

    _inherit = "survey.question"

    def validate_question(self, answer, comment=None):
        # EXTENDS 'survey'
        self.ensure_one()
        if self.question_type == "scale":
            return self._validate_scale(answer)
        if error := self._invalid_shape(answer, comment):
            return {self.id: error}
        try:
            return super().validate_question(answer, comment)
        except (TypeError, ValueError, OverflowError):
            return {self.id: self.env._("This answer cannot be read. Enter it again.")}

    def _validate_scale(self, answer):
        # OVERRIDE: core only tests presence, so 99 and "abc" got through and a
        # mandatory 0 did not
        if is_empty(answer):
            if self.constr_mandatory and not self.survey_id.users_can_go_back:
                return {self.id: self._required_message()}
            return {}
        value = as_integer(answer)
        if value is None or not self.scale_min <= value <= self.scale_max:
            return {
                self.id: self.env._(
                    "Choose a whole number from %(low)s to %(high)s.",
                    low=self.scale_min,
                    high=self.scale_max,
                )
            }
        return {}

    def _required_message(self):
        return self.constr_error_msg or self.env._("This question requires an answer.")

    def _invalid_shape(self, answer, comment):
        """Return why the answer cannot belong to this question, ``None`` if it can."""
        if comment and (not isinstance(comment, str) or len(comment) > MAX_TEXT_LENGTH):
            return self._text_message()
        if is_empty(answer):
            return None
        if self.question_type in ("simple_choice", "multiple_choice"):
            choices = answer if isinstance(answer, list) else [answer]
            is_known = self._are_choices(choices) or choices == [False]
            return None if is_known else self._choice_message()
        if self.question_type == "matrix":
            return self._invalid_matrix(answer)
        if self.question_type == "numerical_box":
            return self._invalid_number(answer)
        if not isinstance(answer, str) or len(answer) > MAX_TEXT_LENGTH:
            return self._text_message()
        return None

    def _invalid_matrix(self, answer):
        if not isinstance(answer, dict):
            return self._choice_message()
        rows = set(self.matrix_row_ids.ids)
        for row, choices in answer.items():
            if as_integer(row) not in rows or not isinstance(choices, list):
                return self._choice_message()
            if not self._are_choices(choices):
                return self._choice_message()
            if self.matrix_subtype == "simple" and len(choices) > 1:
                return self.env._("Select one answer in each row.")
        return None

    def _invalid_number(self, answer):
        try:
            is_number = not isinstance(answer, bool) and math.isfinite(float(answer))
        except (TypeError, ValueError, OverflowError):
            is_number = False
        return None if is_number else self.env._("Enter a number.")

    def _are_choices(self, choices):
        """Tell whether all ``choices`` are different answers this question offers."""
        numbers = [as_integer(choice) for choice in choices]
        offered = set(self.suggested_answer_ids.ids)
        return len(set(numbers)) == len(numbers) and offered.issuperset(numbers)

    def _choice_message(self):
        return self.env._("Choose one of the answers shown.")

    def _text_message(self):
        return self.env._(
            "Enter a text of at most %(length)s characters.", length=MAX_TEXT_LENGTH
        )
