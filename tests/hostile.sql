-- Statements from strangers, and what each must get.
--
-- A line "-- @ WORD" begins a statement, which reaches to the next such line. WORD is one of
--   refused   not answered: not one question, or it names what shows more than the record
--   error     a slip: answered with what is wrong
--   oom       ended for want of memory
--   timeout   ended because its time was up
--   cut       answered in part: too many rows or bytes
--   ok        answered
-- or several joined by "|" where the machine decides. ⟦1000×ab⟧ stands for 1,000 times ab, ⟦NUL⟧ for the character 0.
-- None may read or write a file, and none may live longer than four seconds.

-- files and the network, read
-- @ refused
select * from read_csv('/etc/passwd')
-- @ error
select * from '/etc/passwd'
-- @ refused
select * from read_text('/etc/passwd')
-- @ refused
select * from read_blob('/etc/hostname')
-- @ refused
select * from glob('/*')
-- @ refused
select * from read_csv('/tmp/s.csv')
-- @ refused
select * from read_parquet('http://127.0.0.1:1/x')
-- @ refused
select * from read_json('s3://b/k')
-- @ refused
select * from read_text('/proc/self/environ')
-- @ refused
select * from read_csv_auto('/etc/passwd')
-- @ refused
select * from read_json_auto('/etc/passwd')
-- @ refused
select * from read_ndjson('/etc/passwd')
-- @ refused
select * from read_ndjson_objects('/etc/passwd')
-- @ refused
select * from read_duckdb('/tmp/x.duckdb')
-- @ refused
select * from parquet_scan('/tmp/x.parquet')
-- @ refused
select * from parquet_metadata('/x')
-- @ refused
select * from parquet_schema('/x')
-- @ refused
select * from parquet_file_metadata('/x')
-- @ refused
select * from parquet_kv_metadata('/x')
-- @ refused
select * from parquet_bloom_probe('/x', 'a', 1)
-- @ refused
select * from sniff_csv('/etc/passwd')
-- @ refused
select * from which_secret('s3://x','s3')
-- @ refused
select * from 'http://127.0.0.1:1/x.parquet'
-- @ error
from "/proc/self/environ"
-- @ refused
select * from "data.csv"
-- @ error
select * from '/dev/stdin'
-- @ refused
select * from read_csv('/dev/fd/0')
-- @ refused
select (select content from read_text('/etc/passwd'))
-- @ refused
select * from source where exists (select 1 from glob('/etc/*'))
-- @ refused
with a as (select * from read_text('/etc/passwd')) select 1
-- @ refused
select list_transform([1], x -> (select content from read_text('/etc/passwd')))
-- @ refused
summarize from read_csv('/etc/passwd')
-- @ refused
describe select * from read_csv('/etc/passwd')
-- @ refused
describe 'x.csv'
-- @ refused
select * from read_csv(['/etc/passwd', '/etc/group'])
-- @ refused
select * from source, lateral (select * from read_text(source.url))
-- @ refused
select * from source semi join read_text('/etc/passwd') on true
-- @ refused
select * from source union all by name select * from read_text('/etc/passwd')
-- @ refused
select * from source order by (select count(*) from glob('/*'))
-- @ refused
select count(*) filter (where (select true from glob('/*'))) from source
-- @ refused
pivot (from read_csv('/etc/passwd')) on column0 in ('a') using count(*)
-- @ refused
unpivot (from glob('/*')) on file

-- databases, extensions, copies
-- @ refused
attach '/tmp/other.duckdb' as o
-- @ refused
attach ':memory:' as m2
-- @ refused
attach 'x.db' (type sqlite)
-- @ refused
attach if not exists '/tmp/y.db' as y
-- @ refused
detach pub
-- @ refused
use memory
-- @ refused
copy source to '/tmp/out.csv'
-- @ refused
copy (select 1) to '/dev/stdout'
-- @ refused
copy source from '/etc/passwd'
-- @ refused
copy (select 1) to '/tmp/evil.parquet' (format parquet)
-- @ refused
COPY FROM DATABASE memory TO other
-- @ refused
export database '/tmp/exp'
-- @ refused
import database '/tmp/exp'
-- @ refused
install httpfs
-- @ refused
install fts from community
-- @ refused
force install httpfs from 'http://127.0.0.1:1'
-- @ refused
load httpfs
-- @ refused
load '/tmp/x.duckdb_extension'
-- @ refused
load fts
-- @ refused
update extensions
-- @ refused
create secret s (type s3, key_id 'a', secret 'b')
-- @ refused
call quack_serve('quack:0.0.0.0:9999')

-- settings, logging, the machine
-- @ refused
set enable_external_access=true
-- @ refused
set memory_limit='20GB'
-- @ refused
set threads=64
-- @ refused
reset lock_configuration
-- @ refused
set lock_configuration=false
-- @ refused
pragma enable_profiling='json'
-- @ refused
pragma profiling_output='/tmp/prof.json'
-- @ refused
set temp_directory='/'
-- @ refused
set log_query_path='/tmp/q.log'
-- @ refused
pragma database_list
-- @ refused
pragma table_info('source')
-- @ refused
pragma memory_limit='20GB'
-- @ refused
pragma force_checkpoint
-- @ error
pragma enable_logging
-- @ refused
set search_path='information_schema'
-- @ refused
set variable a=1
-- @ refused
set session search_path='main'
-- @ refused
set global threads=2
-- @ refused
set timezone='UTC'
-- @ refused
call enable_logging('QueryLog',storage='file')
-- @ refused
CALL enable_logging('QueryLog', storage='file', storage_path='/tmp/q')
-- @ refused
call disable_logging()
-- @ refused
call pragma_version()
-- @ refused
select getenv('HOME')
-- @ refused
select * from duckdb_secrets()
-- @ refused
select * from duckdb_settings() where name like '%dir%'
-- @ refused
from duckdb_settings
-- @ refused
select current_setting('home_directory')
-- @ refused
select * from duckdb_databases()
-- @ refused
from duckdb_databases
-- @ refused
select path from "duckdb_databases"()
-- @ refused
select * from DuckDB_Settings()
-- @ refused
select * from /* hidden */ duckdb_settings /* here */ ()
-- @ refused
select * from system.main.duckdb_settings()
-- @ refused
from main.pragma_database_list
-- @ refused
select * from pragma_storage_info('source') limit 1
-- @ refused
select * from pragma_database_size()
-- @ refused
select * from pragma_platform()
-- @ refused
select * from pragma_user_agent()
-- @ refused
select * from duckdb_extensions()
-- @ refused
from duckdb_logs
-- @ refused
select * from duckdb_logs_parsed('QueryLog')
-- @ refused
select * from duckdb_log_contexts()
-- @ refused
select * from duckdb_memory()
-- @ refused
select * from duckdb_temporary_files()
-- @ refused
select * from duckdb_external_file_cache()
-- @ refused
select * from duckdb_optimizers()
-- @ refused
select * from duckdb_variables()
-- @ refused
select * from duckdb_prepared_statements()
-- @ refused
select * from duckdb_secret_types()
-- @ refused
select * from pg_catalog.pg_settings
-- @ refused
select * from "PG_SETTINGS"
-- @ refused
select write_log('x')
-- @ refused
select "current_setting"('threads')
-- @ refused
select main.current_setting('threads')
-- @ refused
select CuRrEnT_SeTtInG('threads')
-- @ refused
select current_setting(s) from (select name as s from duckdb_settings())
-- @ refused
explain select current_setting('threads')
-- @ refused
explain analyze select * from duckdb_settings()
-- @ refused
/* select 1 */ explain /* x */ analyze from duckdb_settings()
-- @ refused
-- a comment
select * -- duckdb
from -- settings
duckdb_settings()
-- @ refused
select * from arrow_scan(1, 2, 3)
-- @ refused
select * from arrow_scan_dumb(140000000000, 140000000000, 140000000000)
-- @ refused
select * from pandas_scan(140000000000)
-- @ refused
select * from python_map_function(1)
-- @ refused
select * from seq_scan('source')
-- @ refused
select * from test_all_types()
-- @ error
select * from df_py
-- @ error
select * from sys.environ
-- @ error
show memory_limit

-- SQL hidden in a string
-- @ refused
select * from query('select 1')
-- @ refused
select * from query('select * from ' || 'duckdb_settings()')
-- @ refused
select * from query_table('source') limit 1
-- @ refused
select * from query_table(['duckdb_settings'])
-- @ refused
select * from json_execute_serialized_sql(json_serialize_sql('select 1'))
-- @ refused
select json_serialize_sql('select 1')
-- @ refused
select json_deserialize_sql('{}')
-- @ refused
select json_serialize_plan('select * from duckdb_settings()')
-- @ refused
select * from histogram_values(source, 'kind')
-- @ refused
from histogram('duckdb_settings', 'name')
-- @ error
pragma json_execute_serialized_sql('{}')

-- writing
-- @ refused
insert into source values(1,'a')
-- @ refused
create table z(a int)
-- @ refused
create temp table z(a int)
-- @ refused
create temp table z as select * from range(1000000000)
-- @ refused
create or replace temp view v as select 1
-- @ refused
drop table source
-- @ refused
delete from source
-- @ refused
update source set title='q'
-- @ refused
truncate source
-- @ refused
alter table source add column x int
-- @ refused
merge into source using source s on false when matched then delete
-- @ refused
comment on table source is 'x'
-- @ refused
create macro f() as 1
-- @ refused
create temp macro f2() as 1
-- @ refused
create temp macro getenv2(x) as table select * from duckdb_settings()
-- @ refused
create view v as select 1
-- @ refused
create type t as enum ('a')
-- @ refused
create sequence s
-- @ refused
create schema s
-- @ refused
checkpoint
-- @ refused
force checkpoint
-- @ refused
vacuum
-- @ refused
analyze
-- @ refused
begin
-- @ refused
commit
-- @ refused
rollback
-- @ refused
prepare p as select 1
-- @ refused
execute p
-- @ refused
deallocate p
-- @ refused
explain insert into source select * from source
-- @ refused
explain analyze create temp table z as select 1
-- @ refused
explain copy (select 1) to '/tmp/e.csv'
-- @ error
with a as (insert into source values (1)) select 1
-- @ error
select * from (delete from source returning *)
-- @ error
select 1 into outfile '/tmp/x'
-- @ refused
pivot source on kind using count(*)

-- several statements, and what hides them
-- @ refused
select 1; select 2
-- @ refused
select 1; drop table source
-- @ refused
select 1 -- ;
; attach '/tmp/z.db'
-- @ refused
select ';'; set threads = 4; select 1
-- @ refused
/* ; */ select 1 /* ; */ ; /* ; */ copy (select 1) to '/tmp/x'
-- @ ok
select ';' as a /* ; select 2 */ -- ; select 3
-- @ ok
select 1;
-- @ ok
select 1;;;
-- @ refused
;
-- @ refused
-- only a comment
-- @ refused
/* only a comment */
-- @ error
/* not closed select 1
-- @ error
select 'not closed
-- @ error
select "not closed
-- @ error
select $$not closed
-- @ ok
select $tag$ ; drop table source; $tag$ as a
-- @ error
selec 1
-- @ refused
select ⟦NUL⟧1
-- @ refused
select 1⟦NUL⟧; drop table source
-- @ error
select U&"\0067etenv"('HOME')
-- @ error
select ｇｅｔｅｎｖ('HOME')
-- @ error
select * from source where ⟦20×(⟧
-- @ ok
select '‮ drop table source' as a
-- @ ok
select 'é' as "日本 🎈"
-- @ error
select 1 as "
-- @ refused
select '⟦10000000×x⟧'
-- @ refused
select 1 ⟦200000×+1⟧
-- @ error
select 1 ⟦20000×+1⟧
-- @ error|refused|ok
select ⟦5000×(⟧1⟦5000×)⟧
-- @ error|refused
select ⟦20000×[⟧1⟦20000×]⟧
-- @ error|refused|ok|oom
select ⟦3000×not ⟧true
-- @ error|refused|oom|timeout
⟦2000×select * from (⟧select 1⟦2000×)⟧

-- memory
-- @ oom|timeout
select length(repeat('x',2000000000))
-- @ oom|timeout
select len(generate_series(1,500000000))
-- @ oom|timeout
select levenshtein(repeat('a',200000),repeat('b',200000))
-- @ oom|timeout
select damerau_levenshtein(repeat('a',30000),repeat('b',30000))
-- @ oom|timeout
select list(range || repeat('z', 1000)) from range(1000000)
-- @ oom|timeout
select string_agg(range::varchar || repeat('z', 100), ',') from range(100000000)
-- @ oom|timeout
select count(distinct range || 'x') from range(1000000000)
-- @ oom|timeout
select lpad('x', 2000000000, 'y')
-- @ oom|error
select repeat(repeat(repeat('x', 10000), 10000), 10000)
-- @ oom|error
select repeat([1], 2000000000)
-- @ oom|error
select list_resize([1], 1000000000)
-- @ oom|timeout
select array_agg(a) from range(100000000) t(a)
-- @ oom|timeout
select histogram(a) from range(100000000) t(a)
-- @ oom|timeout
select a, count(*) from range(200000000) t(a) group by a order by 2
-- @ oom|timeout
select * from range(100000000) t(a) order by hash(a) desc limit 5000000
-- @ oom|timeout|error
select printf('%2000000000d', 1)
-- @ oom|timeout|error
select format('{:>2000000000}', 'x')
-- @ oom|timeout
select map_from_entries(list({'k': a, 'v': repeat('x', 100)})) from range(50000000) t(a)
-- @ oom|timeout|error
select regexp_replace(repeat('a', 50000000), 'a', repeat('b', 1000), 'g')
-- @ oom|timeout|error|cut
select string_split(repeat('a,', 20000000), ',')
-- @ oom|timeout
select quantile_cont(hash(a), 0.5) from range(1000000000) t(a)
-- @ oom|timeout
select a.range from range(10000000) a join range(10000000) b on hash(a.range) % 7 = hash(b.range) % 7 order by 1 desc
-- @ oom|timeout
select json_group_array(repeat('x', 1000)) from range(10000000)
-- @ oom|timeout
with recursive t(x) as (select 'x' union all select x || x from t) select max(length(x)) from t

-- time
-- @ timeout|oom
select count(*) from range(500000000) a, range(500000000) b
-- @ timeout|oom
select count(*) from generate_series(1,500000000) a, generate_series(1,500000000) b
-- @ timeout|oom
with recursive t as (select 1 as a union all select a + 1 from t) select max(a) from t
-- @ timeout|oom
with recursive t as (select 1 as a union select (a * 7 + 3) % 100000007 from t) select count(*) from t
-- @ timeout
select sleep_ms(60000)
-- @ timeout
select pg_sleep(60)
-- @ timeout|oom
select count(*) from timeline a, timeline b, timeline c, timeline d, timeline e
-- @ timeout|oom
select max(sha256(a::varchar)) from range(10000000000) t(a)
-- @ timeout|oom|error|ok
select regexp_matches(repeat('a', 30000), '(a*)*(a*)*(a*)*b')
-- @ timeout|oom|error|ok
select regexp_extract_all(repeat('ab', 20000000), '(a|b)*?(a|b)*?(a|b)*?c')
-- @ timeout|oom
select count(*) from range(100000000) t(a) where a::varchar like '%1%2%3%4%5%6%7%8%9%0%1%2%'
-- @ timeout|oom|ok
select sum(list_sum(list_transform(range(1000), x -> x * a))) from range(10000000) t(a)
-- @ timeout|oom
select count(*) from (select unnest(range(100000)) from range(100000))
-- @ timeout|oom
explain analyze select count(*) from range(10000000000) a where a.range % 3 = 1
-- @ timeout|oom|error
select 3::hugeint ** list_product(list_transform(range(100000000), x -> 1.0))
-- @ timeout|oom
select jaccard(repeat('ab', 100000000), repeat('ba', 100000000)) from range(1000)

-- much
-- @ cut
select * from range(1000000)
-- @ cut
select repeat('x', 3000000)
-- @ cut
select repeat('x', 300000) from range(100)
-- @ cut
select a.* from source a, source b
-- @ cut
select * from range(10000000000)

-- every corner of a question in which a name can hide
-- @ refused
select * from (values (1)) t, lateral (select * from duckdb_settings())
-- @ refused
select columns('.*') from duckdb_settings()
-- @ refused
select kind from source limit (select count(*) from duckdb_settings())
-- @ refused
select kind from source qualify current_setting('threads') = '1'
-- @ refused
select sum(1) over (order by current_setting('threads')) from source
-- @ refused
values (current_setting('threads'))
-- @ refused
select * replace (current_setting('threads') as kind) from source
-- @ refused
select kind from source group by grouping sets ((current_setting('threads')), ())
-- @ refused
select * from range((select count(*) from duckdb_settings()))
-- @ refused
select * from range(start := current_setting('threads')::int)
-- @ refused
describe (select current_setting('threads'))
-- @ refused
summarize (from duckdb_settings())
-- @ refused
summarize duckdb_settings
-- @ refused
describe duckdb_databases
-- @ refused
select case when true then current_setting('threads') end
-- @ refused
select [x for x in ['threads'] if current_setting(x) = '1']
-- @ refused
select list_transform(['threads'], lambda x: current_setting(x))
-- @ refused
select {'a': current_setting('threads')}
-- @ refused
select * from duckdb_settings()
-- @ refused
select * from duckdb_settings​()
-- @ refused
from (from (from duckdb_settings))
-- @ refused
select exists(from duckdb_databases)
-- @ refused
select * from source positional join duckdb_settings()
-- @ refused
select * from "read_csv"/**/ ( $$/etc/passwd$$ )
-- @ refused
select read_text('/etc/passwd')
-- @ refused
select * from 'record-1.duckdb'
-- @ refused
select * from '../*.parquet'
-- @ refused
copy (select 1) to 'https://127.0.0.1:1/a'
-- @ refused
select * from sqlite_scan('x', 'y')
-- @ refused
select * from iceberg_scan('x')
-- @ error
select list_aggregate(['threads'], 'current_setting')
-- @ error
select shell('id')
-- @ error
select pg_read_file('/etc/passwd')
-- @ error
execute immediate 'select 1'
-- @ error
explain explain select 1
-- @ error
select $1
-- @ error
select * from source at (version => 1)
-- @ ok
﻿select 1
-- @ ok
show databases
-- @ ok
select 1e400, 1/0, date '290309-12-22 (BC)', repeat(chr(0), 10)

-- answers that are long without rows
-- @ error|timeout|oom
select error(repeat('x', 50000000))
-- @ error|timeout|oom
select cast(repeat('x', 50000000) as int)
-- @ error
select strptime('x', repeat('%Y', 100000))
-- @ oom|timeout
select t⟦19000×, t⟧ from (select {'a': 1⟦1×, 'bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb': 2⟧} as t)
-- @ error
select format(repeat('{}', 1000000), 1)
-- @ oom|timeout
select * from json_tree(repeat('[', 100000) || repeat(']', 100000))
-- @ oom|timeout
select json_structure(repeat('[', 1000000) || repeat(']', 1000000))
-- @ oom|timeout
select json(repeat('[', 10000000))
-- @ oom|timeout
select * from source tablesample reservoir(1000000000 rows)
-- @ oom|timeout
select count(*) from source ⟦200×, source⟧
-- @ timeout|oom|ok|error
select 1 from source where title = 'x' ⟦3000×or title = 'y' ⟧
-- @ timeout|oom|ok|error|cut
select 1 ⟦4000×union all select 1 ⟧
-- @ timeout|oom|ok
select repeat('a', 200000) ilike repeat('%a', 20000) || 'b'
-- @ timeout|oom|ok
select list_reduce(range(1000000), lambda x, y: x + y)
-- @ oom|timeout
select map(range(20000000), range(20000000))

-- what must be answered
-- @ ok
select count(*) from statement
-- @ ok
select status, count(*) from organisation_status group by 1
-- @ ok
from timeline limit 10
-- @ ok
describe source
-- @ ok
summarize statement
-- @ ok
show tables
-- @ ok
show all tables
-- @ ok
explain select * from source
-- @ ok
explain analyze select count(*) from source
-- @ ok
select table_name, column_name, comment from duckdb_columns() where not internal
-- @ ok
select * from information_schema.columns limit 5
-- @ ok
with recursive t(n) as (select 1 union all select n + 1 from t where n < 10) select * from t
-- @ ok
select unnest(aliases) from organisation limit 5
-- @ ok
pivot source on kind in ('news', 'letter') using count(*)
-- @ ok
select 'getenv duckdb_settings read_csv' as words
-- @ ok
select kind as duckdb_settings from source limit 1
-- @ ok
values (1), (2)
-- @ ok
select now(), uuid(), 1.5::decimal(5,2), interval 3 day, 'nan'::double, date '2021-05-12', {'a': [1, null]}
-- @ ok
select version(), current_date

-- the machine's functions, hidden in every place that can hold an expression
-- @ error
select 'HOME'.getenv()
-- @ refused
select getenv/**/('HOME')
-- @ refused
select list_transform(['HOME'], lambda x: getenv(x))
-- @ refused
select [x for x in ['HOME'] if getenv(x) is null]
-- @ refused
select columns(c -> getenv(c) is null) from statement
-- @ refused
select * exclude (summary) replace (getenv('HOME') as org_id) from statement
-- @ refused
select first(x) over w from range(3) t(x) window w as (order by getenv('HOME'))
-- @ refused
select count(*) filter (where getenv('HOME') is null) from statement
-- @ refused
select list(x order by getenv('HOME')) from range(3) t(x)
-- @ refused
select * from statement qualify getenv('HOME') is null
-- @ refused
select * from statement asof join statement t on getenv('HOME') >= t.org_id
-- @ refused
select * from statement positional join (select getenv('HOME'))
-- @ refused
select * from range(getenv('HOME')::int)
-- @ refused
select try(getenv('HOME'))
-- @ refused
table duckdb_settings
-- @ refused
explain (format json) select getenv('HOME')
-- @ refused
select pg_catalog.getenv('HOME')
-- @ refused
select * from ｄuckdb_settings()
-- @ error
select ɡetenv('HOME')
-- @ error
select nextval('x')
-- @ ok
select sql from sqlite_schema

-- more that eats memory or time
-- @ timeout|oom
select bitstring('1', 1000000000)
-- @ timeout
with recursive t(a) using key (a) as (select 1 union select a + 1 from t) select * from t
-- @ oom
with recursive t(a) as (select 'x' union all select a || a from t) select length(a) from t
-- @ oom
select translate(repeat('a', 500000000), 'a', 'b')
-- @ timeout|oom
select strftime(now(), repeat('%A', 10000000))
-- @ timeout|oom
select generate_series(timestamp '0001-01-01', timestamp '9999-01-01', interval 1 microsecond)
-- @ timeout|oom
select max(x) over (order by x rows between 1000000 preceding and current row) from range(100000000) t(x)
-- @ oom
select to_base64(repeat('x', 1000000000)::blob)
-- @ oom
select list_reduce(range(100000000), lambda a, b: a + b)
-- @ cut
select * from repeat_row(1, num_rows => 100000000000)
-- @ error
select cast(repeat('[', 100000) || repeat(']', 100000) as int[])
-- @ error
select equi_width_bins(0, 1000000000, 1000000000, false)
