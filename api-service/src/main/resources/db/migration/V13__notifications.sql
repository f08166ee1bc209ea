-- Where people and machines are told what happened.
create table notification_target (
  name       text primary key,
  spec       jsonb       not null,
  version    bigint      not null,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  updated_by text        not null
);

-- Apart from "notification_target", because it changes all the time and a declaration does not.
create table notification_standing (
  target          text primary key references notification_target (name) on delete cascade,
  last_attempt_at timestamptz,
  last_success_at timestamptz,
  -- In a row, since the last success.
  failures        integer     not null default 0,
  failures_total  bigint      not null default 0,
  problem         jsonb,
  -- Of a heartbeat: when it is due, and why it was not sent when it last was.
  next_ping_at    timestamptz,
  withheld        text
);
create index notification_standing_due on notification_standing (next_ping_at)
  where next_ping_at is not null;

-- Notices on their way, and the log of those that arrived or were given up. Bound to no target: what
-- happens must never wait for one that is being deleted.
create table notification_delivery (
  id            uuid primary key,
  target        text        not null,
  notice_id     uuid        not null,
  kind          text        not null,
  severity      text        not null,
  cluster       text,
  notice        jsonb       not null,
  state         text        not null check (state in ('PENDING', 'DELIVERED', 'FAILED')),
  attempts      integer     not null,
  created_at    timestamptz not null,
  next_at       timestamptz,
  finished_at   timestamptz,
  -- What the other side said, such as a status; never what it wrote.
  answer        text,
  problem       jsonb,
  redelivery_of uuid,
  check ((next_at is not null) = (state = 'PENDING'))
);
create index notification_delivery_due on notification_delivery (target, next_at)
  where state = 'PENDING';
create index notification_delivery_by_target on notification_delivery (target, id desc);
create index notification_delivery_by_cluster on notification_delivery (cluster, id desc);
create index notification_delivery_over on notification_delivery (finished_at)
  where finished_at is not null;
