"""Numbers that may be unknown.

Odoo's own numbers take NULL for zero: on screens and in exports a customer whom nobody
asked is satisfied by 0.0 %, and "less than 50" finds it. Here NULL is unknown: empty to
people, in no comparison but ``= False``, left out of averages, and False in Python.
"""

from odoo import fields


class _MayBeUnknown:
    """What differs from the numbers of Odoo; the class of the number follows it."""

    falsy_value = None

    def convert_to_column(self, value, record, values=None, validate=True):
        if _is_unknown(value):
            return None
        return super().convert_to_column(value, record, values, validate)

    def convert_to_column_insert(self, value, record, values=None, validate=True):
        if _is_unknown(value):
            return None
        return super().convert_to_column_insert(value, record, values, validate)

    def convert_to_cache(self, value, record, validate=True):
        if _is_unknown(value):
            return None
        return super().convert_to_cache(value, record, validate)

    def convert_to_record(self, value, record):
        return False if value is None else value

    def convert_to_export(self, value, record):
        return "" if _is_unknown(value) else value

    def filter_function(self, records, field_expr, operator, value):
        if operator != "in":
            return super().filter_function(records, field_expr, operator, value)
        getter = self.expression_getter(field_expr)
        numbers = [number for number in value if not _is_unknown(number)]
        finds_unknown = len(numbers) < len(value)
        return lambda record: (
            finds_unknown
            if _is_unknown(number := getter(record))
            else number in numbers
        )


class OptionalInteger(_MayBeUnknown, fields.Integer):
    """A whole number, or unknown."""


class OptionalFloat(_MayBeUnknown, fields.Float):
    """A number, or unknown."""


class OptionalMonetary(_MayBeUnknown, fields.Monetary):
    """An amount, or unknown."""


def _is_unknown(value):
    """Zero is known, though it equals False."""
    return value is None or value is False
