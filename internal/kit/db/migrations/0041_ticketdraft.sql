-- table ticket_draft: owned

-- What somebody has typed for a new ticket and not sent yet. It lives by the wall clock, as unbound uploads do.
CREATE TABLE ticket_draft (
    account_id TEXT   NOT NULL,
    id         TEXT   NOT NULL,
    user_id    TEXT   NOT NULL,
    form       TEXT   NOT NULL,              -- the entries as JSON
    title      TEXT   NOT NULL,              -- for lists
    saved_at   BIGINT NOT NULL,              -- wall
    expires_at BIGINT NOT NULL,              -- wall
    PRIMARY KEY (account_id, id)
);
CREATE INDEX ticket_draft_of_user ON ticket_draft (account_id, user_id, id COLLATE "C");
CREATE INDEX ticket_draft_expires ON ticket_draft (expires_at);
