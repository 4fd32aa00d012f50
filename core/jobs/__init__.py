"""Long work: a folder, a worker process and a lock for each job.

The folder says what was asked and what came of it, the worker goes on when pages and servers end, and the lock tells
whether anybody still works on it. Pages and the command line use the names below.
"""

from core.jobs.queue import move_job, set_at_once, start_next
from core.jobs.reports import Report
from core.jobs.run import JobFault
from core.jobs.status import JobStatus, job_log_tail, job_result, job_status, list_jobs, read_progress
from core.jobs.supervise import cancel_job, kill_job, pause_job, resume_here, resume_job, run_here, submit

__all__ = [
    "JobFault",
    "JobStatus",
    "Report",
    "cancel_job",
    "job_log_tail",
    "job_result",
    "job_status",
    "kill_job",
    "list_jobs",
    "move_job",
    "pause_job",
    "read_progress",
    "resume_here",
    "resume_job",
    "run_here",
    "set_at_once",
    "start_next",
    "submit",
]
