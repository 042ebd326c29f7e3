"""`python -m services.people` serves people."""

from services.people.app import build
from services.people.settings import PeopleSettings
from shared.runtime import serve

if __name__ == "__main__":
    serve(build, PeopleSettings)
