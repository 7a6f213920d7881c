from . import test_crm_customer_refresh
from . import test_crm_customer_refresh_access
from . import test_crm_customer_refresh_cron
from . import test_crm_customer_refresh_partner
