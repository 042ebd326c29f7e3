"""`python -m services.portal` serves the portal."""

from services.portal.app import build
from services.portal.settings import PortalSettings
from shared.runtime import serve

if __name__ == "__main__":
    serve(build, PortalSettings)
