-- Read models: written in the transaction of the facts they show. No name and no address stands here in clear.
CREATE TABLE IF NOT EXISTS organisations (
    id uuid PRIMARY KEY,
    kind text NOT NULL,
    code text NOT NULL,
    name text NOT NULL,
    parent text
);
CREATE TABLE IF NOT EXISTS persons (
    id uuid PRIMARY KEY,
    version integer NOT NULL,
    municipality text,
    school text,
    consented boolean NOT NULL
);
CREATE TABLE IF NOT EXISTS roles_held (
    person_id uuid NOT NULL,
    role text NOT NULL,
    municipality text NOT NULL,
    school text NOT NULL,
    PRIMARY KEY (person_id, role, municipality, school)
);
CREATE INDEX IF NOT EXISTS roles_by_place ON roles_held (role, municipality, school);

-- Not a read model, so it has no mark: secrets have no place among facts, which are for ever. The address is known by
-- its HMAC only.
CREATE TABLE IF NOT EXISTS credentials (
    email bytea PRIMARY KEY,
    person_id uuid NOT NULL UNIQUE,
    password text NOT NULL,
    claimed_at timestamptz NOT NULL DEFAULT now()
);

-- Made of facts alone, so that `iom rebuild` may make them anew.
COMMENT ON TABLE organisations IS 'Read model';
COMMENT ON TABLE persons IS 'Read model';
COMMENT ON TABLE roles_held IS 'Read model';
