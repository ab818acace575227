/** What sets the two servers apart that one heart backs up. */
export interface Vendor {
  readonly id: "mysql" | "mariadb";
  /** As the product calls itself. */
  readonly label: string;
  /** The one dump format: SQL text of the vendor's own dump program. */
  readonly format: string;
  /** Names of its programs, the present one first. */
  readonly client: readonly string[];
  readonly dump: readonly string[];
  /** Words of the dump program beside those that both know. */
  readonly dumpWords: readonly string[];
  /**
   * Words by which its programs leave out TLS on a socket, which nobody else can read. MariaDB's encrypt there too since 11.4, a tenth
   * of a dump's time; MySQL's do not (documentation of `--ssl-mode`). Those of another vendor only warn of what begins with `loose`.
   */
  readonly withoutTls: readonly string[];
  /** Of sessions that ask: no surprises in quotes and backslashes, and no user that is made by a grant. */
  readonly sqlMode: string;
  /** Turns off what ends a statement by its length, for the session. */
  readonly unlimited: string;
}

export const MARIADB: Vendor = {
  id: "mariadb",
  label: "MariaDB",
  format: "mariadb-sql",
  client: ["mariadb", "mysql"],
  dump: ["mariadb-dump", "mysqldump"],
  dumpWords: [],
  withoutTls: ["--loose-skip-ssl"],
  sqlMode: "NO_AUTO_CREATE_USER",
  unlimited: "set session max_statement_time = 0",
};

export const MYSQL: Vendor = {
  id: "mysql",
  label: "MySQL",
  format: "mysql-sql",
  client: ["mysql"],
  dump: ["mysqldump"],
  // A dump of one database that sets the whole server's GTIDs could be loaded into no other server.
  dumpWords: ["--set-gtid-purged=OFF"],
  withoutTls: [],
  sqlMode: "",
  unlimited: "set session max_execution_time = 0",
};

/** Which of the two a server is, by the text of its version: `10.11.14-MariaDB-0+deb12u2`, `9.7.0`. */
export function vendorOf(serverVersion: string): Vendor {
  return /mariadb/i.test(serverVersion) ? MARIADB : MYSQL;
}

/** Its numbers alone: `10.11.14`. Older MariaDB puts `5.5.5-` in front for the sake of old clients. */
export function numbersOf(serverVersion: string): string {
  return /^\d+(\.\d+)*/.exec(serverVersion.replace(/^5\.5\.5-(?=\d)/, ""))?.[0] ?? serverVersion;
}

/** Whether the first version is of a newer release series than the second: 11.8 after 10.11, 8.4 after 8.0. */
export function isNewerSeries(one: string, other: string): boolean {
  const [major = 0, minor = 0] = one.split(".").map(Number);
  const [otherMajor = 0, otherMinor = 0] = other.split(".").map(Number);
  return major > otherMajor || (major === otherMajor && minor > otherMinor);
}
