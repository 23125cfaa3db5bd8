-- table ticket: owned
-- table ticket_number: registry
-- table ticket_key: owned
-- table ticket_message: owned
-- table ticket_log: owned
-- table ticket_read: owned
-- table ticket_label: owned
-- table ticket_labelled: owned
-- table ticket_relation: owned
-- table ticket_score: owned
-- table ticket_merge: owned

-- Whose ticket a number is.
CREATE TABLE ticket_number (
    no         TEXT NOT NULL,
    account_id TEXT NOT NULL,
    PRIMARY KEY (no)
);

-- One ticket. Its edition is the newest number of its sequence: each message and each row of the log takes one.
CREATE TABLE ticket (
    account_id     TEXT NOT NULL,
    no             TEXT NOT NULL,
    account_name   TEXT NOT NULL,
    state          BIGINT NOT NULL,            -- as the vendor's API numbers them
    active         BOOLEAN NOT NULL,           -- somebody still has to do something
    before_state   BIGINT NOT NULL,            -- of a deleted ticket: the state it can be restored to
    edition        BIGINT NOT NULL,
    title          TEXT NOT NULL,
    text           TEXT NOT NULL,              -- how the first message begins
    desk_id        TEXT NOT NULL,              -- the account that serves it now
    desk_name      TEXT NOT NULL,
    vendor_desk    BOOLEAN NOT NULL,
    was_vendor     BOOLEAN NOT NULL,           -- the vendor's desk has had it
    partner_id     TEXT NOT NULL,              -- the partner whose desk has or had it
    partner_name   TEXT NOT NULL,
    handed         BOOLEAN NOT NULL,           -- that partner has handed it over
    opened_by      TEXT NOT NULL,
    opened_name    TEXT NOT NULL,
    opened_main    BOOLEAN NOT NULL,
    source         TEXT NOT NULL,
    lang           TEXT NOT NULL,
    problem_type   TEXT NOT NULL,
    case_type      TEXT NOT NULL,              -- 0 question, 5 fault
    technical      BOOLEAN NOT NULL,           -- counts against a support plan
    category       TEXT NOT NULL,
    product        TEXT NOT NULL,
    region         TEXT NOT NULL,
    severity       TEXT NOT NULL,
    plan           TEXT NOT NULL,
    plan_owner     TEXT NOT NULL,
    serial         TEXT NOT NULL,
    team_id        TEXT NOT NULL,
    team_name      TEXT NOT NULL,
    owner_id       TEXT NOT NULL,
    owner_name     TEXT NOT NULL,
    cc             TEXT NOT NULL,              -- addresses, a comma between them
    detail         TEXT NOT NULL,              -- JSON: names as they were, contact, extra values
    judgement      TEXT NOT NULL,
    score          BIGINT NOT NULL,
    score_of       BIGINT NOT NULL,
    root_cause     TEXT NOT NULL,
    solution       TEXT NOT NULL,
    urged          BIGINT NOT NULL,
    urged_at       BIGINT,
    opened_at      BIGINT NOT NULL,
    accepted_at    BIGINT,
    first_reply_at BIGINT,
    solved_at      BIGINT,
    state_at       BIGINT NOT NULL,
    touched_at     BIGINT NOT NULL,            -- the last message that everybody sees
    auto_close_at  BIGINT,
    resume_at      BIGINT,
    scored_at      BIGINT,
    customer_seq   BIGINT NOT NULL,            -- the newest message of each side
    desk_seq       BIGINT NOT NULL,
    merged_into    TEXT NOT NULL,
    drawn          TEXT NOT NULL,              -- the ledger's transfer that took one from a plan's month
    drawn_from     TEXT NOT NULL,
    due_at         BIGINT NOT NULL,            -- mirrors the clocks; far away when none runs
    due_kind       TEXT NOT NULL,
    breached       BOOLEAN NOT NULL,
    PRIMARY KEY (account_id, no),
    CONSTRAINT ticket_states CHECK (state IN (0, 1, 2, 3, 4, 5, 12, 13, 17)),
    CONSTRAINT ticket_edition_counts CHECK (edition >= 0)
);
CREATE INDEX ticket_of_account ON ticket (account_id, opened_at, no COLLATE "C");
CREATE INDEX ticket_of_user ON ticket (account_id, opened_by, opened_at, no COLLATE "C");
CREATE INDEX ticket_newest ON ticket (opened_at, no COLLATE "C");
CREATE INDEX ticket_of_partner ON ticket (partner_id, opened_at, no COLLATE "C");
CREATE INDEX ticket_of_desk ON ticket (desk_id, opened_at, no COLLATE "C");
CREATE INDEX ticket_queue ON ticket (desk_id, active, due_at, no COLLATE "C");
CREATE INDEX ticket_open ON ticket (account_id, active, opened_at, no);
CREATE INDEX ticket_over ON ticket (desk_id, active, touched_at, no);
CREATE INDEX ticket_queue_owner ON ticket (desk_id, owner_id, active, due_at, no COLLATE "C");
CREATE INDEX ticket_queue_team ON ticket (desk_id, team_id, active, due_at, no COLLATE "C");

-- What made something once, so that the same request again finds it.
CREATE TABLE ticket_key (
    account_id TEXT NOT NULL,
    key        TEXT NOT NULL,
    no         TEXT NOT NULL,
    message_id TEXT NOT NULL,
    at         BIGINT NOT NULL,
    PRIMARY KEY (account_id, key)
);

-- What is said, by both sides, and notes of a desk.
CREATE TABLE ticket_message (
    account_id     TEXT NOT NULL,
    no             TEXT NOT NULL,
    seq            BIGINT NOT NULL,
    id             TEXT NOT NULL,
    changed        BIGINT NOT NULL,            -- the number of its last change
    side           TEXT NOT NULL,
    internal       BOOLEAN NOT NULL,
    desk_id        TEXT NOT NULL,              -- whose note
    auto           BOOLEAN NOT NULL,
    source         TEXT NOT NULL,
    author_account TEXT NOT NULL,
    author_id      TEXT NOT NULL,
    author_name    TEXT NOT NULL,
    author_mail    TEXT NOT NULL,
    author_main    BOOLEAN NOT NULL,
    first          BOOLEAN NOT NULL,
    body           TEXT NOT NULL,
    withdrawn_at   BIGINT,
    moved_from     TEXT NOT NULL,              -- of a merged ticket: the number it was written under
    moved_seq      BIGINT NOT NULL,
    at             BIGINT NOT NULL,
    PRIMARY KEY (account_id, no, seq),
    CONSTRAINT ticket_message_sides CHECK (side IN ('customer', 'desk', 'third', 'system'))
);

-- What was done, in the numbers of the vendor's API; what those don't know has numbers from 1000 on.
CREATE TABLE ticket_log (
    account_id    TEXT NOT NULL,
    no            TEXT NOT NULL,
    seq           BIGINT NOT NULL,
    id            TEXT NOT NULL,
    kind          BIGINT NOT NULL,
    visible       BOOLEAN NOT NULL,            -- the customer may read it
    desk_id       TEXT NOT NULL,               -- of a row that isn't: whose it is
    operator      BIGINT NOT NULL,             -- 0 customer, 1 engineer, 2 system, 3 partner
    operator_id   TEXT NOT NULL,
    operator_name TEXT NOT NULL,
    from_state    BIGINT NOT NULL,
    to_state      BIGINT NOT NULL,
    text          TEXT NOT NULL,
    at            BIGINT NOT NULL,
    PRIMARY KEY (account_id, no, seq)
);

-- How far somebody has read.
CREATE TABLE ticket_read (
    account_id TEXT NOT NULL,
    no         TEXT NOT NULL,
    user_id    TEXT NOT NULL,
    side       TEXT NOT NULL,
    seq        BIGINT NOT NULL,
    at         BIGINT NOT NULL,
    PRIMARY KEY (account_id, no, user_id)
);

-- An account's own words for its tickets.
CREATE TABLE ticket_label (
    account_id TEXT NOT NULL,
    id         BIGINT NOT NULL,                -- fits 32 bits
    name       TEXT NOT NULL,
    name_fold  TEXT NOT NULL,
    color      TEXT NOT NULL,
    at         BIGINT NOT NULL,
    PRIMARY KEY (account_id, id),
    CONSTRAINT ticket_label_once UNIQUE (account_id, name_fold)
);

CREATE TABLE ticket_labelled (
    account_id TEXT NOT NULL,
    no         TEXT NOT NULL,
    label_id   BIGINT NOT NULL,
    PRIMARY KEY (account_id, no, label_id)
);
CREATE INDEX ticket_labelled_by ON ticket_labelled (account_id, label_id, no COLLATE "C");

-- Two tickets that have to do with each other: a row for each direction.
CREATE TABLE ticket_relation (
    account_id TEXT NOT NULL,
    no         TEXT NOT NULL,
    other      TEXT NOT NULL,
    PRIMARY KEY (account_id, no, other),
    CONSTRAINT ticket_relation_not_itself CHECK (no <> other)
);

-- How content somebody was, by dimension.
CREATE TABLE ticket_score (
    account_id TEXT NOT NULL,
    no         TEXT NOT NULL,
    dimension  BIGINT NOT NULL,
    points     BIGINT NOT NULL,
    total      BIGINT NOT NULL,
    step       BIGINT NOT NULL,
    name       TEXT NOT NULL,                  -- JSON, in each language
    category   TEXT NOT NULL,
    by_id      TEXT NOT NULL,
    at         BIGINT NOT NULL,
    PRIMARY KEY (account_id, no, dimension)
);

-- A ticket that went into another one: what is needed to take it out again.
CREATE TABLE ticket_merge (
    account_id TEXT NOT NULL,
    no         TEXT NOT NULL,
    target     TEXT NOT NULL,
    state      BIGINT NOT NULL,                -- of the source, before
    by_id      TEXT NOT NULL,
    by_name    TEXT NOT NULL,
    at         BIGINT NOT NULL,
    undone_at  BIGINT,
    PRIMARY KEY (account_id, no, at)
);
CREATE INDEX ticket_merge_into ON ticket_merge (account_id, target);
