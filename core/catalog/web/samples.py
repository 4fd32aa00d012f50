"""The samples: real pictures under a licence that lets everybody use them, fetched when a user asks for them."""

from dataclasses import dataclass

from core.errors import CatalogError


@dataclass(frozen=True)
class Sample:
    """A set of pictures in a public git repository, at one commit.

    Attributes:
        name: What users call it; also the catalog it is imported into.
        title: One line for people.
        license: Short name of the licence.
        homepage: Where its maker describes it.
        pictures: How many there are.
        about_bytes: How much is downloaded, roughly; the listing of the commit tells exactly.
        commit: Name of the commit: it pins every byte of every file.
        commit_url: Address that tells what the commit holds.
        tree_url: Address that lists its files.
        file_url: Address of a file, "{path}" standing for its path.
        folders: Folders of the repository that are taken, categories in them.
        archive_url: Address people can download it all from by hand.
        allowed_hosts: Hosts that may be on private networks; none for a public sample.
    """

    name: str
    title: str
    license: str
    homepage: str
    pictures: int
    about_bytes: int
    commit: str
    commit_url: str
    tree_url: str
    file_url: str
    folders: tuple[str, ...]
    archive_url: str
    allowed_hosts: tuple[str, ...] = ()


_CLOTHING = "alexeygrigorev/clothing-dataset-small"
_CLOTHING_COMMIT = "36364be1969242c019705255cd87aed00c73a939"

# A repository's archive is packed anew for whoever asks: its bytes may differ and its size is not told, so it can be
# neither checked by a hash nor continued. The files of a commit have names that are their hashes, and known sizes.
SAMPLES = {
    "clothing": Sample(
        name="clothing",
        title="3,781 photos people took of their clothes, 10 categories, divided into train, validation and test",
        license="CC0 1.0",
        homepage=f"https://github.com/{_CLOTHING}",
        pictures=3781,
        about_bytes=100_000_000,
        commit=_CLOTHING_COMMIT,
        commit_url=f"https://api.github.com/repos/{_CLOTHING}/git/commits/{_CLOTHING_COMMIT}",
        tree_url=f"https://api.github.com/repos/{_CLOTHING}/git/trees/{_CLOTHING_COMMIT}?recursive=1",
        file_url=f"https://raw.githubusercontent.com/{_CLOTHING}/{_CLOTHING_COMMIT}/{{path}}",
        folders=("train", "validation", "test"),
        archive_url=f"https://github.com/{_CLOTHING}/archive/{_CLOTHING_COMMIT}.zip",
    ),
}


def find_sample(name: str) -> Sample:
    """Find a sample by its name.

    Raises:
        CatalogError: There is none; the message names those there are.
    """
    if name not in SAMPLES:
        raise CatalogError(f"there is no sample {name[:80]!r}; there are: {', '.join(SAMPLES)}")
    return SAMPLES[name]
