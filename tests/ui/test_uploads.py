import pytest

from core.ui.uploads import upload_name


@pytest.mark.parametrize(
    ("name", "plain"),
    [
        ("products May.csv", "products-may"),
        ("../../etc/passwd.csv", "passwd"),
        ("C:\\temp\\Feed.xlsx", "feed"),
        ("\ud800\x00.csv", "upload"),
        ("商品.csv", "upload"),
        ("x" * 5000 + ".csv", "x" * 40),
    ],
)
def test_uploads_get_a_name_of_our_own(name, plain):
    given = upload_name(name)
    assert given.rsplit("-", 1)[0] == plain
    assert set(given) <= set("abcdefghijklmnopqrstuvwxyz0123456789-")


def test_names_that_look_alike_stay_apart_and_the_same_name_stays_the_same():
    # The next delivery of a file is the same source; another file with a similar name is not.
    assert upload_name("feed.csv") == upload_name("feed.csv")
    assert upload_name("feed.csv") != upload_name("Feed.csv")
