from . import (
    base_partner_merge_automatic_wizard,
    crm_customer_stage_move,
    crm_customer_tier_override,
    crm_value_policy_preview,
)
