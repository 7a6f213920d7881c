from . import test_delivery_checkpoint
