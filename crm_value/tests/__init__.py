from . import test_crm_customer_refresh
from . import test_crm_customer_refresh_access
from . import test_crm_customer_refresh_cron
from . import test_crm_customer_refresh_partner
from . import test_crm_customer_treatment
from . import test_crm_lifecycle_stage
from . import test_crm_value_tier
