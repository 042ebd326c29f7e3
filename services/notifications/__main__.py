"""`python -m services.notifications` serves notifications."""

from services.notifications.app import build
from services.notifications.settings import NotificationsSettings
from shared.runtime import serve

if __name__ == "__main__":
    serve(build, NotificationsSettings)
