"""Trees and proofs against the published vectors, and against each other."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.store.merkle import (
    EMPTY,
    Frontier,
    consistency_proof,
    inclusion_proof,
    leaf_hash,
    over,
    root,
    verify_consistency,
    verify_inclusion,
)

# The reference inputs and roots of Certificate Transparency (RFC 6962).
INPUTS = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"]
ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
KNOWN = [leaf_hash(bytes.fromhex(text)) for text in INPUTS]
LEAVES = [leaf_hash(bytes([n])) for n in range(70)]


def flipped(proof: list[bytes], place: int) -> list[bytes]:
    changed = bytes([proof[place][0] ^ 1]) + proof[place][1:]
    return [*proof[:place], changed, *proof[place + 1 :]]


@pytest.mark.parametrize("size", range(9))
def test_roots_are_those_of_the_reference(size: int) -> None:
    assert root(KNOWN[:size]).hex() == ROOTS[size]


def test_reference_proofs() -> None:
    subtree = over(KNOWN)
    assert [node.hex() for node in inclusion_proof(subtree, 0, 8)] == [
        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    ]
    assert [node.hex() for node in consistency_proof(subtree, 1, 1)] == []
    assert [node.hex() for node in consistency_proof(subtree, 2, 5)] == [
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
    ]


@given(st.integers(1, 70), st.data())
def test_every_leaf_is_proved_where_it_stands_and_nowhere_else(size: int, data: st.DataObject) -> None:
    index = data.draw(st.integers(0, size - 1))
    whole, leaf = root(LEAVES[:size]), LEAVES[index]
    proof = inclusion_proof(over(LEAVES), index, size)
    assert verify_inclusion(leaf, index, size, proof, whole)
    assert not verify_inclusion(leaf_hash(b"another"), index, size, proof, whole)
    assert not verify_inclusion(leaf, index, size, [*proof, leaf], whole)
    assert not verify_inclusion(leaf, size, size, proof, whole)
    if proof:
        assert not verify_inclusion(leaf, index, size, proof[:-1], whole)
        assert not verify_inclusion(leaf, index, size, flipped(proof, data.draw(st.integers(0, len(proof) - 1))), whole)
    wrong = data.draw(st.integers(0, size - 1).filter(lambda n: n != index)) if size > 1 else None
    if wrong is not None:
        assert not verify_inclusion(leaf, wrong, size, proof, whole)


@given(st.integers(1, 70), st.data())
def test_a_tree_is_proved_to_begin_with_its_past_and_no_other(size: int, data: st.DataObject) -> None:
    first = data.draw(st.integers(1, size))
    old, new = root(LEAVES[:first]), root(LEAVES[:size])
    proof = consistency_proof(over(LEAVES), first, size)
    assert verify_consistency(first, size, old, new, proof)
    rewritten = root([leaf_hash(b"rewritten"), *LEAVES[1:first]])
    assert not verify_consistency(first, size, rewritten, new, proof)
    assert not verify_consistency(first, size, old, rewritten, proof)
    assert not verify_consistency(0, size, EMPTY, new, proof)
    if proof:
        assert not verify_consistency(first, size, old, new, proof[:-1])
        place = data.draw(st.integers(0, len(proof) - 1))
        assert not verify_consistency(first, size, old, new, flipped(proof, place))


def test_a_frontier_grows_and_is_kept() -> None:
    frontier = Frontier()
    assert frontier.root() == EMPTY
    for size, leaf in enumerate(LEAVES, 1):
        frontier.add(leaf)
        assert frontier.root() == root(LEAVES[:size])
        frontier = Frontier.from_bytes(size, frontier.to_bytes())
    with pytest.raises(ValueError, match="roots"):
        Frontier.from_bytes(3, b"\x00" * 32)


def test_no_proof_of_what_is_not_there() -> None:
    with pytest.raises(ValueError, match="not in a tree"):
        inclusion_proof(over(LEAVES), 3, 3)
    with pytest.raises(ValueError, match="does not begin"):
        consistency_proof(over(LEAVES), 4, 3)
