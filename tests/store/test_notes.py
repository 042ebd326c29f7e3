"""Signed notes as others' programs read and write them."""

from base64 import b64decode

import pytest

from shared.store.notes import BadNote, Checkpoint, Signer, Verifier

# The example of the reference implementation (golang.org/x/mod/sumdb/note).
VKEY = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
SEED = b64decode("AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz")[1:]
TEXT = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
SIGNATURE = (
    "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
)
NOTE = TEXT + "\n" + SIGNATURE
PETER = Verifier.parse(VKEY)


def test_the_reference_note_is_signed_alike_and_verified() -> None:
    signer = Signer("PeterNeumann", SEED)
    assert str(signer.verifier) == str(PETER) == VKEY
    assert signer.sign(TEXT) == NOTE
    assert PETER.open(NOTE) == TEXT


def test_other_signatures_are_passed_over() -> None:
    both = Signer("witness", bytes(32)).sign(TEXT) + SIGNATURE
    assert PETER.open(both) == TEXT


@pytest.mark.parametrize(
    "note",
    [
        NOTE.replace("answer", "Answer"),
        NOTE.replace("x08go", "x08gp"),
        NOTE.replace("BwJnAM", "BxJnAM"),
        NOTE.replace("PeterNeumann x", "PaulNeumann x"),
        NOTE[:-1],
        NOTE.replace("— ", "- "),
        NOTE.replace(" x08go", " !!!!!"),
        TEXT,
        "",
    ],
)
def test_a_note_that_was_touched_is_bad(note: str) -> None:
    with pytest.raises(BadNote):
        PETER.open(note)


@pytest.mark.parametrize("vkey", [VKEY.replace("c74f", "c74e"), VKEY[:-4], VKEY + "!", "", "a+b+c"])
def test_a_broken_verifier_key_is_refused(vkey: str) -> None:
    with pytest.raises(ValueError, match="key"):
        Verifier.parse(vkey)


@pytest.mark.parametrize("name", ["", "a b", "a+b", "a\nb"])
def test_a_key_has_a_plain_name(name: str) -> None:
    with pytest.raises(ValueError, match="name"):
        Signer(name, bytes(32))


def test_a_text_ends_with_a_newline() -> None:
    with pytest.raises(ValueError, match="newline"):
        Signer("a", bytes(32)).sign("text")


def test_a_checkpoint_is_read_back() -> None:
    checkpoint = Checkpoint(origin="example.org/log", size=42, root=bytes(range(32)))
    assert checkpoint.text() == "example.org/log\n42\nAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n"
    assert Checkpoint.parse(checkpoint.text()) == checkpoint
    assert Checkpoint.parse(checkpoint.text() + "extension\n") == checkpoint


ROOT = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a\n1\n",
        f"\n1\n{ROOT}\n",
        f"a\n01\n{ROOT}\n",
        f"a\n-1\n{ROOT}\n",
        f"a\n1\n{ROOT}",
        "a\n1\nAAAA\n",
        "a\n1\n!\n",
    ],
)
def test_a_malformed_checkpoint_is_bad(text: str) -> None:
    with pytest.raises(BadNote):
        Checkpoint.parse(text)
