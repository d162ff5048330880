-- +goose Up

-- What the journals of networks have still to forget of people whose accounts are erased.
CREATE TABLE forgetting (
    account TEXT NOT NULL,
    network TEXT NOT NULL,
    agent TEXT NOT NULL,
    asked BIGINT NOT NULL,
    PRIMARY KEY (account, network)
);
