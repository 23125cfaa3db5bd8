-- table program_draft: reference
-- table program_draft_save: reference
-- table simulation: reference
-- table simulation_outcome: owned

-- Versions that were published from the portal bring their test cases along; those of files have them beside the file.
ALTER TABLE program_version ADD COLUMN cases TEXT NOT NULL DEFAULT '';

-- A version of a program that somebody writes. It may be full of mistakes until it is published.
CREATE TABLE program_draft (
    id           TEXT NOT NULL,
    name         TEXT NOT NULL,             -- what its authors call it
    program_id   TEXT NOT NULL,             -- as the text says, '' = it doesn't
    version      TEXT NOT NULL,
    based_on     TEXT NOT NULL,             -- program@version that it started from, '' = a file
    source       TEXT NOT NULL,             -- the YAML
    cases        TEXT NOT NULL,             -- the YAML of its test cases
    state        TEXT NOT NULL,
    edition      BIGINT NOT NULL,           -- grows with every save; a stale page is refused by it
    created_by   TEXT NOT NULL,
    created_name TEXT NOT NULL,
    created_at   BIGINT NOT NULL,
    changed_name TEXT NOT NULL,
    changed_at   BIGINT NOT NULL,
    published_as TEXT NOT NULL,             -- program@version, '' = not
    PRIMARY KEY (id),
    CONSTRAINT program_draft_state CHECK (state IN ('open', 'published', 'discarded'))
);
CREATE INDEX program_draft_list ON program_draft (state, id COLLATE "C");

-- Every save, so that nothing that was written is lost.
CREATE TABLE program_draft_save (
    draft_id TEXT NOT NULL,
    edition  BIGINT NOT NULL,
    source   TEXT NOT NULL,
    cases    TEXT NOT NULL,
    by_name  TEXT NOT NULL,
    at       BIGINT NOT NULL,
    PRIMARY KEY (draft_id, edition),
    FOREIGN KEY (draft_id) REFERENCES program_draft (id)
);

-- Everybody's result under two versions. new_source is the text that was simulated; old_ref never changes its text.
CREATE TABLE simulation (
    id          TEXT NOT NULL,
    draft_id    TEXT NOT NULL,              -- '' = a loaded version
    program_id  TEXT NOT NULL,
    new_ref     TEXT NOT NULL,
    new_source  TEXT NOT NULL,
    new_hash    TEXT NOT NULL,              -- SHA-256 of new_source
    old_ref     TEXT NOT NULL,
    at          BIGINT NOT NULL,            -- the instant of the question
    purpose     TEXT NOT NULL,
    state       TEXT NOT NULL,
    turn        BIGINT NOT NULL,            -- how often it was taken up again
    total       BIGINT NOT NULL,            -- partners at the start
    done        BIGINT NOT NULL,
    last        TEXT NOT NULL,              -- the last partner that was looked at
    counts      TEXT NOT NULL,              -- JSON
    asked_by    TEXT NOT NULL,
    asked_name  TEXT NOT NULL,
    created_at  BIGINT NOT NULL,
    finished_at BIGINT,
    PRIMARY KEY (id),
    CONSTRAINT simulation_state CHECK (state IN ('waiting', 'running', 'done', 'cancelled')),
    CONSTRAINT simulation_purpose CHECK (purpose IN ('apply', 'hold'))
);
CREATE INDEX simulation_of_draft ON simulation (draft_id, id COLLATE "C");
CREATE INDEX simulation_list ON simulation (id COLLATE "C");

-- The partners for whom something changes, and those who hold a qualification of the program.
CREATE TABLE simulation_outcome (
    account_id    TEXT NOT NULL,
    simulation_id TEXT NOT NULL,
    name          TEXT NOT NULL,            -- of the partner, as it was
    outcome       TEXT NOT NULL,
    old_level     TEXT NOT NULL,            -- '' = none
    new_level     TEXT NOT NULL,
    line          TEXT NOT NULL,            -- the line that decides; '' = none does
    held          TEXT NOT NULL,            -- the level of a running qualification, '' = none
    PRIMARY KEY (account_id, simulation_id),
    CONSTRAINT simulation_outcome_kind CHECK (outcome IN ('gain', 'lose', 'stay'))
);
CREATE INDEX simulation_outcome_list ON simulation_outcome (simulation_id, name COLLATE "C", account_id COLLATE "C");
CREATE INDEX simulation_outcome_account ON simulation_outcome (simulation_id, account_id COLLATE "C");
