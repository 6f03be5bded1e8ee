"""Who may call what, out of the table in services/rpc/authz.cc: the one place that says it."""

import re

_LIST = re.compile(r"const std::vector<Role> (\w+) = \{([^}]*)\};")
_ROW = re.compile(r'\{"/([\w.]+)/(\w+)", (\w+)\}')


def read(source: str, methods: list[str]) -> dict[str, list[str]]:
    """Full method name ("seisaku.log.v1.LogService.ReadEntries") to roles. ValueError where the table does not
    have each of the methods once: then it is written otherwise than this reads it."""
    lists = {name: re.findall(r"Role::k(\w+)", roles) for name, roles in _LIST.findall(source)}
    rows = [(f"{service}.{method}", name) for service, method, name in _ROW.findall(source)]
    for method in methods:
        found = [name for row, name in rows if row == method]
        if len(found) != 1 or not lists.get(found[0]):
            raise ValueError(f"services/rpc/authz.cc: no roles can be read for {method}")
    return {row: [role.lower() for role in lists[name]] for row, name in rows if name in lists}
