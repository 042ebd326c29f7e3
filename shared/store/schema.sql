-- The store of one service. Runs at every start of a new version, as the owner; PostgreSQL 15 or newer.

-- Facts are for ever: the service's role may only INSERT and SELECT, and a trigger says no to everybody.
CREATE TABLE IF NOT EXISTS facts (
    id          uuid        PRIMARY KEY,
    stream      text        COLLATE "C" NOT NULL,
    version     integer     NOT NULL CHECK (version > 0),
    kind        text        COLLATE "C" NOT NULL,
    data        bytea       NOT NULL,
    meta        bytea       NOT NULL,
    recorded_at timestamptz NOT NULL,
    UNIQUE (stream, version)
);

-- Committed facts that have no position yet. The sequence is never cached: a stream's facts queue in version order.
CREATE TABLE IF NOT EXISTS pending (
    seq  bigint GENERATED ALWAYS AS IDENTITY (CACHE 1) PRIMARY KEY,
    fact uuid   NOT NULL
) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000, autovacuum_vacuum_cost_delay = 0);

CREATE TABLE IF NOT EXISTS log (
    position bigint PRIMARY KEY CHECK (position > 0),
    fact     uuid   NOT NULL UNIQUE,
    leaf     bytea  NOT NULL CHECK (octet_length(leaf) = 32)
);

-- What the sequencer signed. The frontier lets it go on without reading the whole log again.
CREATE TABLE IF NOT EXISTS tree_heads (
    size      bigint      PRIMARY KEY,
    root      bytea       NOT NULL,
    frontier  bytea       NOT NULL,
    note      text        NOT NULL,
    signed_at timestamptz NOT NULL DEFAULT clock_timestamp()
);

CREATE TABLE IF NOT EXISTS lease (
    name       text        PRIMARY KEY,
    token      bigint      NOT NULL,
    holder     text        NOT NULL,
    expires_at timestamptz NOT NULL
);
INSERT INTO lease VALUES ('sequencer', 0, '', '-infinity') ON CONFLICT DO NOTHING;

CREATE TABLE IF NOT EXISTS commands (
    id          uuid        PRIMARY KEY,
    fingerprint bytea       NOT NULL,
    result      bytea       NOT NULL,
    recorded_at timestamptz NOT NULL DEFAULT clock_timestamp()
);

-- A message has one effect on each stream: effect is the stream that was appended to, or a name of its own where the
-- message had none. With the row everything of the message's stream up to the version is settled; 0 where more is to come.
CREATE TABLE IF NOT EXISTS inbox (
    message     text        COLLATE "C" NOT NULL,
    effect      text        COLLATE "C" NOT NULL,
    contract    text        NOT NULL,
    stream      text        NOT NULL,
    version     integer     NOT NULL,
    recorded_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (message, effect)
);
CREATE INDEX IF NOT EXISTS inbox_by_stream ON inbox (stream, version);

CREATE TABLE IF NOT EXISTS checkpoints (
    reader   text   PRIMARY KEY,
    position bigint NOT NULL
);

-- Wrapped keys of personal texts: left out of every backup of the facts.
CREATE TABLE IF NOT EXISTS data_keys (
    id      text  PRIMARY KEY,
    subject uuid  NOT NULL UNIQUE,
    wrapped bytea NOT NULL
);

CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';
END $$;

CREATE OR REPLACE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON facts
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE OR REPLACE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON log
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE OR REPLACE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON tree_heads
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- The layout is explained in leaf.py, which must give the same.
CREATE OR REPLACE FUNCTION fact_leaf(fact facts) RETURNS bytea LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT sha256(
        '\x00'::bytea
        || int4send(16) || uuid_send(fact.id)
        || int4send(octet_length(fact.stream)) || convert_to(fact.stream, 'UTF8')
        || int4send(8) || int8send(fact.version)
        || int4send(octet_length(fact.kind)) || convert_to(fact.kind, 'UTF8')
        || int4send(octet_length(fact.data)) || fact.data
        || int4send(octet_length(fact.meta)) || fact.meta
        || int4send(8) || int8send((extract(epoch FROM fact.recorded_at) * 1000000)::bigint))
$$;

-- Gives the oldest pending facts the next positions, if the lease is still held under this token. In one transaction,
-- that of the call: nobody can be stopped in the middle of it holding a lock.
CREATE OR REPLACE FUNCTION sequence_pending(held_token bigint, ttl interval, most integer,
    OUT held boolean, OUT last bigint, OUT leaves bytea[]) LANGUAGE plpgsql AS $$
DECLARE
    until timestamptz;
    renewed timestamptz := clock_timestamp() + ttl;
BEGIN
    SELECT expires_at INTO until FROM lease WHERE name = 'sequencer' AND token = held_token;
    IF EXISTS (SELECT FROM pending) OR until NOT BETWEEN renewed - ttl / 2 AND renewed THEN
        UPDATE lease SET expires_at = renewed
            WHERE name = 'sequencer' AND token = held_token AND expires_at > clock_timestamp();
        held := FOUND;
    ELSE
        held := until IS NOT NULL;
    END IF;
    SELECT coalesce(max(position), 0) INTO last FROM log;
    leaves := '{}';
    IF NOT held THEN
        RETURN;
    END IF;
    WITH taken AS (
        DELETE FROM pending WHERE seq = ANY (ARRAY(SELECT p.seq FROM pending p ORDER BY p.seq LIMIT most))
        RETURNING seq, fact
    ), placed AS (
        INSERT INTO log (position, fact, leaf)
        SELECT last + row_number() OVER (ORDER BY t.seq), t.fact, fact_leaf(f)
        FROM taken t LEFT JOIN facts f ON f.id = t.fact
        RETURNING position, leaf
    )
    SELECT coalesce(array_agg(p.leaf ORDER BY p.position), '{}') INTO leaves FROM placed p;
    last := last + cardinality(leaves);
END $$;

-- Deletes the read-model rows named by *keys*, which all have the same columns.
CREATE OR REPLACE FUNCTION remove_rows(target text, keys jsonb[]) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    matches text;
BEGIN
    SELECT string_agg(format('t.%1$I = k.%1$I', name), ' AND ') INTO STRICT matches
        FROM jsonb_object_keys(keys[1]) name;
    EXECUTE format(
        'DELETE FROM %1$I t USING unnest($1) g CROSS JOIN LATERAL jsonb_populate_record(NULL::%1$I, g) k WHERE %2$s',
        target, matches) USING keys;
END $$;
