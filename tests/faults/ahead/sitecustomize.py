"""Started by Python before anything else where its folder is on the path: in the program's own modules `datetime` is one
whose clock runs ahead. Libraries keep the real one: some of them build upon its layout."""

import builtins
import datetime
import os
import types

_DAYS = float(os.environ.get("SIM_RECORD_TEST_DAYS_AHEAD") or 0)
_OURS = {"scrapers", "dashboard", "data", "sim_record", "__main__"}
_REAL = datetime.datetime


class _Like(type):
    def __instancecheck__(cls, value):
        return isinstance(value, _REAL)

    def __subclasscheck__(cls, other):
        return issubclass(other, _REAL)


class Ahead(_REAL, metaclass=_Like):
    """datetime.datetime with another now; its values are ordinary ones."""

    def __new__(cls, *given, **named):
        return _REAL(*given, **named)

    @classmethod
    def now(cls, tz=None):
        return _REAL.now(tz) + datetime.timedelta(days=_DAYS)


_ahead = types.ModuleType("datetime")
_ahead.__dict__.update(datetime.__dict__)
_ahead.datetime = Ahead
_import = builtins.__import__


def _imported(name, globals=None, locals=None, fromlist=(), level=0):
    if name == "datetime" and globals and str(globals.get("__name__")).partition(".")[0] in _OURS:
        return _ahead
    return _import(name, globals, locals, fromlist, level)


if _DAYS:
    builtins.__import__ = _imported
