"""`python -m services.notifications` serves notifications."""

from shared.runtime import serve

from services.notifications.app import build
from services.notifications.settings import NotificationsSettings

if __name__ == "__main__":
    serve(build, NotificationsSettings)
