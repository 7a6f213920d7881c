from . import test_account_manager_report
from . import test_credit_authority
from . import test_credit_limit
from . import test_credit_panel
from . import test_credit_position
from . import test_credit_hold_invoice
from . import test_credit_query_count
from . import test_credit_tier_limit
