"""The kinds of streams this service keeps."""

from typing import Any

from services.certificates.domain import certificate, certificate_view, register
from shared.store.types import Category

CERTIFICATES: Category[certificate.Command, certificate.State, certificate.Fact] = Category(
    name="certificate",
    decider=certificate.certificate,
    facts=(certificate.Granted, certificate.Issued, certificate.Revoked),
    view=certificate_view.view,
)
REGISTERS: Category[register.Enter, register.State, register.Entered] = Category(
    name="register",
    decider=register.register,
    facts=(register.Entered,),
    view=register.view,
)
CATEGORIES: tuple[Category[Any, Any, Any], ...] = (CERTIFICATES, REGISTERS)


def categories() -> tuple[Category[Any, Any, Any], ...]:
    """Every kind, for who reads this service's facts in a process of its own."""
    return CATEGORIES
