"""Celery's settings. Above each group, the incident it prevents."""

import os

from celery.schedules import crontab

from core.jobs import (
    CHECK_BOOKS,
    CHECK_STOCK,
    COUNT_LETTERS,
    FINISH_ERASURES,
    KEEP_JOURNAL,
    MAKE_DOCUMENTS,
    ORDER_REPORTS,
    PRINT_TICKETS,
    RECONCILE,
    SAVE_JOURNAL,
    SAVE_MESSAGES,
    SAVE_STATUSES,
    SCHEDULED,
    SEND_MAILS,
    SIGN_INVOICES,
    SWEEP_HOLDS,
    SWEEP_OUTBOX,
    SWEEP_PAYMENTS,
    SWEEP_REFUNDS,
    TASKS,
    queue_of,
)

broker_url = os.environ.get("CELERY_BROKER_URL", "")

# A worker on a half-open connection consumed nothing for as long as it was watched: every socket has a limit. A whole
# worker killed took 100 s to have its tasks delivered again: restore often, and let a dead restorer's mutex lapse.
broker_transport_options = {
    "visibility_timeout": 300,
    "unacked_restore_interval": 5,
    "unacked_restore_throttle": 1,
    "unacked_mutex_expire": 30,
    "socket_timeout": 5,
    "socket_connect_timeout": 3,
    "socket_keepalive": True,
    "health_check_interval": 10,
}
# By default a worker gives up on its broker after 100 attempts.
broker_connection_retry_on_startup = True
broker_connection_max_retries = None

# An early acknowledgement loses the task when its worker dies; a late one alone loses it when a child is killed.
task_acks_late = True
task_reject_on_worker_lost = True
# Well under the visibility timeout, or a slow task runs twice at once.
task_time_limit = 60
task_soft_time_limit = 45
# With the default, short tasks waited behind a long one beside an idle worker.
worker_prefetch_multiplier = 1
# Results nobody reads filled Redis with a key per task.
task_ignore_result = True
result_backend = None
task_publish_retry = False
# On reconnection, cancelling a task inside a payment call would make its outcome unknown.
worker_cancel_long_running_tasks_on_connection_loss = False
# A leak is caught by memory below; after 2000, an hour of sweeps, a new child was only work.
worker_max_tasks_per_child = 20_000
worker_max_memory_per_child = 300_000
worker_hijack_root_logger = False
worker_redirect_stdouts = False
worker_send_task_events = True
task_send_sent_event = False

# A pickle on a queue is code that somebody else wrote.
task_serializer = "json"
accept_content = ["json"]
result_accept_content = ["json"]

task_create_missing_queues = True
task_default_queue = SCHEDULED
task_routes = {task: {"queue": queue_of(task)} for task in TASKS}

# What beat missed is not made up for: each sweep reads what is due from PostgreSQL.
timezone = "UTC"
beat_max_loop_interval = 5
beat_schedule = {
    "save messages": {"task": SAVE_MESSAGES, "schedule": 1.0, "options": {"expires": 5}},
    "save journal": {"task": SAVE_JOURNAL, "schedule": 2.0, "options": {"expires": 10}},
    "save statuses": {"task": SAVE_STATUSES, "schedule": 1.0, "options": {"expires": 5}},
    "sweep payments": {"task": SWEEP_PAYMENTS, "schedule": 2.0, "options": {"expires": 10}},
    "sweep outbox": {"task": SWEEP_OUTBOX, "schedule": 2.0, "options": {"expires": 10}},
    "make documents": {"task": MAKE_DOCUMENTS, "schedule": 2.0, "options": {"expires": 10}},
    "print tickets": {"task": PRINT_TICKETS, "schedule": 1.0, "options": {"expires": 5}},
    "send mails": {"task": SEND_MAILS, "schedule": 10.0, "options": {"expires": 20}},
    "sign invoices": {"task": SIGN_INVOICES, "schedule": 5.0, "options": {"expires": 10}},
    "sweep refunds": {"task": SWEEP_REFUNDS, "schedule": 3.0, "options": {"expires": 10}},
    "check books": {"task": CHECK_BOOKS, "schedule": 300.0, "options": {"expires": 200}},
    "reconcile": {"task": RECONCILE, "schedule": 600.0, "options": {"expires": 300}},
    "count letters": {"task": COUNT_LETTERS, "schedule": 10.0, "options": {"expires": 20}},
    "check stock": {"task": CHECK_STOCK, "schedule": 60.0, "options": {"expires": 50}},
    "finish erasures": {"task": FINISH_ERASURES, "schedule": 60.0, "options": {"expires": 50}},
    "order reports": {"task": ORDER_REPORTS, "schedule": 60.0, "options": {"expires": 50}},
    "sweep holds": {"task": SWEEP_HOLDS, "schedule": 5.0, "options": {"expires": 20}},
    # Early in Nairobi's morning, when the last guests have gone.
    "keep journal": {"task": KEEP_JOURNAL, "schedule": crontab(hour="1", minute="20"), "options": {"expires": 3600}},
}
