-- What people read of diagnostics. Every row is view(state) of one stream, written in the append's transaction.

CREATE TABLE IF NOT EXISTS instruments (
    id            uuid PRIMARY KEY,
    code          text NOT NULL,
    version       integer NOT NULL,
    family        text NOT NULL,
    kind          text NOT NULL,
    title         text NOT NULL,
    published_at  timestamptz,
    UNIQUE (code, version)
);

-- Drafts are listed too: a version that is not published has no day of it.
ALTER TABLE instruments ALTER COLUMN published_at DROP NOT NULL;
ALTER TABLE instruments ADD COLUMN IF NOT EXISTS status text NOT NULL DEFAULT 'published';

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

ALTER TABLE sessions ADD COLUMN IF NOT EXISTS due_on date;

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

CREATE TABLE IF NOT EXISTS appraisals (
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
    raters              uuid[] NOT NULL,
    rated               integer NOT NULL,
    assigned_at         timestamptz NOT NULL,
    due_on              date,
    concluded_at        timestamptz
);

CREATE INDEX IF NOT EXISTS appraisals_of_person ON appraisals (person_id, id);
CREATE INDEX IF NOT EXISTS appraisals_of_route ON appraisals (route_id, id);
CREATE INDEX IF NOT EXISTS appraisals_of_school ON appraisals (municipality, school, id);
CREATE INDEX IF NOT EXISTS appraisals_of_rater ON appraisals USING gin (raters);

CREATE TABLE IF NOT EXISTS diagnostics (
    id            uuid PRIMARY KEY,
    version       bigint NOT NULL,
    person_id     uuid NOT NULL,
    route_id      uuid,
    purpose       text NOT NULL,
    municipality  text NOT NULL,
    school        text NOT NULL,
    procedures    integer NOT NULL,
    noted_at      timestamptz NOT NULL
);

CREATE INDEX IF NOT EXISTS diagnostics_of_person ON diagnostics (person_id, id);
CREATE INDEX IF NOT EXISTS diagnostics_of_route ON diagnostics (route_id, id);
CREATE INDEX IF NOT EXISTS diagnostics_of_school ON diagnostics (municipality, school, id);

CREATE TABLE IF NOT EXISTS imports (
    id           uuid PRIMARY KEY,
    by_id        uuid NOT NULL,
    rows         integer NOT NULL,
    results      integer NOT NULL,
    imported_at  timestamptz NOT NULL
);

CREATE TABLE IF NOT EXISTS outside_results (
    import_id  uuid NOT NULL,
    id         uuid NOT NULL,
    digest     text NOT NULL,
    PRIMARY KEY (import_id, id)
);

CREATE INDEX IF NOT EXISTS outside_results_by_id ON outside_results (id);

-- Made of facts alone, so that `iom rebuild` may make them anew.
COMMENT ON TABLE instruments IS 'Read model';
COMMENT ON TABLE sessions IS 'Read model';
COMMENT ON TABLE dynamics IS 'Read model';
COMMENT ON TABLE appraisals IS 'Read model';
COMMENT ON TABLE diagnostics IS 'Read model';
COMMENT ON TABLE imports IS 'Read model';
COMMENT ON TABLE outside_results IS 'Read model';
