from . import crm_credit_policy
from . import crm_credit_hold
from . import crm_customer
from . import sale_order
from . import sale_order_credit_check
from . import sale_order_line
from . import account_move
