"""The samples' fingerprints: `python -m tests.contracts.lock` enters new samples and never changes an old entry."""

from hashlib import sha256

from tests.contracts.house import SAMPLES

LOCK = SAMPLES.parent / "samples.lock"


def fingerprint(name: str) -> str:
    return sha256((SAMPLES / f"{name}.json").read_bytes()).hexdigest()


def locked() -> dict[str, str]:
    lines = LOCK.read_text(encoding="utf-8").splitlines() if LOCK.exists() else []
    return {name: digest for name, digest in (line.split() for line in lines)}


def enter_new() -> None:
    known = locked()
    entries = {path.stem: fingerprint(path.stem) for path in SAMPLES.glob("*.json")} | known
    LOCK.write_text("".join(f"{name} {entries[name]}\n" for name in sorted(entries)), encoding="utf-8")


if __name__ == "__main__":
    enter_new()
