-- table attachment: owned
-- table attachment_day: owned

-- A file that somebody uploaded for a ticket or a message. Until it's bound it belongs to the upload alone, and goes
-- after a day.
CREATE TABLE attachment (
    account_id  TEXT NOT NULL,              -- of the uploader
    id          TEXT NOT NULL,
    by_user     TEXT NOT NULL,
    by_name     TEXT NOT NULL,
    source      TEXT NOT NULL,              -- for a new ticket or for a message
    name        TEXT NOT NULL,
    type        TEXT NOT NULL,              -- found in the content
    media       TEXT NOT NULL,
    size        BIGINT NOT NULL,            -- bytes
    hash        TEXT NOT NULL,
    inline      BOOLEAN NOT NULL,           -- a picture inside the text
    ticket      TEXT NOT NULL,              -- '' until it's bound
    message     TEXT NOT NULL,
    unbound     TEXT,                       -- 'yes' until it's bound: what the sweep reads
    uploaded_at BIGINT NOT NULL,            -- wall clock
    PRIMARY KEY (account_id, id),
    CONSTRAINT attachment_source CHECK (source IN ('incident', 'message'))
);
CREATE INDEX attachment_by_id ON attachment (id);
CREATE INDEX attachment_of_ticket ON attachment (ticket, message);
CREATE INDEX attachment_of_message ON attachment (message);
CREATE INDEX attachment_unbound ON attachment (unbound, uploaded_at);

-- What an account uploaded on a day: the sum that the day's limit guards.
CREATE TABLE attachment_day (
    account_id TEXT NOT NULL,
    day        TEXT NOT NULL,
    bytes      BIGINT NOT NULL,
    PRIMARY KEY (account_id, day)
);
