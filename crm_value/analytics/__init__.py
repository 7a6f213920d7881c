from . import tiering

__all__ = ["tiering"]
