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
    activities_done integer NOT NULL,
    deficits text[] NOT NULL DEFAULT '{}',
    achieved boolean,
    certificate_due boolean
);
-- What was written before these columns were has them after `iom rebuild`.
ALTER TABLE routes ADD COLUMN IF NOT EXISTS deficits text[] NOT NULL DEFAULT '{}';
ALTER TABLE routes ADD COLUMN IF NOT EXISTS achieved boolean;
ALTER TABLE routes ADD COLUMN IF NOT EXISTS certificate_due boolean;
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
    closed boolean NOT NULL,
    opens date,
    closes date
);
CREATE TABLE IF NOT EXISTS priorities (
    municipality text NOT NULL,
    year integer NOT NULL,
    code text NOT NULL,
    title text NOT NULL,
    basis text NOT NULL,
    PRIMARY KEY (municipality, year, code)
);
CREATE TABLE IF NOT EXISTS school_lists (
    id uuid PRIMARY KEY,
    version integer NOT NULL,
    municipality text NOT NULL,
    school text NOT NULL,
    year integer NOT NULL,
    campaign smallint NOT NULL,
    status text NOT NULL,
    waits_for text NOT NULL,
    teachers integer NOT NULL,
    application_id uuid,
    submitted_at timestamptz
);
CREATE INDEX IF NOT EXISTS school_lists_by_place ON school_lists (municipality, year, school, id);
CREATE TABLE IF NOT EXISTS applications (
    id uuid PRIMARY KEY,
    version integer NOT NULL,
    municipality text NOT NULL,
    year integer NOT NULL,
    number smallint NOT NULL,
    status text NOT NULL,
    waits_for text NOT NULL,
    lists integer NOT NULL,
    teachers integer NOT NULL,
    submitted_at timestamptz,
    accepted_at timestamptz
);
CREATE INDEX IF NOT EXISTS applications_by_place ON applications (municipality, year, id);
CREATE TABLE IF NOT EXISTS supports (
    id uuid PRIMARY KEY,
    version integer NOT NULL,
    application_id uuid NOT NULL,
    municipality text NOT NULL,
    year integer NOT NULL,
    person_id uuid NOT NULL,
    methodist_id uuid NOT NULL,
    recalled boolean NOT NULL
);
CREATE INDEX IF NOT EXISTS supports_of_application ON supports (application_id, person_id);
CREATE TABLE IF NOT EXISTS support_routes (
    support_id uuid NOT NULL,
    route_id uuid NOT NULL,
    PRIMARY KEY (support_id, route_id)
);
CREATE TABLE IF NOT EXISTS route_mentors (
    route_id uuid NOT NULL,
    mentor_id uuid NOT NULL,
    tutee_id uuid NOT NULL,
    PRIMARY KEY (route_id, mentor_id)
);
CREATE INDEX IF NOT EXISTS routes_of_mentor ON route_mentors (mentor_id, tutee_id);
CREATE TABLE IF NOT EXISTS paper_routes (
    id uuid PRIMARY KEY,
    version integer NOT NULL,
    tutee_id uuid NOT NULL,
    municipality text NOT NULL,
    school text NOT NULL,
    tutor_id uuid,
    model text NOT NULL,
    starts date NOT NULL,
    ends date NOT NULL,
    closed_on date,
    achieved boolean,
    kept_until date
);
CREATE INDEX IF NOT EXISTS paper_routes_by_place ON paper_routes (municipality, school, id);
CREATE INDEX IF NOT EXISTS paper_routes_by_tutee ON paper_routes (tutee_id, id);

-- The navigator. Whatever it is filtered by stands in `facets`, so that one index answers any mixture, with the words;
-- they come here in lower case and without punctuation. Lists go by the last day, so that what is over is never read.
CREATE TABLE IF NOT EXISTS resources (
    id uuid PRIMARY KEY,
    version integer NOT NULL,
    revision integer NOT NULL,
    status text NOT NULL,
    municipality text NOT NULL,
    title text NOT NULL,
    kind text NOT NULL,
    starts_on date NOT NULL,
    ends_on date NOT NULL,
    forms text[] NOT NULL,
    audience text[] NOT NULL,
    provider text NOT NULL,
    level text,
    hours integer,
    competencies text[] NOT NULL,
    tags text[] NOT NULL,
    track text NOT NULL,
    link text NOT NULL,
    facets text[] NOT NULL,
    searched text NOT NULL,
    words tsvector NOT NULL GENERATED ALWAYS AS (to_tsvector('pg_catalog.russian', searched)) STORED
);
CREATE INDEX IF NOT EXISTS resources_by_words ON resources USING gin (words, facets) WITH (fastupdate = off);
CREATE INDEX IF NOT EXISTS resources_by_end ON resources (status, ends_on, id);

-- Made of facts alone, so that `iom rebuild` may make them anew.
COMMENT ON TABLE routes IS 'Read model';
COMMENT ON TABLE route_methodists IS 'Read model';
COMMENT ON TABLE tracks IS 'Read model';
COMMENT ON TABLE priorities IS 'Read model';
COMMENT ON TABLE school_lists IS 'Read model';
COMMENT ON TABLE applications IS 'Read model';
COMMENT ON TABLE supports IS 'Read model';
COMMENT ON TABLE support_routes IS 'Read model';
COMMENT ON TABLE resources IS 'Read model';
COMMENT ON TABLE route_mentors IS 'Read model';
COMMENT ON TABLE paper_routes IS 'Read model';
