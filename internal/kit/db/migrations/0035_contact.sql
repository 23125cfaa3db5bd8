-- table verified_contact: owned

-- Phone numbers and mail addresses that somebody of a company has shown to be theirs with a code, though nobody signs in
-- with them. account_id is the company on whose tickets they may be written.
CREATE TABLE verified_contact (
    account_id  TEXT NOT NULL,
    id          TEXT NOT NULL,
    way         BIGINT NOT NULL,             -- 0 mobile, 1 mail
    value       TEXT NOT NULL,               -- +8613800138000, lower-case address
    user_id     TEXT NOT NULL,               -- who checked the code last
    verified_at BIGINT NOT NULL,
    expires_at  BIGINT NOT NULL,
    PRIMARY KEY (account_id, id),
    CONSTRAINT verified_contact_once UNIQUE (account_id, way, value)
);
