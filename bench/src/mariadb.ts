import { type StartedSqlServer, startMariadb } from "@cofre/lab";
import { measureAgainstPlan } from "./against-plan.ts";
import { backUp, reachContainer } from "./backup.ts";
import { SEED, WORDS } from "./fixture.ts";
import type { Result } from "./measure.ts";
import type { BenchServer } from "./server.ts";

/** Bytes of one order in the table and its indexes, as measured. */
const ORDER_BYTES = 335;
const ROWS_AT_ONCE = 100_000;
/** The data fits in memory, as PostgreSQL's does by the system's cache: what is measured is not the disk. */
const SERVER_WORDS = [
  "--innodb-buffer-pool-size=1536M",
  "--innodb-log-file-size=512M",
  "--innodb-flush-log-at-trx-commit=2",
];

/** Backup of a MariaDB of about `bytes` against the usual script's `mysqldump | gzip`, through the socket as Cofre does. */
export async function measureMariadb(
  bench: BenchServer,
  { bytes, runs }: { readonly bytes: number; readonly runs: number },
): Promise<readonly Result[]> {
  const rootPassword = "bench";
  await using mariadb = await startMariadb("11.8", { inMemory: false, rootPassword, extra: SERVER_WORDS });
  await fillOrders(mariadb, bytes);
  return await measureAgainstPlan(bench, {
    prefix: "mariadb",
    goal: 0.35,
    runs,
    planLine: (archive) =>
      `docker exec ${mariadb.name} mariadb-dump -u root -p${rootPassword} ${mariadb.database} | gzip > ${archive}\n`,
    ours: async (store) =>
      await backUp(await reachContainer(bench, "mariadb", mariadb.name), { store, unit: mariadb.database }),
  });
}

/** The same orders as PostgreSQL's in kind: words, numbers, times, JSON and a tenth of random bytes. Deterministic. */
async function fillOrders(server: StartedSqlServer, bytes: number): Promise<void> {
  const rows = Math.round(bytes / ORDER_BYTES);
  await server.sql(`create table orders (
    id bigint primary key, customer int not null, status varchar(20) not null, note varchar(200) not null,
    amount decimal(12,2) not null, placed_at datetime not null, body json not null, proof varbinary(40) not null,
    key (customer), key (placed_at));`);
  for (let from = 1; from <= rows; from += ROWS_AT_ONCE) {
    await server.sql(ordersSql(from, Math.min(rows, from + ROWS_AT_ONCE - 1)));
  }
  await server.sql("analyze table orders;");
}

function ordersSql(from: number, to: number): string {
  const words = WORDS.split(" ")
    .map((word) => `'${word}'`)
    .join(",");
  const pick = (n: string) => `elt(1 + crc32(${n} + ${SEED}) % 16, ${words})`;
  const note = ["seq", "seq + 1", "seq * 3", "seq + 5", "seq * 11", "seq + 9", "seq * 13", "seq + 17"];
  const item = (factor: number, most: number) =>
    `json_object('sku', ${pick(`seq * ${factor}`)}, 'n', seq % ${most})`;
  return `insert into orders select seq, crc32(seq + 1) % 100000, ${pick("seq * 7")},
    concat_ws(' ', ${note.map(pick).join(", ")}),
    (crc32(seq + 2) % 1000000) / 100, timestampadd(second, seq * 7, '2024-01-01'),
    json_object('items', json_array(${item(29, 9)}, ${item(31, 5)}), 'gift', seq % 3 = 0,
      'coupon', ${pick("seq * 37")}, 'weight', seq % 977),
    unhex(concat(md5(seq), md5(seq + ${SEED}), left(md5(seq * 3), 16)))
    from seq_${from}_to_${to};`;
}
