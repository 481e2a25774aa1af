CREATE TABLE run (
    id INTEGER PRIMARY KEY,
    title TEXT NOT NULL,
    setup TEXT NOT NULL,
    created_ms INTEGER NOT NULL
) STRICT;

CREATE TABLE branch (
    run INTEGER NOT NULL,
    branch INTEGER NOT NULL,
    parent_branch INTEGER,
    parent_step INTEGER,
    PRIMARY KEY (run, branch)
) STRICT, WITHOUT ROWID;

CREATE TABLE step (
    run INTEGER NOT NULL,
    branch INTEGER NOT NULL,
    step INTEGER NOT NULL,
    command TEXT NOT NULL,
    digest TEXT NOT NULL,
    PRIMARY KEY (run, branch, step)
) STRICT, WITHOUT ROWID;
