from . import test_order_checkpoint
from . import test_order_exposure
from . import test_order_loyalty
