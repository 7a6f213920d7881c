from . import crm_customer_stage_move
from . import crm_customer_tier_override
