-- What breaks people, in one database of MySQL or MariaDB.
set session sql_mode = 'STRICT_TRANS_TABLES,NO_ENGINE_SUBSTITUTION';
create table customers (
  id bigint unsigned not null auto_increment primary key,
  name varchar(100) character set utf8mb4 not null,
  mood enum('sad', 'it''s ok', 'happy é') not null default 'sad',
  flags set('a', 'b', 'c d'),
  price decimal(12, 4),
  ratio double, small_ratio float,
  seen datetime(6), stamped timestamp(3) null, day date, clock time(2), made year,
  bits bit(10), flag boolean,
  raw blob, fixed binary(4), big longblob,
  note text, latin varchar(50) character set latin1,
  profile json,
  place point,
  shout varchar(110) generated always as (upper(name)) stored,
  short_name varchar(5) generated always as (left(name, 5)) virtual,
  unique key by_name (name),
  key by_mood (mood, day desc),
  fulltext key by_note (note),
  constraint positive check (price is null or price >= 0)
) comment 'it''s a "comment" \\ with 😀' auto_increment = 1000;
insert into customers (name, mood, flags, price, ratio, small_ratio, seen, stamped, day, clock, made, bits, flag, raw, fixed, big, note, latin, profile, place)
select concat('João "', d.n, '" \\ ''x'' 😀'), 1 + d.n % 3, d.n % 8, d.n / 3, d.n / 7, d.n / 7, date_add('2024-02-29 23:59:59.999999', interval d.n day),
  '2024-01-01 12:00:00.125', date_add('2024-01-01', interval d.n day), '-12:34:56.78', 2024, d.n, d.n % 2, unhex(concat('00ff0d0a1a27225c', lpad(hex(d.n), 4, '0'))), unhex('00ff'),
  repeat(unhex('00ff27'), d.n), concat('line\nbreak\ttab \0 nul \Z -- ; ', d.n, '\n-- Dump completed on 2024-01-01  1:00:00\nUSE `mysql`;\n'), 'ação', json_object('n', d.n, 'deep', json_array(null, 'é')), point(d.n, -d.n)
from (select a.n + 10 * b.n + 100 * c.n as n from
 (select 0 as n union select 1 union select 2 union select 3 union select 4 union select 5 union select 6 union select 7 union select 8 union select 9) a,
 (select 0 as n union select 1 union select 2 union select 3 union select 4 union select 5 union select 6 union select 7 union select 8 union select 9) b,
 (select 0 as n union select 1 union select 2 union select 3) c) d;
insert into customers (name, note) values ('', null), ('''; drop table customers; --', '\\! touch /tmp/owned');
create table empty_table (id int primary key, body text);
create table loose (id int auto_increment primary key, body varchar(20)) engine = MyISAM;
insert into loose (body) values ('one'), ('two');
create table `we``ird 'tàble' "$(touch /tmp/owned)"` (`col'umn "x"` text, `a``b` int);
insert into `we``ird 'tàble' "$(touch /tmp/owned)"` values ('$(reboot)', 1), (null, null);
create table orders (
  id int not null auto_increment primary key,
  customer bigint unsigned not null,
  placed date not null,
  total decimal(12, 2),
  constraint of_customer foreign key (customer) references customers (id) on delete cascade on update restrict
);
insert into orders (customer, placed, total) select id, '2024-01-01', id * 1.25 from customers;
create table parts (id int not null, placed date not null, primary key (id, placed))
 partition by range (year(placed)) (partition p2023 values less than (2024), partition rest values less than maxvalue);
insert into parts values (1, '2023-05-05'), (2, '2024-05-05');
create table log (id int auto_increment primary key, what varchar(200));
create view cheerful as select id, name from customers where mood = 'happy é';
create view `view of "views"` as select id, name, concat(name, '!') as said from cheerful with cascaded check option;
create algorithm = merge sql security invoker view spent as select customer, sum(total) as total from orders group by customer;
delimiter //
create function add_one(n int) returns int deterministic comment 'adds' return n + 1//
create procedure tidy(in what varchar(20), out many int) modifies sql data
begin
  -- a comment; with 'quotes'
  delete from empty_table where body = what;
  select count(*) into many from empty_table;
end//
create procedure `odd "name"`() select 'it''s ok'//
create trigger told before insert on orders for each row begin insert into log (what) values (concat('order of ', new.customer)); set new.total = coalesce(new.total, 0); end//
create trigger told_too after update on orders for each row insert into log (what) values ('changed')//
create event cleaning on schedule every 1 second starts '2024-01-01 00:00:00' on completion preserve comment 'it''s "on"' do insert into log (what) select 'the event ran where nobody should see it' from dual where database() like 'cofre%'//
create event sleeping on schedule every 1 day starts '2024-01-01 00:00:00' on completion preserve disable do delete from log//
delimiter ;
create view counted as select add_one(id) as n from empty_table;
