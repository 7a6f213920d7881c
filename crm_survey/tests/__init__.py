from . import test_crm_survey_invite
from . import test_crm_survey_windows
from . import test_crm_survey_mail
from . import test_crm_survey_trigger
from . import test_crm_survey_reminders
from . import test_crm_survey_program_access
