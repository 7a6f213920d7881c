from . import crm_value_tier
from . import crm_value_policy
from . import crm_customer
from . import crm_customer_refresh
from . import crm_customer_event
