from . import (
    crm_customer_stage_move,
    crm_customer_tier_override,
    crm_value_policy_preview,
)
