-- table material: owned
-- table material_edition: owned
-- table material_file: owned
-- table material_use: owned

-- A case, business plan, solution or offering of a partner. version is the one being worked on.
CREATE TABLE material (
    account_id     TEXT NOT NULL,           -- the partner
    id             TEXT NOT NULL,
    kind           TEXT NOT NULL,
    state          TEXT NOT NULL,
    edition        BIGINT NOT NULL,         -- grows with every change; a stale page is refused by it
    version        BIGINT NOT NULL,
    title          TEXT NOT NULL,           -- of fields, for lists
    fields         TEXT NOT NULL,           -- JSON
    reasons        TEXT NOT NULL,           -- JSON: why it failed or was revoked
    submitted_by   TEXT NOT NULL,
    submitted_at   BIGINT,
    review_due     BIGINT,
    overdue_told   BOOLEAN NOT NULL,
    reviewer_name  TEXT NOT NULL,
    decided_at     BIGINT,
    passed_version BIGINT NOT NULL,         -- the newest version that passed and still counts; 0 = none
    created_at     BIGINT NOT NULL,
    changed_at     BIGINT NOT NULL,
    PRIMARY KEY (account_id, id),
    CONSTRAINT material_kind CHECK (kind IN ('case', 'business-plan', 'solution', 'advanced-solution', 'offering')),
    CONSTRAINT material_state CHECK (state IN ('draft', 'under_review', 'passed', 'failed', 'withdrawn')),
    CONSTRAINT material_due CHECK (review_due = CAST(review_due AS BIGINT))
);
CREATE INDEX material_list ON material (account_id, id COLLATE "C");
CREATE INDEX material_by_id ON material (id);
CREATE INDEX material_queue ON material (state, review_due, id COLLATE "C");

-- What was handed in as a version, and what became of it: never changed but by the decision.
CREATE TABLE material_edition (
    account_id    TEXT NOT NULL,
    material_id   TEXT NOT NULL,
    version       BIGINT NOT NULL,
    fields        TEXT NOT NULL,            -- JSON, as handed in
    submitted_by  TEXT NOT NULL,
    submitted_at  BIGINT NOT NULL,
    result        TEXT NOT NULL,            -- '' = under review
    reasons       TEXT NOT NULL,
    reviewer_name TEXT NOT NULL,
    decided_at    BIGINT,
    passed_on     TEXT NOT NULL,            -- day; '' = not passed
    ended_on      TEXT NOT NULL,            -- first day on which a passed version no longer counts; '' = it counts
    PRIMARY KEY (account_id, material_id, version),
    FOREIGN KEY (account_id, material_id) REFERENCES material (account_id, id),
    CONSTRAINT material_edition_result CHECK (result IN ('', 'passed', 'failed', 'revoked', 'taken_back'))
);
CREATE INDEX material_edition_passed ON material_edition (account_id COLLATE "C", material_id, version) WHERE passed_on <> '';

-- The files of a version. A later version begins with those of the one before.
CREATE TABLE material_file (
    account_id  TEXT NOT NULL,
    material_id TEXT NOT NULL,
    version     BIGINT NOT NULL,
    id          TEXT NOT NULL,
    hash        TEXT NOT NULL,              -- in the file store
    size        BIGINT NOT NULL,
    media       TEXT NOT NULL,
    name        TEXT NOT NULL,
    added_by    TEXT NOT NULL,
    added_at    BIGINT NOT NULL,
    PRIMARY KEY (account_id, material_id, version, id),
    FOREIGN KEY (account_id, material_id) REFERENCES material (account_id, id)
);

-- Which applications a material was handed in with: the same one may serve several.
CREATE TABLE material_use (
    account_id     TEXT NOT NULL,
    application_id TEXT NOT NULL,
    material_id    TEXT NOT NULL,
    at             BIGINT NOT NULL,
    PRIMARY KEY (account_id, application_id, material_id),
    FOREIGN KEY (account_id, material_id) REFERENCES material (account_id, id)
);
CREATE INDEX material_use_of ON material_use (account_id, material_id);
