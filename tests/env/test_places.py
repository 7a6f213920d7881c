"""Where the cache lies, which ports are free, what is kept when a run is killed."""

import os
import socket
import threading
from pathlib import Path

import pytest
from suite.errors import SuiteError
from suite.markers import locked, read_state, save_state
from suite.paths import Paths, cache_candidates, checkout_key
from suite.postgres import external_server
from suite.server import free_port, port_is_free, require_port


def test_root_keeps_its_cache_where_the_database_user_can_reach_it():
    assert cache_candidates({"HOME": "/root"}, 0)[0] == Path("/var/cache/crm-suite")


def test_a_user_keeps_it_in_the_home():
    found = cache_candidates({"HOME": "/home/ada"}, 1000)
    assert found[0] == Path("/home/ada/.cache/crm-suite")


def test_a_user_may_have_moved_the_caches():
    found = cache_candidates({"HOME": "/home/a", "XDG_CACHE_HOME": "/big"}, 1000)
    assert found[0] == Path("/big/crm-suite")


def test_a_named_cache_is_the_only_one():
    named = {"CRM_SUITE_CACHE": "/mine", "HOME": "/home/ada"}
    assert cache_candidates(named, 1000) == [Path("/mine")]


def test_without_a_home_there_is_still_a_place():
    assert cache_candidates({}, 4_000_000)[-1] == Path("/var/tmp/crm-suite-4000000")


def test_two_checkouts_of_one_name_do_not_share_databases(tmp_path):
    one = Paths(tmp_path / "cache", Path("/a/suite"))
    other = Paths(tmp_path / "cache", Path("/b/suite"))
    assert one.cache == other.cache
    assert one.state != other.state
    assert checkout_key(Path("/a/suite")).startswith("suite-")


def test_a_taken_port_is_named_with_another_one():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert not port_is_free(port)
        with pytest.raises(SuiteError, match=f"Port {port} is taken .*{port + 1}"):
            require_port(port)


def test_a_free_port_is_free():
    assert port_is_free(free_port())


def test_a_database_server_of_ones_own_is_seen():
    assert external_server({"PGHOST": "db"})
    assert not external_server({"PGUSER": "me", "PGHOST": ""})


def test_a_state_that_was_never_written_is_empty(tmp_path):
    assert read_state(tmp_path / "state.json") == {}


def test_a_state_is_there_whole_or_not_at_all(tmp_path, monkeypatch):
    path = tmp_path / "state.json"
    save_state(path, {"step": 1})

    def killed(*_args):
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "replace", killed)
    with pytest.raises(KeyboardInterrupt):
        save_state(path, {"step": 2})
    assert read_state(path) == {"step": 1}


def test_a_lock_keeps_the_second_one_waiting(tmp_path):
    order, told = [], threading.Event()

    def second():
        with locked(tmp_path / "lock", waiting=told.set):
            order.append("second")

    with locked(tmp_path / "lock"):
        thread = threading.Thread(target=second)
        thread.start()
        assert told.wait(10)
        order.append("first")
    thread.join(10)
    assert order == ["first", "second"]
