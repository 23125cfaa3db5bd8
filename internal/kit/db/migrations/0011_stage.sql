-- table ban: owned
-- table attestation: owned

-- Programs whose levels are held side by side: each running level has its slot. '' is the one slot of a program
-- whose new level supersedes the old one.
ALTER TABLE qualification ADD COLUMN slot TEXT NOT NULL DEFAULT '';
-- What ended a cancelled level: '' = the vendor cancelled it, annual_review, left_path.
ALTER TABLE qualification ADD COLUMN ended_by TEXT NOT NULL DEFAULT '';
-- The product or solution that the certificate names; '' = none.
ALTER TABLE qualification ADD COLUMN product TEXT NOT NULL DEFAULT '';
DROP INDEX qualification_current;
CREATE UNIQUE INDEX qualification_running ON qualification (account_id, program_id, slot) WHERE state IN ('valid', 'suspended');
CREATE INDEX qualification_stage ON qualification (program_id, level, state, account_id);

-- Reviews in phases. '' = a review of one step.
ALTER TABLE application ADD COLUMN phase TEXT NOT NULL DEFAULT '';
-- Who passed the phase before: somebody else countersigns. '' = nobody yet.
ALTER TABLE application ADD COLUMN phase_by TEXT NOT NULL DEFAULT '';
-- Withdrawn by the clock, because nobody corrected it in time, with the consequences of its program.
ALTER TABLE application ADD COLUMN terminated BOOLEAN NOT NULL DEFAULT FALSE;

-- How long a partner may not apply again after it failed, or let a correction lapse.
CREATE TABLE ban (
    account_id     TEXT NOT NULL,
    id             TEXT NOT NULL,
    program_id     TEXT NOT NULL,
    application_id TEXT NOT NULL,
    cause          TEXT NOT NULL,
    from_on        TEXT NOT NULL,
    until_on       TEXT NOT NULL,           -- the first day on which one may apply again
    lifted_at      BIGINT,
    lifted_by      TEXT NOT NULL,
    lift_reason    TEXT NOT NULL,
    ended_told     BOOLEAN NOT NULL,
    at             BIGINT NOT NULL,
    PRIMARY KEY (account_id, id),
    FOREIGN KEY (account_id, application_id) REFERENCES application (account_id, id),
    CONSTRAINT ban_cause CHECK (cause IN ('failed', 'terminated'))
);
CREATE INDEX ban_running ON ban (ended_told, until_on);

-- What a reviewer saw with own eyes: a trial lecture, a meeting about a business plan.
CREATE TABLE attestation (
    account_id    TEXT NOT NULL,
    id            TEXT NOT NULL,
    what          TEXT NOT NULL,            -- as program lines name it
    on_day        TEXT NOT NULL,
    until_on      TEXT NOT NULL,            -- inclusive; '' = open
    note          TEXT NOT NULL,
    recorded_by   TEXT NOT NULL,
    recorded_name TEXT NOT NULL,
    withdrawn_at  BIGINT,
    at            BIGINT NOT NULL,
    PRIMARY KEY (account_id, id)
);
CREATE INDEX attestation_fleet ON attestation (account_id COLLATE "C", id COLLATE "C");
