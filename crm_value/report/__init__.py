from . import crm_account_manager_report
from . import crm_customer_stage_report
from . import crm_value_pareto
