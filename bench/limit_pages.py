"""What the reference asks for the first page that somebody opens, and for a coordinator's board."""

_TASKS = """
      select 'tsk_' || substr(id, 5) as id, 'ANSWER_INVITATION' as kind, null::timestamptz as due_at, null as pairing_id
      from enrolment where organisation_id = $1 and person_id = $2 and status = 'invited'
      union all
      select 'tsk_' || substr(e.id, 5), 'ASSESS_READINESS', null, null from enrolment e
      join programme g on g.organisation_id = e.organisation_id and g.id = e.programme_id and g.assesses_readiness
      where e.organisation_id = $1 and e.person_id = $2 and e.status = 'approved' and not exists (
        select from readiness_assessment a where a.organisation_id = $1 and a.enrolment_id = e.id)
      union all
      select 'tsk_' || substr(id, 5), 'COMPLETE_TRAINING', due_at, null from training_assignment
      where organisation_id = $1 and person_id = $2 and status in ('assigned', 'started', 'overdue')
      union all
      select 'tsk_' || substr(id, 5), 'ANSWER_PROPOSAL', expires_at, null from match_proposal
      where organisation_id = $1 and status in ('offered', 'half_accepted')
        and (mentor_id = $2 and mentor_accepted_at is null or mentee_id = $2 and mentee_accepted_at is null)
      union all
      select 'tsk_' || substr(a.id, 5), 'SIGN_AGREEMENT', null, p.id from pairing p
      join agreement a on a.organisation_id = p.organisation_id and a.pairing_id = p.id
      where p.organisation_id = $1 and $2 in (p.mentor_id, p.mentee_id) and a.status in ('proposed', 'half_signed')
        and not exists (
          select from signature s where s.organisation_id = $1 and s.agreement_id = a.id and s.person_id = $2)
      union all
      select 'tsk_' || substr(a.id, 5),
        case s.status
          when 'proposed' then 'ANSWER_SESSION' when 'scheduled' then 'ATTEND_SESSION' else 'REPORT_SESSION' end,
        case s.status when 'proposed' then s.answer_by when 'scheduled' then s.starts_at else s.ends_at end,
        s.pairing_id
      from attendance a join session s on s.organisation_id = a.organisation_id and s.id = a.session_id
      where a.organisation_id = $1 and a.person_id = $2 and a.report is null
        and (s.status in ('scheduled', 'unconfirmed') or s.status = 'proposed' and s.proposed_by <> $2)
      union all
      select 'tsk_' || substr(i.id, 5), 'APPLY_ACTION_ITEM', timezone(s.zone, (i.due_on + 1)::timestamp), s.pairing_id
      from action_item i join session s on s.organisation_id = i.organisation_id and s.id = i.session_id
      where i.organisation_id = $1 and i.owner_id = $2 and i.applied_at is null
      union all
      select 'tsk_' || substr(p.id, 5), 'ANSWER_CHECK_IN',
        p.activated_at + interval '30 days' + r.number * interval '60 days', p.id
      from pairing p, lateral (
        select 1 + floor(extract(epoch from now() - p.activated_at - interval '30 days') / 5184000)::int) as r(number)
      where p.organisation_id = $1 and $2 in (p.mentor_id, p.mentee_id) and p.status = 'active'
        and p.activated_at + interval '30 days' <= now() and not exists (
          select from check_in c where c.organisation_id = $1 and c.pairing_id = p.id and c.author_id = $2
            and c.round = r.number)
      union all
      select 'tsk_' || substr(p.id, 5), 'WRITE_FAREWELL', null, p.id from pairing p
      where p.organisation_id = $1 and $2 in (p.mentor_id, p.mentee_id) and p.status = 'closing' and not exists (
        select from farewell f where f.organisation_id = $1 and f.pairing_id = p.id and f.author_id = $2)
      union all
      select 'tsk_' || substr(id, 5), 'HANDLE_CONCERN', null, null from concern
      where organisation_id = $1 and handler_id = $2 and status <> 'resolved'
"""
_PAIRS = """
          select p.id, upper(p.status) as status, json_build_object('displayName', o.display_name) as {other}
          from pairing p join person o on o.organisation_id = p.organisation_id and o.id = p.{other}_id
          where p.organisation_id = $1 and p.{own}_id = $2 order by p.id limit 5
"""
VIEWER = f"""
    select json_build_object('data', json_build_object('viewer', json_build_object(
      'id', me.id, 'displayName', me.display_name,
      'tasks', json_build_object('nodes', (
        select coalesce(json_agg(t), '[]') from (
          select id, kind, due_at as "dueAt",
            case when pairing_id is not null then json_build_object('id', pairing_id) end as pairing
          from ({_TASKS}) w order by id limit 20) t)),
      'pairingsAsMentor', json_build_object('nodes', (
        select coalesce(json_agg(a), '[]') from ({_PAIRS.format(own="mentor", other="mentee")}) a)),
      'pairingsAsMentee', json_build_object('nodes', (
        select coalesce(json_agg(b), '[]') from ({_PAIRS.format(own="mentee", other="mentor")}) b)))))
    from person me where me.organisation_id = $1 and me.id = $2
"""  # noqa: S608
BOARD = """
    select json_build_object('data', json_build_object('pairingOverviews',
      json_build_object('nodes', coalesce(json_agg(r), '[]'))))
    from (
      select p.id as "pairingId", upper(p.status) as status, upper(p.health) as health, s.next as "nextSessionAt",
        s.last as "lastSessionAt", c.last as "lastCheckInAt", s.held as "sessionsHeld", o.set as "goalsSet",
        o.achieved as "goalsAchieved", json_build_object('displayName', a.display_name) as mentor,
        json_build_object('displayName', b.display_name) as mentee
      from (select * from pairing where organisation_id = $1 and programme_id = $2 order by id limit 100) p
      join person a on a.organisation_id = p.organisation_id and a.id = p.mentor_id
      join person b on b.organisation_id = p.organisation_id and b.id = p.mentee_id
      cross join lateral (
        select count(*) filter (where status = 'completed') as held,
          max(starts_at) filter (where status = 'completed') as last,
          min(starts_at) filter (where status = 'scheduled') as next
        from session where organisation_id = $1 and pairing_id = p.id) s
      cross join lateral (
        select count(*) filter (where status <> 'draft') as set, count(*) filter (where status = 'achieved') as achieved
        from goal where organisation_id = $1 and pairing_id = p.id) o
      cross join lateral (
        select max(created_at) as last from check_in where organisation_id = $1 and pairing_id = p.id) c
      order by p.id) r
"""
