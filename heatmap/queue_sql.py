"""The SQL of the queue: which job comes next, which has lost its worker, how long it all takes.

Workers and the watcher look across all towns, which row-level security forbids. So they look
through functions that run as the owner, and answer with no more than the id and kind of a job that
has to be worked on. Those that change rows or name jobs work only for the identity of the queue
(``heathub.queue``), which sees no row by itself; the others tell counts, or rows of towns that the
asking person may see anyway.

Order: round robin between persons. Somebody's first waiting job comes before anybody's second, the
ones she has running count as well, and among equals the one who was served longest ago is next.
Work that nobody signed for counts as a person of its town; second opinions that nobody asked for
wait until nobody waits for anything.
"""

OWNER_POLICY = """
CREATE POLICY owner_queues ON heatmap_job FOR UPDATE TO CURRENT_USER
    USING (current_setting('heathub.queue', true) = 'on')
"""
OWNER_POLICY_REVERSE = "DROP POLICY owner_queues ON heatmap_job"

ORDER = """
CREATE OR REPLACE FUNCTION heathub_queue_order() RETURNS TABLE (
    job_id uuid, town_id bigint, job_kind varchar, seconds double precision, place bigint
) LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public AS $$
    WITH unfinished AS (
        SELECT j.*, coalesce('u' || created_by_id, 'm' || municipality_id) AS person
        FROM heatmap_job j WHERE state IN ('queued', 'running')
    ), busy AS (
        SELECT person, count(*) AS jobs FROM unfinished WHERE state = 'running' GROUP BY person
    ), waiting AS (
        SELECT u.*, row_number() OVER (PARTITION BY person ORDER BY queued_at, id) AS turn
        FROM unfinished u WHERE state = 'queued' AND queued_at IS NOT NULL
    )
    SELECT w.id, w.municipality_id, w.kind, w.expected_s, row_number() OVER (
        ORDER BY w.kind = 'verify' AND w.created_by_id IS NULL,
            w.turn + coalesce(busy.jobs, 0), served.last NULLS FIRST, w.queued_at, w.id)
    FROM waiting w
    LEFT JOIN busy USING (person)
    LEFT JOIN LATERAL (
        SELECT max(started_at) AS last FROM heatmap_job j WHERE j.created_by_id = w.created_by_id
    ) served ON true
$$
"""
ORDER_REVERSE = "DROP FUNCTION heathub_queue_order()"
# it names jobs of all towns, so only the functions of the owner may ask it
ORDER_PRIVATE = "REVOKE EXECUTE ON FUNCTION heathub_queue_order() FROM PUBLIC"

NEXT = """
CREATE FUNCTION heathub_next_job(longest_s double precision, reserved_s double precision)
RETURNS TABLE (job_id uuid, job_kind varchar)
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = public AS $$
    UPDATE heatmap_job SET handed_over_at = now() WHERE id = (
        SELECT j.id FROM heathub_queue_order() o JOIN heatmap_job j ON j.id = o.job_id
        WHERE current_setting('heathub.queue', true) = 'on'
          AND j.state = 'queued' AND o.seconds <= longest_s
          AND (j.handed_over_at IS NULL
            OR j.handed_over_at < now() - make_interval(secs => reserved_s))
        ORDER BY o.place LIMIT 1 FOR UPDATE OF j SKIP LOCKED
    ) RETURNING id, kind
$$
"""
NEXT_REVERSE = "DROP FUNCTION heathub_next_job(double precision, double precision)"

# A row that is locked is being ended by a worker right now: it lives, whatever its heartbeat says.
WATCH = """
CREATE FUNCTION heathub_end_silent_jobs(
    silent_s double precision, too_long_s double precision, never_begun_s double precision,
    retry_text text, lost_text text, long_text text, begun_text text
) RETURNS TABLE (job_id uuid, job_kind varchar, job_state varchar, job_attempt integer)
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = public AS $$
    WITH lost AS (
        SELECT id, CASE
            WHEN cancel_requested THEN 'cancelled'
            WHEN state = 'queued' OR queued_at IS NULL OR attempt >= attempts_allowed
                OR started_at < now() - make_interval(secs => too_long_s) THEN 'broken'
            ELSE 'queued' END AS becomes,
            CASE
            WHEN cancel_requested THEN ''
            WHEN state = 'queued' THEN begun_text
            WHEN started_at < now() - make_interval(secs => too_long_s) THEN long_text
            WHEN queued_at IS NULL OR attempt >= attempts_allowed THEN lost_text
            ELSE retry_text END AS says
        FROM heatmap_job
        WHERE current_setting('heathub.queue', true) = 'on' AND (
            (state = 'running' AND heartbeat_at < now() - make_interval(secs => silent_s))
            OR (state = 'queued' AND queued_at IS NULL
                AND created_at < now() - make_interval(secs => never_begun_s)))
        FOR UPDATE SKIP LOCKED
    )
    UPDATE heatmap_job j SET state = lost.becomes, message = lost.says, message_values = '{}',
        handed_over_at = NULL,
        finished_at = CASE WHEN lost.becomes = 'queued' THEN NULL ELSE now() END
    FROM lost WHERE j.id = lost.id
    RETURNING j.id, j.kind, j.state, j.attempt
$$
"""
WATCH_REVERSE = """
DROP FUNCTION heathub_end_silent_jobs(
    double precision, double precision, double precision, text, text, text, text)
"""

STATE = """
CREATE FUNCTION heathub_queue_state() RETURNS TABLE (
    job_kind varchar, job_state varchar, jobs bigint, expected_s double precision,
    oldest_s double precision
) LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public AS $$
    SELECT kind, state, count(*), sum(expected_s),
        max(extract(epoch FROM now() - coalesce(queued_at, created_at)))
    FROM heatmap_job GROUP BY kind, state
$$
"""
STATE_REVERSE = "DROP FUNCTION heathub_queue_state()"

# asked every second, so it looks at the unfinished ones alone
LOAD = """
CREATE FUNCTION heathub_queue_load() RETURNS TABLE (waiting bigint, expected_s double precision)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public AS $$
    SELECT count(*) FILTER (WHERE state = 'queued' AND queued_at IS NOT NULL),
        coalesce(sum(expected_s), 0)
    FROM heatmap_job WHERE state IN ('queued', 'running')
$$
"""
LOAD_REVERSE = "DROP FUNCTION heathub_queue_load()"

PLACES = """
CREATE FUNCTION heathub_queue_places(workers integer) RETURNS TABLE (
    job_id uuid, place bigint, wait_s double precision
) LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public AS $$
    WITH running AS (
        SELECT coalesce(sum(greatest(
            expected_s - extract(epoch FROM now() - started_at), 1)), 0) AS rest_s
        FROM heatmap_job WHERE state = 'running'
    ), ahead AS (
        SELECT o.*, sum(seconds) OVER (ORDER BY o.place) - seconds AS ahead_s
        FROM heathub_queue_order() o
    )
    SELECT a.job_id, a.place, (a.ahead_s + r.rest_s) / greatest(workers, 1)
    FROM ahead a, running r WHERE a.town_id = ANY (heathub_allowed())
$$
"""
PLACES_REVERSE = "DROP FUNCTION heathub_queue_places(integer)"

STATEMENTS = (
    (OWNER_POLICY, OWNER_POLICY_REVERSE),
    (ORDER, ORDER_REVERSE),
    (ORDER_PRIVATE, "SELECT 1"),
    (NEXT, NEXT_REVERSE),
    (WATCH, WATCH_REVERSE),
    (STATE, STATE_REVERSE),
    (LOAD, LOAD_REVERSE),
    (PLACES, PLACES_REVERSE),
)
