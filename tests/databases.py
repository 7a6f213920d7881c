"""Copies of the database under test, for tests that commit."""

import os
import time
from contextlib import closing, contextmanager

import psycopg2

from odoo import api, sql_db, tools
from odoo.modules.registry import Registry


@contextmanager
def copied(purpose):
    """Give the name of a copy of the database under test; drop it at the end."""
    source = tools.config["db_name"]
    source = source if isinstance(source, str) else source[0]
    copy = f"{source}_{purpose}_{os.getpid()}"
    _patiently("CREATE DATABASE {1} TEMPLATE {0}", source, copy)
    try:
        load(copy)
        yield copy
    finally:
        Registry.delete(copy)
        # the server itself may be cleaning the copy, and may not be interrupted
        _patiently("DROP DATABASE IF EXISTS {} WITH (FORCE)", copy)


def load(database):
    """Return the registry, without the tests Odoo would run while it installs."""
    testing = tools.config["test_enable"]
    tools.config["test_enable"] = False
    try:
        return Registry(database)
    finally:
        tools.config["test_enable"] = testing


@contextmanager
def environment(database, uid=api.SUPERUSER_ID):
    """Give an environment whose work is committed at the end."""
    with load(database).cursor() as cr:
        yield api.Environment(cr, uid, {})


def vacuum(database, *tables):
    """Clean tables as the database server would have done by itself in the long run."""
    for table in tables:
        _maintain("VACUUM ANALYZE {}", table, database=database)


def _patiently(statement, name, *names):
    """Run a statement as soon as nobody is connected to database ``name``."""
    for tries_left in reversed(range(60)):
        sql_db.close_db(name)
        try:
            return _maintain(statement, name, *names)
        except (
            psycopg2.errors.ObjectInUse,
            psycopg2.errors.InsufficientPrivilege,
        ):
            if not tries_left:
                raise
            time.sleep(1)


def _maintain(statement, *names, database="postgres"):
    """Run a statement that no transaction may contain."""
    _name, info = sql_db.connection_info_for(database)
    with closing(psycopg2.connect(**info)) as connection:
        connection.autocommit = True
        quoted = [psycopg2.extensions.quote_ident(name, connection) for name in names]
        with connection.cursor() as cursor:
            cursor.execute(statement.format(*quoted))
