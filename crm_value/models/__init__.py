from . import crm_value_tier
from . import crm_value_policy
from . import crm_customer
from . import crm_customer_refresh
from . import crm_customer_event
from . import res_company
from . import res_config_settings
from . import res_partner
