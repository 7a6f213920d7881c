from . import base_partner_merge_automatic_wizard
from . import crm_credit_hold_decide
from . import crm_credit_hold_force
