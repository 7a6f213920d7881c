from odoo.tests import tagged

from .answers_common import AnswersCommon


@tagged("post_install", "-at_install")
class TestQuestionValidation(AnswersCommon):
    """The server believes nothing a browser sends."""

    def _is_refused(self, question, answer, comment=None):
        return bool(question.validate_question(answer, comment))

    def test_scale_takes_every_whole_number_of_its_range(self):
        for answer in ("0", "10", " 7 ", 0, 10):
            self.assertFalse(self._is_refused(self.nps, answer), answer)

    def test_scale_refuses_everything_else(self):
        wrong = ("99", "-1", "11", "9.5", "abc", "true", True, 9.5, -1, [9], ["9", "8"])
        for answer in (*wrong, {"x": 1}, "9e0", "+9", "09", "９", "1" * 40):
            self.assertTrue(self._is_refused(self.nps, answer), answer)

    def test_scale_says_which_numbers_are_right(self):
        self.assertEqual(
            self.nps.validate_question("99")[self.nps.id],
            "Choose a whole number from 0 to 10.",
        )

    def test_zero_is_an_answer_to_a_mandatory_scale(self):
        self.assertFalse(self.nps.validate_question(0))
        self.assertTrue(self.nps.validate_question(""))

    def test_choice_must_be_one_of_the_question(self):
        mine, other = self.env["survey.question"].create(
            [
                {
                    "survey_id": self.survey.id,
                    "title": title,
                    "question_type": "simple_choice",
                    "suggested_answer_ids": [(0, 0, {"value": "A"})],
                }
                for title in ("Mine", "Other")
            ]
        )
        right = mine.suggested_answer_ids.id
        self.assertFalse(self._is_refused(mine, [str(right)]))
        for answer in (
            [str(other.suggested_answer_ids.id)],
            ["abc"],
            [right, right],
            True,
            {"a": 1},
        ):
            self.assertTrue(self._is_refused(mine, answer), answer)

    def test_matrix_rows_and_columns_must_be_of_the_question(self):
        matrix = self.env["survey.question"].create(
            {
                "survey_id": self.survey.id,
                "title": "Rate",
                "question_type": "matrix",
                "suggested_answer_ids": [(0, 0, {"value": "Good"})],
                "matrix_row_ids": [(0, 0, {"value": "Speed"})],
            }
        )
        row, column = matrix.matrix_row_ids.id, matrix.suggested_answer_ids.id
        self.assertFalse(self._is_refused(matrix, {str(row): [str(column)]}))
        for answer in (
            {str(row): ["0"]},
            {"0": [str(column)]},
            {str(row): [str(column), str(column)]},
            {str(row): str(column)},
            [column],
        ):
            self.assertTrue(self._is_refused(matrix, answer), answer)

    def test_numbers_dates_and_texts_refuse_other_shapes(self):
        Question = self.env["survey.question"]
        for kind, wrongs in {
            "numerical_box": ("nan", "inf", "abc", True, [1], {}, "1" * 400),
            "date": ("abc", "2026-13-40", 5, ["2026-01-01"]),
            "datetime": ("abc", 5, "2026-01-01 99:00:00"),
            "text_box": (5, ["x"], "x" * 20_000),
            "char_box": (5, {"x": 1}),
        }.items():
            question = Question.create(
                {"survey_id": self.survey.id, "title": kind, "question_type": kind}
            )
            for wrong in filter(None, wrongs):
                self.assertTrue(self._is_refused(question, wrong), (kind, wrong))

    def test_skipping_a_scale_leaves_no_old_value_behind(self):
        self.csat.constr_mandatory = False
        answer = self._invite()
        answer._save_lines(self.csat, "4")
        answer._save_lines(self.csat, "")
        line = answer.user_input_line_ids
        self.assertTrue(line.skipped)
        self.assertFalse(line.value_scale)
