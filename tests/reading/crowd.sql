-- A large organisation, put straight into the tables: thousands of rows for the planner to think about.
-- :organisation stands for its id. Rows are numbered; row n of a kind has the id key('kind', n).
set timezone to 'UTC';
create function pg_temp.key(prefix text, n bigint) returns text language sql immutable
    as $$ select prefix || '_' || lpad(n::text, 26, '0') $$;
-- Ids that do not tell their time lie scattered over the index.
create function pg_temp.scattered(prefix text, n bigint) returns text language sql immutable
    as $$ select prefix || '_0' || substr(md5(n::text), 1, 25) $$;
create function pg_temp.at(n bigint) returns timestamptz language sql immutable
    as $$ select timestamptz '2025-01-01 00:00Z' + n * interval '1 hour' $$;
-- Pairing n: a mentor has three, a mentee two, a programme some forty.
create function pg_temp.mentor(n bigint) returns text language sql immutable
    as $$ select pg_temp.key('per', 2 * (1 + n % 503)) $$;
create function pg_temp.mentee(n bigint) returns text language sql immutable
    as $$ select pg_temp.key('per', 2 * (1 + n % 750) - 1) $$;
create function pg_temp.member(n bigint, pairing bigint) returns text language sql immutable
    as $$ select case n % 2 when 0 then pg_temp.mentor(pairing) else pg_temp.mentee(pairing) end $$;
create function pg_temp.programme(n bigint) returns text language sql immutable
    as $$ select pg_temp.key('prg', 1 + n % 40) $$;

insert into organisation (id, name, region, default_zone, anonymity_k, version, created_at, updated_at)
values (:organisation, 'Crowd', 'eu', 'UTC', 5, 1, now(), now());

insert into rank (organisation_id, id, version, created_at, updated_at, level, name)
select :organisation, pg_temp.key('rnk', n), 1, now(), now(), n, 'Rank'
from generate_series(1, 10) n;

insert into person (
    organisation_id, id, version, created_at, updated_at, external_id, work_email, given_name, family_name,
    display_name, rank_level, department, zone, languages, manager_id, employment_status
)
select
    :organisation, pg_temp.key('per', n), 1, pg_temp.at(n), pg_temp.at(n), 'e' || n, n || '@example.com', 'G', 'F',
    md5(n::text), 1 + n % 10, 'department ' || n % 30, 'UTC', '[]',
    case when n > 100 then pg_temp.key('per', 1 + n % 100) end, 'active'
from generate_series(1, 3000) n;

insert into do_not_pair (organisation_id, id, version, created_at, updated_at, person_id, other_person_id, reason)
select
    :organisation, pg_temp.key('dnp', n), 1, pg_temp.at(n), pg_temp.at(n), pg_temp.key('per', n),
    pg_temp.key('per', n + 1), 'A quarrel.'::bytea
from generate_series(1, 2000) n;

insert into directory_group (organisation_id, id, version, created_at, updated_at, external_id, display_name, revision)
select :organisation, pg_temp.key('grp', n), 1, pg_temp.at(n), pg_temp.at(n), 'g' || n, md5(n::text), 0
from generate_series(1, 2000) n;

insert into group_member (organisation_id, id, version, created_at, updated_at, group_id, person_id)
select
    :organisation, pg_temp.key('gme', n), 1, pg_temp.at(n), pg_temp.at(n), pg_temp.key('grp', 1 + n / 29),
    pg_temp.key('per', 1 + n % 290)
from generate_series(1, 2900) n;

insert into api_key (
    organisation_id, id, version, created_at, updated_at, name, role, scopes, person_id, networks, client, slot,
    prefix_text, secret_hash
)
select
    :organisation, pg_temp.key('key', n), 1, pg_temp.at(n), pg_temp.at(n), 'Key', 'participant', '[]',
    pg_temp.key('per', n), '[]', pg_temp.key('per', n), 1, lpad(n::text, 8, 'c'), '\x00'
from generate_series(1, 2000) n;

insert into standing (organisation_id, id, version, created_at, updated_at, person_id, role)
select
    :organisation, pg_temp.key('std', n), 1, pg_temp.at(n), pg_temp.at(n), pg_temp.key('per', n), 'coordinator'
from generate_series(1, 2000) n;

insert into identity_provider (
    organisation_id, id, version, created_at, updated_at, name, issuer, audience, algorithms, token_type, person_claim,
    person_match, is_enabled
)
select
    :organisation, pg_temp.key('idp', n), 1, pg_temp.at(n), pg_temp.at(n), 'Sign-in', 'https://login.example.com', n::text,
    '["RS256"]', 'at_jwt', 'sub', 'external_id', true
from generate_series(1, 2000) n;

insert into programme (
    organisation_id, id, version, created_at, updated_at, name, model, status, purpose, objectives, starts_on, ends_on,
    cadence_min_days, cadence_target_days, cadence_max_days, session_minutes, min_rank_gap, require_cross_department,
    allows_late_intake, agreement_clauses, revision
)
select
    :organisation, pg_temp.key('prg', n), 1, pg_temp.at(n), pg_temp.at(n), 'Programme', 'reverse',
    (array['active', 'closed', 'active', 'draft'])[1 + n % 4], 'Learn', '[]', date '2025-01-01' + (n % 100)::int,
    date '2025-07-01' + (n % 100)::int, 14, 21, 28, 60, 2, false, true, '[]', 1
from generate_series(1, 1000) n;

insert into topic (organisation_id, id, version, created_at, updated_at, programme_id, name)
select :organisation, pg_temp.key('top', n), 1, pg_temp.at(n), pg_temp.at(n), pg_temp.programme(n), 'Topic ' || n
from generate_series(1, 2000) n;

insert into programme_resource (
    organisation_id, id, version, created_at, updated_at, programme_id, kind, audience, title, edition
)
select
    :organisation, pg_temp.key('res', n), 1, pg_temp.at(n), pg_temp.at(n), pg_temp.programme(n), 'guide', 'everyone',
    'Guide', 1
from generate_series(1, 2000) n;

insert into programme_milestone (organisation_id, id, version, created_at, updated_at, programme_id, title, due_on)
select
    :organisation, pg_temp.key('pml', n), 1, pg_temp.at(n), pg_temp.at(n), pg_temp.programme(n), 'Half-time',
    date '2025-01-01' + (n % 300)::int
from generate_series(1, 2000) n;

insert into sponsorship (
    organisation_id, id, version, created_at, updated_at, programme_id, person_id, pledge, commitments
)
select
    :organisation, pg_temp.key('spn', n), 1, pg_temp.at(n), pg_temp.at(n), pg_temp.programme(n), pg_temp.key('per', n),
    'I learn too.', '[]'
from generate_series(1, 2000) n;

insert into cohort (
    organisation_id, id, version, created_at, updated_at, programme_id, name, enrols_from, enrols_until, starts_on,
    ends_on, allows_late_intake
)
select
    :organisation, pg_temp.key('coh', n), 1, pg_temp.at(n), pg_temp.at(n), pg_temp.programme(n), 'Cohort ' || n,
    date '2025-01-01', date '2025-02-01', date '2025-02-01' + (n % 100)::int, date '2025-06-30', false
from generate_series(1, 2000) n;

insert into programme_role (organisation_id, id, version, created_at, updated_at, programme_id, person_id, duty)
select
    :organisation, pg_temp.key('prr', n), 1, pg_temp.at(n), pg_temp.at(n), pg_temp.programme(n),
    pg_temp.key('per', 1 + n % 1000), (array['coordinator', 'matcher', 'evaluator'])[1 + n / 1000]
from generate_series(1, 2000) n;

insert into enrolment (
    organisation_id, id, version, created_at, updated_at, programme_id, person_id, role, status, capacity,
    live_pairings, minutes_per_month, offers, seeks, out_of_scope, interests, languages, zone, offer_levels,
    seek_weights, style, availability
)
select
    :organisation, pg_temp.key('enr', n), 1, pg_temp.at(n), pg_temp.at(n), pg_temp.programme(n / 2),
    pg_temp.member(n, n / 2), case n % 2 when 0 then 'mentor' else 'mentee' end, 'matched', 3, 1, 120, '[]', '[]',
    '[]', '[]', '[]', 'UTC', '{}', '{}', '{}', '[]'
from generate_series(2, 3001) n;

insert into nomination (
    organisation_id, id, version, created_at, updated_at, programme_id, role, status, nominator_id, nominee_id,
    expires_at
)
select
    :organisation, pg_temp.key('nmn', n), 1, pg_temp.at(n), pg_temp.at(n), pg_temp.programme(n / 2), 'mentor',
    (array['made', 'declined', 'expired'])[1 + n % 3], pg_temp.member(n, n / 2), pg_temp.key('per', 1 + n % 1500),
    pg_temp.at(n + 30)
from generate_series(2, 3001) n;

insert into training_assignment (
    organisation_id, id, version, created_at, updated_at, enrolment_id, programme_id, person_id, programme_resource_id,
    kind, title, edition, status, due_at, completed_at
)
select
    :organisation, pg_temp.key('trn', n), 1, pg_temp.at(n), pg_temp.at(n), pg_temp.key('enr', n),
    pg_temp.programme(n / 2), pg_temp.member(n, n / 2), pg_temp.key('res', 40 + n / 2 % 40),
    'charter', 'Conduct', 1, case n % 10 when 0 then 'assigned' else 'completed' end, pg_temp.at(n),
    case when n % 10 > 0 then pg_temp.at(n) end
from generate_series(2, 3001) n;

insert into readiness_assessment (
    organisation_id, id, version, created_at, updated_at, enrolment_id, programme_id, person_id, role, band, answers,
    actions
)
select
    :organisation, pg_temp.key('ras', n), 1, pg_temp.at(n), pg_temp.at(n), pg_temp.key('enr', n),
    pg_temp.programme(n / 2), pg_temp.member(n, n / 2), case n % 2 when 0 then 'mentor' else 'mentee' end,
    (array['ready', 'growing', 'support'])[1 + n % 3], '[]', '[]'
from generate_series(2, 3001) n;

insert into circle (organisation_id, id, version, created_at, updated_at, programme_id, name, role, status, members)
select
    :organisation, pg_temp.key('cir', n), 1, pg_temp.at(n), pg_temp.at(n), pg_temp.programme(n), 'Circle ' || n, 'mentor',
    'active', 4
from generate_series(1, 2000) n;

insert into circle_member (
    organisation_id, id, version, created_at, updated_at, circle_id, enrolment_id, person_id
)
select
    :organisation, pg_temp.key('cmb', n), 1, pg_temp.at(n), pg_temp.at(n), pg_temp.key('cir', 1 + n / 4),
    pg_temp.key('enr', n), pg_temp.key('per', 2 * (1 + n % 503))
from generate_series(2, 2799) n;

insert into circle_meeting (
    organisation_id, id, version, created_at, updated_at, circle_id, status, starts_at, ends_at, zone, calendar_uid,
    calendar_sequence
)
select
    :organisation, pg_temp.key('cmt', n), 1, pg_temp.at(n), pg_temp.at(n), pg_temp.key('cir', 1 + n % 700), 'scheduled',
    pg_temp.at(n), pg_temp.at(n + 1), 'UTC', n::text, 0
from generate_series(1, 2100) n;

insert into matching_preference (
    organisation_id, id, version, created_at, updated_at, programme_id, enrolment_id, other_enrolment_id, author_id,
    other_id, rank, reason_shared
)
select
    :organisation, pg_temp.key('mpf', n), 1, pg_temp.at(n), pg_temp.at(n), pg_temp.programme(n / 2),
    pg_temp.key('enr', n), pg_temp.key('enr', n + 1), pg_temp.member(n, n / 2), pg_temp.member(n + 1, (n + 1) / 2), 1,
    false
from generate_series(2, 3000) n;

insert into pairing (
    organisation_id, id, version, created_at, updated_at, programme_id, mentor_enrolment_id, mentee_enrolment_id,
    mentor_id, mentee_id, status, health, rank_gap, starts_on, ends_on, cadence_min_days, cadence_target_days,
    cadence_max_days, activated_at
)
select
    :organisation, pg_temp.key('pai', n), 1, pg_temp.at(n), pg_temp.at(n), pg_temp.programme(n),
    pg_temp.key('enr', 2 * n), pg_temp.key('enr', 2 * n + 1), pg_temp.mentor(n), pg_temp.mentee(n),
    (array['active', 'completed'])[1 + n % 2], 'on_track', 3, date '2025-01-01', date '2025-07-01', 14, 21, 28,
    pg_temp.at(n)
from generate_series(1, 1500) n;

insert into matching_policy (organisation_id, id, version, created_at, updated_at, programme_id, body)
select
    :organisation, pg_temp.key('mpo', n), 1, pg_temp.at(n), pg_temp.at(n), pg_temp.programme(n),
    '{"rules": {}, "criteria": []}'
from generate_series(1, 40) n;

insert into match_run (
    organisation_id, id, version, created_at, updated_at, programme_id, mode, status, policy, seed, pins, requested_by,
    done, attempts, faults
)
select
    :organisation, pg_temp.key('mru', n), 1, pg_temp.at(n), pg_temp.at(n), pg_temp.programme(n), 'full', 'approved',
    '{}', 0, '[]', pg_temp.key('per', n % 100), 0, 1, '[]'
from generate_series(1, 1200) n;

insert into match_proposal (
    organisation_id, id, version, created_at, updated_at, match_run_id, programme_id, mentor_enrolment_id,
    mentee_enrolment_id, mentor_id, mentee_id, status, score, mentor_points, mentee_points, offered_at, pairing_id
)
select
    :organisation, pg_temp.key('mpr', n), 1, pg_temp.at(n), pg_temp.at(n), pg_temp.key('mru', 1 + n % 1200),
    pg_temp.programme(n), pg_temp.key('enr', 2 * n), pg_temp.key('enr', 2 * n + 1), pg_temp.mentor(n),
    pg_temp.mentee(n), 'confirmed', 50000, '[]', '[]', pg_temp.at(n), pg_temp.key('pai', n)
from generate_series(1, 1500) n;

insert into pairing_conflict (
    organisation_id, id, version, created_at, updated_at, pairing_id, programme_id, rule, cause, cause_person_id, status,
    detected_at, due_on
)
select
    :organisation, pg_temp.key('pcf', n), 1, pg_temp.at(n), pg_temp.at(n), pg_temp.key('pai', n), pg_temp.programme(n),
    'rank_gap', 'rank_level', pg_temp.mentor(n), (array['open', 'cured'])[1 + n % 2], pg_temp.at(n), date '2025-06-01'
from generate_series(1, 1500) n;

insert into planned_change (
    organisation_id, id, version, created_at, updated_at, external_id, effective_at, due_at, status, changed, errors,
    requested_by, principal, role, scopes
)
select
    :organisation, pg_temp.key('plc', n), 1, pg_temp.at(n), pg_temp.at(n), 'E-' || n, date '2025-06-01', pg_temp.at(n),
    (array['planned', 'applied'])[1 + n % 2], '["title"]', '[]', pg_temp.mentor(n), pg_temp.mentor(n), 'coordinator', '[]'
from generate_series(1, 1500) n;

insert into agreement (organisation_id, id, version, created_at, updated_at, pairing_id, edition, status, clauses)
select :organisation, pg_temp.key('agr', n), 1, pg_temp.at(n), pg_temp.at(n), pg_temp.key('pai', n), 1, 'in_force', '[]'
from generate_series(1, 1500) n;

insert into signature (organisation_id, id, version, created_at, updated_at, agreement_id, person_id, signed_at)
select
    :organisation, pg_temp.key('sig', n), 1, pg_temp.at(n), pg_temp.at(n), pg_temp.key('agr', n / 2),
    pg_temp.member(n, n / 2), pg_temp.at(n)
from generate_series(2, 3001) n;

insert into recurring_session (
    organisation_id, id, version, created_at, updated_at, programme_id, pairing_id, status, starts_on, ends_on,
    local_time, zone, duration_minutes, every_weeks, count, mode
)
select
    :organisation, pg_temp.key('srs', n), 1, pg_temp.at(n), pg_temp.at(n), pg_temp.programme(n), pg_temp.key('pai', n),
    'active', date '2025-01-01' + (n % 300)::int, date '2025-12-01', '09:00', 'UTC', 60, 2, 10, 'remote'
from generate_series(1, 1500) n;

insert into session (
    organisation_id, id, version, created_at, updated_at, programme_id, pairing_id, series_id, number, status, starts_at,
    ends_at, zone, mode, focus_rating, reschedule_count, calendar_uid, calendar_sequence
)
select
    :organisation, pg_temp.key('ses', n), 1, pg_temp.at(n), pg_temp.at(n), pg_temp.programme(1 + n % 1500),
    pg_temp.key('pai', 1 + n % 1500), pg_temp.key('srs', 1 + n % 1500), 1 + n / 1500, (array['completed', 'completed', 'scheduled'])[1 + n % 3],
    pg_temp.at(n), pg_temp.at(n + 1), 'UTC', 'remote', 1 + n % 5, 0, n::text, 0
from generate_series(1, 3000) n;

insert into attendance (
    organisation_id, id, version, created_at, updated_at, session_id, person_id, starts_at, ends_at, is_busy
)
select
    :organisation, pg_temp.key('att', n), 1, pg_temp.at(n), pg_temp.at(n), pg_temp.key('ses', n / 2),
    pg_temp.member(n, 1 + (n / 2) % 1500), pg_temp.at(n), pg_temp.at(n + 1), false
from generate_series(2, 6001) n;

insert into agenda_item (
    organisation_id, id, version, created_at, updated_at, session_id, segment, title, is_covered
)
select
    :organisation, pg_temp.key('agd', n), 1, pg_temp.at(n), pg_temp.at(n), pg_temp.key('ses', 1 + n % 3000), 'reverse',
    'Prompts', false
from generate_series(1, 6000) n;

insert into session_link (organisation_id, id, version, created_at, updated_at, session_id, kind, url)
select
    :organisation, pg_temp.key('lnk', n), 1, pg_temp.at(n), pg_temp.at(n), pg_temp.key('ses', 1 + n % 3000), 'video',
    'https://meet.example'
from generate_series(1, 6000) n;

insert into action_item (organisation_id, id, version, created_at, updated_at, session_id, owner_id, text)
select
    :organisation, pg_temp.key('act', n), 1, pg_temp.at(n), pg_temp.at(n), pg_temp.key('ses', 1 + n % 3000),
    pg_temp.mentor(1 + (1 + n % 3000) % 1500), 'Try it'
from generate_series(1, 6000) n;

insert into note (organisation_id, id, version, created_at, updated_at, session_id, author_id, tier, text)
select
    :organisation, pg_temp.scattered('not', n), 1, pg_temp.at(n), pg_temp.at(n), pg_temp.key('ses', 1 + n % 3000),
    pg_temp.member(n / 3000, 1 + (1 + n % 3000) % 1500),
    (array['author_only', 'pair', 'pair_and_coordinator'])[1 + n % 3], 'Prompts'::bytea
from generate_series(1, 6000) n;

insert into goal (organisation_id, id, version, created_at, updated_at, pairing_id, owner, title, progress, status)
select
    :organisation, pg_temp.key('gol', n), 1, pg_temp.at(n), pg_temp.at(n), pg_temp.key('pai', 1 + n % 1500), 'pair',
    'Try it', 0, 'active'
from generate_series(1, 3000) n;

insert into goal_milestone (organisation_id, id, version, created_at, updated_at, goal_id, title)
select :organisation, pg_temp.key('mil', n), 1, pg_temp.at(n), pg_temp.at(n), pg_temp.key('gol', 1 + n % 3000), 'Begin'
from generate_series(1, 6000) n;

insert into win (organisation_id, id, version, created_at, updated_at, pairing_id, author_id, text)
select
    :organisation, pg_temp.key('win', n), 1, pg_temp.at(n), pg_temp.at(n), pg_temp.key('pai', 1 + n % 1500),
    pg_temp.mentor(1 + n % 1500), 'It worked'
from generate_series(1, 3000) n;

insert into feedback (
    organisation_id, id, version, created_at, updated_at, pairing_id, session_id, author_id, addressee_id, type,
    audience, rating
)
select
    :organisation, pg_temp.scattered('fbk', n), 1, pg_temp.at(n), pg_temp.at(n),
    pg_temp.key('pai', 1 + (1 + n % 3000) % 1500), pg_temp.key('ses', 1 + n % 3000),
    pg_temp.member(n / 3000, 1 + (1 + n % 3000) % 1500),
    case when n % 3 > 0 then pg_temp.member(1 + n / 3000, 1 + (1 + n % 3000) % 1500) end, 'session',
    case when n % 3 > 0 then 'partner' else 'aggregate' end, 1 + n % 5
from generate_series(1, 5999) n;

insert into farewell (organisation_id, id, version, created_at, updated_at, pairing_id, author_id, learned)
select
    :organisation, pg_temp.key('fwl', n), 1, pg_temp.at(n), pg_temp.at(n), pg_temp.key('pai', 1 + n % 1500),
    pg_temp.member(n / 1500, 1 + n % 1500), '\x00'
from generate_series(1, 2999) n;

-- That nobody may look after one is rare.
insert into concern (
    organisation_id, id, version, created_at, updated_at, programme_id, pairing_id, reporter_id, handler_id, severity,
    status, text
)
select
    :organisation, pg_temp.scattered('ccn', n), 1, pg_temp.at(n), pg_temp.at(n), pg_temp.programme(1 + n % 1500),
    pg_temp.key('pai', 1 + n % 1500), pg_temp.mentor(1 + n % 1500),
    case when n % 1000 > 0 then pg_temp.key('per', 1 + n % 2000) end, 'low',
    (array['raised', 'resolved'])[1 + n % 2], '\x00'
from generate_series(1, 3000) n;

insert into check_in (
    organisation_id, id, version, created_at, updated_at, pairing_id, programme_id, author_id, round, usefulness,
    openness, time_found
)
select
    :organisation, pg_temp.key('chk', n), 1, pg_temp.at(n), pg_temp.at(n), pg_temp.key('pai', 1 + n % 1500),
    pg_temp.programme(1 + n % 1500), pg_temp.member(n / 1500, 1 + n % 1500), 1 + n / 3000, 1 + n % 5, 5, 3
from generate_series(1, 5999) n;

insert into competency_rating (
    organisation_id, id, version, created_at, updated_at, pairing_id, author_id, competency, point, value
)
select
    :organisation, pg_temp.key('cpr', n), 1, pg_temp.at(n), pg_temp.at(n), pg_temp.key('pai', 1 + n % 1500),
    pg_temp.member(n / 1500, 1 + n % 1500), 'coaching', (array['baseline', 'mid', 'end', 'six_months'])[1 + n / 3000],
    1 + n % 5
from generate_series(1, 5999) n;

insert into success_story (
    organisation_id, id, version, created_at, updated_at, programme_id, pairing_id, author_id, status, title, text
)
select
    :organisation, pg_temp.key('sto', n), 1, pg_temp.at(n), pg_temp.at(n), pg_temp.programme(1 + n % 1500),
    pg_temp.key('pai', 1 + n % 1500), pg_temp.member(n / 1500, 1 + n % 1500), (array['published', 'draft'])[1 + n % 2],
    'Title', 'Text'
from generate_series(1, 5999) n;

insert into announcement (
    organisation_id, id, version, created_at, updated_at, programme_id, audience, status, title, text, published_at
)
select
    :organisation, pg_temp.key('ann', n), 1, pg_temp.at(n), pg_temp.at(n), pg_temp.programme(n),
    (array['everyone', 'mentors', 'mentees'])[1 + n % 3], case when n % 4 = 0 then 'draft' else 'published' end,
    'Title', 'Text', case when n % 4 = 0 then null else pg_temp.at(n) end
from generate_series(1, 3000) n;

insert into opportunity (
    organisation_id, id, version, created_at, updated_at, programme_id, kind, title, description
)
select
    :organisation, pg_temp.key('opp', n), 1, pg_temp.at(n), pg_temp.at(n), pg_temp.programme(n), 'stretch_role',
    'Title', 'Text'
from generate_series(1, 3000) n;

insert into calendar_feed (
    organisation_id, id, version, created_at, updated_at, person_id, name, names_partner, secret_hash
)
select
    :organisation, pg_temp.key('cal', n), 1, pg_temp.at(n), pg_temp.at(n), pg_temp.member(n / 1500, 1 + n % 1500),
    'Phone', false, '\x00'
from generate_series(1, 5999) n;

insert into recognition_criterion (
    organisation_id, id, version, created_at, updated_at, programme_id, kind, name, description, measure, at_least
)
select
    :organisation, pg_temp.key('rcr', n), 1, pg_temp.at(n), pg_temp.at(n), pg_temp.programme(n), 'badge', 'Badge ' || n,
    'Met often', 'sessions_held', 10
from generate_series(1, 3000) n;

insert into recognition (
    organisation_id, id, version, created_at, updated_at, programme_id, person_id, author_id, pairing_id, kind, status,
    evidence
)
select
    :organisation, pg_temp.key('rcg', n), 1, pg_temp.at(n), pg_temp.at(n), pg_temp.programme(1 + n % 1500),
    pg_temp.member(n / 1500 + 1, 1 + n % 1500), pg_temp.member(n / 1500, 1 + n % 1500), pg_temp.key('pai', 1 + n % 1500),
    (array['thanks', 'award'])[1 + n % 2], 'awarded', '{}'
from generate_series(1, 5999) n;

insert into webhook_endpoint (
    organisation_id, id, version, created_at, updated_at, url, types, status, asymmetric_signature, handshake, verification,
    programme_ids, changed_fields, transform, header_names, format, payload, ordering, rate_limit, max_in_flight,
    timeout_seconds, consecutive_failures, probes, warnings
)
select
    :organisation, pg_temp.key('whe', n), 1, pg_temp.at(n), pg_temp.at(n), 'https://hooks.example', '["*"]', 'enabled',
    false, 'none', 'none', '[]', '[]', '[]', '[]', 'native', 'thin', 'none', 50, 10, 20, 0, 0, 0
from generate_series(1, 1000) n;

insert into webhook_secret (organisation_id, id, version, created_at, updated_at, endpoint_id, sealed)
select
    :organisation, pg_temp.key('whs', n), 1, pg_temp.at(n), pg_temp.at(n), pg_temp.key('whe', 1 + n % 1000), '\x00'
from generate_series(1, 3000) n;
insert into outbox_event (
    organisation_id, id, sequence, type, subject, visibility, changed, data, occurred_at, relayed_at, failures
)
select
    :organisation, pg_temp.key('evt', n), n, case when n % 400 = 0 then 'win.celebrated' else 'session.scheduled' end,
    pg_temp.key('ses', n % 1500), 'programme', '[]', '{}', pg_temp.at(n), pg_temp.at(n), 0
from generate_series(1, 6000) n;

insert into delivery (
    organisation_id, id, version, created_at, updated_at, endpoint_id, event_id, event_type, sequence, status, attempts,
    due_at
)
select
    :organisation, pg_temp.key('dlv', n), 1, pg_temp.at(n), pg_temp.at(n), pg_temp.key('whe', 1 + n % 20),
    pg_temp.key('evt', n), 'session.scheduled', n, 'delivered', 1, pg_temp.at(n)
from generate_series(1, 3000) n;

insert into attempt (
    organisation_id, id, version, created_at, updated_at, delivery_id, endpoint_id, number, started_at, elapsed_ms,
    status, request_headers
)
select
    :organisation, pg_temp.key('tri', n), 1, pg_temp.at(n), pg_temp.at(n), pg_temp.key('dlv', 1 + n % 3000),
    pg_temp.key('whe', 1 + n % 20), 1 + n / 3000, pg_temp.at(n), 12, 200, '{}'
from generate_series(1, 6000) n;

insert into audit_entry (
    organisation_id, id, occurred_at, principal, actor_id, role, action, resource, object_id, objects, members, outcome,
    mac, sequence, prev_hash, hash
)
select
    :organisation, pg_temp.key('aud', n), pg_temp.at(n), pg_temp.key('key', 1 + n % 2000),
    pg_temp.key('per', 1 + n % 2000), 'participant', 'read_person', 'person', pg_temp.key('per', n), 1, '[]', 'done',
    '\x00', n, '\x00', '\x00'
from generate_series(1, 6000) n;

insert into audit_subject (organisation_id, person_id, entry_id)
select :organisation, pg_temp.key('per', 1 + n % 3000), pg_temp.key('aud', n)
from generate_series(1, 6000) n;

insert into operation (
    organisation_id, id, version, created_at, updated_at, kind, status, dry_run, subject_ids, parameters, requested_by,
    principal, role, scopes, done, created, updated, unchanged, refused, errors, attempts
)
select
    :organisation, pg_temp.key('opn', n), 1, pg_temp.at(n), pg_temp.at(n), 'people_import', 'succeeded', false, '[]', '{}',
    pg_temp.key('per', 1 + n % 20), pg_temp.key('key', n), 'coordinator', '[]', 0, 0, 0, 0, 0, '[]', 1
from generate_series(1, 3000) n;

insert into sync_run (organisation_id, id, version, created_at, updated_at, kind, operation_id)
select
    :organisation, pg_temp.key('syr', n), 1, pg_temp.at(n), pg_temp.at(n),
    (array['import', 'reconciliation', 'leavers'])[1 + n % 3], pg_temp.key('opn', n)
from generate_series(1, 1500) n;

insert into sync_difference (
    organisation_id, id, version, created_at, updated_at, sync_run_id, kind, external_id, person_id, member
)
select
    :organisation, pg_temp.key('syd', n), 1, pg_temp.at(n), pg_temp.at(n), pg_temp.key('syr', 1 + n % 1500), 'update',
    'E-' || n, pg_temp.key('per', 1 + n % 1500), 'title'
from generate_series(1, 3000) n;

insert into consent (
    organisation_id, id, version, created_at, updated_at, person_id, purpose, notice_version, given_at
)
select
    :organisation, pg_temp.key('cns', n), 1, pg_temp.at(n), pg_temp.at(n), pg_temp.key('per', n), 'photo', '1',
    pg_temp.at(n)
from generate_series(1, 2000) n;

insert into export (organisation_id, id, version, created_at, updated_at, person_id, requested_by)
select
    :organisation, pg_temp.key('exp', n), 1, pg_temp.at(n), pg_temp.at(n), pg_temp.key('per', n),
    pg_temp.key('per', n)
from generate_series(1, 2000) n;

insert into erasure (
    organisation_id, id, version, created_at, updated_at, person_id, status, requested_by, steps_done
)
select
    :organisation, pg_temp.key('ers', n), 1, pg_temp.at(n), pg_temp.at(n), pg_temp.key('per', n), 'completed',
    pg_temp.key('per', n), 7
from generate_series(1, 2000) n;

insert into legal_hold (organisation_id, id, version, created_at, updated_at, person_id, placed_by)
select
    :organisation, pg_temp.key('lgh', n), 1, pg_temp.at(n), pg_temp.at(n), pg_temp.key('per', n),
    pg_temp.key('per', 1)
from generate_series(1, 2000) n;

analyze;
