from . import crm_survey_program_forecast
from . import crm_survey_program_send
