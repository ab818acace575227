import { type StartedPostgres, startPostgres } from "@cofre/lab";

/** One fixed set of data, made from a seed inside the database itself. */
export const SEED = 20_260_209;
/** Bytes of one order in the table and its indexes, as measured. */
const ORDER_BYTES = 422;

export const WORDS =
  "pedido entrega cliente caixa frete prazo nota fiscal troca azul verde grande pequeno urgente retirada loja";

/** A PostgreSQL with its data on disk, as in production. It tidies up when it is told to, see `settle`, not while something is measured. */
export async function startOrders(version: string): Promise<StartedPostgres> {
  return await startPostgres(version, {
    inMemory: false,
    extra: ["-c", "max_wal_size=4GB", "-c", "autovacuum=off"],
  });
}

/** What a server has done some minutes after much was written to it. */
export async function settle(server: StartedPostgres, database: string): Promise<void> {
  await server.sql("vacuum analyze", database);
  await server.sql("checkpoint", database);
}

/**
 * Fills `database` with orders until it takes about `bytes`: words, numbers, times, JSON, and a tenth of random bytes, which do not
 * compress. Deterministic: the same seed and size give the same rows.
 */
export async function fillOrders(server: StartedPostgres, database: string, bytes: number): Promise<void> {
  const rows = Math.round(bytes / ORDER_BYTES);
  await server.sql(
    `
    create table words as select row_number() over () - 1 as i, w from unnest(string_to_array('${WORDS}', ' ')) w;
    create function pick(n bigint) returns text language sql immutable as
      $$ select (string_to_array('${WORDS}', ' '))[1 + (abs(hashint8extended(n, ${SEED})) % 16)::int] $$;
    create table orders (
      id bigint primary key, customer int not null, status text not null, note text not null,
      amount numeric(12,2) not null, placed_at timestamptz not null, body jsonb not null, proof bytea not null
    );
    insert into orders
    select g, abs(hashint8extended(g, 1)) % 100000, pick(g * 7),
      pick(g) || ' ' || pick(g + 1) || ' ' || pick(g * 3) || ' ' || pick(g + 5) || ' ' || pick(g * 11) || ' ' || pick(g + 9)
        || ' ' || pick(g * 13) || ' ' || pick(g + 17) || ' ' || pick(g * 19) || ' ' || pick(g + 23),
      (abs(hashint8extended(g, 2)) % 1000000) / 100.0,
      timestamptz '2024-01-01 00:00+00' + make_interval(secs => g * 7),
      jsonb_build_object('items', jsonb_build_array(jsonb_build_object('sku', pick(g * 29), 'n', g % 9),
        jsonb_build_object('sku', pick(g * 31), 'n', g % 5)), 'gift', g % 3 = 0, 'coupon', pick(g * 37), 'weight', g % 977),
      decode(md5(g::text) || md5((g + ${SEED})::text) || substr(md5((g - ${SEED})::text), 1, 16), 'hex')
    from generate_series(1, ${rows}) g;
    create index on orders (customer);
    create index on orders (placed_at);`,
    database,
  );
}

/** The tables of PostgreSQL's own benchmark, which compress far better than real data. */
export async function fillPgbench(server: StartedPostgres, database: string, scale: number): Promise<void> {
  const { code, stderr } = await server.exec([
    "pgbench",
    "-i",
    "-q",
    "-s",
    String(scale),
    "-U",
    server.user,
    database,
  ]);
  if (code !== 0) throw new Error(`pgbench ended with ${code}: ${stderr}`);
}
