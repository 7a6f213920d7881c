from . import crm_survey_score_report
from . import crm_survey_score_report_interval
from . import crm_survey_score_report_dashboard
from . import crm_survey_score_report_sums
from . import crm_survey_score_report_insight
from . import crm_survey_comment_report
