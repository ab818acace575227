import { type StartedMongo, startMongo } from "@cofre/lab";
import { measureAgainstPlan } from "./against-plan.ts";
import { backUp, reachContainer } from "./backup.ts";
import { SEED, WORDS } from "./fixture.ts";
import type { Result } from "./measure.ts";
import type { BenchServer } from "./server.ts";

const DATABASE = "shop";
const DOCUMENTS_AT_ONCE = 1000;
const DUMPED = "/tmp/mongodump-bench";

/** Backup of so many documents against the usual script's `mongodump --out` and `tar czf`, both where the container's tools are. It is FerretDB. */
export async function measureMongo(
  bench: BenchServer,
  { documents, runs }: { readonly documents: number; readonly runs: number },
): Promise<readonly Result[]> {
  await using mongo = await startMongo({ inMemory: false, password: "bench" });
  await fillOrders(mongo, documents);
  const login = `--host 127.0.0.1 --port 27017 --username ${mongo.user} --password ${mongo.password}`;
  return await measureAgainstPlan(bench, {
    prefix: "mongodb",
    goal: 0.45,
    runs,
    planLine: (archive) => `set -e
      docker exec ${mongo.name} mongodump --quiet ${login} --authenticationDatabase admin --db ${DATABASE} --out ${DUMPED}
      docker exec ${mongo.name} tar -cz -C /tmp mongodump-bench > ${archive}\n`,
    tidyLine: `docker exec ${mongo.name} rm -rf ${DUMPED}`,
    ours: async (store) =>
      await backUp(await reachContainer(bench, "mongodb", mongo.name), { store, unit: DATABASE }),
  });
}

/** Orders as documents, made by the PostgreSQL behind FerretDB, which spares a driver; `bench` has no other way to write BSON. */
async function fillOrders(mongo: StartedMongo, documents: number): Promise<void> {
  const sql = `
    create function pg_temp.pick(n bigint) returns text language sql immutable as
      $$ select (string_to_array('${WORDS}', ' '))[1 + (abs(hashint8extended(n, ${SEED})) % 16)::int] $$;
    select count(documentdb_api.insert('${DATABASE}', format('{"insert":"orders","documents":[%s]}', batch)::documentdb_core.bson))
    from (select string_agg(document::text, ',') as batch from (
      select g, jsonb_build_object('_id', g, 'customer', abs(hashint8extended(g, 1)) % 100000, 'status', pg_temp.pick(g * 7),
        'note', (select string_agg(pg_temp.pick(g * 3 + n), ' ' order by n) from generate_series(1, 10) n),
        'amount', (abs(hashint8extended(g, 2)) % 1000000) / 100.0,
        'placedAt', jsonb_build_object('$date', jsonb_build_object('$numberLong', (1704067200000 + g * 7000)::text)),
        'items', jsonb_build_array(jsonb_build_object('sku', pg_temp.pick(g * 29), 'n', g % 9),
          jsonb_build_object('sku', pg_temp.pick(g * 31), 'n', g % 5)),
        'gift', g % 3 = 0, 'coupon', pg_temp.pick(g * 37), 'weight', g % 977,
        'proof', jsonb_build_object('$binary', jsonb_build_object('subType', '00', 'base64',
          encode(decode(md5(g::text) || md5((g + ${SEED})::text) || left(md5((g - ${SEED})::text), 16), 'hex'), 'base64')))
      ) as document from generate_series(1, ${documents}::bigint) g) orders group by g / ${DOCUMENTS_AT_ONCE}) batches;`;
  const argv = ["psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", "-d", "postgres"];
  // At rest afterwards, as PostgreSQL itself is measured: see `settle`.
  const stdin = `${sql}\nvacuum analyze;\ncheckpoint;\n`;
  const { code, stderr } = await mongo.exec(argv, { stdin, user: "postgres" });
  if (code !== 0) throw new Error(`psql ended with ${code}: ${stderr}`);
}
