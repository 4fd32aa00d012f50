"""No secret and no picture in what is written down: wherever it stands, and however long the text is."""

import time

import pytest

from core.monitoring.redaction import HIDDEN, hiding, redact, secret_words

SECRET = "hunter2-Tr0ub4dor"

PLACES = [
    f"could not connect to postgresql+pg8000://ann:{SECRET}@db.test/shop",
    f"mysql://ann:{SECRET}@w/x@db.test/shop",  # a password with "@" and "/" that nobody escaped
    f"https%3A%2F%2Fann%3A{SECRET}%40db.test",
    f"Authorization: Bearer {SECRET}",
    f"{{'authorization': 'Basic {SECRET}', 'accept': '*/*'}}",
    f"[(b'cookie', b'_streamlit_user={SECRET}')]",
    f"X-Api-Key: {SECRET}",
    f'{{"password": "{SECRET} with more"}}',
    f"dbPassword={SECRET}&page=1",
    f"client_secret = '{SECRET}'",
    f"GET /pictures?access_token={SECRET}&size=2",
    f"bearer {SECRET}",
    f"-----BEGIN RSA PRIVATE KEY-----\n{SECRET}\n-----END RSA PRIVATE KEY-----",
    f"eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ{SECRET}.c2lnbmF0dXJl",
]


@pytest.mark.parametrize("text", PLACES)
def test_a_secret_is_taken_out_of_where_secrets_stand(text):
    assert SECRET not in redact(text)


def test_what_is_no_secret_stays():
    text = "column 'price' is missing in https://shop.test/feed.csv: found id, name; name it with --map price=COLUMN"
    assert redact(text) == text


def test_pictures_and_bytes_are_left_out():
    encoded = "iVBORw0KGgo" * 40
    for text in (f"data:image/webp;base64,{encoded}", encoded, repr(b"\xff\xd8\xff\xe0" * 20)):
        assert len(redact(f"the picture {text} is broken")) < 60


def test_a_known_word_is_hidden_wherever_it_stands_and_however_it_is_escaped():
    with hiding("s3cr3t/of the shop", None):
        said = redact("FATAL: s3cr3t/of the shop; in an address s3cr3t%2Fof%20the%20shop")
    assert said == f"FATAL: {HIDDEN}; in an address {HIDDEN}"
    assert redact("s3cr3t/of the shop") == "s3cr3t/of the shop"  # known only while it is in use


def test_secrets_of_the_environment_are_known():
    found = secret_words(
        {"SHOP_TOKEN": "abcdefgh", "SHELFLENS_DATABASE": "postgresql://a:p%40ss9@h/d", "HOME": "/root"}
    )
    assert found == ("abcdefgh", "p@ss9")


def test_hostile_text_takes_no_time():
    """Each starts a pattern at every character; 50,000 characters take some tenths of a second where it is linear."""
    started = time.process_time()
    for piece in ("a://", "password", "b'", "tokentoken=", "data:", "x-a"):
        redact(piece * (200_000 // len(piece)))
    assert time.process_time() - started < 5


def test_a_long_text_is_cut_before_a_word_and_not_within():
    text = "x " * 24_990 + f"postgresql://ann:{SECRET}" + "y" * 100 + "@db.test"  # its "@" lies beyond what is read
    assert SECRET not in redact(text)
