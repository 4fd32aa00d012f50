"""Archives that nobody should send."""

import gzip
import stat
import tarfile
import zipfile
from pathlib import Path

from tests.catalog.archive_files import (
    crowded_zip,
    encrypted_zip,
    long_name_tar,
    overlapping_zip,
    pictures,
    tar_of,
    wrong_crc_zip,
    zip_of,
    zip_with_attributes,
)
from tests.catalog.bson_files import jpeg
from tests.hostile.hostile_file import HostileFile

_GOOD = pictures("good/1.jpg", "good/2.jpg")


def files(folder: Path) -> list[HostileFile]:
    """Make the corpus in a folder."""
    made = [*_bombs(folder), *_names(folder), *_kinds(folder), *_damage(folder)]
    return [HostileFile(name, str(path), expected) for name, path, expected in made]


def _bombs(folder: Path):
    zeros = bytes(66 * 2**20)  # above the size below which no ratio counts
    yield "zip bomb by ratio", zip_of(folder / "ratio.zip", {"a.jpg": zeros}), "200 times its own size"
    yield "tar bomb by ratio", tar_of(folder / "ratio.tar.gz", {"a.jpg": zeros}, packing="gz"), "200 times its own size"
    yield "tar bomb in xz", tar_of(folder / "ratio.tar.xz", {"a.jpg": zeros}, packing="xz"), "200 times its own size"
    yield "tar bomb in bzip2", tar_of(folder / "r.tar.bz2", {"a.jpg": zeros}, packing="bz2"), "200 times its own size"
    yield "tar bomb behind a link", _bomb_in_a_link(folder / "link.tar.gz"), "200 times its own size"
    yield "zip bomb by count", crowded_zip(folder / "count.zip", claimed=600_000), "lists more than 500,000 files"
    yield "overlapping zip members", overlapping_zip(folder / "overlap.zip"), "overlap one another"
    inner = zip_of(folder / "inner.zip", {"a.jpg": zeros}).read_bytes()
    yield "bomb in a nested archive", zip_of(folder / "outer.zip", {**_GOOD, "inner.zip": inner}), "nested_archive"
    yield "gzip of nothing but zeros", _zeros(folder / "zeros.tar.gz"), "holds no pictures"
    claims = tar_of(folder / "t.tar", _GOOD, special={"big.jpg": {"size": 2**62}})
    yield "a tar member that claims exabytes", claims, "unpacks to more than 20 GiB"


def _bomb_in_a_link(path: Path) -> Path:
    """Make a link that claims a body of 66 MiB, which skipping it unpacks."""
    header = tarfile.TarInfo("link")
    header.type, header.linkname, header.size = tarfile.SYMTYPE, "x", 0
    body = tarfile.TarInfo("pipe")
    body.type, body.size = b"Z", 66 * 2**20  # an unknown kind, whose body is passed over
    with gzip.open(path, "wb", compresslevel=1) as file:
        file.write(header.tobuf() + body.tobuf() + bytes(66 * 2**20) + bytes(1024))
    return path


def _zeros(path: Path) -> Path:
    path.write_bytes(gzip.compress(bytes(2**20)))
    return path


def _names(folder: Path):
    for number, (what, name) in enumerate(
        {
            "traversal": "../../outside.jpg",
            "traversal behind a folder": "good/../../outside.jpg",
            "traversal in Windows' manner": "..\\..\\outside.jpg",
            "an absolute path": "/tmp/outside.jpg",
            "a drive letter": "C:\\outside.jpg",
            "control characters": "good/\x1b[2Jcleared.jpg",
            "a name that reads backwards": "good/\u202egpj.exe",
            "a name of a thousand folders": "a/" * 1000 + "1.jpg",
            "a name longer than any file's": "n" * 5000 + ".jpg",
        }.items()
    ):
        yield f"zip: {what}", zip_of(folder / f"name{number}.zip", {**_GOOD, name: jpeg()}), "unsafe_name"
        yield f"tar: {what}", tar_of(folder / f"name{number}.tar", {**_GOOD, name: jpeg()}), "unsafe_name"
    twice = {**_GOOD, "good/caf\u00e9.jpg": jpeg((1, 2, 3)), "good/cafe\u0301.jpg": jpeg((3, 2, 1))}
    yield "one name in two spellings", zip_of(folder / "spelling.zip", twice), "repeated"
    yield "names that differ by case", zip_of(folder / "case.zip", {**_GOOD, "good/1.JPG": jpeg((9, 9, 9))}), "repeated"
    yield (
        "a file and a folder of one name",
        tar_of(folder / "both.tar", {**_GOOD, "good/1.jpg/2.jpg": jpeg()}),
        "repeated",
    )
    yield "names of no encoding", tar_of(folder / "bytes.tar", {**_GOOD, "good/caf\udce9.jpg": jpeg((4, 4, 4))}), ""
    yield "a name of 10 MB", long_name_tar(folder / "long.tar.gz", 10_000_000), "unreadable"


def _kinds(folder: Path):
    link = {"type": tarfile.SYMTYPE, "linkname": "/etc/passwd"}
    hard = {"type": tarfile.LNKTYPE, "linkname": "../../etc/passwd"}
    yield "tar: a symbolic link", tar_of(folder / "sym.tar", _GOOD, special={"good/x.jpg": link}), "link"
    yield "tar: a hard link", tar_of(folder / "hard.tar", _GOOD, special={"good/x.jpg": hard}), "link"
    folder_link = {**link, "linkname": "/tmp"}
    through = tar_of(folder / "through.tar", {}, special={"good": folder_link})
    with tarfile.open(through, "a") as archive:
        archive.addfile(tarfile.TarInfo("good/1.jpg"))
    yield "tar: a file through a linked folder", through, "link"
    device = {"type": tarfile.CHRTYPE, "devmajor": 1, "devminor": 5}
    yield "tar: a device", tar_of(folder / "device.tar", _GOOD, special={"zero.jpg": device}), "special_file"
    fifo = {"type": tarfile.FIFOTYPE}
    yield "tar: a pipe", tar_of(folder / "fifo.tar", _GOOD, special={"pipe.jpg": fifo}), "special_file"
    yield "zip: a symbolic link", zip_with_attributes(folder / "sym.zip", "x.jpg", stat.S_IFLNK | 0o777), "link"
    yield "zip: a device", zip_with_attributes(folder / "dev.zip", "x.jpg", stat.S_IFCHR | 0o666), "special_file"
    yield "zip: locked members", encrypted_zip(folder / "locked.zip"), "encrypted"
    yield "zip: packed in another way", zip_of(folder / "b.zip", _GOOD, packing=zipfile.ZIP_BZIP2), "unknown_packing"


def _damage(folder: Path):
    whole = zip_of(folder / "whole.zip", _GOOD).read_bytes()
    (folder / "cut.zip").write_bytes(whole[: len(whole) // 2])
    yield "zip: cut short", folder / "cut.zip", "is cut short or no zip archive"
    packed = tar_of(folder / "whole.tar.gz", pictures(*(f"good/{n}.jpg" for n in range(50))), packing="gz").read_bytes()
    (folder / "cut.tar.gz").write_bytes(packed[: len(packed) * 3 // 4])
    yield "tar: cut short", folder / "cut.tar.gz", "unreadable"
    yield "zip: a wrong checksum", wrong_crc_zip(folder / "crc.zip"), "unreadable"
    (folder / "polyglot.zip").write_bytes(jpeg() + whole)
    yield "a picture that is a zip as well", folder / "polyglot.zip", ""
    (folder / "empty.zip").write_bytes(b"")
    yield "an empty file", folder / "empty.zip", "is empty"
    (folder / "page.tar.gz").write_bytes(b"<html>not found</html>")
    yield "a page instead of an archive", folder / "page.tar.gz", "no tar archive"
    zip_of(folder / "nothing.zip", {})
    yield "a zip of nothing", folder / "nothing.zip", "holds no pictures"
    two = {"a.csv": b"id,title\n1,x\n", "b.csv": b"id,title\n2,y\n"}
    yield "two tables", zip_of(folder / "two.zip", two), "holds several tables (a.csv, b.csv)"
