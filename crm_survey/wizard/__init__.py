from . import crm_survey_program_forecast
from . import crm_survey_program_send
from . import privacy_lookup_wizard_line
