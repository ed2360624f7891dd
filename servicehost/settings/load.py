"""From a file, the environment and flags to settings: each later source wins, and every mistake is named at once."""

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Final, Literal, get_args, get_origin

import msgspec

from servicehost.settings.fault import SettingFault, SettingsError, SettingsProblem
from servicehost.settings.tables import Settings

__all__ = ["PREFIX", "Loaded", "load"]

PREFIX: Final = "SERVICEHOST_"
_OWN_VARIABLES: Final = (
    "SERVICEHOST_LOOP",
    "SERVICEHOST_SETTINGS",
    # Of the commands that speak to a host; a shell in which they are set may start one too.
    "SERVICEHOST_URL",
    "SERVICEHOST_TOKEN",
    "SERVICEHOST_TOKEN_FILE",
    "SERVICEHOST_CA_FILE",
)
# What an orchestrator says of a service that is called "servicehost": not meant for us.
_FOREIGN: Final = ("SERVICEHOST_SERVICE_", "SERVICEHOST_PORT")
_TABLES: Final = {
    table.name: {field.name: field for field in msgspec.structs.fields(table.type)}
    for table in msgspec.structs.fields(Settings)
}
_KINDS: Final = {table.name: table.type for table in msgspec.structs.fields(Settings)}


class Loaded(msgspec.Struct, frozen=True, kw_only=True):
    """The settings, and for each (table, key) that is not the default, where it came from."""

    settings: Settings
    origins: dict[tuple[str, str], str]


class _Given(msgspec.Struct, frozen=True, kw_only=True):
    """One value as somebody wrote it. Text from the environment and from flags is read leniently."""

    table: str
    key: str
    value: Any
    where: str
    lenient: bool


def load(file: Path | None, *, environment: Mapping[str, str], flags: Sequence[str] = ()) -> Loaded:
    """Read settings: a TOML file, over it `SERVICEHOST_<TABLE>_<KEY>`, over that flags (`table.key=value`).

    Relative paths, whoever gave them, are relative to the file's folder (without a file: to the present one).
    Raises SettingsError with every problem that was found.
    """
    problems: list[SettingsProblem] = []
    given = [*_from_file(file, problems), *_from_environment(environment, problems), *_from_flags(flags, problems)]
    values: dict[str, dict[str, Any]] = {table: {} for table in _TABLES}
    origins: dict[tuple[str, str], str] = {}
    for one in given:
        values[one.table][one.key] = _converted(one, problems)
        origins[one.table, one.key] = one.where
    if problems:
        raise SettingsError(*problems)
    folder = (Path.cwd() if file is None else file.absolute().parent).resolve()
    return Loaded(settings=_assembled(values, folder, str(file or "settings")), origins=origins)


def _from_file(file: Path | None, problems: list[SettingsProblem]) -> Iterator[_Given]:
    if file is None:
        return
    for table, keys in _parsed(file).items():
        if table not in _TABLES:
            problems.append(_unknown_table(f"{file}: [{table}]", table))
        elif not isinstance(keys, dict):
            text = f"{table} is a table: write [{table}] and its keys below"
            problems.append(SettingsProblem(code="wrong_value", where=f"{file}: {table}", text=text))
        else:
            for key, value in keys.items():
                where = f"{file}: [{table}] {key}"
                if key in _TABLES[table]:
                    yield _Given(table=table, key=key, value=value, where=where, lenient=False)
                else:
                    problems.append(_unknown_key(where, table, key))


def _parsed(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text("utf-8"))
    except FileNotFoundError as error:
        text = "no such file; make one with `servicehost init DIR`, or name another with --settings"
        raise SettingsError(SettingsProblem(code="settings_missing", where=str(file), text=text)) from error
    except OSError as error:
        text = f"it cannot be read: {error.strerror}"
        raise SettingsError(SettingsProblem(code="settings_unreadable", where=str(file), text=text)) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(SettingsProblem(code="not_toml", where=str(file), text=f"not TOML: {error}")) from error


def _from_environment(environment: Mapping[str, str], problems: list[SettingsProblem]) -> Iterator[_Given]:
    for name, value in sorted(environment.items()):
        if not name.startswith(PREFIX) or name in _OWN_VARIABLES or name.startswith(_FOREIGN):
            continue
        rest = name.removeprefix(PREFIX).lower()
        where = f"environment variable {name}"
        table = max((table for table in _TABLES if rest.startswith(f"{table}_")), key=len, default=None)
        if table is None:
            problems.append(_unknown_table(where, rest))
        elif (key := rest.removeprefix(f"{table}_")) not in _TABLES[table]:
            problems.append(_unknown_key(where, table, key))
        else:
            yield _Given(table=table, key=key, value=value, where=where, lenient=True)


def _from_flags(flags: Sequence[str], problems: list[SettingsProblem]) -> Iterator[_Given]:
    for flag in flags:
        path, equals, value = flag.partition("=")
        table, dot, key = path.partition(".")
        where = f"flag {path}"
        if not equals or not dot:
            text = "write table.key=value, for instance log.format=console"
            problems.append(SettingsProblem(code="wrong_value", where=f"flag {flag}", text=text))
        elif table not in _TABLES:
            problems.append(_unknown_table(where, table))
        elif key not in _TABLES[table]:
            problems.append(_unknown_key(where, table, key))
        else:
            yield _Given(table=table, key=key, value=value, where=where, lenient=True)


def _unknown_table(where: str, table: str) -> SettingsProblem:
    near = get_close_matches(table, _TABLES, n=1, cutoff=0.5)
    hint = f"did you mean [{near[0]}]?" if near else f"there are {', '.join(f'[{name}]' for name in _TABLES)}"
    return SettingsProblem(code="unknown_table", where=where, text=f"there is no such table of settings; {hint}")


def _unknown_key(where: str, table: str, key: str) -> SettingsProblem:
    homes = [name for name, keys in _TABLES.items() if key in keys]
    near = get_close_matches(key, _TABLES[table], n=1, cutoff=0.5)
    if homes:
        hint = f"it belongs to [{homes[0]}]"
    else:
        hint = f"did you mean {near[0]}?" if near else f"[{table}] has {', '.join(_TABLES[table])}"
    return SettingsProblem(code="unknown_key", where=where, text=f"there is no setting {key} in [{table}]; {hint}")


def _converted(given: _Given, problems: list[SettingsProblem]) -> Any:
    """The value in its type; a value that does not fit adds a problem and is None."""
    kind = _TABLES[given.table][given.key].type
    try:
        value = _spread(given.value, kind) if given.lenient else given.value
    except tomllib.TOMLDecodeError:
        text = 'write a table on one line, for instance { "SA-W2" = ["ac_adapter"] }'
        problems.append(SettingsProblem(code="wrong_value", where=given.where, text=text))
        return None
    if value == "" and type(None) in get_args(kind):
        return None
    try:
        return msgspec.convert(value, kind, strict=not given.lenient, dec_hook=_to_path)
    except msgspec.ValidationError as error:
        problems.append(SettingsProblem(code="wrong_value", where=given.where, text=_what_fits(given, error)))
        return None


def _spread(text: str, kind: Any) -> Any:
    if get_origin(kind) is dict:
        return tomllib.loads(f"value = {text}")["value"]
    is_list = get_origin(kind) is tuple
    return [part.strip() for part in text.split(",") if part.strip()] if is_list else text


def _to_path(kind: type, value: Any) -> Any:
    if kind is not Path:
        raise NotImplementedError(kind)
    if not isinstance(value, str) or not value:
        raise ValueError("Expected the path of a file or folder, as text")
    return Path(value)


def _what_fits(given: _Given, error: msgspec.ValidationError) -> str:
    from servicehost.settings.describe import described, toml_text  # noqa: PLC0415 - only a mistake reads our source

    for one in described():
        if (one.table, one.key) == (given.table, given.key):
            fits = _choices(one.type) or str(error)
            return f"{fits}, not {given.value!r}; it is {toml_text(one.default)} unless set. {one.meaning}"
    return str(error)


def _choices(kind: Any) -> str:
    names = get_args(kind) if get_origin(kind) is Literal else ()
    return f"Expected {' or '.join(map(repr, names))}" if names else ""


def _assembled(values: dict[str, dict[str, Any]], folder: Path, where: str) -> Settings:
    problems: list[SettingsProblem] = []
    tables: dict[str, Any] = {}
    for name, kind in _KINDS.items():
        try:
            tables[name] = _with_absolute_paths(kind(**values[name]), folder)
        except ValueError as error:
            problems.append(_contradiction(f"{where}: [{name}]", error))
    if problems:
        raise SettingsError(*problems)
    try:
        return Settings(**tables)
    except ValueError as error:
        raise SettingsError(_contradiction(where, error)) from error


def _contradiction(where: str, error: ValueError) -> SettingsProblem:
    code = error.code if isinstance(error, SettingFault) else "contradiction"
    return SettingsProblem(code=code, where=where, text=str(error))


def _with_absolute_paths(table: Any, folder: Path) -> Any:
    paths: dict[str, Any] = {}
    for key in table.__struct_fields__:
        value = getattr(table, key)
        if isinstance(value, Path):
            paths[key] = folder / value.expanduser()
        elif isinstance(value, tuple) and value and all(isinstance(one, Path) for one in value):
            paths[key] = tuple(folder / one.expanduser() for one in value)
    return msgspec.structs.replace(table, **paths) if paths else table
