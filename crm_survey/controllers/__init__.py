from . import customer_survey
from . import opt_out
from . import survey
