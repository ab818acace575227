import { absentReason, readLab } from "@cofre/lab";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { containerHost } from "../host/container.ts";
import { type MysqlSpecimen, startMysqlSpecimen } from "../testing/mysqlish-specimen.ts";
import {
  type Archive,
  archiveAround,
  checkArchive,
  dumpOf,
  load,
  openArchive,
  putArchive,
  removeArchive,
  restorationOf,
} from "./conformance/carry.ts";
import { takeArchive } from "./conformance/take-archive.ts";
import { mariadb } from "./mariadb.ts";
import { mysql } from "./mysql.ts";
import { formerNames } from "./mysqlish-sql.ts";
import { MARIADB, MYSQL } from "./mysqlish-vendor.ts";

const SLOW_MS = 240_000;
const LATEST = { mysql: "9.7", mariadb: "11.8" } as const;

/** What an application makes itself, code included. */
const OWN = `create table a (id int primary key, body varchar(20)); insert into a values (1, 'one'), (2, 'two'); create table told (n int);
create view seen as select id from a; create trigger tells after insert on a for each row insert into told values (new.id);
create procedure own() select 1; create event now_and_then on schedule every 1 day do select 1;`;

describe.each([mysql, mariadb])("$label", (engine) => {
  const id = engine.id === "mysql" ? "mysql" : "mariadb";
  const [own, other] = id === "mysql" ? [MYSQL, MARIADB] : [MARIADB, MYSQL];

  describe.skipIf(absentReason({ engine: id, version: LATEST[id] }))("on a real server", () => {
    let specimen: MysqlSpecimen;
    let archive: Archive;
    const carrier = (reach = specimen.reach()) => ({ reach, journals: specimen.journals });
    const take = async (reach = specimen.reach()): Promise<Archive> => {
      const taken = await takeArchive(engine, carrier(reach), { units: ["shop"] });
      onTestFinished(() => removeArchive(taken));
      return taken;
    };

    /** Ends the session that is at this statement, if one still is. */
    const stop = async (statement: string): Promise<void> => {
      const id = await specimen.sql(
        `select id from information_schema.processlist where info = '${statement}'`,
      );
      if (id !== "") await specimen.sql(`kill ${id}`);
    };

    beforeAll(async () => {
      specimen = await startMysqlSpecimen(id, LATEST[id]);
      await specimen.empty();
      await specimen.fill();
      archive = await takeArchive(engine, carrier(), { units: ["shop"] });
    }, SLOW_MS);
    afterAll(async () => {
      await removeArchive(archive);
      await specimen[Symbol.asyncDispose]();
    });

    test("an archive or a server of the other vendor is refused, both named", {
      timeout: SLOW_MS,
    }, async () => {
      const foreign = { ...archive, format: { ...archive.format, name: other.format } };
      const checked = restorationOf(engine, specimen.reach(), foreign).check();
      await expect(checked).rejects.toMatchObject({ code: "archive.foreign" });
      await expect(checked).rejects.toThrow(new RegExp(`${other.label} .* to ${own.label}`));
      const wrong = id === "mysql" ? mariadb : mysql;
      await expect(wrong.inspect(specimen.reach())).rejects.toMatchObject({ code: "target.unsuitable" });
      expect(wrong.identify((await dumpOf(archive)).subarray(0, 4096))).toBeUndefined();
      // Programs of another vendor, or older ones, beside a server that is reached by its address.
      const { containers, docker } = readLab();
      const [client = "docker", ...words] = docker;
      const container = id === "mysql" ? containers.mariadb118?.name : containers.mariadb1011?.name;
      const host = containerHost(specimen.server, { client: [client, ...words], container: container ?? "" });
      const { container: _, target, ...reach } = specimen.reach();
      const strange = { ...reach, host, target: { ...target, host: specimen.started.ip } };
      const unfit = restorationOf(engine, strange, archive).check();
      await expect(unfit).rejects.toMatchObject({ code: "engine.version" });
      await expect(unfit).rejects.toThrow(
        id === "mysql" ? /MariaDB.* cannot restore to a MySQL/ : /mariadb 10\.11.* cannot restore to/,
      );
    });

    test("what the target lacks or would lose is refused by name before anything is made", {
      timeout: SLOW_MS,
    }, async () => {
      const check = (from: Archive) => restorationOf(engine, specimen.reach(), from).check();
      const strange = archive.riders.map((rider) => ({
        ...rider,
        text: rider.text.replace('"utf8mb4_unicode_ci"]', '"utf8mb4_unicode_ci","klingon_ci"]'),
      }));
      await expect(check({ ...archive, riders: strange })).rejects.toThrow(/collations .*klingon_ci/);
      await specimen.sql(
        "create database third; use third; create table t (c int, foreign key (c) references shop.orders (id))",
      );
      await expect(check(archive)).rejects.toThrow(/third\.t/);
      await specimen.sql("drop database third; set global read_only = 1");
      await expect(check(archive))
        .rejects.toThrow(/read_only/)
        .finally(() => specimen.sql("set global read_only = 0"));
      await expect(check(archive)).resolves.toBeUndefined();
    });

    test("the application's own user backs up without counts that nobody took, and cannot restore", {
      timeout: SLOW_MS,
    }, async () => {
      // Rights by a pattern, as hosters give them.
      await specimen.sql(
        "set global log_bin_trust_function_creators = 1; create database app_own; grant all on `app\\_%`.* to app@'%'",
      );
      await specimen.sqlAsApp(OWN, "app_own");
      const taken = await takeArchive(engine, carrier(specimen.reachAsApp()), { units: ["app_own"] });
      onTestFinished(() => removeArchive(taken));
      const { counts = {} } = taken.facts[0] ?? {};
      expect(counts).toMatchObject({
        "(tables)": 2,
        "(views)": 1,
        "(triggers)": 1,
        "(routines)": 1,
        "(events)": 1,
      });
      expect(Object.keys(counts).every((name) => name.startsWith("("))).toBe(true);
      expect(taken.warnings.join("\n")).toMatch(/rows were not counted/);
      await expect(restorationOf(engine, specimen.reachAsApp(), archive).check()).rejects.toMatchObject({
        code: "target.permission",
      });
    });

    test.each([
      ["some seconds does not cost the counts", 5, /^(?!.*a restore will not compare)/s],
      ["long costs the counts, and that is told", 60, /a query that ran for long kept the server/],
    ])("a statement that runs for %s", { timeout: SLOW_MS }, async (_, seconds, told) => {
      const statement = `update shop.customers set price = price where sleep(${seconds}) = 0 limit 1`;
      const holder = specimen.sql(statement).catch(() => "");
      await new Promise((resolve) => setTimeout(resolve, 500));
      const taken = await take();
      expect(taken.warnings.join("\n")).toMatch(told);
      expect("orders" in (taken.facts[0]?.counts ?? {})).toBe(seconds < 10);
      await stop(statement);
      await holder;
    });

    test("a lock that the server does not give whole keeps nobody out until the dump begins", {
      timeout: SLOW_MS,
    }, async () => {
      const plan = await engine.dump(specimen.reach(), { units: ["shop"], digests: "none" });
      const statement = "update shop.customers set price = price where sleep(61) = 0 limit 1";
      const holder = specimen.sql(statement).catch(() => "");
      await new Promise((resolve) => setTimeout(resolve, 500));
      const counted = await (plan.companion?.on ?? specimen.reach().host).run(
        plan.companion?.command ?? { argv: ["false"] },
      );
      expect(counted).toMatchObject({ code: 0, stderr: expect.stringMatching(/Lock wait timeout/i) });
      expect(counted.stdout).toMatch(/^\d+\ncofre:unheld\n(?!.*(cofre:late|^row\t)).*cofre:done\n$/ms);
      await stop(statement);
      await holder;
    });

    test("who may see only a part is refused before the first byte, told what is missing", {
      timeout: SLOW_MS,
    }, async () => {
      await specimen.sql(
        "create database part; use part; create table a (n int); create table b (n int); create procedure hers() select 1",
      );
      const all = "select, show view, trigger, event";
      const partial: readonly (readonly [grants: string, missing: RegExp])[] = [
        [
          "grant select on part.a to partly; grant event on part.* to partly",
          /SELECT, SHOW VIEW, TRIGGER on all of it/,
        ],
        [`grant ${all} on part.* to partly`, /the right to see its functions and procedures/],
        [`grant ${all}, execute on part.* to partly`, /the text of hers, which others made/],
      ];
      const dump = async (grants: string) => {
        await specimen.sql(`drop user if exists partly; create user partly identified by 'w0rd'; ${grants}`);
        return engine.dump(specimen.reachAs("partly", "w0rd"), { units: ["part"], digests: "none" });
      };
      for (const [grants, missing] of partial) {
        const refused = dump(grants);
        await expect(refused, grants).rejects.toMatchObject({
          code: "target.permission",
          hint: expect.stringMatching(/GRANT .* TO `partly`@`%`/),
        });
        await expect(refused).rejects.toThrow(missing);
      }
      const byDefault =
        id === "mysql" ? "set default role all to partly" : "set default role seer for partly";
      await dump(`create role seer; grant ${all} on *.* to seer; grant seer to partly; ${byDefault}`);
      await specimen.sql("drop user partly; drop role seer; drop database part");
    });

    test("rights by a pattern are carried for this database, those by a role or everywhere are told by name", {
      timeout: SLOW_MS,
    }, async () => {
      await specimen.sql(`create database app_b; create table app_b.t (n int); create role team; grant select on *.* to team;
 create user hosted identified by 'w0rd'; grant select on \`app\\_%\`.* to hosted; create user strange identified by 'w0rd'; grant select on \`app\\_x%\`.* to strange;
 create user member identified by 'w0rd'; grant team to member; create user watcher identified by 'w0rd'; grant process on *.* to watcher`);
      const taken = await takeArchive(engine, carrier(), { units: ["app_b"] });
      onTestFinished(() => removeArchive(taken));
      const riders = taken.riders.map(({ text }) => text).join("\n");
      expect(riders).toMatch(/GRANT PROCESS ON \*\.\* TO `watcher`@`%`;/);
      expect(riders).not.toMatch(/IDENTIFIED (BY PASSWORD|VIA)|w0rd/);
      await specimen.sql("drop user hosted, member, watcher, strange; drop role team; drop database app_b");
      const reach = specimen.reach();
      const restoration = restorationOf(engine, reach, taken);
      await restoration.prepare();
      await restoration.loaded(await load(carrier(reach), restoration, openArchive(taken)));
      await restoration.commit();
      const told = restoration.warnings?.().join("\n");
      expect(told).toMatch(/`hosted`@`%` was missing and was made locked/);
      expect(told).toMatch(/rights on the whole server are not on this server.*`watcher`@`%`/);
      expect(told).toMatch(/rights by a role are not on this server.*`member`@`%`/);
      expect(told).not.toMatch(/strange/);
      expect(await specimen.sql("show grants for hosted")).toContain("GRANT SELECT ON `app\\_b`.* TO");
      await specimen.sql("drop user hosted; drop database app_b");
    });

    test("a user who must come by TLS is let in", async () => {
      await specimen.sql(
        "create user guarded identified by 'w0rd' require ssl; grant select, process, show databases on *.* to guarded",
      );
      expect((await engine.inspect(specimen.reachAs("guarded", "w0rd"))).units).toContainEqual(
        expect.objectContaining({ name: "shop" }),
      );
      await specimen.sql("drop user guarded");
    });

    test("an error that was printed although the program exited 0 refuses the dump", {
      timeout: SLOW_MS,
    }, async () => {
      const plan = await engine.dump(specimen.reach(), { units: ["shop"], digests: "none" });
      const remains = {
        companion: "1\ncofre:held\nrows\t\t0\ncofre:done\n",
        observed: Buffer.from("-- Dump completed on 2026-11-22  9:00:00\n"),
      };
      expect(plan.conclude({ ...remains, stderr: "" }).facts).toHaveLength(1);
      const stderr = "mysqldump: Error: 'Access denied; you need PROCESS' when trying to dump tablespaces\n";
      expect(() => plan.conclude({ ...remains, stderr })).toThrow(/Access denied/);
      expect(() => plan.conclude({ ...remains, observed: Buffer.from("insert"), stderr: "" })).toThrow(
        /Dump completed/,
      );
    });

    test("a dump that names its database is loaded where it was asked to, one of several is refused", {
      timeout: SLOW_MS,
    }, async () => {
      const before = await specimen.fingerprint(["shop"]);
      const dump = await dumpOf(archive);
      const lead = (name: string) =>
        Buffer.from(`CREATE DATABASE /*!32312 IF NOT EXISTS*/ \`${name}\`;\nUSE \`${name}\`;\n`);
      const named = await archiveAround(archive, Buffer.concat([lead("shop"), dump]));
      const several = await archiveAround(archive, Buffer.concat([lead("shop"), lead("mysql"), dump]));
      onTestFinished(() => Promise.all([named, several].map(removeArchive)).then(() => undefined));
      await putArchive(engine, carrier(), { archive: { ...named, into: ["elsewhere"] } });
      expect(await specimen.fingerprint(["elsewhere"])).toBe(await specimen.fingerprint(["shop"]));
      expect(await specimen.fingerprint(["shop"])).toBe(before);
      const checked = checkArchive(engine, { bench: specimen.reach(), journals: specimen.journals }, several);
      await expect(checked).rejects.toMatchObject({ code: "archive.foreign" });
    });

    test.each([
      ["before the tables moved", () => "select count(*) from shop.orders"],
      ["after they moved", (stage: string) => `select ${stage}.add_one(1)`],
    ])("a switch that is held up %s is taken back whole", { timeout: SLOW_MS }, async (_, hold) => {
      const taken = await take();
      await specimen.change();
      const before = await specimen.fingerprint(["shop"]);
      const reach = specimen.reach();
      const restoration = restorationOf(engine, reach, taken);
      await restoration.prepare();
      await restoration.loaded(await load(carrier(reach), restoration, openArchive(taken)));
      const holding = `start transaction; ${hold(`cofre_stage_${reach.tag.slice(-12)}`)}; do sleep(60)`;
      const holder = specimen.sql(holding).catch(() => "");
      await new Promise((resolve) => setTimeout(resolve, 1000));
      await expect(restoration.commit()).rejects.toMatchObject({ name: "Fault", code: "target.unsuitable" });
      expect(await restoration.stage()).toBe("staged");
      expect(await specimen.fingerprint(["shop"])).toBe(before);
      await stop("do sleep(60)");
      await holder;
      await restoration.abort();
      expect(await specimen.leftovers(reach.tag)).toEqual([]);
      // As an earlier Cofre named what it kept.
      const { old } = formerNames(reach.tag);
      await specimen.sql(`create database ${old}`);
      expect(await restoration.stage()).toBe("switched");
      await restoration.drop();
      expect(await restoration.stage()).toBe("absent");
      await specimen.empty();
      await specimen.fill();
    });
  });
});
