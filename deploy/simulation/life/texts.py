"""What the people of a simulated region write: invented, and of the length that people write."""

from typing import Final

COMPETENCIES: Final = ("communicative", "cognitive_creative", "informational", "self_improvement", "professional")

DEFICITS: Final = (
    "Не удаётся выстроить критерии оценивания, понятные детям до начала работы.",
    "Разбор ошибок занимает весь урок, а к новому материалу класс подходит уставшим.",
    "Групповая работа распадается: один делает, остальные ждут.",
    "Не получается объяснить родителям, зачем нужна обратная связь без отметки.",
)
DIFFICULTIES: Final = (
    "Дети не понимают, за что получили отметку, и перестают спрашивать.",
    "Родительские собрания превращаются в спор, к делу не возвращаемся.",
    "Сильным ученикам скучно, слабые не успевают.",
)
REQUESTS: Final = (
    "Освоить приёмы формирующего оценивания и проверить их в своём классе.",
    "Научиться строить групповую работу так, чтобы у каждого было дело.",
    "Подготовить занятия, на которых дети задают вопросы сами.",
)
TASKS: Final = (
    "Научиться составлять критерии вместе с классом.",
    "Провести серию уроков с взаимной оценкой и сравнить её с отметками.",
    "Подготовить три сценария занятий и обсудить их с коллегами.",
)
DESCRIPTION: Final = {
    "content": "Формирующее оценивание: критерии, обратная связь, взаимная оценка.",
    "forms": "Семинар, мастерская, взаимное посещение уроков.",
    "technologies": "Разбор случаев, видеозапись урока, обратная связь тьютора.",
    "pace": "Два часа в неделю.",
    "personal_resources": "Опыт классного руководства.",
    "school_conditions": "Кабинет, запись уроков, время на посещение коллег.",
    "external_resources": "Материалы регионального центра.",
}
ACTIVITIES: Final = (
    "Семинар «Критерии»",
    "Мастерская обратной связи",
    "Взаимное посещение уроков",
    "Вебинар о вопросах",
)
KINDS: Final = ("seminar", "training", "meeting", "webinar", "course")
LEVELS: Final = ("school", "municipal", "regional")
MENTORING: Final = ("traditional", "partner", "situational", "group")
PRODUCTS: Final = ("open_lesson", "lesson", "master_class", "intensive")
PRESENTATIONS: Final = ("association_talk", "open_lesson", "master_class", "council_presentation")
SUPPORTS: Final = ("diagnostics", "request", "task", "forms", "practice", "reflection")
