from . import survey_survey
from . import survey_question
from . import survey_user_input
from . import crm_survey_program
from . import crm_survey_invitation
from . import crm_survey_score
