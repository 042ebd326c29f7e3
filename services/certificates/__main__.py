"""`python -m services.certificates` serves certificates."""

from services.certificates.app import build
from services.certificates.settings import CertificatesSettings
from shared.runtime import serve

if __name__ == "__main__":
    serve(build, CertificatesSettings)
