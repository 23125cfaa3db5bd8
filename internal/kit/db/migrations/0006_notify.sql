-- table message: owned
-- table mail: owned

-- The message center: one row for each reader. Texts are stored as keys and arguments, and read in the reader's
-- language of that moment.
CREATE TABLE message (
    account_id TEXT NOT NULL,
    id         TEXT NOT NULL,
    user_id    TEXT NOT NULL,               -- the reader: a user of the account, or the person account itself
    kind       TEXT NOT NULL,               -- the event's kind
    tone       TEXT NOT NULL,               -- good, warn, bad or neutral
    title      TEXT NOT NULL,               -- JSON of a message key with arguments
    body       TEXT NOT NULL,
    link       TEXT NOT NULL,               -- path in the portal, '' = none
    at         BIGINT NOT NULL,
    read_at    BIGINT,
    PRIMARY KEY (account_id, id),
    CONSTRAINT message_tone CHECK (tone IN ('good', 'warn', 'bad', 'neutral'))
);
CREATE INDEX message_reader ON message (account_id, user_id, at, id);

-- Outgoing mail and short messages. secret holds a code or a link with a token until it's sent, then nothing.
CREATE TABLE mail (
    account_id TEXT NOT NULL,
    id         TEXT NOT NULL,
    channel    TEXT NOT NULL,               -- mail or sms
    recipient  TEXT NOT NULL,
    lang       TEXT NOT NULL,
    title      TEXT NOT NULL,
    body       TEXT NOT NULL,               -- JSON list of messages
    action     TEXT NOT NULL,               -- JSON of the link's words, null = no link
    link       TEXT NOT NULL,               -- path in the portal, '' = none
    secret     TEXT NOT NULL,
    state      TEXT NOT NULL,               -- waiting, sent, failed
    at         BIGINT NOT NULL,
    sent_at    BIGINT,
    PRIMARY KEY (account_id, id),
    CONSTRAINT mail_channel CHECK (channel IN ('mail', 'sms')),
    CONSTRAINT mail_state CHECK (state IN ('waiting', 'sent', 'failed'))
);
CREATE INDEX mail_state ON mail (state, at);
