-- table ticket_agreement: reference
-- table ticket_signature: owned

-- What users of the ticket service agree to: versions of three kinds, the newest of a kind holds.
CREATE TABLE ticket_agreement (
    kind         TEXT NOT NULL,              -- 0 new ticket, 1 new ticket at a software vendor, 2 authorization
    version      BIGINT NOT NULL,
    title_en     TEXT NOT NULL,
    title_zh     TEXT NOT NULL,
    body_en      TEXT NOT NULL,
    body_zh      TEXT NOT NULL,
    published_by TEXT NOT NULL,              -- name
    published_at BIGINT NOT NULL,
    PRIMARY KEY (kind, version),
    CONSTRAINT ticket_agreement_kind CHECK (kind IN ('0', '1', '2'))
);

-- A user has agreed to a version. The number counts within the account.
CREATE TABLE ticket_signature (
    account_id TEXT NOT NULL,
    user_id    TEXT NOT NULL,
    kind       TEXT NOT NULL,
    version    BIGINT NOT NULL,
    no         BIGINT NOT NULL,
    relation   TEXT NOT NULL,                -- what it was signed for, such as a ticket's number; '' = nothing
    signed_by  TEXT NOT NULL,                -- name
    signed_at  BIGINT NOT NULL,
    PRIMARY KEY (account_id, user_id, kind, version),
    CONSTRAINT ticket_signature_once UNIQUE (account_id, no)
);

INSERT INTO ticket_agreement (kind, version, title_en, title_zh, body_en, body_zh, published_by, published_at) VALUES
    ('0', 1, 'Agreement on tickets', '工单服务协议',
    '1. What you write and attach is read by those who work on your ticket, and kept with it.
2. Don''t write passwords, keys or other secrets into a ticket. Take them out of files before you attach them.
3. Contact data are used to reach you about the ticket, and for nothing else.
4. A technical ticket uses your support plan as the plan says.',
    '1. 您填写的内容和上传的附件由处理该工单的人员查看，并随工单保存。
2. 请勿在工单中填写密码、密钥等敏感信息；上传文件前请先清除此类内容。
3. 联系方式仅用于就该工单与您联系，不作他用。
4. 技术类工单按支持计划的约定使用额度。', '', 1546272000000000),
    ('1', 1, 'Agreement on tickets to software vendors', '伙伴产品工单服务协议',
    '1. Your ticket is passed on to the company that supplies the product, and is worked on there.
2. What you write and attach is read by that company''s staff, and kept with the ticket.
3. Don''t write passwords, keys or other secrets into a ticket.',
    '1. 您的工单将转交提供该产品的公司处理。
2. 您填写的内容和上传的附件由该公司的处理人员查看，并随工单保存。
3. 请勿在工单中填写密码、密钥等敏感信息。', '', 1546272000000000),
    ('2', 1, 'Agreement on authorizations', '授权协议',
    '1. An authorization lets an engineer work on a system of yours for as long as you say, and only for the ticket.
2. You may take it back at any time.
3. What is done under it is recorded.',
    '1. 授权允许工程师在您指定的时间内、仅为处理该工单操作您的系统。
2. 您可以随时取消授权。
3. 授权期间的操作均有记录。', '', 1546272000000000);
