"""`python -m services.diagnostics` serves diagnostics."""

from shared.runtime import serve

from services.diagnostics.app import build
from services.diagnostics.settings import DiagnosticsSettings

if __name__ == "__main__":
    serve(build, DiagnosticsSettings)
