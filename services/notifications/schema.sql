-- What the cabinet and the postman read. Every row is view(state) of one stream, written in the append's transaction.

CREATE TABLE IF NOT EXISTS notices (
    id            uuid PRIMARY KEY,
    version       bigint NOT NULL,
    recipient_id  uuid NOT NULL,
    channel       text NOT NULL,
    topic         text NOT NULL,
    contract      text NOT NULL,
    subject_id    uuid NOT NULL,
    route_id      uuid,
    municipality  text NOT NULL,
    school        text NOT NULL,
    day           date,
    number        text NOT NULL,
    planned_at    timestamptz NOT NULL,
    status        text NOT NULL,
    reason        text NOT NULL,
    since         timestamptz NOT NULL,
    not_before    timestamptz,
    read_at       timestamptz
);

CREATE INDEX IF NOT EXISTS notices_of_recipient ON notices (recipient_id, planned_at DESC, id DESC);
CREATE INDEX IF NOT EXISTS notices_of_route ON notices (route_id, planned_at DESC, id DESC);
CREATE INDEX IF NOT EXISTS notices_newest ON notices (planned_at DESC, id DESC);
CREATE INDEX IF NOT EXISTS notices_to_send ON notices (not_before, id) WHERE status = 'pending';
CREATE INDEX IF NOT EXISTS notices_on_the_way ON notices (since, id) WHERE status = 'sending';

CREATE TABLE IF NOT EXISTS announcements (
    id            uuid PRIMARY KEY,
    version       bigint NOT NULL,
    topic         text NOT NULL,
    municipality  text NOT NULL,
    school        text NOT NULL,
    status        text NOT NULL,
    recipients    integer,
    announced_at  timestamptz NOT NULL
);

CREATE INDEX IF NOT EXISTS announcements_to_plan ON announcements (announced_at, id) WHERE status <> 'closed';

CREATE TABLE IF NOT EXISTS addressees (
    id        uuid PRIMARY KEY,
    version   bigint NOT NULL,
    consents  boolean NOT NULL,
    since     timestamptz NOT NULL
);

-- Made of facts alone, so that `iom rebuild` may make them anew.
COMMENT ON TABLE notices IS 'Read model';
COMMENT ON TABLE announcements IS 'Read model';
COMMENT ON TABLE addressees IS 'Read model';
