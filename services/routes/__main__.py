"""`python -m services.routes` serves routes."""

from services.routes.app import build
from services.routes.settings import RoutesSettings
from shared.runtime import serve

if __name__ == "__main__":
    serve(build, RoutesSettings)
