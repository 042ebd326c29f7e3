"""Every Russian word the portal says of its own; what the services say comes from them."""

from datetime import date, datetime
from typing import Final

MONTHS: Final = (
    "января", "февраля", "марта", "апреля", "мая", "июня",
    "июля", "августа", "сентября", "октября", "ноября", "декабря",
)  # fmt: skip
SHORT_MONTHS: Final = ("янв", "фев", "мар", "апр", "май", "июн", "июл", "авг", "сен", "окт", "ноя", "дек")
TODAY: Final = "сегодня"
PLANNED_END: Final = "плановое окончание"

TEXT: Final = {
    "site": "Индивидуальный образовательный маршрут",
    "skip": "Перейти к содержанию",
    "nav": "Разделы кабинета",
    "footer": "Кабинет педагога. Сведения показаны на момент открытия страницы.",
    "back": "Вернуться в кабинет",
    "clause": "Основание: п. {clause} положения об ИОМ.",
    "error_mark": "Ошибка:",
    "sign_in_title": "Вход в кабинет",
    "sign_in": "Войти",
    "sign_out": "Выйти",
    "email": "Электронная почта",
    "password": "Пароль",
    "wrong_password": "Адрес или пароль не подходят. Проверьте их и попробуйте снова.",
    "too_often": "Вход временно закрыт: слишком много попыток. Подождите несколько минут.",
    "my_routes": "Мои маршруты",
    "no_routes": "Маршрутов пока нет. Вы можете открыть маршрут сами или принять приглашение школы.",
    "my_route": "Мой маршрут",
    "status": "Состояние",
    "stage": "Этап",
    "stages": "Этапы маршрута",
    "stage_done": "пройден",
    "stage_now": "идёт сейчас",
    "stage_ahead": "впереди",
    "next_step": "Что делать дальше",
    "sections": "Содержание маршрута",
    "timeline": "Ход маршрута",
    "timeline_title": "Ход маршрута по месяцам",
    "timeline_desc": "Номера на рисунке — номера событий в списке под ним.",
    "timeline_empty": "Событий пока нет.",
    "certificate": "Сертификат",
    "certificate_none": "Сертификат появится здесь после завершения маршрута.",
    "certificate_granted": "Право на сертификат подтверждено. Он появится здесь, как только будет напечатан.",
    "certificate_revoked": "Сертификат № {number} отозван {day}.",
    "certificate_issued": "Сертификат № {number}, выдан {day}.",
    "download": "Скачать сертификат (PDF)",
    "check_page": "Открытая страница проверки",
    "notices": "Уведомления",
    "no_notices": "Уведомлений пока нет.",
    "more": "Показать ещё",
    "empty": "не заполнено",
    "yes": "да",
    "no": "нет",
    "until": "Плановое окончание",
    "open_route": "Открыть маршрут",
    "returned_because": "Почему возвращён",
    "model": "Модель",
    "term": "Сроки",
}

ROUTE_OF: Final = "Маршрут от {day}"
ROUTE_OFFERED: Final = "Предложенный маршрут"
TERM: Final = "с {start} по {end} включительно"
CLAUSE: Final = "п. {clause}"
DONE: Final = "Проведено {day}: {result}."
REFLECTED: Final = " Рефлексия: {text}"
FORGOTTEN: Final = "удалено по требованию владельца"
MODELS: Final = {"regional": "региональная", "school": "на уровне школы"}

ENDED: Final = frozenset({"completed", "withdrawn", "declined"})
ON_HOLD: Final = (
    "нужно Ваше согласие",
    "Школа назначила нового тьютора или согласие отозвано. Дайте согласие на ознакомление тьютора с маршрутом.",
)
# A route's status: in words, and what the teacher does next.
STATUS: Final = {
    "nominated": ("предложен школой", "Дождитесь приглашения. Участие добровольное."),
    "invited": ("Вы приглашены", "Примите приглашение или отклоните его: участие добровольное."),
    "declined": ("приглашение отклонено", "Если передумаете, сообщите школе или откройте маршрут сами."),
    "opened": ("открыт", "Дождитесь назначения тьютора, выберите модель и пройдите диагностику."),
    "diagnosing": ("диагностика", "Запишите затруднения и запрос, затем поставьте задачу развития."),
    "designing": ("проектирование", "Заполните задачи, мероприятия, сроки и продукт, затем передайте план школе."),
    "returned": ("возвращён школой", "Исправьте план по замечаниям школы и передайте его снова."),
    "submitted": ("на согласовании", "Школа рассматривает план. Пока от Вас ничего не требуется."),
    "agreed": ("согласован", "Начните реализацию маршрута."),
    "running": ("реализация", "Участвуйте в мероприятиях и записывайте рефлексию после каждого."),
    "evaluating": ("оценка результатов", "Презентуйте продукт, получите оценку или пройдите итоговую диагностику."),
    "conclusion_drafted": ("заключение на согласовании", "Школа рассматривает заключение тьютора."),
    "conclusion_returned": ("заключение возвращено", "Тьютор дорабатывает заключение."),
    "conclusion_agreed": ("заключение согласовано", "Осталось завершить маршрут: это можете сделать Вы или тьютор."),
    "completed": ("завершён", "Маршрут завершён. Его результаты — основа следующего."),
    "withdrawn": ("прекращён", "История сохранена. Новый маршрут можно открыть в любое время."),
}
SECTIONS: Final = {
    "diagnostic": "Диагностический раздел",
    "goal": "Целевой раздел",
    "description": "Описание маршрута",
    "activity": "Деятельностный раздел",
    "reflection": "Рефлексивный раздел",
}
FIELDS: Final = {
    "levels": "Уровни компетенций",
    "deficits": "Дефициты",
    "difficulties": "Затруднения",
    "requests": "Образовательный запрос",
    "tasks": "Задачи",
    "content": "Содержание",
    "forms": "Формы",
    "technologies": "Технологии",
    "pace": "Темп",
    "hours": "Часов всего",
    "personal_resources": "Личностные ресурсы",
    "school_conditions": "Условия школы",
    "external_resources": "Внешние ресурсы",
    "activities": "Мероприятия",
    "chosen": "Выбранный продукт и презентация",
    "products": "Представленные версии продукта",
    "presented": "День презентации",
    "assessments": "Экспертные оценки",
    "achievement": "Рефлексия достижения задачи",
    "conclusion": "Заключение",
}
MILESTONES: Final = frozenset(
    {
        "route.route_opened",
        "route.tutor_appointed",
        "route.route_submitted",
        "route.route_agreed",
        "route.route_started",
        "route.activity_done",
        "route.route_adjusted",
        "route.route_extended",
        "route.product_presented",
        "route.product_assessed",
        "route.conclusion_agreed",
        "route.route_completed",
        "route.route_withdrawn",
    }
)

PARTS: Final = {
    "people": "вход и сведения о людях",
    "routes": "маршруты",
    "diagnostics": "диагностика",
    "certificates": "сертификаты",
    "notifications": "уведомления",
}
AWAY: Final = "Раздел «{part}» сейчас недоступен: служба не отвечает. Данные не потеряны; откройте страницу позже."
AWAY_HEADING: Final = "Раздел сейчас недоступен"

MESSAGES: Final = {
    "missing": ("Страница не найдена", "Такой страницы нет, или она доступна не Вам. Проверьте адрес."),
    "foreign": (
        "Форма устарела",
        "Страница с формой открыта слишком давно или не в этом браузере. Вернитесь, обновите её и отправьте снова.",
    ),
    "fault": ("Ошибка на нашей стороне", "Действие не выполнено. Попробуйте позже; если повторится — сообщите школе."),
    "refused": ("Действие не выполнено", "Служба отклонила запрос."),
}

STAGES: Final = (
    "Подготовительный",
    "Диагностико-мотивационный",
    "Проектировочный",
    "Реализация",
    "Рефлексивно-аналитический",
)


def day(value: date) -> str:
    return f"{value.day} {MONTHS[value.month - 1]} {value.year} г."


def moment(value: datetime) -> str:
    return f"{day(value.date())}, {value:%H:%M}"


def month(value: date) -> str:
    name = SHORT_MONTHS[value.month - 1]
    return f"{name} {value.year}" if value.month == 1 else name
