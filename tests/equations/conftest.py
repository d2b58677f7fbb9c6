"""Every test here checks equations; when it has passed, the mutants of these equations must fail under its bindings."""

import pytest
import torch
from torch.distributions import Distribution

from dlnotes.book import equations, ledger
from dlnotes.book.ledger_writer import Writer, entry_of


@pytest.fixture(params=[0, 1], autouse=True)
def seed(request):
    """Every equation is checked with two draws of its random values."""
    torch.manual_seed(request.param)
    Distribution.set_default_validate_args(True)  # torch.compile, in another test, switches this off for good


@pytest.hookimpl(wrapper=True)
def pytest_pyfunc_call(pyfuncitem):
    with equations.recording() as checks:
        result = yield
        test = pyfuncitem.nodeid.partition("[")[0]
        entries = [entry_of(check, test) for check in checks.values()]
    writers = [plugin for plugin in pyfuncitem.config.pluginmanager.get_plugins() if isinstance(plugin, Writer)]
    for entry in entries:
        if writers:
            writers[0].add(entry)
        else:
            ledger.expect_written(entry)
    return result
