"""Who may call what, out of the methods' options in a buf image (proto/seisaku/options/v1)."""

OPTION = "[seisaku.options.v1.method]"
PREFIX = "ROLE_"


def read(image: dict) -> dict[str, list[str]]:
    """Full method name ("seisaku.log.v1.LogService.ReadEntries") to roles; "any" is every role. ValueError for a
    method without roles: a service that has it does not start."""
    roles = {}
    for file in image["file"]:
        if file.get("bufExtension", {}).get("isImport"):
            continue
        for service in file.get("service", []):
            for method in service.get("method", []):
                name = f"{file['package']}.{service['name']}.{method['name']}"
                said = method.get("options", {}).get(OPTION, {}).get("roles", [])
                if not said:
                    raise ValueError(f"{file['name']}: {name} says no roles")
                roles[name] = [role.removeprefix(PREFIX).lower() for role in said]
    return roles
