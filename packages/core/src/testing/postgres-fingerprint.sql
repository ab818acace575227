-- Everything that a restore must bring back, one line each, in an order that does not depend on the server.
-- \if and variables are not used: it is sent as it is.
set search_path = ''; set timezone = 'UTC'; set datestyle = 'ISO, YMD'; set intervalstyle = 'postgres'; set extra_float_digits = 1; set bytea_output = 'hex';
create temporary table lines (what text, content text);
do $$ declare t record; n bigint; d text; begin
  for t in select c.oid, format('%I.%I', nspname, relname) as name from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = relnamespace
    where relkind in ('r', 'm') and relpersistence <> 't' and nspname !~ '^pg_' and nspname <> 'information_schema' loop
    execute format('select count(*), md5(coalesce(string_agg(x.line, E''\n'' order by x.line collate "C"), '''')) from (select t::text as line from only %s t) x', t.name) into n, d;
    insert into pg_temp.lines values ('rows ' || t.name, n || ' ' || d);
  end loop;
  for t in select c.oid, format('%I.%I', nspname, relname) as name from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = relnamespace
    where relkind = 'S' and nspname !~ '^pg_' loop
    execute format('select last_value || '' '' || is_called from %s', t.name) into d;
    insert into pg_temp.lines values ('sequence ' || t.name, d);
  end loop;
end $$;
with ours as (select oid, nspname from pg_catalog.pg_namespace where nspname !~ '^pg_' and nspname <> 'information_schema'),
relations as (select c.*, format('%I.%I', nspname, relname) as name from pg_catalog.pg_class c join ours on ours.oid = relnamespace where relpersistence <> 't'),
acls as (select acl.what, string_agg(coalesce(g.rolname, 'PUBLIC') || ':' || x.privilege_type || ':' || x.is_grantable, ',' order by g.rolname, x.privilege_type) as content
  from (select 'table ' || name as what, relacl as acl, relowner as owner from relations where relacl is not null
    union all select 'function ' || oid::regprocedure, proacl, proowner from pg_catalog.pg_proc where pronamespace in (select oid from ours) and proacl is not null
    union all select 'schema ' || nspname, nspacl, nspowner from pg_catalog.pg_namespace where oid in (select oid from ours) and nspacl is not null and nspname <> 'public') acl,
   lateral aclexplode(acl.acl) x left join pg_catalog.pg_roles g on g.oid = x.grantee where x.grantee <> acl.owner and x.privilege_type <> 'MAINTAIN' group by acl.what)
select what || ' = ' || content from (
  select what, content from pg_temp.lines
  union all select 'columns ' || name, string_agg(format('%s %s %s %s %s %s', attname, format_type(atttypid, atttypmod), attnotnull, attidentity, attgenerated,
    pg_get_expr(adbin, adrelid)), '; ' order by attname) from relations join pg_catalog.pg_attribute a on attrelid = relations.oid and attnum > 0 and not attisdropped
    left join pg_catalog.pg_attrdef on adrelid = attrelid and adnum = attnum where relkind in ('r', 'p', 'v', 'm', 'f') group by name
  union all select 'owner ' || name, pg_get_userbyid(relowner) || ' ' || relkind::text || ' ' || relrowsecurity from relations
  union all select 'index ' || indexrelid::regclass, pg_get_indexdef(indexrelid) from pg_catalog.pg_index where indrelid in (select oid from relations)
  union all select 'constraint ' || conrelid::regclass || ' ' || conname, pg_get_constraintdef(oid) || ' ' || convalidated from pg_catalog.pg_constraint
    where conrelid in (select oid from relations) and contype <> 'n'
  union all select 'trigger ' || tgrelid::regclass || ' ' || tgname, pg_get_triggerdef(oid) || ' ' || tgenabled::text from pg_catalog.pg_trigger where not tgisinternal
  union all select 'view ' || name, pg_get_viewdef(oid) from relations where relkind in ('v', 'm')
  union all select 'rule ' || rulename, pg_get_ruledef(r.oid) from pg_catalog.pg_rewrite r join relations c on c.oid = ev_class where rulename <> '_RETURN'
  union all select 'policy ' || polname, pg_get_expr(polqual, polrelid) || ' ' || (select string_agg(rolname, ',') from pg_catalog.pg_roles where oid = any(polroles)) from pg_catalog.pg_policy
  union all select 'function ' || p.oid::regprocedure, prosrc || ' ' || pg_get_userbyid(proowner) || ' ' || prokind::text from pg_catalog.pg_proc p join ours on ours.oid = pronamespace
    where not exists (select from pg_catalog.pg_depend d where d.objid = p.oid and d.deptype in ('e', 'i'))
  union all select 'type ' || typname, typtype::text || ' ' || coalesce((select string_agg(enumlabel, ',' order by enumsortorder) from pg_catalog.pg_enum where enumtypid = y.oid), '')
    from pg_catalog.pg_type y join ours on ours.oid = typnamespace where typtype in ('e', 'd', 'r')
  union all select 'extension ' || extname, '' from pg_catalog.pg_extension
  union all select 'acl ' || what, content from acls
  union all select 'default acl ' || pg_get_userbyid(defaclrole) || coalesce(defaclnamespace::regnamespace::text, '') || defaclobjtype::text, '' from pg_catalog.pg_default_acl
  union all select 'comment ' || objoid::regclass || ' ' || objsubid, description from pg_catalog.pg_description where classoid = 'pg_catalog.pg_class'::regclass and objoid in (select oid from relations)
  union all select 'large object ' || m.oid, coalesce(md5(lo_get(m.oid)), '') || ' ' || coalesce(obj_description(m.oid, 'pg_largeobject'), '') from pg_catalog.pg_largeobject_metadata m
  union all select 'publication ' || pubname, puballtables::text from pg_catalog.pg_publication
  union all select 'statistics ' || stxname, '' from pg_catalog.pg_statistic_ext
  union all select 'schema ' || nspname, pg_get_userbyid(nspowner) from pg_catalog.pg_namespace where oid in (select oid from ours) and nspname <> 'public'
  union all select 'database owner', pg_get_userbyid(datdba) || ' ' || datconnlimit || ' ' || coalesce(shobj_description(oid, 'pg_database'), '') || ' ' || pg_encoding_to_char(encoding)
    from pg_catalog.pg_database where datname = current_database()
  union all select 'database setting', coalesce(r.rolname, '') || ' ' || c from pg_catalog.pg_db_role_setting s join pg_catalog.pg_database d on d.oid = setdatabase
    left join pg_catalog.pg_roles r on r.oid = setrole, unnest(setconfig) c where datname = current_database() and c not like 'cofre.%'
  union all select 'database acl', coalesce(g.rolname, 'PUBLIC') || ' ' || x.privilege_type from pg_catalog.pg_database, lateral aclexplode(datacl) x left join pg_catalog.pg_roles g on g.oid = x.grantee
    where datname = current_database()
) all_of_it order by what collate "C", content collate "C";
