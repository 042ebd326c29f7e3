"""Every Russian word of the demonstration but the story's own."""

from typing import Final

LOADING: Final = "Регион: {persons} человек, {schools} школы"
WALKING: Final = "Маршрут от приглашения до сертификата"
NOBODY: Final = "Посетитель"
TIMELINE: Final = "Хронология маршрута"
COLUMNS: Final = ("№", "Пункт", "Что произошло", "Кто", "Когда")
SYSTEM: Final = "система"
CERTIFICATE: Final = "Сертификат {number}: {path}"
VERIFY: Final = "Проверить: {url}"
MAIL: Final = "Отправленные письма: {count} (лежат в {folder})"
MAIL_COLUMNS: Final = ("Кому", "Тема", "Сколько")
FACTS: Final = "Записано фактов: {counts}"
TOOK: Final = "Подготовка {ready:.0f} с, регион {region:.0f} с, маршрут {walk:.0f} с"
PORTAL: Final = "Портал: {url}"
ACCOUNTS: Final = "Войти можно так (пароль у всех {password}):"
ACCOUNT_COLUMNS: Final = ("Почта", "Кто это")
ADMINISTRATOR: Final = "Администратор: {email}, пароль {password}"
STAYS: Final = "Всё работает. Закончить: Ctrl-C."
BROKEN: Final = "Не вышло: {why}\nЖурналы служб: {folder}"
HELD: Final = "Выполнены все шаги: {count}."
