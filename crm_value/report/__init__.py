from . import crm_value_pareto
