from . import crm_credit_hold_decide
from . import crm_credit_hold_force
