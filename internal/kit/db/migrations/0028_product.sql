-- table price_version: reference
-- table price_row: reference
-- table agreement: reference
-- table discount: owned
-- table discount_coupon: owned
-- table tier: owned
-- table tier_record: owned
-- table subaccount: owned

-- A version of the catalogue: what the levels contain and, in price_row, what they cost.
CREATE TABLE price_version (
    version      BIGINT NOT NULL,
    state        TEXT NOT NULL,              -- draft; published (in force from effective_at on); withdrawn before that
    effective_at BIGINT,                     -- NULL = a draft
    note         TEXT NOT NULL,
    pack         BIGINT NOT NULL,            -- price of a ticket pack, minor units
    terms        TEXT NOT NULL,              -- JSON: tickets, days, trainings by level
    items        TEXT NOT NULL,              -- JSON: service items by level, both languages
    created_at   BIGINT NOT NULL,
    created_by   TEXT NOT NULL,              -- name; '' = the program
    published_at BIGINT,
    published_by TEXT NOT NULL,
    edition      BIGINT NOT NULL,
    PRIMARY KEY (version),
    CONSTRAINT price_version_state CHECK (state IN ('draft', 'published', 'withdrawn'))
);
CREATE INDEX price_version_at ON price_version (state, effective_at, version);

CREATE TABLE price_row (
    version BIGINT NOT NULL,
    level   TEXT NOT NULL,
    unit    TEXT NOT NULL,
    num     BIGINT NOT NULL,
    minor   BIGINT NOT NULL,
    PRIMARY KEY (version, level, unit, num),
    CONSTRAINT price_row_level CHECK (level IN ('STANDARD', 'PREMIUM')),
    CONSTRAINT price_row_unit CHECK (unit IN ('MONTH', 'YEAR')),
    CONSTRAINT price_row_minor CHECK (minor > 0)
);

-- The text that a buyer agrees to.
CREATE TABLE agreement (
    version      BIGINT NOT NULL,
    state        TEXT NOT NULL,
    effective_at BIGINT,
    title_en     TEXT NOT NULL,
    title_zh     TEXT NOT NULL,
    body_en      TEXT NOT NULL,
    body_zh      TEXT NOT NULL,
    created_at   BIGINT NOT NULL,
    created_by   TEXT NOT NULL,
    published_at BIGINT,
    published_by TEXT NOT NULL,
    edition      BIGINT NOT NULL,
    PRIMARY KEY (version),
    CONSTRAINT agreement_state CHECK (state IN ('draft', 'published', 'withdrawn'))
);
CREATE INDEX agreement_at ON agreement (state, effective_at, version);

-- Promotions and discounts. account_id '' = for everybody.
CREATE TABLE discount (
    account_id  TEXT NOT NULL,
    id          TEXT NOT NULL,
    kind        TEXT NOT NULL,
    grantor_id  TEXT NOT NULL,               -- the partner that grants it; '' = the vendor
    name_en     TEXT NOT NULL,
    name_zh     TEXT NOT NULL,
    mode        TEXT NOT NULL,               -- RATIO, FIXED, OFF
    ratio       BIGINT NOT NULL,             -- ten-thousandths taken off
    minor       BIGINT NOT NULL,             -- the fixed price or the amount off
    levels      TEXT NOT NULL,               -- ',STANDARD,'; '' = all
    orders      TEXT NOT NULL,               -- ',new,renew,'; '' = all
    from_at     BIGINT NOT NULL,
    until_at    BIGINT NOT NULL,             -- exclusive
    no_reason   BOOLEAN NOT NULL,            -- the five-day return holds for what is bought with it
    ended_at    BIGINT,
    reason      TEXT NOT NULL,
    created_at  BIGINT NOT NULL,
    created_by  TEXT NOT NULL,
    edition     BIGINT NOT NULL,
    PRIMARY KEY (account_id, id),
    CONSTRAINT discount_kind CHECK (kind IN ('PROMOTION', 'COMMERCIAL', 'CONTRACT', 'PARTNER_RATIO')),
    CONSTRAINT discount_mode CHECK (mode IN ('RATIO', 'FIXED', 'OFF'))
);
CREATE INDEX discount_by_id ON discount (id);

CREATE TABLE discount_coupon (
    account_id      TEXT NOT NULL,
    id              TEXT NOT NULL,
    name_en         TEXT NOT NULL,
    name_zh         TEXT NOT NULL,
    mode            TEXT NOT NULL,
    ratio           BIGINT NOT NULL,
    minor           BIGINT NOT NULL,
    levels          TEXT NOT NULL,
    orders          TEXT NOT NULL,
    from_at         BIGINT NOT NULL,
    until_at        BIGINT NOT NULL,
    with_partner    BOOLEAN NOT NULL,        -- may be used beside a partner's discount
    with_commercial BOOLEAN NOT NULL,
    with_promotion  BOOLEAN NOT NULL,
    with_vouchers   BOOLEAN NOT NULL,
    min_ratio       BIGINT NOT NULL,         -- beside discounts that leave at least so much to pay, ten-thousandths; 0 = any
    state           TEXT NOT NULL,
    order_id        TEXT NOT NULL,           -- that holds or used it
    reason          TEXT NOT NULL,
    created_at      BIGINT NOT NULL,
    created_by      TEXT NOT NULL,
    changed_at      BIGINT NOT NULL,
    PRIMARY KEY (account_id, id),
    CONSTRAINT discount_coupon_mode CHECK (mode IN ('RATIO', 'FIXED', 'OFF')),
    CONSTRAINT discount_coupon_state CHECK (state IN ('usable', 'locked', 'used', 'withdrawn'))
);
CREATE INDEX discount_coupon_by_id ON discount_coupon (id);

-- A company's customer tier in a calendar year.
CREATE TABLE tier (
    account_id     TEXT NOT NULL,
    year           BIGINT NOT NULL,
    began          BIGINT NOT NULL,          -- the level with which the year began
    level          BIGINT NOT NULL,
    spent          BIGINT NOT NULL,          -- in this year, minor units
    computed_at    BIGINT NOT NULL,
    stated         BIGINT NOT NULL,          -- what the vendor said instead; -1 = nothing
    stated_reason  TEXT NOT NULL,
    stated_by      TEXT NOT NULL,
    stated_at      BIGINT,
    edition        BIGINT NOT NULL,
    PRIMARY KEY (account_id),
    CONSTRAINT tier_level CHECK (level >= -1 AND level <= 5),
    CONSTRAINT tier_stated CHECK (stated >= -1 AND stated <= 5)
);

-- How tiers changed: never changed itself.
CREATE TABLE tier_record (
    account_id TEXT NOT NULL,
    id         TEXT NOT NULL,
    was        BIGINT NOT NULL,
    became     BIGINT NOT NULL,
    cause      TEXT NOT NULL,                -- spend, year, stated, lifted
    reason     TEXT NOT NULL,
    by_name    TEXT NOT NULL,
    at         BIGINT NOT NULL,
    PRIMARY KEY (account_id, id)
);

-- An account that belongs under a master account of the same company.
CREATE TABLE subaccount (
    account_id  TEXT NOT NULL,               -- the sub-account
    id          TEXT NOT NULL,
    master_id   TEXT NOT NULL,
    state       TEXT NOT NULL,
    created     BOOLEAN NOT NULL,            -- made by its master
    rename_to   TEXT NOT NULL,               -- the name that the master asked for; '' = none
    asked_at    BIGINT NOT NULL,
    asked_by    TEXT NOT NULL,               -- name
    answered_at BIGINT,
    answered_by TEXT NOT NULL,
    ended_at    BIGINT,
    ended_by    TEXT NOT NULL,
    edition     BIGINT NOT NULL,
    PRIMARY KEY (account_id, id),
    CONSTRAINT subaccount_state CHECK (state IN ('asked', 'active', 'refused', 'withdrawn', 'ended'))
);
CREATE UNIQUE INDEX subaccount_one ON subaccount (account_id) WHERE state = 'active';
CREATE INDEX subaccount_master ON subaccount (master_id, state, id);
CREATE INDEX subaccount_by_id ON subaccount (id);

INSERT INTO price_version (version, state, effective_at, note, pack, terms, items, created_at, created_by, published_at, published_by, edition)
VALUES (1, 'published', 1546272000000000, '', 280000,
    '{"pack_tickets":10,"standard":{"tickets":30,"packs":true,"consulting":4,"key_events":4,"trainings":1},"premium":{"tickets":0,"packs":false,"consulting":8,"key_events":8,"trainings":1},"yearly_only":false}',
    '[{"code":"business","title":{"en":"Business support","zh-Hans":"商务支持"},"basic":{"en":"Tickets and phone, around the clock","zh-Hans":"7×24 小时工单、电话"},"standard":{"en":"Tickets, phone and chat group, around the clock","zh-Hans":"7×24 小时工单、电话、企业群"},"premium":{"en":"Tickets, phone and chat group, around the clock","zh-Hans":"7×24 小时工单、电话、企业群"}},{"code":"technical","title":{"en":"Technical support","zh-Hans":"技术支持"},"basic":{"en":"Not included","zh-Hans":"不包含"},"standard":{"en":"Tickets, phone and chat group, around the clock; 30 technical tickets in a calendar month, more with ticket packs","zh-Hans":"7×24 小时工单、电话、企业群；每自然月 30 个技术工单，可增购"},"premium":{"en":"Tickets, phone and chat group, around the clock; technical tickets without a limit","zh-Hans":"7×24 小时工单、电话、企业群；技术工单数量不限"}},{"code":"group","title":{"en":"Chat group with the vendor","zh-Hans":"企业群"},"basic":{"en":"Not included","zh-Hans":"不包含"},"standard":{"en":"Included","zh-Hans":"包含"},"premium":{"en":"Included","zh-Hans":"包含"}},{"code":"response","title":{"en":"First response","zh-Hans":"首次响应"},"basic":{"en":"Business tickets within 1 working day","zh-Hans":"商务工单 1 个工作日内受理"},"standard":{"en":"Production down 30 minutes, impaired 3 hours, system impaired 4 hours, guidance 16 hours","zh-Hans":"生产系统不可用 30 分钟，部分受损 3 小时，系统异常 4 小时，咨询 16 小时"},"premium":{"en":"Core production down 15 minutes, production down 30 minutes, impaired 3 hours, system impaired 4 hours, guidance 16 hours","zh-Hans":"核心生产系统不可用 15 分钟，生产系统不可用 30 分钟，部分受损 3 小时，系统异常 4 小时，咨询 16 小时"}},{"code":"priority","title":{"en":"Priority","zh-Hans":"问题优先级"},"basic":{"en":"None","zh-Hans":"无"},"standard":{"en":"Normal","zh-Hans":"一般"},"premium":{"en":"High","zh-Hans":"高"}},{"code":"consulting","title":{"en":"Architecture consulting","zh-Hans":"云产品架构咨询"},"basic":{"en":"Not included","zh-Hans":"不包含"},"standard":{"en":"4 working days a year, in whole days","zh-Hans":"每年 4 个工作日，按整天使用"},"premium":{"en":"8 working days a year, in whole days","zh-Hans":"每年 8 个工作日，按整天使用"}},{"code":"key_event","title":{"en":"Key event assurance","zh-Hans":"重大活动保障"},"basic":{"en":"Not included","zh-Hans":"不包含"},"standard":{"en":"4 calendar days a year, in whole days","zh-Hans":"每年 4 个自然日，按整天使用"},"premium":{"en":"8 calendar days a year, in whole days","zh-Hans":"每年 8 个自然日，按整天使用"}},{"code":"training","title":{"en":"Training","zh-Hans":"培训服务"},"basic":{"en":"Not included","zh-Hans":"不包含"},"standard":{"en":"One online session a month","zh-Hans":"每月一次集中线上培训"},"premium":{"en":"One session a month, online or by telepresence","zh-Hans":"每月一次培训，线上或远程现场"}}]',
    1546272000000000, '', 1546272000000000, '', 1);
INSERT INTO price_row (version, level, unit, num, minor) VALUES
    (1, 'STANDARD', 'MONTH', 1, 850000),
    (1, 'STANDARD', 'YEAR', 1, 8500000),
    (1, 'STANDARD', 'YEAR', 2, 16150000),
    (1, 'STANDARD', 'YEAR', 3, 22950000),
    (1, 'PREMIUM', 'MONTH', 1, 1700000),
    (1, 'PREMIUM', 'YEAR', 1, 17000000),
    (1, 'PREMIUM', 'YEAR', 2, 32300000),
    (1, 'PREMIUM', 'YEAR', 3, 45900000);

INSERT INTO agreement (version, state, effective_at, title_en, title_zh, body_en, body_zh, created_at, created_by, published_at, published_by, edition)
VALUES (1, 'published', 1546272000000000, 'Partner support plan service agreement', '合作伙伴支持计划服务协议',
    '1. What is bought. The support plan of the chosen level, for the chosen term, with the service items shown beside the order when it was placed.
2. Price. The price is that of the catalogue in force when the order was placed. A later price list changes nothing about a term that is paid.
3. Term. The plan runs from payment to 23:59:59 Beijing time of the last day shown with the order. A renewal begins with the day after it.
4. Tickets. Technical tickets of a month that are not used lapse at the month''s end. Ticket packs are valid in the calendar month of payment and are not returned.
5. Days and trainings. Consulting and key event days are used in whole days and on request. Days that are not used lapse with the plan year. Once one of them has been used, the plan can no longer be unsubscribed.
6. Changing. A change to a higher level is paid for the time that is left. A change to a lower one returns the difference for the time that is left, without a fee; vouchers are not returned.
7. Unsubscribing. Within five times 24 hours of the first purchase, and while the yearly number of such returns is not used up, everything paid comes back. Later, the part consumed and a handling fee are kept. Both are shown before unsubscribing.
8. After expiry. The plan stays usable in the grace period. In the retention period the account is served at the basic level. After it the plan is released. The days depend on the customer tier and are shown on the plan page.
9. What support doesn''t cover. Writing program code, operating third-party software, and running the customer''s systems.
10. Data. What is written in tickets is used to solve them and kept as the privacy notice says.',
    '1. 购买内容。所选级别、所选期限的伙伴支持计划，服务项目以下单时页面所示为准。
2. 价格。按下单时生效的价格版本计算；之后调价不影响已支付的期限。
3. 期限。自支付成功时起，至订单所示最后一天 23:59:59（北京时间）止；续费自次日起算。
4. 工单。当月未用完的技术工单月末作废。工单增购包仅在支付当自然月有效，不支持退订。
5. 服务日与培训。架构咨询、重大活动保障按整天申请使用，计划年度内未用完的天数作废。任一增值权益使用后，计划不再支持退订。
6. 变更。升级按剩余时间补差价；降级按剩余时间退还差额，不收手续费，代金券不退还。
7. 退订。首次购买后 5×24 小时内且当年无理由退订次数未用完的，全额退还；之后退订需扣除已消费金额和手续费，退订前页面会列明。
8. 到期后。宽限期内可继续使用；保留期内按基础级服务；保留期满后释放。天数由客户等级决定，以计划页面所示为准。
9. 不在支持范围内：代码编写、第三方软件操作、代客户运维系统。
10. 数据。工单内容仅用于解决问题，并按隐私声明保存。',
    1546272000000000, '', 1546272000000000, '', 1);
