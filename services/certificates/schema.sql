-- What people read of certificates. Every row is view(state) of one stream, written in the append's transaction.

CREATE TABLE IF NOT EXISTS certificates (
    id              uuid PRIMARY KEY,
    version         bigint NOT NULL,
    route_id        uuid NOT NULL UNIQUE,
    holder_id       uuid NOT NULL,
    municipality    text NOT NULL,
    school          text NOT NULL,
    started_on      date NOT NULL,
    completed_on    date NOT NULL,
    hours           integer NOT NULL,
    tasks_total     integer NOT NULL,
    tasks_achieved  integer NOT NULL,
    code            text NOT NULL UNIQUE,
    status          text NOT NULL,
    granted_at      timestamptz NOT NULL,
    number          text UNIQUE,
    sha256          text,
    issued_on       date,
    revoked_at      timestamptz
);

CREATE INDEX IF NOT EXISTS certificates_of_holder ON certificates (holder_id, id);
CREATE INDEX IF NOT EXISTS certificates_of_school ON certificates (municipality, school, id);
CREATE INDEX IF NOT EXISTS certificates_to_print ON certificates (granted_at, id) WHERE status = 'granted';

-- The papers as they were issued: kept before the fact that names them, never rendered again. A paper bears a name,
-- so it lies outside the facts and knows whose it is: it can be destroyed when its subject must be forgotten.
CREATE TABLE IF NOT EXISTS documents (
    sha256          text PRIMARY KEY,
    bytes           bytea NOT NULL,
    media_type      text NOT NULL,
    subject         uuid NOT NULL,
    certificate_id  uuid NOT NULL,
    kept_at         timestamptz NOT NULL DEFAULT now()
);

CREATE INDEX IF NOT EXISTS documents_of_subject ON documents (subject);

-- Made of facts alone, so that `iom rebuild` may make them anew.
COMMENT ON TABLE certificates IS 'Read model';
