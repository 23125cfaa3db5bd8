-- table desk: owned
-- table desk_team: owned
-- table desk_member: owned
-- table desk_absence: owned
-- table desk_rule: owned
-- table desk_macro: owned
-- table desk_answer: owned
-- table desk_view: owned
-- table desk_presence: owned

-- A desk is an account that serves tickets: the vendor, or a partner for its customers.
CREATE TABLE desk (
    account_id  TEXT NOT NULL,
    duty_id     TEXT NOT NULL,              -- the user who is told when teams are late; '' = nobody
    fallback_id TEXT NOT NULL,              -- the team that gets what no rule sends anywhere; '' = none
    edition     BIGINT NOT NULL,
    PRIMARY KEY (account_id)
);

CREATE TABLE desk_team (
    account_id TEXT NOT NULL,
    id         TEXT NOT NULL,
    name       TEXT NOT NULL,
    lead_id    TEXT NOT NULL,               -- user; '' = none
    active     BOOLEAN NOT NULL,
    last_id    TEXT NOT NULL,               -- the member who was given a ticket last
    turns      BIGINT NOT NULL,             -- how many were given; changing it holds the row
    edition    BIGINT NOT NULL,
    PRIMARY KEY (account_id, id)
);

CREATE TABLE desk_member (
    account_id TEXT NOT NULL,
    team_id    TEXT NOT NULL,
    user_id    TEXT NOT NULL,
    given_at   BIGINT,                      -- when a rule gave the last ticket
    PRIMARY KEY (account_id, team_id, user_id)
);
CREATE INDEX desk_member_of_user ON desk_member (account_id, user_id);

-- Who is away gets nothing from a rule until the day is over.
CREATE TABLE desk_absence (
    account_id TEXT NOT NULL,
    user_id    TEXT NOT NULL,
    until      TEXT NOT NULL,               -- last day
    PRIMARY KEY (account_id, user_id)
);

CREATE TABLE desk_rule (
    account_id TEXT NOT NULL,
    id         TEXT NOT NULL,
    position   BIGINT NOT NULL,
    name       TEXT NOT NULL,
    asks       TEXT NOT NULL,               -- JSON: what a ticket must be
    team_id    TEXT NOT NULL,
    pick       TEXT NOT NULL,
    user_id    TEXT NOT NULL,               -- with pick 'user'
    active     BOOLEAN NOT NULL,
    edition    BIGINT NOT NULL,
    PRIMARY KEY (account_id, id),
    CONSTRAINT desk_rule_pick CHECK (pick IN ('none', 'least', 'turn', 'lead', 'user'))
);

CREATE TABLE desk_macro (
    account_id TEXT NOT NULL,
    id         TEXT NOT NULL,
    name       TEXT NOT NULL,
    team_id    TEXT NOT NULL,               -- for this team alone; '' = for everybody
    content    TEXT NOT NULL,               -- JSON: changes, reply, note
    then_go    TEXT NOT NULL,
    active     BOOLEAN NOT NULL,
    edition    BIGINT NOT NULL,
    PRIMARY KEY (account_id, id),
    CONSTRAINT desk_macro_then CHECK (then_go IN ('stay', 'next', 'queue'))
);

CREATE TABLE desk_answer (
    account_id TEXT NOT NULL,
    id         TEXT NOT NULL,
    name       TEXT NOT NULL,
    keywords   TEXT NOT NULL,               -- apart by spaces
    team_id    TEXT NOT NULL,
    body_en    TEXT NOT NULL,
    body_zh    TEXT NOT NULL,
    edition    BIGINT NOT NULL,
    PRIMARY KEY (account_id, id)
);

-- A view of the queue that somebody keeps.
CREATE TABLE desk_view (
    account_id TEXT NOT NULL,
    id         TEXT NOT NULL,
    user_id    TEXT NOT NULL,
    name       TEXT NOT NULL,
    shared     BOOLEAN NOT NULL,
    query      TEXT NOT NULL,
    PRIMARY KEY (account_id, id)
);
CREATE INDEX desk_view_of_user ON desk_view (account_id, user_id);

-- Who looks at a ticket, until when (wall clock).
CREATE TABLE desk_presence (
    account_id TEXT NOT NULL,
    ticket_id  TEXT NOT NULL,
    user_id    TEXT NOT NULL,
    user_name  TEXT NOT NULL,
    mode       TEXT NOT NULL,
    since      BIGINT NOT NULL,
    until      BIGINT NOT NULL,
    PRIMARY KEY (account_id, ticket_id, user_id),
    CONSTRAINT desk_presence_mode CHECK (mode IN ('reading', 'typing'))
);
CREATE INDEX desk_presence_until ON desk_presence (until);
