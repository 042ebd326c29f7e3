"""Merkle trees over a log (RFC 6962, RFC 9162): one root for any length, and proofs that need nobody's word.

A tree of n leaves splits at the largest power of two below n. Hashes are SHA-256, 32 bytes.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from hashlib import sha256

EMPTY = sha256(b"").digest()

Subtree = Callable[[int, int], bytes]  # (start, end) -> the hash of the leaves in between


def leaf_hash(data: bytes) -> bytes:
    return sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    return sha256(b"\x01" + left + right).digest()


def split(size: int) -> int:
    """The largest power of two below *size*, which is at least 2."""
    return 1 << (size - 1).bit_length() - 1


class Frontier:
    """All that must be remembered of a tree to let it grow: the roots of its complete subtrees, largest first."""

    def __init__(self) -> None:
        self.size = 0
        self._roots: list[bytes] = []

    def add(self, leaf: bytes) -> None:
        """*leaf* is a leaf's hash."""
        whole, node = self.size, leaf
        while whole & 1:
            node = node_hash(self._roots.pop(), node)
            whole >>= 1
        self._roots.append(node)
        self.size += 1

    def root(self) -> bytes:
        if not self._roots:
            return EMPTY
        node = self._roots[-1]
        for left in self._roots[-2::-1]:
            node = node_hash(left, node)
        return node

    def to_bytes(self) -> bytes:
        return b"".join(self._roots)

    @classmethod
    def from_bytes(cls, size: int, roots: bytes) -> Frontier:
        """The frontier of *size* leaves; raises ValueError when *roots* cannot be one."""
        if len(roots) != 32 * size.bit_count():
            raise ValueError(f"a frontier of {size} leaves has {size.bit_count()} roots")
        frontier = cls()
        frontier.size = size
        frontier._roots = [roots[at : at + 32] for at in range(0, len(roots), 32)]
        return frontier


def over(leaves: Sequence[bytes]) -> Subtree:
    """Subtrees of leaf hashes held in memory."""

    def subtree(start: int, end: int) -> bytes:
        frontier = Frontier()
        for leaf in leaves[start:end]:
            frontier.add(leaf)
        return frontier.root()

    return subtree


def root(leaves: Sequence[bytes]) -> bytes:
    return over(leaves)(0, len(leaves))


def inclusion_proof(subtree: Subtree, index: int, size: int) -> list[bytes]:
    """What together with leaf *index* (from 0) gives the root of the first *size* leaves; nearest first."""
    if not 0 <= index < size:
        raise ValueError(f"leaf {index} is not in a tree of {size}")
    start, end, path = 0, size, []
    while end - start > 1:
        middle = start + split(end - start)
        if index < middle:
            path.append(subtree(middle, end))
            end = middle
        else:
            path.append(subtree(start, middle))
            start = middle
    return path[::-1]


def verify_inclusion(leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes) -> bool:
    """Whether *leaf* (its hash) stands at *index* of the tree of *size* leaves with this *root* (RFC 9162, 2.1.3.2)."""
    if not 0 <= index < size:
        return False
    here, last, node = index, size - 1, leaf
    for sibling in proof:
        if last == 0:
            return False
        if here & 1 or here == last:
            node = node_hash(sibling, node)
            while not here & 1 and here:
                here, last = here >> 1, last >> 1
        else:
            node = node_hash(node, sibling)
        here, last = here >> 1, last >> 1
    return last == 0 and node == root


def consistency_proof(subtree: Subtree, first: int, size: int) -> list[bytes]:
    """What shows that the tree of *size* leaves begins with the tree of *first* (1 … size)."""
    if not 0 < first <= size:
        raise ValueError(f"a tree of {size} does not begin with one of {first}")
    start, end, path = 0, size, []
    known = True  # the whole left part belongs to the first tree, whose root the verifier has
    while first - start != end - start:
        middle = start + split(end - start)
        if first <= middle:
            path.append(subtree(middle, end))
            end = middle
        else:
            path.append(subtree(start, middle))
            start, known = middle, False
    if not known:
        path.append(subtree(start, end))
    return path[::-1]


def verify_consistency(first: int, size: int, first_root: bytes, root: bytes, proof: Sequence[bytes]) -> bool:
    """Whether *proof* shows that nothing of the first tree was changed in the second (RFC 9162, 2.1.4.2)."""
    if not 0 < first <= size:
        return False
    if first == size:
        return not proof and first_root == root
    path = list(proof)
    if first & (first - 1) == 0:
        path.insert(0, first_root)
    if not path:
        return False
    here, last = first - 1, size - 1
    while here & 1:
        here, last = here >> 1, last >> 1
    old = new = path[0]
    for sibling in path[1:]:
        if last == 0:
            return False
        if here & 1 or here == last:
            old, new = node_hash(sibling, old), node_hash(sibling, new)
            while not here & 1 and here:
                here, last = here >> 1, last >> 1
        else:
            new = node_hash(new, sibling)
        here, last = here >> 1, last >> 1
    return last == 0 and old == first_root and new == root
