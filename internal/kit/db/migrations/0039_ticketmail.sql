-- table ticketmail_mail: owned
-- table ticketmail_key: registry
-- table ticketmail_thread: registry
-- table ticketmail_note: owned
-- table ticketmail_sent: owned
-- table ticketmail_answer: registry
-- table ticketmail_address: registry
-- table ticketmail_mailbox: local

-- One mail that came in, whatever became of it. It belongs to the desk that it was sent to; the mail itself is a file.
CREATE TABLE ticketmail_mail (
    account_id  TEXT NOT NULL,
    id          TEXT NOT NULL,
    door        TEXT NOT NULL,                -- how it came: smtp, or the mailbox's name
    message_id  TEXT NOT NULL,                -- of the header, without brackets; made from the content when there's none
    sender      TEXT NOT NULL,                -- lower-case address of From
    sender_name TEXT NOT NULL,
    subject     TEXT NOT NULL,
    recipients  TEXT NOT NULL,                -- JSON list of our addresses that it was sent to
    size        BIGINT NOT NULL,
    hash        TEXT NOT NULL,                -- of the file; '' when it wasn't kept
    head_only   BOOLEAN NOT NULL,             -- it was too large: the file is its head
    state       TEXT NOT NULL,
    kind        TEXT NOT NULL,                -- what it turned out to be
    reason      TEXT NOT NULL,                -- why it's held or ignored
    detail      TEXT NOT NULL,                -- JSON list of messages: a refusal's own words
    way         TEXT NOT NULL,                -- by what its ticket was found
    ticket_no   TEXT NOT NULL,
    message     TEXT NOT NULL,                -- the ticket's message that it became
    handled_by  TEXT NOT NULL,                -- name of who released or discarded it
    edition     BIGINT NOT NULL,
    received_at BIGINT NOT NULL,
    changed_at  BIGINT NOT NULL,
    PRIMARY KEY (account_id, id),
    CONSTRAINT ticketmail_mail_state CHECK (state IN ('received', 'done', 'held', 'ignored', 'discarded'))
);
CREATE INDEX ticketmail_mail_by_id ON ticketmail_mail (id);
CREATE INDEX ticketmail_mail_desk ON ticketmail_mail (account_id, state, id COLLATE "C");
CREATE INDEX ticketmail_mail_state ON ticketmail_mail (state, id COLLATE "C");
CREATE INDEX ticketmail_mail_ticket ON ticketmail_mail (ticket_no, id COLLATE "C");
CREATE INDEX ticketmail_mail_sender ON ticketmail_mail (sender, received_at);

-- The same mail comes once: a hash of its Message-ID and sender.
CREATE TABLE ticketmail_key (
    key        TEXT NOT NULL,
    account_id TEXT NOT NULL,
    mail_id    TEXT NOT NULL,
    PRIMARY KEY (key)
);

-- Message-IDs of other people's mails that became part of a ticket.
CREATE TABLE ticketmail_thread (
    hash       TEXT NOT NULL,                 -- of the Message-ID
    account_id TEXT NOT NULL,                 -- the ticket's
    ticket_no  TEXT NOT NULL,
    desk_id    TEXT NOT NULL,                 -- whose address it was sent to
    PRIMARY KEY (hash)
);

-- What a ticket's message that came by mail is besides its text.
CREATE TABLE ticketmail_note (
    account_id TEXT NOT NULL,
    ticket_no  TEXT NOT NULL,
    message    TEXT NOT NULL,
    mail_id    TEXT NOT NULL,
    sender     TEXT NOT NULL,
    quoted     BIGINT NOT NULL,               -- where in the text quoted lines begin, in bytes; 0 = nowhere
    auto       BOOLEAN NOT NULL,
    PRIMARY KEY (account_id, ticket_no, message)
);
CREATE INDEX ticketmail_note_ticket ON ticketmail_note (ticket_no);

-- One mail to one reader about a ticket, or an automatic answer (ticket_no is '' then).
CREATE TABLE ticketmail_sent (
    account_id TEXT NOT NULL,                 -- the ticket's; the desk's for an answer
    id         TEXT NOT NULL,
    ticket_no  TEXT NOT NULL,
    message    TEXT NOT NULL,                 -- the ticket's message that it carries, '' = a notice
    desk_side  BOOLEAN NOT NULL,              -- the reader serves the ticket
    recipient  TEXT NOT NULL,
    name       TEXT NOT NULL,
    lang       TEXT NOT NULL,
    kind       TEXT NOT NULL,
    title      TEXT NOT NULL,                 -- JSON of messages
    body       TEXT NOT NULL,
    action     TEXT NOT NULL,
    link       TEXT NOT NULL,
    base       TEXT NOT NULL,                 -- the desk's address by which it's answered
    message_id TEXT NOT NULL,                 -- Message-ID, without brackets
    answers    TEXT NOT NULL,                 -- Message-ID of the mail that an answer answers
    state      TEXT NOT NULL,
    reason     TEXT NOT NULL,
    at         BIGINT NOT NULL,
    changed_at BIGINT NOT NULL,
    PRIMARY KEY (account_id, id),
    CONSTRAINT ticketmail_sent_state CHECK (state IN ('waiting', 'sent', 'failed', 'returned', 'dropped'))
);
CREATE INDEX ticketmail_sent_by_id ON ticketmail_sent (id);
CREATE INDEX ticketmail_sent_ticket ON ticketmail_sent (ticket_no, id COLLATE "C");
CREATE INDEX ticketmail_sent_state ON ticketmail_sent (state, at);

-- How many automatic answers went to an address within an hour.
CREATE TABLE ticketmail_answer (
    address TEXT NOT NULL,
    hour    BIGINT NOT NULL,                  -- hours since 1970, wall clock
    n       BIGINT NOT NULL,
    PRIMARY KEY (address, hour)
);

-- Addresses of desks besides the one in the configuration.
CREATE TABLE ticketmail_address (
    address    TEXT NOT NULL,                 -- lower case
    account_id TEXT NOT NULL,                 -- the desk
    added_by   TEXT NOT NULL,
    added_at   BIGINT NOT NULL,
    PRIMARY KEY (address)
);

-- How far a mailbox has been read, and who is reading it.
CREATE TABLE ticketmail_mailbox (
    name       TEXT NOT NULL,
    validity   BIGINT NOT NULL,
    uid        BIGINT NOT NULL,
    pulled     BIGINT NOT NULL,               -- mails since it was set up
    twice      BIGINT NOT NULL,               -- of them, those that were here already
    pulled_at  BIGINT,                        -- wall instant of the last try
    good_at    BIGINT,                        -- of the last one that succeeded
    error      TEXT NOT NULL,
    holder     TEXT NOT NULL,
    held_until BIGINT,                        -- wall instant
    PRIMARY KEY (name)
);
