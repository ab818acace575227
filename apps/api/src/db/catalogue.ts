import type { Database } from "./database.ts";

/** An open catalogue. */
export interface Catalogue {
  readonly kind: "embedded" | "postgres";
  readonly db: Database;
  /** Runs statements that the typed door does not know (the queue's own tables). */
  readonly sql: RawSql;
  close(): Promise<void>;
}

export interface RawSql {
  query(text: string, values?: readonly unknown[]): Promise<{ rows: Record<string, unknown>[] }>;
}
