from . import crm_credit_policy
from . import crm_credit_hold
from . import stock_picking
