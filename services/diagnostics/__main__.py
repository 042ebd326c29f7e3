"""`python -m services.diagnostics` serves diagnostics."""

from services.diagnostics.app import build
from services.diagnostics.settings import DiagnosticsSettings
from shared.runtime import serve

if __name__ == "__main__":
    serve(build, DiagnosticsSettings)
