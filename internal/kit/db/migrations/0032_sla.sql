-- table sla_calendar: reference
-- table sla_policy: reference
-- table sla_case: owned
-- table sla_clock: owned
-- table sla_segment: owned
-- table sla_breach: owned
-- table sla_run: local

-- A version of a working calendar: in force from its instant until that of the calendar's next one.
CREATE TABLE sla_calendar (
    id           TEXT NOT NULL,              -- of the calendar
    version      BIGINT NOT NULL,            -- from 1; what was shipped is 0 and has no row
    name         TEXT NOT NULL,
    effective_at BIGINT NOT NULL,
    body         TEXT NOT NULL,              -- JSON: zone, week, days
    made_at      BIGINT NOT NULL,
    made_by      TEXT NOT NULL,
    PRIMARY KEY (id, version)
);
CREATE INDEX sla_calendar_in_force ON sla_calendar (id, effective_at);

-- A version of the rules.
CREATE TABLE sla_policy (
    id           TEXT NOT NULL,
    effective_at BIGINT NOT NULL,
    body         TEXT NOT NULL,              -- JSON: rules, warnings
    note         TEXT NOT NULL,
    made_at      BIGINT NOT NULL,
    made_by      TEXT NOT NULL,
    PRIMARY KEY (id)
);
CREATE INDEX sla_policy_in_force ON sla_policy (effective_at);

-- What the clocks of a ticket follow from.
CREATE TABLE sla_case (
    account_id   TEXT NOT NULL,              -- whose ticket it is
    subject      TEXT NOT NULL,              -- the ticket's id
    number       TEXT NOT NULL,
    account_name TEXT NOT NULL,
    desk_id      TEXT NOT NULL,              -- the account whose desk has it
    plan         TEXT NOT NULL,
    severity     TEXT NOT NULL,
    team_id      TEXT NOT NULL,
    team_name    TEXT NOT NULL,
    opened_at    BIGINT NOT NULL,
    answered     BOOLEAN NOT NULL,
    asked        BOOLEAN NOT NULL,           -- the customer spoke last
    waiting      BOOLEAN NOT NULL,
    paused       BOOLEAN NOT NULL,
    partner      BOOLEAN NOT NULL,
    solved       BOOLEAN NOT NULL,
    dropped      BOOLEAN NOT NULL,
    live         TEXT,                       -- 'yes' while a clock may still run: what a change of policy reads
    edition      BIGINT NOT NULL,
    PRIMARY KEY (account_id, subject)
);
CREATE INDEX sla_case_by_subject ON sla_case (subject);
CREATE INDEX sla_case_live ON sla_case (live, subject COLLATE "C");

-- A clock as it was last reckoned. Everything but the misses follows from the segments and the policy.
CREATE TABLE sla_clock (
    account_id       TEXT NOT NULL,
    subject          TEXT NOT NULL,
    kind             TEXT NOT NULL,
    run              BIGINT NOT NULL,
    state            TEXT NOT NULL,
    due_at           BIGINT,                 -- while it runs and has a limit
    next_at          BIGINT,                 -- when the sweep has to look: the next warning, or the deadline
    warned           BIGINT NOT NULL,        -- percent that this run was warned of; 100: missed
    limit_us         BIGINT NOT NULL,        -- working time; 0: none
    used_us          BIGINT NOT NULL,        -- of this run, when it last changed
    longest_us       BIGINT NOT NULL,        -- the longest run that ended
    misses           BIGINT NOT NULL,
    policy_id        TEXT NOT NULL,
    calendar_id      TEXT NOT NULL,
    calendar_version BIGINT NOT NULL,
    plan             TEXT NOT NULL,
    severity         TEXT NOT NULL,
    team_id          TEXT NOT NULL,
    team_name        TEXT NOT NULL,
    month            TEXT NOT NULL,          -- of the opening, in the business zone
    PRIMARY KEY (account_id, subject, kind),
    CONSTRAINT sla_clock_state CHECK (state IN ('off', 'running', 'paused', 'done', 'void'))
);
CREATE INDEX sla_clock_by_subject ON sla_clock (subject);
CREATE INDEX sla_clock_next ON sla_clock (next_at);
CREATE INDEX sla_clock_report ON sla_clock (month COLLATE "C", kind, plan, severity, team_id);

-- When a clock ran and when it waited.
CREATE TABLE sla_segment (
    account_id TEXT NOT NULL,
    subject    TEXT NOT NULL,
    kind       TEXT NOT NULL,
    run        BIGINT NOT NULL,
    seq        BIGINT NOT NULL,
    from_at    BIGINT NOT NULL,
    to_at      BIGINT,                       -- none: it goes on
    running    BOOLEAN NOT NULL,
    why        TEXT NOT NULL,
    PRIMARY KEY (account_id, subject, kind, run, seq)
);
CREATE INDEX sla_segment_by_subject ON sla_segment (subject, kind, run);

-- A limit that was missed. Rows are never changed, whatever becomes of the policy.
CREATE TABLE sla_breach (
    account_id       TEXT NOT NULL,
    subject          TEXT NOT NULL,
    kind             TEXT NOT NULL,
    run              BIGINT NOT NULL,
    due_at           BIGINT NOT NULL,
    noted_at         BIGINT NOT NULL,
    limit_us         BIGINT NOT NULL,
    policy_id        TEXT NOT NULL,
    calendar_id      TEXT NOT NULL,
    calendar_version BIGINT NOT NULL,
    plan             TEXT NOT NULL,
    severity         TEXT NOT NULL,
    team_id          TEXT NOT NULL,
    desk_id          TEXT NOT NULL,
    PRIMARY KEY (account_id, subject, kind, run)
);
CREATE INDEX sla_breach_by_subject ON sla_breach (subject);

-- A pass over all live tickets after the policy or a calendar changed.
CREATE TABLE sla_run (
    id          TEXT NOT NULL,
    stamp       TEXT NOT NULL,               -- which versions it reckons with
    cursor      TEXT NOT NULL,               -- the last subject done
    total       BIGINT NOT NULL,
    done        BIGINT NOT NULL,
    changed     BIGINT NOT NULL,             -- tickets whose deadline moved
    started_at  BIGINT NOT NULL,
    finished_at BIGINT,
    PRIMARY KEY (id)
);
CREATE INDEX sla_run_list ON sla_run (started_at);
