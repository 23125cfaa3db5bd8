-- table ticketmail_told: owned

-- When a desk was last told of mails that are held, so that many mails are one message.
CREATE TABLE ticketmail_told (
    account_id TEXT NOT NULL,                 -- the desk
    told_at    BIGINT NOT NULL,
    PRIMARY KEY (account_id)
);

-- Files of a mail that the virus scanner refused and that aren't kept: JSON list of name and size, '' = none.
ALTER TABLE ticketmail_mail ADD COLUMN refused TEXT NOT NULL DEFAULT '';
