from . import test_credit_position
