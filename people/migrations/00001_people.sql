-- +goose Up

-- Times are milliseconds since 1970; 0 is "not". Hashes and ids are base64url or base32.
CREATE TABLE account (
    id TEXT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    folded TEXT NOT NULL UNIQUE,
    mail TEXT NOT NULL,
    handle TEXT NOT NULL,
    password TEXT NOT NULL,
    created BIGINT NOT NULL,
    erased BIGINT NOT NULL
);

-- As whom an account acts in a network; at most one at a time, and an agent is at most one account's.
CREATE TABLE seat (
    account TEXT NOT NULL,
    network TEXT NOT NULL,
    agent TEXT NOT NULL,
    invitation TEXT NOT NULL,
    since BIGINT NOT NULL,
    joined BIGINT NOT NULL,
    ended BIGINT NOT NULL
);
CREATE UNIQUE INDEX seat_of_account ON seat (account, network) WHERE ended = 0;
CREATE UNIQUE INDEX seat_of_agent ON seat (network, agent) WHERE ended = 0;

CREATE TABLE invitation (
    id TEXT NOT NULL PRIMARY KEY,
    hash TEXT NOT NULL UNIQUE,
    network TEXT NOT NULL,
    scope TEXT NOT NULL,
    role TEXT NOT NULL,
    agent TEXT NOT NULL,
    inviter TEXT NOT NULL,
    created BIGINT NOT NULL,
    expires BIGINT NOT NULL,
    taken BIGINT NOT NULL,
    taker TEXT NOT NULL,
    withdrawn BIGINT NOT NULL
);
CREATE INDEX invitation_of_network ON invitation (network, created);

CREATE TABLE passkey (
    id TEXT NOT NULL PRIMARY KEY,
    account TEXT NOT NULL,
    handle TEXT NOT NULL,
    label TEXT NOT NULL,
    credential TEXT NOT NULL,
    created BIGINT NOT NULL,
    used BIGINT NOT NULL
);
CREATE INDEX passkey_of_account ON passkey (account);

-- A passkey ceremony between its two steps.
CREATE TABLE ceremony (
    hash TEXT NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL,
    account TEXT NOT NULL,
    handle TEXT NOT NULL,
    state TEXT NOT NULL,
    expires BIGINT NOT NULL
);

CREATE TABLE recovery_code (
    hash TEXT NOT NULL PRIMARY KEY,
    account TEXT NOT NULL,
    used BIGINT NOT NULL
);
CREATE INDEX recovery_code_of_account ON recovery_code (account);

CREATE TABLE recovery_link (
    hash TEXT NOT NULL PRIMARY KEY,
    account TEXT NOT NULL,
    issuer TEXT NOT NULL,
    created BIGINT NOT NULL,
    expires BIGINT NOT NULL,
    used BIGINT NOT NULL
);
CREATE INDEX recovery_link_of_account ON recovery_link (account);

CREATE TABLE session (
    id TEXT NOT NULL PRIMARY KEY,
    hash TEXT NOT NULL UNIQUE,
    account TEXT NOT NULL,
    label TEXT NOT NULL,
    method TEXT NOT NULL,
    created BIGINT NOT NULL,
    seen BIGINT NOT NULL,
    verified BIGINT NOT NULL,
    expires BIGINT NOT NULL
);
CREATE INDEX session_of_account ON session (account);

-- Browsers that an account has signed in from: their failures count apart.
CREATE TABLE device (
    hash TEXT NOT NULL PRIMARY KEY,
    account TEXT NOT NULL,
    expires BIGINT NOT NULL
);
CREATE INDEX device_of_account ON device (account);

CREATE TABLE attempt (
    place TEXT NOT NULL PRIMARY KEY,
    failures BIGINT NOT NULL,
    tried BIGINT NOT NULL,
    wait BIGINT NOT NULL
);

CREATE TABLE token (
    id TEXT NOT NULL PRIMARY KEY,
    hash TEXT NOT NULL UNIQUE,
    account TEXT NOT NULL,
    network TEXT NOT NULL,
    label TEXT NOT NULL,
    verbs TEXT NOT NULL,
    scopes TEXT NOT NULL,
    read_only BIGINT NOT NULL,
    budget BIGINT NOT NULL,
    spent_day BIGINT NOT NULL,
    spent BIGINT NOT NULL,
    created BIGINT NOT NULL,
    expires BIGINT NOT NULL,
    revoked BIGINT NOT NULL,
    used BIGINT NOT NULL
);
CREATE INDEX token_of_account ON token (account);

CREATE TABLE notification (
    account TEXT NOT NULL,
    network TEXT NOT NULL,
    source TEXT NOT NULL,
    kind TEXT NOT NULL,
    body TEXT NOT NULL,
    told BIGINT NOT NULL,
    seen BIGINT NOT NULL,
    PRIMARY KEY (account, network, source)
);
CREATE INDEX notification_newest ON notification (account, network, told);

CREATE TABLE setting (
    account TEXT NOT NULL,
    kind TEXT NOT NULL,
    wanted BIGINT NOT NULL,
    PRIMARY KEY (account, kind)
);

CREATE TABLE event (
    id TEXT NOT NULL PRIMARY KEY,
    account TEXT NOT NULL,
    kind TEXT NOT NULL,
    happened BIGINT NOT NULL,
    about TEXT NOT NULL,
    address TEXT NOT NULL,
    device TEXT NOT NULL
);
CREATE INDEX event_of_account ON event (account, kind, happened);
