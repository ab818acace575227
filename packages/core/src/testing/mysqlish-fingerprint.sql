-- Everything in the database in use, one line for each thing; the schema's own name is cut out afterwards.
set session group_concat_max_len = 1000000;
select 'schema', default_character_set_name, default_collation_name from information_schema.schemata where schema_name = database();
select 'table', table_name, table_type, engine, row_format, table_collation, create_options, table_comment from information_schema.tables where table_schema = database() order by table_name;
select 'column', table_name, column_name, ordinal_position, column_default, is_nullable, column_type, character_set_name, collation_name, extra, generation_expression, column_comment
 from information_schema.columns where table_schema = database() and table_name not in (select table_name from information_schema.views where table_schema = database()) order by table_name, ordinal_position;
select 'index', table_name, index_name, seq_in_index, column_name, collation, non_unique, index_type, sub_part from information_schema.statistics where table_schema = database() order by table_name, index_name, seq_in_index;
select 'constraint', table_name, constraint_name, constraint_type from information_schema.table_constraints where constraint_schema = database() order by table_name, constraint_name;
select 'key', table_name, constraint_name, column_name, referenced_table_schema, referenced_table_name, referenced_column_name from information_schema.key_column_usage where table_schema = database() order by table_name, constraint_name, ordinal_position;
select 'rule', constraint_name, unique_constraint_schema, delete_rule, update_rule from information_schema.referential_constraints where constraint_schema = database() order by constraint_name;
select 'check', constraint_name, check_clause from information_schema.check_constraints where constraint_schema = database() order by constraint_name;
select 'part', table_name, partition_name, partition_description from information_schema.partitions where table_schema = database() order by table_name, partition_name;
select 'view', table_name, view_definition, check_option, definer, security_type from information_schema.views where table_schema = database() order by table_name;
select 'trigger', trigger_name, event_manipulation, event_object_table, action_order, action_timing, action_statement, definer, sql_mode from information_schema.triggers where trigger_schema = database() order by trigger_name;
select 'routine', routine_type, routine_name, dtd_identifier, routine_definition, is_deterministic, sql_data_access, routine_comment, definer, sql_mode from information_schema.routines where routine_schema = database() order by routine_name;
select 'parameter', specific_name, ordinal_position, parameter_mode, parameter_name, dtd_identifier from information_schema.parameters where specific_schema = database() order by specific_name, ordinal_position;
select 'event', event_name, event_type, interval_value, interval_field, starts, status, on_completion, event_definition, definer, event_comment, time_zone from information_schema.events where event_schema = database() order by event_name;
select group_concat(concat('select ''rows of ', hex(table_name), ''', count(*), sum(crc32(', list, ')) from `', replace(table_name, '`', '``'), '`') order by table_name separator ' union all ')
 into @digests from (select c.table_name, concat('concat_ws(char(1), ', group_concat(concat('coalesce(hex(cast(`', replace(column_name, '`', '``'), '` as binary)), ''~'')') order by ordinal_position), ')') as list
  from information_schema.columns c join information_schema.tables t on t.table_schema = c.table_schema and t.table_name = c.table_name
  where c.table_schema = database() and table_type = 'BASE TABLE' group by c.table_name) d;
set @digests = coalesce(@digests, 'select ''no tables''');
prepare digests from @digests;
execute digests;
