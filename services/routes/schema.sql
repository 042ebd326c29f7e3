-- Written in the transaction of the facts they show.
CREATE TABLE IF NOT EXISTS routes (
    id uuid PRIMARY KEY,
    version integer NOT NULL,
    tutee_id uuid NOT NULL,
    tutor_id uuid,
    municipality text NOT NULL,
    school text NOT NULL,
    status text NOT NULL,
    stage smallint NOT NULL,
    medium text,
    model text,
    on_hold boolean NOT NULL,
    overdue boolean NOT NULL,
    reminded smallint,
    opened_at timestamptz,
    started_on date,
    planned_end date,
    activities integer NOT NULL,
    activities_done integer NOT NULL
);
CREATE INDEX IF NOT EXISTS routes_by_tutee ON routes (tutee_id, id);
CREATE INDEX IF NOT EXISTS routes_by_tutor ON routes (tutor_id, id) WHERE tutor_id IS NOT NULL;
CREATE INDEX IF NOT EXISTS routes_by_place ON routes (municipality, school, id);
CREATE INDEX IF NOT EXISTS routes_by_end ON routes (planned_end) WHERE NOT overdue;
CREATE TABLE IF NOT EXISTS route_methodists (
    route_id uuid NOT NULL,
    methodist_id uuid NOT NULL,
    PRIMARY KEY (route_id, methodist_id)
);
CREATE INDEX IF NOT EXISTS routes_of_methodist ON route_methodists (methodist_id, route_id);
CREATE TABLE IF NOT EXISTS tracks (
    code text PRIMARY KEY,
    title text NOT NULL,
    closed boolean NOT NULL
);
CREATE TABLE IF NOT EXISTS priorities (
    municipality text NOT NULL,
    year integer NOT NULL,
    code text NOT NULL,
    title text NOT NULL,
    basis text NOT NULL,
    PRIMARY KEY (municipality, year, code)
);

-- Made of facts alone, so that `iom rebuild` may make them anew.
COMMENT ON TABLE routes IS 'Read model';
COMMENT ON TABLE route_methodists IS 'Read model';
COMMENT ON TABLE tracks IS 'Read model';
COMMENT ON TABLE priorities IS 'Read model';
