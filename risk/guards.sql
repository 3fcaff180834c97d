-- Rules over more than one row, which check constraints cannot say. Made anew after `migrate`.

create function guards.refuse_change_of_assessments() returns trigger language plpgsql as $$
begin
    raise exception 'assessments are append-only'
        using errcode = 'restrict_violation', constraint = 'assessments_are_append_only';
end $$;
create trigger assessments_are_append_only before update on risk_riskassessment
    for each row execute function guards.refuse_change_of_assessments();

create function guards.require_sosu_education() returns trigger language plpgsql as $$
begin
    if not (
        select education.is_sosu from people_agreement agreement
        join people_education education on education.id = agreement.education_id where agreement.id = new.agreement_id
    ) then
        raise exception 'only SOSU students are assessed'
            using errcode = 'check_violation', constraint = 'assessment_is_about_a_sosu_student';
    end if;
    return new;
end $$;
create trigger assessment_is_about_a_sosu_student before insert on risk_riskassessment
    for each row execute function guards.require_sosu_education();

-- A user who is the student, too, whatever else they are.
create function guards.refuse_assessment_of_oneself() returns trigger
    language plpgsql security definer set search_path = pg_catalog, public as $$
begin
    if public.is_about_oneself(new.agreement_id, new.recorded_by_id) then
        raise exception 'nobody assesses themselves'
            using errcode = 'check_violation', constraint = 'nobody_assesses_themselves';
    end if;
    return new;
end $$;
create trigger nobody_assesses_themselves before insert on risk_riskassessment
    for each row execute function guards.refuse_assessment_of_oneself();
