type Sql = (text: string, database: string) => Promise<string>;

/** Four clients that move money between accounts in whole transactions until they are disposed of. */
export async function startWriters(sql: Sql, unit: string): Promise<AsyncDisposable> {
  await sql(
    `create table accounts (id int primary key, balance bigint not null);
     create table ledger (id int auto_increment primary key, debit int not null, credit int not null, amount int not null);
     insert into accounts select a.n + 10 * b.n + 1, 1000 from (${DIGITS}) a, (${DIGITS}) b;
     create database writers;`,
    unit,
  );
  await sql(
    WRITE.replaceAll("accounts", `\`${unit}\`.accounts`).replaceAll("ledger", `\`${unit}\`.ledger`),
    "writers",
  );
  const clients = Array.from({ length: 4 }, () => sql("call writers.go()", "writers").catch(() => undefined));
  await new Promise((resolve) => setTimeout(resolve, 500));
  return {
    [Symbol.asyncDispose]: async () => {
      const ids = await sql(
        "select id from information_schema.processlist where db = 'writers' and id <> connection_id()",
        "mysql",
      );
      await sql(
        ids
          .split("\n")
          .filter(Boolean)
          .map((id) => `kill ${id};`)
          .join("\n"),
        "mysql",
      ).catch(() => undefined);
      await Promise.all(clients);
    },
  };
}

export const DIGITS = Array.from({ length: 10 }, (_, n) => `select ${n} as n`).join(" union all ");

/** Both rows are locked in order, so that writers do not deadlock. A pause lets others have a machine with few cores. */
const WRITE = `delimiter //
create procedure go() begin
  declare a int; declare b int; declare n int;
  declare exit handler for sqlstate '70100' rollback;
  loop
    set a = 1 + floor(rand() * 100), b = 1 + floor(rand() * 100), n = floor(rand() * 50);
    if a <> b then
      start transaction;
      select count(*) into @seen from accounts where id in (a, b) for update;
      update accounts set balance = balance - n where id = a;
      insert into ledger (debit, credit, amount) values (a, b, n);
      update accounts set balance = balance + n where id = b;
      commit;
      do sleep(0.002);
    end if;
  end loop;
end//
delimiter ;`;

/** Prints what is wrong where a transaction was torn, and when nothing was written at all. */
export const BROKEN_RULE = `select concat('the sum is ', sum(balance)) from accounts having sum(balance) <> 100000
union all select concat('account ', id, ' is off') from accounts a where balance <> 1000
  + (select coalesce(sum(amount), 0) from ledger where credit = a.id) - (select coalesce(sum(amount), 0) from ledger where debit = a.id)
union all select 'nothing was written' from dual where not exists (select 1 from ledger)`;
