-- table member_invitation: owned
-- table member_consent: owned
-- table member_link: registry
-- table member_seat: registry
-- table member_day: owned
-- table realname_case: owned
-- table realname_document: registry

-- Whose word a binding is. Rows from before are vouched for; an import's are the company's word alone, and count
-- until a day; the person's own consent confirms.
ALTER TABLE binding ADD COLUMN confirmation TEXT NOT NULL DEFAULT 'vouched'
    CONSTRAINT binding_confirmation CHECK (confirmation IN ('vouched', 'unconfirmed', 'confirmed'));
-- First day on which it no longer counts unless confirmed; '' = never was unconfirmed.
ALTER TABLE binding ADD COLUMN counts_until TEXT NOT NULL DEFAULT '';
ALTER TABLE binding ADD COLUMN confirmed_on TEXT NOT NULL DEFAULT '';
ALTER TABLE binding_stint ADD COLUMN confirmation TEXT NOT NULL DEFAULT 'vouched';
ALTER TABLE binding_stint ADD COLUMN counts_until TEXT NOT NULL DEFAULT '';
ALTER TABLE binding_stint ADD COLUMN confirmed_on TEXT NOT NULL DEFAULT '';
CREATE INDEX binding_unconfirmed ON binding (counts_until, account_id, id) WHERE confirmation = 'unconfirmed';

-- A question to a person: work for this partner (invite), or confirm that the partner's roster is right (confirm).
CREATE TABLE member_invitation (
    account_id   TEXT NOT NULL,             -- the partner
    id           TEXT NOT NULL,
    kind         TEXT NOT NULL,
    state        TEXT NOT NULL,
    person_id    TEXT NOT NULL,             -- '' = nobody with this address is known yet
    binding_id   TEXT NOT NULL,             -- the one to confirm, or that came of it; '' = none
    name         TEXT NOT NULL,             -- as the partner wrote it
    search       TEXT NOT NULL,             -- folded name, address and number
    channel      TEXT NOT NULL,             -- email, phone, account
    address      TEXT NOT NULL,             -- where it was sent; '' = the message center alone
    number       TEXT NOT NULL,             -- how the partner numbers its people; '' = not said
    registered   BOOLEAN NOT NULL,
    lang         TEXT NOT NULL,
    invited_by   TEXT NOT NULL,             -- user
    invited_name TEXT NOT NULL,
    invited_at   BIGINT NOT NULL,
    times        BIGINT NOT NULL,           -- how often it was sent
    expires_at   BIGINT NOT NULL,
    answered_at  BIGINT,
    reason       TEXT NOT NULL,             -- of a refusal, a revocation, or an unbinding
    ended_by     TEXT NOT NULL,             -- of an unbinding: person, partner; '' = not ended
    ended_on     TEXT NOT NULL,             -- first day that no longer counts
    counts_until TEXT NOT NULL,             -- of the binding to confirm: first day on which it won't count; '' = none
    reminded_on  TEXT NOT NULL,
    version      BIGINT NOT NULL,
    PRIMARY KEY (account_id, id),
    CONSTRAINT member_invitation_kind CHECK (kind IN ('invite', 'confirm')),
    CONSTRAINT member_invitation_channel CHECK (channel IN ('email', 'phone', 'account')),
    CONSTRAINT member_invitation_state CHECK (state IN ('invited', 'expired', 'refused', 'revoked', 'bound', 'unbound'))
);
-- One open question of a partner for each address, and for each person known.
CREATE UNIQUE INDEX member_invitation_asked ON member_invitation (account_id, person_id) WHERE state = 'invited' AND person_id <> '';
CREATE UNIQUE INDEX member_invitation_open ON member_invitation (account_id, address) WHERE state = 'invited' AND address <> '';
CREATE INDEX member_invitation_list ON member_invitation (account_id, invited_at, id);
CREATE INDEX member_invitation_binding ON member_invitation (account_id, binding_id);
CREATE INDEX member_invitation_person ON member_invitation (person_id);
CREATE INDEX member_invitation_address ON member_invitation (address, state);
CREATE INDEX member_invitation_due ON member_invitation (state, expires_at);

-- What a person agreed to, in which words, and until when it held.
CREATE TABLE member_consent (
    account_id    TEXT NOT NULL,            -- the person
    id            TEXT NOT NULL,
    partner_id    TEXT NOT NULL,
    binding_id    TEXT NOT NULL,
    invitation_id TEXT NOT NULL,
    version       TEXT NOT NULL,            -- of the consent's text
    given_at      BIGINT NOT NULL,
    given_on      TEXT NOT NULL,
    ended_on      TEXT NOT NULL,            -- first day on which it no longer holds; '' = it holds
    ended_by      TEXT NOT NULL,            -- person, partner
    PRIMARY KEY (account_id, id)
);
CREATE UNIQUE INDEX member_consent_running ON member_consent (account_id) WHERE ended_on = '';
CREATE INDEX member_consent_binding ON member_consent (partner_id, binding_id);

-- Links in mails: only their hash is kept.
CREATE TABLE member_link (
    hash          TEXT NOT NULL,
    account_id    TEXT NOT NULL,
    invitation_id TEXT NOT NULL,
    PRIMARY KEY (hash)
);
CREATE INDEX member_link_invitation ON member_link (account_id, invitation_id);

-- Written first by whoever answers for a person: two answers of one person come one after the other.
CREATE TABLE member_seat (
    person_id TEXT NOT NULL,
    answers   BIGINT NOT NULL,
    PRIMARY KEY (person_id)
);

-- How many invitations an administrator sent on a business day.
CREATE TABLE member_day (
    account_id TEXT NOT NULL,
    user_id    TEXT NOT NULL,
    day        TEXT NOT NULL,
    sent       BIGINT NOT NULL,
    PRIMARY KEY (account_id, user_id, day)
);

-- A person's claim to a real name, with its evidence, and what the reviewer said. Of the document's number the last
-- characters are kept, and a keyed hash by which a second account with the same document is found.
CREATE TABLE realname_case (
    account_id   TEXT NOT NULL,             -- the person
    id           TEXT NOT NULL,
    state        TEXT NOT NULL,
    name         TEXT NOT NULL,
    name_fold    TEXT NOT NULL,
    country      TEXT NOT NULL,             -- that issued the document, ISO 3166-1 alpha-2
    id_type      TEXT NOT NULL,
    id_last4     TEXT NOT NULL,
    id_hash      TEXT NOT NULL,             -- '' = only the last characters were given
    file_hash    TEXT NOT NULL,
    file_name    TEXT NOT NULL,
    file_type    TEXT NOT NULL,
    file_size    BIGINT NOT NULL,
    submitted_at BIGINT NOT NULL,
    due_at       BIGINT NOT NULL,
    overdue_told BOOLEAN NOT NULL,
    decided_at   BIGINT,
    decided_by   TEXT NOT NULL,
    decided_name TEXT NOT NULL,
    reason       TEXT NOT NULL,
    version      BIGINT NOT NULL,
    PRIMARY KEY (account_id, id),
    CONSTRAINT realname_case_type CHECK (id_type IN ('id_card', 'passport', 'residence_permit', 'driving_licence')),
    CONSTRAINT realname_case_state CHECK (state IN ('pending', 'verified', 'refused', 'withdrawn', 'revoked', 'replaced'))
);
CREATE UNIQUE INDEX realname_case_pending ON realname_case (account_id) WHERE state = 'pending';
CREATE UNIQUE INDEX realname_case_verified ON realname_case (account_id) WHERE state = 'verified';
CREATE INDEX realname_case_queue ON realname_case (state, due_at, id);
CREATE INDEX realname_case_name ON realname_case (name_fold, state);
CREATE INDEX realname_case_by_id ON realname_case (id);

-- One document, one person, as long as it's verified.
CREATE TABLE realname_document (
    hash      TEXT NOT NULL,
    person_id TEXT NOT NULL,
    PRIMARY KEY (hash)
);
