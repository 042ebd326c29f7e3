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

-- Writes a group of appends in one round trip, each judged alone. An append is named by its place in *streams*, which
-- is sorted and has no stream twice; receipts and messages stand at the same places, NULL where an append has none. An
-- array of which a group has nothing is NULL.
-- Gives, by the same places: outcomes (0 appended, 1 repeated: command or message seen before, 2 stale: expected version
-- not met), the versions before, and the first answers of what was repeated. Raises unique_violation of `facts` where an
-- append lost a race with another process: facts that were written cannot be taken back.
CREATE OR REPLACE FUNCTION append_group(
    streams text[], expected integer[], counts integer[], metas bytea[],
    receipt_ids uuid[], receipt_fingerprints bytea[], receipt_results bytea[],
    heard_messages text[], heard_contracts text[], heard_streams text[], heard_versions integer[],
    fact_owners integer[], fact_steps integer[], fact_ids uuid[], fact_kinds text[], fact_datas bytea[],
    group_tables text[], group_gone boolean[], row_groups integer[], row_owners integer[], row_values jsonb[],
    OUT outcomes integer[], OUT bases integer[], OUT answers bytea[], OUT written_at timestamptz
) LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
    mine    xid := pg_current_xact_id()::xid; -- tells what this call wrote from what was there before
    written integer;
    going   integer := 0;
    failed  boolean := false;
    chosen  jsonb[];
BEGIN
    -- Calls that overlap take their locks in one order: keys sorted, messages sorted, streams sorted.
    outcomes := array_fill(0, ARRAY[cardinality(streams)]);
    IF cardinality(receipt_ids) > 0 THEN
        INSERT INTO commands (id, fingerprint, result)
            SELECT r.id, r.fingerprint, r.result
            FROM unnest(receipt_ids, receipt_fingerprints, receipt_results) AS r(id, fingerprint, result)
            WHERE r.id IS NOT NULL ORDER BY r.id ON CONFLICT DO NOTHING;
        GET DIAGNOSTICS written = ROW_COUNT;
        IF written < cardinality(array_remove(receipt_ids, NULL)) THEN
            failed := true;
            FOR i IN 1 .. cardinality(receipt_ids) LOOP
                IF EXISTS (SELECT FROM commands c WHERE c.id = receipt_ids[i] AND c.xmin <> mine) THEN
                    outcomes[i] := 1;
                END IF;
            END LOOP;
        END IF;
    END IF;

    IF cardinality(heard_messages) > 0 THEN
        INSERT INTO inbox (message, effect, contract, stream, version)
            SELECT h.message, h.effect, h.contract, h.stream, h.version
            FROM unnest(streams, outcomes, heard_messages, heard_contracts, heard_streams, heard_versions)
                 AS h(effect, outcome, message, contract, stream, version)
            WHERE h.outcome = 0 AND h.message IS NOT NULL ORDER BY h.message, h.effect ON CONFLICT DO NOTHING;
        GET DIAGNOSTICS written = ROW_COUNT;
        IF written < cardinality(array_remove(heard_messages, NULL)) THEN
            failed := true;
            FOR i IN 1 .. cardinality(heard_messages) LOOP
                IF EXISTS (SELECT FROM inbox x WHERE x.message = heard_messages[i] AND x.effect = streams[i]
                           AND x.xmin <> mine) THEN
                    outcomes[i] := 1;
                END IF;
            END LOOP;
        END IF;
    END IF;

    -- A stream that should be new need not be looked at: its first fact tells.
    bases := array_fill(0, ARRAY[cardinality(streams)]);
    IF array_remove(expected, 0) <> '{}' OR 0 = ANY (counts) THEN
        SELECT array_agg(coalesce(v.version, 0) ORDER BY s.n) INTO bases
            FROM unnest(streams) WITH ORDINALITY AS s(stream, n)
            LEFT JOIN LATERAL (
                SELECT f.version FROM facts f WHERE f.stream = s.stream ORDER BY f.version DESC LIMIT 1
            ) v ON true;
    END IF;
    FOR i IN 1 .. cardinality(streams) LOOP
        IF outcomes[i] = 0 AND expected[i] <> bases[i] THEN
            outcomes[i] := 2;
            failed := true;
        ELSIF outcomes[i] = 0 AND counts[i] > 0 THEN
            going := going + 1;
        END IF;
    END LOOP;

    written_at := clock_timestamp();
    IF going > 0 THEN
        INSERT INTO facts (id, stream, version, kind, data, meta, recorded_at)
            SELECT f.id, streams[f.owner], bases[f.owner] + f.step, f.kind, f.data, metas[f.owner], written_at
            FROM unnest(fact_owners, fact_steps, fact_ids, fact_kinds, fact_datas) AS f(owner, step, id, kind, data)
            WHERE outcomes[f.owner] = 0;
        INSERT INTO pending (fact)
            SELECT f.id FROM unnest(fact_owners, fact_ids) WITH ORDINALITY AS f(owner, id, n)
            WHERE outcomes[f.owner] = 0 ORDER BY f.n;
    END IF;

    -- What failed leaves nothing of itself.
    IF failed THEN
        DELETE FROM commands c USING unnest(receipt_ids, outcomes) AS r(id, outcome)
            WHERE c.id = r.id AND r.outcome <> 0 AND c.xmin = mine;
        DELETE FROM inbox i USING unnest(heard_messages, streams, outcomes) AS h(message, effect, outcome)
            WHERE i.message = h.message AND i.effect = h.effect AND h.outcome <> 0 AND i.xmin = mine;
    END IF;

    FOR g IN 1 .. coalesce(cardinality(group_tables), 0) LOOP
        SELECT array_agg(r.value ORDER BY r.n) INTO chosen
            FROM unnest(row_groups, row_owners, row_values) WITH ORDINALITY AS r(grp, owner, value, n)
            WHERE r.grp = g AND outcomes[r.owner] = 0;
        IF chosen IS NULL THEN
            CONTINUE;
        ELSIF group_gone[g] THEN
            PERFORM remove_rows(group_tables[g], chosen);
        ELSE
            PERFORM put_rows(group_tables[g], chosen);
        END IF;
    END LOOP;

    IF failed THEN
        SELECT array_agg(CASE WHEN outcomes[i] = 1 THEN coalesce((
                   SELECT c.result FROM commands c WHERE c.id = receipt_ids[i]), '') END ORDER BY i)
            INTO answers FROM generate_series(1, cardinality(streams)) AS i;
    END IF;
END $$;
