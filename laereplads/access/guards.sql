-- Whoever gets, loses or changes a role logs in anew. Made anew after `migrate`, after those of `accounts`.

create trigger sessions_end_with_a_new_membership after insert on access_membership
    referencing new table as changed for each statement execute function guards.end_sessions_of_the_rows_users();
create trigger sessions_end_with_a_changed_membership after update on access_membership
    referencing new table as changed for each statement execute function guards.end_sessions_of_the_rows_users();
create trigger sessions_end_with_a_lost_membership after update on access_membership
    referencing old table as changed for each statement execute function guards.end_sessions_of_the_rows_users();
create trigger sessions_end_with_a_deleted_membership after delete on access_membership
    referencing old table as changed for each statement execute function guards.end_sessions_of_the_rows_users();
