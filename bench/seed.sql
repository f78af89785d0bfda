-- 20 organisations, 20,000 people, 40 programmes, 10,000 pairings, 120,000 sessions, 30,000 goals, 200,000 feedback rows.
-- Set-based and the same every time, but for the day it starts from: pairings must be running when the bench runs.

-- An id as app/ids.py makes it: ten letters of time, sixteen that a seed decides.
create function pg_temp.tid(prefix text, at timestamptz, seed text) returns text language sql immutable as $$
  select prefix || '_' || (
    select string_agg(
      substr('0123456789abcdefghjkmnpqrstvwxyz', (((extract(epoch from at) * 1000)::bigint >> (5 * place)) & 31)::int + 1, 1), ''
      order by place desc)
    from generate_series(0, 9) place
  ) || 'e' || substr(md5(seed), 1, 2) || '9' || substr(md5(seed), 4, 12)
$$;
-- An id that does not tell when it was made.
create function pg_temp.untimed(prefix text, seed text) returns text language sql immutable as $$
  select prefix || '_3' || substr(md5(seed), 1, 25)
$$;

create temp table base as select date_trunc('day', now(), 'UTC') as day, date_trunc('day', now(), 'UTC') - interval '200 days' as made;

create temp table org as
select n, pg_temp.tid('org', made + n * interval '1 hour', 'org' || n) as id from base, generate_series(0, 19) n;
insert into organisation (id, name, region, default_zone, anonymity_k, version, created_at, updated_at)
select id, 'Organisation ' || n, 'eu', 'Europe/Paris', 5, 1, made, made from org, base;
insert into event_counter (organisation_id, last_sequence) select id, 0 from org;
insert into rank (organisation_id, id, version, created_at, updated_at, level, name)
select id, pg_temp.tid('rnk', made + level * interval '1 minute', 'rank' || n || '.' || level), 1, made, made, level, 'Level ' || level
from org, base, generate_series(1, 10) level;

-- Of the thousand of each organisation, the first half are the juniors.
create temp table folk as
select o.id as organisation_id, o.n as o, p, pg_temp.tid('per', made + (o.n + 20 * p) * interval '1 minute', 'person' || o.n || '.' || p) as id
from org o, base, generate_series(0, 999) p;
insert into person (organisation_id, id, version, created_at, updated_at, external_id, login, work_email, given_name,
  family_name, display_name, title, rank_level, department, division, cost_centre, location, zone, languages,
  employment_status, hire_date)
select organisation_id, id, 1, made, made, 'hr-' || p, 'user' || p, 'person' || p || '@org' || o || '.example',
  given, family, given || ' ' || family || ' ' || p,
  (array['Analyst','Engineer','Director','Vice President','Associate','Manager','Apprentice'])[1 + (p * 3) % 7],
  case when p < 500 then 1 + p % 3 else 6 + p % 4 end,
  (array['Engineering','Finance','People','Sales','Marketing','Operations','Legal','Support'])[1 + p % 8],
  (array['North','South','East','West'])[1 + p % 4], 'cc-' || p % 90,
  (array['London','Lagos','Lisbon','Lahore','Lima','Lyon'])[1 + p % 6],
  (array['Europe/London','Africa/Lagos','Europe/Lisbon','Asia/Karachi','America/Lima','Europe/Paris'])[1 + p % 6],
  '["en", "fr"]', case when p % 50 = 49 then 'on_leave' else 'active' end, date '2012-01-02' + (p * 37) % 4000
from folk, base, lateral (select
  (array['Ada','Ben','Chi','Dag','Eve','Fay','Gus','Hal','Ivy','Jon','Kim','Lou','Mia','Ned','Oli','Pia'])[1 + (p * 7) % 16],
  (array['Archer','Brandt','Castro','Dubois','Eriksen','Fischer','Gupta','Haddad','Ito','Jansen','Lopez','Moreau'])[1 + (p * 11) % 12]
) as names(given, family);

create temp table prog as
select o.id as organisation_id, o.n as o, g, pg_temp.tid('prg', made + (o.n + 20 * g) * interval '1 hour', 'programme' || o.n || '.' || g) as id
from org o, base, generate_series(0, 1) g;
insert into programme (organisation_id, id, version, created_at, updated_at, name, model, status, purpose, objectives,
  starts_on, ends_on, cadence_min_days, cadence_target_days, cadence_max_days, session_minutes, min_rank_gap,
  require_cross_department, allows_late_intake, agreement_clauses, revision)
select organisation_id, id, 1, made, made, 'Reverse mentoring, cohort ' || (o + 20 * g), 'reverse', 'active',
  'Junior colleagues mentor senior leaders on technology, culture and inclusion.',
  '[{"type": "culture", "description": "Leaders hear what juniors see."}]',
  day::date - 130, day::date + 400, 1, 14, 28, 60, 2, false, false,
  '[{"key": "confidentiality", "text": "What is said between us stays between us."}]', 1
from prog, base;

-- Pairing k of an organisation: junior k mentors senior k, so that nobody has two.
create temp table pair as
select g.organisation_id, g.o, g.id as programme_id, k, junior.id as mentor_id, senior.id as mentee_id,
  case when k % 20 = 7 then 'paused' when k % 20 = 13 then 'completed' else 'active' end as status,
  pg_temp.tid('pai', made + (g.o + 20 * k) * interval '7 minutes', 'pairing' || g.o || '.' || k) as id,
  pg_temp.tid('enr', made + (g.o + 20 * k) * interval '5 minutes', 'mentor' || g.o || '.' || k) as mentor_enrolment_id,
  pg_temp.tid('enr', made + (g.o + 20 * k) * interval '5 minutes', 'mentee' || g.o || '.' || k) as mentee_enrolment_id
from prog g join base on true join generate_series(0, 499) k on k % 2 = g.g
join folk junior on junior.organisation_id = g.organisation_id and junior.p = k
join folk senior on senior.organisation_id = g.organisation_id and senior.p = k + 500;
insert into enrolment (organisation_id, id, version, created_at, updated_at, programme_id, person_id, role, status,
  capacity, live_pairings, minutes_per_month, offers, seeks, out_of_scope, interests, languages, zone,
  offer_levels, seek_weights, style, availability)
select organisation_id, side.id, 1, made, made, programme_id, person_id, role,
  case status when 'completed' then 'completed' else 'matched' end, 1, case status when 'completed' then 0 else 1 end,
  120, '["ai tools"]', '["strategy"]', '[]', '["chess"]', '["en"]', 'Europe/Paris',
  '{}', '{}', '{}', '[]'
from pair, base, lateral (values (mentor_enrolment_id, mentor_id, 'mentor'), (mentee_enrolment_id, mentee_id, 'mentee'))
  as side(id, person_id, role);
insert into pairing (organisation_id, id, version, created_at, updated_at, programme_id, mentor_enrolment_id,
  mentee_enrolment_id, mentor_id, mentee_id, status, health, rank_gap, starts_on, ends_on, cadence_min_days,
  cadence_target_days, cadence_max_days, activated_at, ended_at)
select organisation_id, id, 1, made, made, programme_id, mentor_enrolment_id, mentee_enrolment_id, mentor_id, mentee_id,
  status, (array['on_track','on_track','watch','at_risk'])[1 + k % 4], 5, day::date - 130, day::date + 400, 1, 14, 28,
  day - interval '128 days', case status when 'completed' then day - interval '2 days' end
from pair, base;

-- Twelve sessions a pairing, a fortnight apart: nine behind, three ahead.
create temp table meet as
select organisation_id, programme_id, pair.id as pairing_id, mentor_id, mentee_id, k, j,
  case when j > 8 then 'scheduled' when j = 3 and k % 3 = 0 then 'cancelled' when j = 6 and k % 5 = 0 then 'no_show' else 'completed' end as status,
  day + (k % 13 - 126 + 14 * j) * interval '1 day' + (8 + k % 9) * interval '1 hour' as starts_at,
  pg_temp.tid('ses', made + (o + 20 * k + 10000 * j) * interval '2 minutes', 'session' || o || '.' || k || '.' || j) as id
from pair, base, generate_series(0, 11) j;
insert into session (organisation_id, id, version, created_at, updated_at, programme_id, pairing_id, number, status,
  starts_at, ends_at, zone, mode, topic, focus_rating, reschedule_count, calendar_uid, calendar_sequence, completed_at,
  cancelled_at, cancel_reason)
select organisation_id, id, 1, made, made, programme_id, pairing_id, j + 1, status, starts_at, starts_at + interval '1 hour',
  'Europe/Paris', (array['remote','hybrid','in_person'])[1 + (j + k) % 3],
  (array['Prompting basics','Career stories','Feedback culture','Short video','Accessibility','Data privacy','Allyship','Side projects'])[1 + (j + k) % 8] || ' #' || k % 97,
  case status when 'completed' then 2 + (j + k) % 4 end, 0, id || '@flipside', 0,
  case status when 'completed' then starts_at + interval '1 hour' end,
  case status when 'cancelled' then starts_at - interval '1 day' end, case status when 'cancelled' then 'schedule' end
from meet, base;
insert into attendance (organisation_id, id, version, created_at, updated_at, session_id, person_id, starts_at, ends_at, is_busy)
select organisation_id, pg_temp.tid('att', made + j * interval '1 minute', meet.id || person_id), 1, made, made, meet.id, person_id,
  starts_at, starts_at + interval '1 hour', true
from meet, base, lateral (values (mentor_id), (mentee_id)) as seat(person_id) where status = 'scheduled';

insert into goal (organisation_id, id, version, created_at, updated_at, pairing_id, owner, title, progress, due_on, status)
select organisation_id, pg_temp.tid('gol', made + (o + 20 * k + 10000 * j) * interval '2 minutes', 'goal' || o || '.' || k || '.' || j),
  1, made, made, id, (array['mentor','mentee','pair'])[1 + j],
  (array['Run a pilot of an AI assistant','Publish a weekly short post','Shadow the support desk','Host a listening session'])[1 + (j + k) % 4] || ' ' || k,
  (k * 13) % 100, day::date + 30 + k % 90, 'active'
from pair, base, generate_series(0, 2) j;

-- What either said of the pair in the first round.
insert into check_in (organisation_id, id, version, created_at, updated_at, pairing_id, programme_id, author_id, round,
  usefulness, openness, time_found, asks_for_help)
select organisation_id, pg_temp.untimed('chk', author_id || id), 1, day - interval '90 days', day - interval '90 days',
  id, programme_id, author_id, 1, 4, 3, 5, false
from pair, base, lateral (values (mentor_id), (mentee_id)) as side(author_id);

-- Both partners on what was held, then words on the partner, until there are enough.
insert into feedback (organisation_id, id, version, created_at, updated_at, pairing_id, session_id, author_id, addressee_id,
  type, audience, rating, text)
select organisation_id, pg_temp.untimed('fbk', type || author_id || id), 1, starts_at, starts_at, pairing_id, id, author_id,
  addressee_id, type, 'partner', 1 + (k * 31 + j) % 5, convert_to('Useful and honest conversation ' || k || '.' || j, 'UTF8')
from meet, lateral (values ('session', mentor_id, mentee_id), ('session', mentee_id, mentor_id), ('partner', mentor_id, mentee_id))
  as word(type, author_id, addressee_id)
where status = 'completed' order by type desc, j, pairing_id, author_id limit 200000;

create table bench_seed as select $version$VERSION$version$::text as version, day, (select count(*) from feedback) as feedback from base;
