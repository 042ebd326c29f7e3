-- What people read of diagnostics. Every row is view(state) of one stream, written in the append's transaction.

CREATE TABLE IF NOT EXISTS instruments (
    id            uuid PRIMARY KEY,
    code          text NOT NULL,
    version       integer NOT NULL,
    family        text NOT NULL,
    kind          text NOT NULL,
    title         text NOT NULL,
    published_at  timestamptz NOT NULL,
    UNIQUE (code, version)
);

CREATE TABLE IF NOT EXISTS sessions (
    id                  uuid PRIMARY KEY,
    version             bigint NOT NULL,
    person_id           uuid NOT NULL,
    route_id            uuid,
    purpose             text NOT NULL,
    kind                text NOT NULL,
    instrument          text NOT NULL,
    instrument_version  integer NOT NULL,
    municipality        text NOT NULL,
    school              text NOT NULL,
    status              text NOT NULL,
    answered            integer NOT NULL,
    total               integer NOT NULL,
    assigned_at         timestamptz NOT NULL,
    started_at          timestamptz,
    scored_at           timestamptz
);

CREATE INDEX IF NOT EXISTS sessions_of_person ON sessions (person_id, id);
CREATE INDEX IF NOT EXISTS sessions_of_route ON sessions (route_id, id);
CREATE INDEX IF NOT EXISTS sessions_of_school ON sessions (municipality, school, id);

CREATE TABLE IF NOT EXISTS dynamics (
    final_session_id    uuid PRIMARY KEY,
    initial_session_id  uuid NOT NULL,
    comparison_id       uuid NOT NULL,
    route_id            uuid NOT NULL,
    verdict             text NOT NULL,
    obstacle            text NOT NULL,
    z                   text NOT NULL,
    theta_initial       text NOT NULL,
    se_initial          text NOT NULL,
    theta_final         text NOT NULL,
    se_final            text NOT NULL,
    policy              text NOT NULL,
    judged_at           timestamptz NOT NULL
);

-- Made of facts alone, so that `iom rebuild` may make them anew.
COMMENT ON TABLE instruments IS 'Read model';
COMMENT ON TABLE sessions IS 'Read model';
COMMENT ON TABLE dynamics IS 'Read model';
