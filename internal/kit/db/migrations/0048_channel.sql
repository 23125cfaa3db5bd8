-- table customer_made: owned

-- Under which key a partner made a customer: sent twice, it's made once.
CREATE TABLE customer_made (
    account_id  TEXT NOT NULL,              -- the partner
    key         TEXT NOT NULL,
    customer_id TEXT NOT NULL,
    login_name  TEXT NOT NULL,
    request     TEXT NOT NULL,              -- hash of what was asked for
    made_at     BIGINT NOT NULL,
    PRIMARY KEY (account_id, key)
);
