from . import test_credit_position
from . import test_credit_hold_invoice
