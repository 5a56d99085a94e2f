"""`make vendor`: fetches others' files the pages are made of, pinned and checked, into the project.

requirements/vendor.json says which: package, version, licence, checksum, files and where they go. They are kept in the
project as they came, each package with its licence and version, so that nothing is fetched while the program runs.
"""

import base64
import hashlib
import io
import json
import shutil
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path, PurePosixPath
from typing import Any
from xml.etree import ElementTree

PROJECT = Path(__file__).resolve().parent.parent
WANTED = PROJECT / "requirements" / "vendor.json"
SVG = "http://www.w3.org/2000/svg"
DRAWN = {"viewBox": "0 0 24 24", "fill": "none", "stroke": "currentColor", "stroke-width": "2",
         "stroke-linecap": "round", "stroke-linejoin": "round"}  # fmt: skip


def fetch(name: str, version: str) -> bytes:
    """The package as npm's registry hands it out: a gzipped tar."""
    with tempfile.TemporaryDirectory() as folder:
        command = ["npm", "pack", "--silent", "--pack-destination", folder, f"{name}@{version}"]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        return next(Path(folder).glob("*.tgz")).read_bytes()


def check(name: str, archive: bytes, integrity: str) -> None:
    """Ends the program where the package is not the one that was pinned."""
    found = "sha512-" + base64.b64encode(hashlib.sha512(archive).digest()).decode()
    if found != integrity:
        sys.exit(f"{name} is not what was pinned: requirements/vendor.json says {integrity}, this is {found}.")


def unpack(archive: bytes, package: dict[str, Any], into: Path) -> None:
    """The wanted files, flat, beside the version and the sprite of icons where there are any."""
    shutil.rmtree(into, ignore_errors=True)
    into.mkdir(parents=True)
    with tarfile.open(fileobj=io.BytesIO(archive)) as tar:
        for path in package["files"]:
            (into / PurePosixPath(path).name).write_bytes(read(tar, path))
        if "icons" in package:
            (into / "icons.svg").write_bytes(sprite(tar, package["icons"]))
    (into / "VERSION").write_text(f"{package['version']} ({package['licence']})\n")


def read(tar: tarfile.TarFile, path: str) -> bytes:
    """One file of a package."""
    member = tar.extractfile(f"package/{path}")
    if member is None:
        sys.exit(f"There is no file {path} in this package.")
    return member.read()


def sprite(tar: tarfile.TarFile, icons: list[str]) -> bytes:
    """One picture with a symbol for each icon, in the order of their names."""
    ElementTree.register_namespace("", SVG)
    whole = ElementTree.Element(f"{{{SVG}}}svg")
    for name in sorted(icons):
        symbol = ElementTree.SubElement(whole, f"{{{SVG}}}symbol", {"id": name, **DRAWN})
        drawing = ElementTree.fromstring(read(tar, f"icons/{name}.svg"))
        symbol.extend(list(drawing))
    ElementTree.indent(whole, "")
    return ElementTree.tostring(whole) + b"\n"


def main() -> None:
    """All packages, one after the other."""
    for name, package in json.loads(WANTED.read_text()).items():
        archive = fetch(name, package["version"])
        check(name, archive, package["integrity"])
        unpack(archive, package, PROJECT / package["into"])
        print(f"{name} {package['version']} → {package['into']}")


if __name__ == "__main__":
    main()
