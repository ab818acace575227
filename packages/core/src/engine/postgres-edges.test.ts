import { absentReason } from "@cofre/lab";
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from "vitest";
import { Secret } from "../model/secret.ts";
import {
  POSTGRES_UNITS,
  type PostgresSpecimen,
  startPostgresSpecimen,
} from "../testing/postgres-specimen.ts";
import { type Archive, load, openArchive, putArchive, restorationOf } from "./conformance/carry.ts";
import { carrierOf, take } from "./conformance/round-trip.ts";
import { postgres } from "./postgres.ts";
import { formerNames, oldName } from "./postgres-sql.ts";

const [SHOP] = POSTGRES_UNITS;
const SLOW_MS = 300_000;

describe.skipIf(absentReason({ engine: "postgres", version: "18" }))("PostgreSQL as it is met", () => {
  let specimen: PostgresSpecimen;
  const sql = (text: string, database = "postgres"): Promise<string> => specimen.sql(text, database);

  beforeAll(async () => {
    specimen = await startPostgresSpecimen("18", [
      "-c",
      "max_prepared_transactions=5",
      "-c",
      "wal_level=logical",
    ]);
  }, SLOW_MS);
  afterAll(() => specimen[Symbol.asyncDispose]());
  beforeEach(async () => {
    await specimen.empty();
    await specimen.fill();
  }, SLOW_MS);

  /** The same server as an ordinary user sees it. */
  async function reachAs(user: string, rights: string) {
    await sql(`create role "${user}" login password 'its own' ${rights}`);
    const reach = specimen.reach();
    return { ...reach, target: { ...reach.target, username: user, password: new Secret("its own") } };
  }

  test(
    "a table that the user may not read is named before the first byte",
    async () => {
      const reach = await reachAs("reader", "");
      await sql(`grant connect on database ${SHOP} to reader`);
      await expect(postgres.dump(reach, { units: [SHOP], digests: "none" })).rejects.toMatchObject({
        code: "target.permission",
        message: expect.stringMatching(/user reader may not read .*public\.\w+/),
      });
    },
    SLOW_MS,
  );

  test(
    "rows that a policy hides from the user are no backup",
    async () => {
      const reach = await reachAs("half", "");
      await sql("create database secluded");
      await sql(
        "create table t (a int); alter table t enable row level security; grant select on t to half",
        "secluded",
      );
      await expect(postgres.dump(reach, { units: ["secluded"], digests: "none" })).rejects.toMatchObject({
        code: "target.permission",
        message: expect.stringContaining("row security hides rows of public.t"),
      });
    },
    SLOW_MS,
  );

  test(
    "tools older than the server are refused with both versions, before the first byte",
    async () => {
      const reach = specimen.reachByPort();
      await expect(postgres.dump(reach, { units: [SHOP], digests: "none" })).rejects.toMatchObject({
        code: "engine.version",
        message: expect.stringMatching(/pg_dump 1[0-7]\.\d+ .* PostgreSQL 18/),
      });
    },
    SLOW_MS,
  );

  test(
    "an owner who may not create databases is told so before anything is changed",
    async () => {
      const archive = await take(postgres, specimen, { units: [SHOP] });
      const reach = await reachAs("plain", "");
      await sql(`alter database ${SHOP} owner to plain`);
      await expect(restorationOf(postgres, reach, archive).check()).rejects.toMatchObject({
        code: "target.permission",
        hint: expect.stringContaining("CREATEDB"),
      });
    },
    SLOW_MS,
  );

  test(
    "an owner who may create databases restores what is theirs",
    async () => {
      const reach = await reachAs("maker", "createdb");
      await sql("create database small owner maker");
      await sql("set role maker; create table t as select g from generate_series(1, 100) g", "small");
      const archive = await take(postgres, { ...specimen, reach: () => reach }, { units: ["small"] });
      await sql("drop table t; create table since (a int)", "small");
      await putArchive(postgres, { reach, journals: specimen.journals }, { archive });
      expect(await sql("select count(*), to_regclass('since') is null from t", "small")).toBe("100|t");
    },
    SLOW_MS,
  );

  test.each([
    [
      "a prepared transaction",
      "begin; create table p (a int); prepare transaction 'held by shop'",
      "held by shop",
    ],
    [
      "a subscription",
      "create subscription from_elsewhere connection 'host=x' publication p with (connect = false)",
      "from_elsewhere",
    ],
  ])(
    "%s in the target is refused by name",
    async (_what, make, name) => {
      const archive = await take(postgres, specimen, { units: [SHOP] });
      await sql(make, SHOP);
      try {
        await expect(restorationOf(postgres, specimen.reach(), archive).check()).rejects.toMatchObject({
          code: "target.unsuitable",
          message: expect.stringContaining(name),
        });
      } finally {
        await sql("rollback prepared 'held by shop'", SHOP).catch(() => undefined);
        await sql(
          "alter subscription from_elsewhere set (slot_name = none); drop subscription from_elsewhere",
          SHOP,
        ).catch(() => undefined);
      }
    },
    SLOW_MS,
  );

  test(
    "an extension that the server has not is refused by name",
    async () => {
      const archive = await take(postgres, specimen, { units: [SHOP] });
      const riders = archive.riders.map((rider) => ({
        ...rider,
        text: rider.text.replace('"hstore"', '"unheard_of"'),
      }));
      await expect(
        restorationOf(postgres, specimen.reach(), { ...archive, riders }).check(),
      ).rejects.toMatchObject({
        code: "target.unsuitable",
        message: expect.stringContaining("unheard_of"),
      });
    },
    SLOW_MS,
  );

  test(
    "the database that everybody logs in to first is restored too",
    async () => {
      await sql("create table kept as select 1 as a");
      const archive = await take(postgres, specimen, { units: ["postgres"] });
      await sql("drop table kept; create table since (a int)");
      await putArchive(postgres, carrierOf(specimen), { archive });
      expect(await sql("select a, to_regclass('since') is null from kept")).toBe("1|t");
      await sql("drop table kept");
    },
    SLOW_MS,
  );

  test(
    "clients at work lose their session once, find the restored data, and no other database notices",
    async () => {
      const archive = await take(postgres, specimen, { units: [SHOP] });
      await sql("create table since (a int)", SHOP);
      const elsewhere = sql("select pg_sleep(4), 'undisturbed'");
      const clients = Array.from({ length: 5 }, () =>
        sql("select pg_sleep(60)", SHOP).catch((error: unknown) => String(error)),
      );
      await putArchive(postgres, carrierOf(specimen), { archive });
      expect(await Promise.all(clients)).toEqual(
        clients.map(() => expect.stringMatching(/terminating connection/)),
      );
      expect(await sql("select to_regclass('since') is null, count(*) from customers", SHOP)).toBe("t|502");
      expect(await elsewhere).toContain("undisturbed");
    },
    SLOW_MS,
  );

  test(
    "riders tell roles and the database's own settings, and no password",
    async () => {
      await sql("create role clerk login password 'clerk word'");
      onTestFinished(async () => void (await sql("drop role clerk")));
      const { riders } = await take(postgres, specimen, { units: [SHOP] });
      const text = riders.map((rider) => rider.text).join("\n");
      expect(riders.map((rider) => rider.name)).toEqual(["globals.sql", "database.sql"]);
      expect(text).toContain("CREATE ROLE clerk");
      expect(text).toMatch(/CREATE DATABASE "shop" TEMPLATE template0 ENCODING 'UTF8'/);
      expect(text).not.toMatch(/SCRAM-SHA-256|clerk word/);
    },
    SLOW_MS,
  );

  test("a database of another encoding and locale keeps them, and what an earlier Cofre kept of it is dropped", async () => {
    await sql("create database latin template template0 encoding 'LATIN1' locale 'C'");
    await sql("set client_encoding = 'UTF8'; create table t as select 'ação' as word", "latin");
    const archive = await take(postgres, specimen, { units: ["latin"] });
    await sql("drop database latin");
    await putArchive(postgres, carrierOf(specimen), { archive });
    const asked = "set client_encoding = 'UTF8'; select word, current_setting('server_encoding') from t";
    expect(await sql(asked, "latin")).toBe("ação|LATIN1");

    const again = carrierOf(specimen);
    await putArchive(postgres, again, { archive });
    const { old } = formerNames(again.reach.tag);
    await sql(`alter database ${oldName(again.reach.tag)} rename to ${old}`);
    const kept = restorationOf(postgres, again.reach, archive);
    expect(await kept.stage()).toBe("switched");
    await kept.drop();
    expect(await sql(`select count(*) from pg_database where datname = '${old}'`)).toBe("0");
  }, 300_000);

  test(
    "roles that the target has not come as they were, without password and power, and are swept with a failed restore",
    async () => {
      await sql(ROLES);
      const wrapped = await take(postgres, specimen, { units: [SHOP] });
      await sql("drop foreign data wrapper nothing cascade", SHOP);
      const archive = await take(postgres, specimen, { units: [SHOP] });
      await sql("drop role clerk; drop role mighty; drop role team; drop role stranger");
      await using other = await startPostgresSpecimen("18", [], "boss");
      await other.sql("create role team; comment on role team is 'not to be touched'", "postgres");
      await expect(restorationOf(postgres, other.reach(), wrapped).check()).rejects.toMatchObject({
        code: "target.unsuitable",
        message: expect.stringContaining("belongs to app, who is no superuser here"),
      });
      const swept = other.reach();
      const restoration = restorationOf(postgres, swept, archive);
      await restoration.check();
      await restoration.prepare();
      expect(await other.sql(CLERK, "postgres")).toBe(
        't|f|f|7|2040-01-01|{statement_timeout=7s,"search_path=\\"a b\\", public"}|reader of all:t,team:f|',
      );
      expect(await other.sql(MADE_ROLES, "postgres")).toBe(
        "app,clerk,mighty,owner 'of' \"things\",reader of all,team",
      );
      expect(await other.sql("select rolsuper from pg_roles where rolname = 'mighty'", "postgres")).toBe("f");
      const told = restoration.warnings?.().join("\n");
      expect(told).toMatch(/ALTER ROLE … PASSWORD\) to app, clerk, mighty\n/);
      expect(told).toMatch(
        /clerk was in pg_read_server_files.*mighty had SUPERUSER|mighty had SUPERUSER.*clerk was in pg_read/,
      );
      await load({ reach: swept, journals: other.journals }, restoration, openArchive(archive));
      await restoration.abort();
      expect(await other.sql(MADE_ROLES, "postgres")).toBe("team");

      const bare = { ...archive, into: ["bare"], choices: { ownership: false, rights: false, roles: false } };
      await putArchive(postgres, carrierOf(other), { archive: bare });
      // The policy's role is neither owner nor right: without it the policy could not be.
      expect(await other.sql(MADE_ROLES, "postgres")).toBe("reader of all,team");
      expect(await other.sql(OWNERS_AND_GRANTS, "bare")).toBe("boss|0|0");

      const unowned = { ...archive, into: ["unowned"], choices: { ownership: false } };
      await putArchive(postgres, carrierOf(other), { archive: unowned });
      expect(await other.sql(OWNERS_AND_GRANTS, "unowned")).toMatch(/^boss\|[1-9]\d*\|[1-9]/);
      expect(await other.sql(CLERK, "postgres")).toMatch(/\|it's a \\ clerk$/);
      expect(
        await other.sql(
          `select shobj_description('team'::regrole, 'pg_authid'), ${GROUPS_OF("team")}`,
          "postgres",
        ),
      ).toBe("not to be touched|");
      const plain = { ...bare, format: { ...archive.format, name: "postgres-plain" } };
      await expect(restorationOf(postgres, other.reach(), plain).check()).rejects.toMatchObject({
        code: "input.invalid",
        message: expect.stringContaining("plain SQL"),
      });
    },
    SLOW_MS,
  );
});

const ROLES = `create role team; create role stranger login; create role mighty login superuser; grant "reader of all" to mighty;
create role clerk login noinherit connection limit 7 valid until '2040-01-01 UTC' password 'clerk word' in role team, pg_read_server_files;
grant "reader of all" to clerk with admin option; alter role clerk set statement_timeout = '7s';
alter role clerk set search_path = 'a b', public; comment on role clerk is 'it''s a \\ clerk'; grant "reader of all" to team`;

const GROUPS_OF = (
  name: string,
) => `(select string_agg(roleid::regrole::text || ':' || admin_option, ',' order by 1)
 from pg_auth_members where member = '${name}'::regrole)`;

const CLERK = `select rolcanlogin, rolinherit, rolpassword is not null, rolconnlimit, (rolvaliduntil at time zone 'UTC')::date,
 (select setconfig from pg_db_role_setting where setrole = a.oid and setdatabase = 0),
 (select string_agg(pg_get_userbyid(roleid) || ':' || left(admin_option::text, 1), ',' order by pg_get_userbyid(roleid)) from pg_auth_members where member = a.oid),
 case when shobj_description(a.oid, 'pg_authid') like 'made by cofre%' then '' else shobj_description(a.oid, 'pg_authid') end
 from pg_authid a where rolname = 'clerk'`;

const MADE_ROLES =
  "select string_agg(rolname, ',' order by rolname) from pg_roles where rolname !~ '^pg_' and rolname <> current_user";

/** Who owns anything of it, what was granted inside, and on the database itself. */
const OWNERS_AND_GRANTS = `select
 (select string_agg(distinct pg_get_userbyid(o)::text, ',') from (select relowner o from pg_class union select proowner from pg_proc
   union select datdba from pg_database where datname = current_database()) x)
 || '|' || (select count(*) from pg_class, aclexplode(relacl) where pg_get_userbyid(grantee) = 'reader of all')
 || '|' || (select count(*) from pg_database, aclexplode(datacl) where datname = current_database() and grantee <> 0 and grantee <> datdba)`;

describe.skipIf(
  absentReason({ engine: "postgres", version: "18" }) ?? absentReason({ engine: "postgres", version: "13" }),
)("between versions of PostgreSQL", () => {
  /** Rows and large objects: definitions are printed differently by each version. */
  const contents = async (specimen: PostgresSpecimen): Promise<readonly string[]> =>
    (await specimen.lines(SHOP)).filter((line) => /^(rows|large object|sequence) /.test(line));

  test(
    "from 13 to 18 all comes over with the same digests; back from 18 to 13 is refused, naming both",
    async () => {
      await using older = await startPostgresSpecimen("13");
      await using newer = await startPostgresSpecimen("18");
      await older.empty();
      await older.fill();
      const archive = await take(postgres, older, { units: [SHOP] });
      const facts = await putArchive(postgres, carrierOf(newer), { archive });
      expect(facts).toEqual(archive.facts);
      expect(await contents(newer)).toEqual(await contents(older));

      const back: Archive = await take(postgres, newer, { units: [SHOP] });
      const before = await contents(older);
      await expect(putArchive(postgres, carrierOf(older), { archive: back })).rejects.toMatchObject({
        code: "engine.version",
        message: expect.stringMatching(/PostgreSQL 18\S* cannot be restored to PostgreSQL 13/),
      });
      expect(await contents(older)).toEqual(before);
    },
    SLOW_MS,
  );
});
