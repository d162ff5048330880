-- +goose Up

-- The journal: one row for each entry, in the bytes that were signed.
CREATE TABLE journal (
    seq BIGINT NOT NULL PRIMARY KEY,
    raw BYTEA NOT NULL
);

-- The stored hashes of the journal's Merkle tree, in the order of tlog.
CREATE TABLE hash (
    place BIGINT NOT NULL PRIMARY KEY,
    hash BYTEA NOT NULL
);

-- Every signed checkpoint, by the size of the journal that it covers.
CREATE TABLE checkpoint (
    size BIGINT NOT NULL PRIMARY KEY,
    note BYTEA NOT NULL
);

-- All views: keys are bytes, so that their order is the same in every database.
CREATE TABLE view_row (
    view_name TEXT COLLATE "C" NOT NULL,
    view_key BYTEA NOT NULL,
    view_value BYTEA NOT NULL,
    PRIMARY KEY (view_name, view_key)
);

-- Personal data, by the hash that the journal names it with.
CREATE TABLE profile (
    view_key BYTEA NOT NULL PRIMARY KEY,
    view_value BYTEA NOT NULL
);

-- Where the journal ends and who leads: each writing transaction takes this row
-- first, so that a leader whose time is over finds another token in it.
CREATE TABLE head (
    one BOOLEAN NOT NULL PRIMARY KEY DEFAULT TRUE CHECK (one),
    size BIGINT NOT NULL,
    epoch BIGINT NOT NULL,
    token TEXT NOT NULL
);

INSERT INTO head (size, epoch, token) VALUES (0, 0, '');
