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
CREATE INDEX IF NOT EXISTS persons_by_school ON persons (school, id);
CREATE TABLE IF NOT EXISTS roles_held (
    person_id uuid NOT NULL,
    role text NOT NULL,
    municipality text NOT NULL,
    school text NOT NULL,
    PRIMARY KEY (person_id, role, municipality, school)
);
CREATE INDEX IF NOT EXISTS roles_by_place ON roles_held (role, municipality, school);
-- Days came later than roles: a role without them was given for always.
ALTER TABLE roles_held ADD COLUMN IF NOT EXISTS valid_from date NOT NULL DEFAULT '0001-01-01';
ALTER TABLE roles_held ADD COLUMN IF NOT EXISTS valid_until date NOT NULL DEFAULT '9999-12-31';
DO $$ BEGIN
    IF (SELECT cardinality(conkey) FROM pg_constraint WHERE conname = 'roles_held_pkey'
        AND conrelid = 'public.roles_held'::regclass) = 4 THEN
        ALTER TABLE roles_held DROP CONSTRAINT roles_held_pkey;
        ALTER TABLE roles_held ADD PRIMARY KEY (person_id, role, municipality, school, valid_from);
    END IF;
END $$;
CREATE TABLE IF NOT EXISTS invitations (
    id uuid PRIMARY KEY,
    version integer NOT NULL,
    digest text NOT NULL,
    purpose text NOT NULL,
    person_id uuid NOT NULL,
    municipality text,
    school text,
    status text NOT NULL,
    letter text NOT NULL,
    issued_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL
);
CREATE INDEX IF NOT EXISTS invitations_by_digest ON invitations (digest);
CREATE INDEX IF NOT EXISTS invitations_by_school ON invitations (school, id);
CREATE INDEX IF NOT EXISTS invitations_to_send ON invitations (issued_at, id) WHERE status = 'open' AND letter = 'wanted';
CREATE TABLE IF NOT EXISTS local_acts (
    id uuid PRIMARY KEY,
    version integer NOT NULL,
    municipality text NOT NULL,
    school text NOT NULL,
    number text NOT NULL,
    day date NOT NULL,
    kind text NOT NULL,
    status text NOT NULL
);
CREATE INDEX IF NOT EXISTS local_acts_by_school ON local_acts (school, day DESC, id DESC);

-- Not a read model, so it has no mark: secrets have no place among facts, which are for ever. The address is known by
-- its HMAC only. Who was imported has no password until an invitation is used.
CREATE TABLE IF NOT EXISTS credentials (
    email bytea PRIMARY KEY,
    person_id uuid NOT NULL UNIQUE,
    password text,
    claimed_at timestamptz NOT NULL DEFAULT now()
);
ALTER TABLE credentials ALTER COLUMN password DROP NOT NULL;

-- The bytes of local acts: too large for facts, which keep their SHA-256. Written before the fact that names them.
CREATE TABLE IF NOT EXISTS act_files (
    act_id uuid NOT NULL,
    sha256 text NOT NULL,
    content bytea NOT NULL,
    PRIMARY KEY (act_id, sha256)
);

-- What was last imported of each row, field by field, as HMACs: an unchanged row is passed over unread, and a changed
-- one changes only the fields that differ in the file, not what its person changed in the cabinet.
CREATE TABLE IF NOT EXISTS imported_rows (
    row_key bytea PRIMARY KEY,
    person_id uuid NOT NULL,
    digests bytea NOT NULL
);

-- Made of facts alone, so that `iom rebuild` may make them anew.
COMMENT ON TABLE organisations IS 'Read model';
COMMENT ON TABLE persons IS 'Read model';
COMMENT ON TABLE roles_held IS 'Read model';
COMMENT ON TABLE invitations IS 'Read model';
COMMENT ON TABLE local_acts IS 'Read model';
