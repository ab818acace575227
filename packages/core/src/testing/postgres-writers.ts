type Sql = (text: string, database: string) => Promise<string>;

/** Four clients that move money between accounts in whole transactions until they are disposed of. */
export async function startWriters(sql: Sql, unit: string): Promise<AsyncDisposable> {
  await sql(
    `create table accounts (id int primary key, balance bigint not null);
     create table ledger (id bigserial primary key, debit int not null, credit int not null, amount int not null);
     insert into accounts select g, 1000 from generate_series(1, 100) g`,
    unit,
  );
  const clients = Array.from({ length: 4 }, () => sql(WRITE, unit).catch(() => undefined));
  await new Promise((resolve) => setTimeout(resolve, 500));
  return {
    [Symbol.asyncDispose]: async () => {
      await sql(
        "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'writer'",
        "postgres",
      );
      await Promise.all(clients);
    },
  };
}

/** Both rows are locked in order, so that writers do not deadlock. */
const WRITE = `set application_name = 'writer'; do $$ declare a int; b int; n int; begin loop
  a := 1 + floor(random() * 100); b := 1 + floor(random() * 100); n := floor(random() * 50);
  if a <> b then
    perform from accounts where id in (a, b) order by id for update;
    update accounts set balance = balance - n where id = a;
    insert into ledger (debit, credit, amount) values (a, b, n);
    update accounts set balance = balance + n where id = b;
    commit;
  end if;
end loop; end $$;`;

/** Prints what is wrong where a transaction was torn, and when nothing was written at all. */
export const BROKEN_RULE = `select 'the sum is ' || sum(balance) from accounts having sum(balance) <> 100000
union all select 'account ' || id || ' is off' from accounts a where balance <> 1000
  + (select coalesce(sum(amount), 0) from ledger where credit = a.id) - (select coalesce(sum(amount), 0) from ledger where debit = a.id)
union all select 'nothing was written' where not exists (select from ledger)`;
