-- table review_round: reference
-- table round_entry: owned

-- A year's review of granted stages, as the vendor plans it.
CREATE TABLE review_round (
    id            TEXT NOT NULL,
    year          BIGINT NOT NULL,
    scopes        TEXT NOT NULL,            -- JSON: which levels of which programs
    opens_on      TEXT NOT NULL,            -- first day on which partners hand in
    closes_on     TEXT NOT NULL,            -- last day
    changes_until TEXT NOT NULL,            -- last day for corrections
    result_on     TEXT NOT NULL,            -- day on which results take effect
    state         TEXT NOT NULL,
    edition       BIGINT NOT NULL,
    created_by    TEXT NOT NULL,
    created_at    BIGINT NOT NULL,
    changed_at    BIGINT NOT NULL,
    PRIMARY KEY (id),
    CONSTRAINT review_round_state CHECK (state IN ('planned', 'open', 'review', 'finished', 'cancelled')),
    CONSTRAINT review_round_days CHECK (opens_on <= closes_on AND closes_on <= changes_until AND changes_until <= result_on)
);
CREATE INDEX review_round_list ON review_round (year, id);

-- One partner's part in a round, for one granted stage. Its id stands for an application where materials are attached.
CREATE TABLE round_entry (
    account_id       TEXT NOT NULL,
    id               TEXT NOT NULL,
    round_id         TEXT NOT NULL,
    program_id       TEXT NOT NULL,
    level            TEXT NOT NULL,
    qualification_id TEXT NOT NULL,
    number           TEXT NOT NULL,
    partner_name     TEXT NOT NULL,
    state            TEXT NOT NULL,
    verdict          TEXT NOT NULL,         -- decided, but not in effect before the day of results
    edition          BIGINT NOT NULL,
    version          TEXT NOT NULL,         -- of the program, when it was handed in last
    result           TEXT NOT NULL,         -- JSON: the computed result then
    reasons          TEXT NOT NULL,         -- JSON
    submitted_by     TEXT NOT NULL,
    submitted_at     BIGINT,
    reviewer_name    TEXT NOT NULL,
    decided_at       BIGINT,
    created_at       BIGINT NOT NULL,
    changed_at       BIGINT NOT NULL,
    PRIMARY KEY (account_id, id),
    CONSTRAINT round_entry_once UNIQUE (account_id, round_id, program_id, level),
    CONSTRAINT round_entry_state CHECK (state IN
        ('to_submit', 'under_review', 'materials_to_update', 'passed', 'failed', 'overdue', 'void')),
    CONSTRAINT round_entry_verdict CHECK (verdict IN ('', 'passed', 'failed'))
);
CREATE INDEX round_entry_list ON round_entry (round_id, state, account_id COLLATE "C", id COLLATE "C");
CREATE INDEX round_entry_queue ON round_entry (state, verdict, submitted_at, id COLLATE "C");
CREATE INDEX round_entry_by_id ON round_entry (id);
