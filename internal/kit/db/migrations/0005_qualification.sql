-- table program_version: reference
-- table service_facts: owned
-- table evaluation_result: owned
-- table application: owned
-- table application_evidence: owned
-- table application_comment: owned
-- table inspection: owned
-- table qualification: owned
-- table qualification_number: registry
-- table exit_report: owned
-- table vacancy: owned
-- table critical_event: owned
-- table notice_sent: owned

-- Versions of programs as they were loaded. The text never changes: what was decided by it stays explainable.
CREATE TABLE program_version (
    program_id     TEXT NOT NULL,
    version        TEXT NOT NULL,
    effective_from TEXT NOT NULL,
    file           TEXT NOT NULL,
    source         TEXT NOT NULL,           -- the YAML
    state          TEXT NOT NULL,
    loaded_at      BIGINT NOT NULL,
    retired_at     BIGINT,
    PRIMARY KEY (program_id, version),
    CONSTRAINT program_version_state CHECK (state IN ('active', 'retired'))
);

-- What a partner says of its service platform, from an instant on.
CREATE TABLE service_facts (
    account_id   TEXT NOT NULL,
    effective_at BIGINT NOT NULL,
    facts        TEXT NOT NULL,             -- JSON
    changed_by   TEXT NOT NULL,
    PRIMARY KEY (account_id, effective_at),
    CONSTRAINT service_facts_effective CHECK (effective_at = CAST(effective_at AS BIGINT))
);
CREATE INDEX service_facts_fleet ON service_facts (account_id COLLATE "C", effective_at);

-- What each version's evaluation said last: for lists and charts. hold_level keeps a granted level, apply_level is
-- what an application would reach; '' = none.
CREATE TABLE evaluation_result (
    account_id  TEXT NOT NULL,
    program_id  TEXT NOT NULL,
    version     TEXT NOT NULL,
    hold_level  TEXT NOT NULL,
    apply_level TEXT NOT NULL,
    next_level  TEXT NOT NULL,              -- the lowest level that isn't met; '' = all are
    line        TEXT NOT NULL,              -- the line that decides it
    at          BIGINT NOT NULL,
    PRIMARY KEY (account_id, program_id, version)
);
CREATE INDEX evaluation_result_level ON evaluation_result (program_id, version, hold_level, account_id);

CREATE TABLE application (
    account_id        TEXT NOT NULL,
    id                TEXT NOT NULL,
    program_id        TEXT NOT NULL,
    version           TEXT NOT NULL,
    level             TEXT NOT NULL,
    track             TEXT NOT NULL,
    kind              TEXT NOT NULL,
    state             TEXT NOT NULL,
    edition           BIGINT NOT NULL,      -- grows with every change; a stale page is refused by it
    copied_from       TEXT NOT NULL,        -- the rejected application it repeats; '' = none
    form              TEXT NOT NULL,        -- JSON
    truth_by          TEXT NOT NULL,        -- who declared the truth of everything, '' = nobody yet
    truth_name        TEXT NOT NULL,
    truth_at          BIGINT,
    submitted_edition BIGINT NOT NULL,      -- the edition that was submitted last: a repeated click finds it
    submitted_by      TEXT NOT NULL,
    submitted_at      BIGINT,
    snapshot          TEXT NOT NULL,        -- JSON of the evaluation at submission
    review_due        BIGINT,
    overdue_told      BOOLEAN NOT NULL,
    reviewer          TEXT NOT NULL,
    reviewer_name     TEXT NOT NULL,
    return_due        BIGINT,
    reasons           TEXT NOT NULL,        -- JSON: why it was returned or rejected
    decided_at        BIGINT,
    created_by        TEXT NOT NULL,
    created_at        BIGINT NOT NULL,
    changed_at        BIGINT NOT NULL,
    PRIMARY KEY (account_id, id),
    CONSTRAINT application_kind CHECK (kind IN ('initial', 'level_change', 'renewal')),
    CONSTRAINT application_state CHECK (state IN ('draft', 'submitted', 'under_review', 'returned', 'approved', 'rejected', 'withdrawn')),
    CONSTRAINT application_due CHECK (review_due = CAST(review_due AS BIGINT))
);
CREATE UNIQUE INDEX application_open ON application (account_id, program_id)
    WHERE state IN ('draft', 'submitted', 'under_review', 'returned');
CREATE INDEX application_queue ON application (state, review_due, id);
CREATE INDEX application_by_id ON application (id);
CREATE INDEX application_list ON application (account_id, id COLLATE "C");

CREATE TABLE application_evidence (
    account_id     TEXT NOT NULL,
    application_id TEXT NOT NULL,
    id             TEXT NOT NULL,
    ask            TEXT NOT NULL,           -- which of the program's files
    person_id      TEXT NOT NULL,           -- whose certificate, '' = not a certificate
    code           TEXT NOT NULL,
    hash           TEXT NOT NULL,           -- in the file store
    size           BIGINT NOT NULL,
    media          TEXT NOT NULL,
    name           TEXT NOT NULL,
    added_by       TEXT NOT NULL,
    added_at       BIGINT NOT NULL,
    PRIMARY KEY (account_id, application_id, id),
    FOREIGN KEY (account_id, application_id) REFERENCES application (account_id, id)
);

CREATE TABLE application_comment (
    account_id     TEXT NOT NULL,
    application_id TEXT NOT NULL,
    id             TEXT NOT NULL,
    author         TEXT NOT NULL,
    author_name    TEXT NOT NULL,
    vendor         BOOLEAN NOT NULL,        -- written by the vendor's staff
    internal       BOOLEAN NOT NULL,        -- for the vendor's staff only
    body           TEXT NOT NULL,
    at             BIGINT NOT NULL,
    PRIMARY KEY (account_id, application_id, id),
    FOREIGN KEY (account_id, application_id) REFERENCES application (account_id, id)
);

-- Unannounced inspections of laboratory and evidence.
CREATE TABLE inspection (
    account_id     TEXT NOT NULL,
    id             TEXT NOT NULL,
    program_id     TEXT NOT NULL,
    application_id TEXT NOT NULL,           -- '' = of the partner at large
    inspected_on   TEXT NOT NULL,
    inspector      TEXT NOT NULL,
    items          TEXT NOT NULL,           -- JSON: what was looked at, with its result
    findings       TEXT NOT NULL,
    files          TEXT NOT NULL,           -- JSON: references into the file store
    passed         BOOLEAN NOT NULL,
    recorded_by    TEXT NOT NULL,
    at             BIGINT NOT NULL,
    PRIMARY KEY (account_id, id)
);

CREATE TABLE qualification (
    account_id     TEXT NOT NULL,
    id             TEXT NOT NULL,
    program_id     TEXT NOT NULL,
    version        TEXT NOT NULL,
    level          TEXT NOT NULL,
    track          TEXT NOT NULL,
    number         TEXT NOT NULL,
    application_id TEXT NOT NULL,
    holder         TEXT NOT NULL,           -- the company's name as printed
    holder_zh      TEXT NOT NULL,
    valid_from     TEXT NOT NULL,           -- the day of issue
    valid_until    TEXT NOT NULL,           -- inclusive
    state          TEXT NOT NULL,
    cause          TEXT NOT NULL,           -- of a suspension: staffing (ends by itself) or vendor
    reason         TEXT NOT NULL,           -- why it was suspended or cancelled, in the vendor's words
    standing_level TEXT NOT NULL,           -- the level still met at the suspension; '' = none
    state_at       BIGINT NOT NULL,
    watch_since    BIGINT,
    watch_line     TEXT NOT NULL,           -- the line that was lost, or report_overdue
    counted        TEXT NOT NULL,           -- JSON: who filled which line when it was last met
    check_on       TEXT NOT NULL,           -- the next day on which the daily pass must look
    edition        BIGINT NOT NULL,
    created_at     BIGINT NOT NULL,
    PRIMARY KEY (account_id, id),
    FOREIGN KEY (account_id, application_id) REFERENCES application (account_id, id),
    CONSTRAINT qualification_once UNIQUE (account_id, application_id),
    CONSTRAINT qualification_state CHECK (state IN ('valid', 'suspended', 'expired', 'cancelled', 'superseded')),
    CONSTRAINT qualification_cause CHECK (cause IN ('', 'staffing', 'vendor'))
);
CREATE UNIQUE INDEX qualification_current ON qualification (account_id, program_id) WHERE state IN ('valid', 'suspended');
CREATE INDEX qualification_check ON qualification (state, check_on, account_id);
CREATE INDEX qualification_by_id ON qualification (id);
CREATE INDEX qualification_list ON qualification (account_id, id COLLATE "C");

CREATE TABLE qualification_number (
    number           TEXT NOT NULL,
    account_id       TEXT NOT NULL,
    qualification_id TEXT NOT NULL,
    PRIMARY KEY (number)
);

-- The duty to report a change among the certified engineers, and its fulfilment.
CREATE TABLE exit_report (
    account_id   TEXT NOT NULL,
    id           TEXT NOT NULL,
    person_id    TEXT NOT NULL,
    person_name  TEXT NOT NULL,
    reason       TEXT NOT NULL,
    exit_on      TEXT NOT NULL,             -- the first day without the engineer, or without the certificate
    report_due   BIGINT NOT NULL,
    reported_at  BIGINT,
    reported_by  TEXT NOT NULL,
    note         TEXT NOT NULL,
    overdue_told BOOLEAN NOT NULL,
    created_at   BIGINT NOT NULL,
    PRIMARY KEY (account_id, id),
    CONSTRAINT exit_report_once UNIQUE (account_id, person_id, exit_on),
    CONSTRAINT exit_report_reason CHECK (reason IN ('leaving', 'transfer', 'lapse', 'replacement')),
    CONSTRAINT exit_report_due CHECK (report_due = CAST(report_due AS BIGINT))
);
CREATE INDEX exit_report_open ON exit_report (overdue_told, report_due) WHERE reported_at IS NULL;

CREATE TABLE vacancy (
    account_id       TEXT NOT NULL,
    id               TEXT NOT NULL,
    qualification_id TEXT NOT NULL,
    line             TEXT NOT NULL,
    person_id        TEXT NOT NULL,         -- who filled the place before; '' = not known
    person_name      TEXT NOT NULL,
    code             TEXT NOT NULL,         -- with which certificate
    reason           TEXT NOT NULL,
    opened_on        TEXT NOT NULL,         -- the day of the exit: the months count from it
    due              BIGINT NOT NULL,
    state            TEXT NOT NULL,
    filled_by        TEXT NOT NULL,
    filled_name      TEXT NOT NULL,
    closed_at        BIGINT,
    overdue_told     BOOLEAN NOT NULL,
    created_at       BIGINT NOT NULL,
    PRIMARY KEY (account_id, id),
    FOREIGN KEY (account_id, qualification_id) REFERENCES qualification (account_id, id),
    CONSTRAINT vacancy_state CHECK (state IN ('open', 'filled', 'closed')),
    CONSTRAINT vacancy_due CHECK (due = CAST(due AS BIGINT))
);
CREATE INDEX vacancy_of ON vacancy (account_id, qualification_id, state);

-- Critical service events: they delay or bar the next recertification.
CREATE TABLE critical_event (
    account_id  TEXT NOT NULL,
    id          TEXT NOT NULL,
    program_id  TEXT NOT NULL,
    occurred_on TEXT NOT NULL,
    summary     TEXT NOT NULL,
    effect      TEXT NOT NULL,
    until_on    TEXT NOT NULL,              -- delay: the first day on which recertification is open again
    lifted_at   BIGINT,
    recorded_by TEXT NOT NULL,
    at          BIGINT NOT NULL,
    PRIMARY KEY (account_id, id),
    CONSTRAINT critical_event_effect CHECK (effect IN ('note', 'delay', 'bar'))
);

-- Notices that went out: each once.
CREATE TABLE notice_sent (
    account_id TEXT NOT NULL,
    key        TEXT NOT NULL,
    at         BIGINT NOT NULL,
    PRIMARY KEY (account_id, key)
);
