export interface RecoveryKit {
  readonly name: string;
  readonly key: { readonly fingerprint: string; readonly algorithm: string };
  /** The private key under a passphrase that is not in the kit. */
  readonly lockedKey: string;
  /** What is typed into Cofre to say that the kit was saved. */
  readonly code: string;
  readonly madeAt: Date;
  /** Where archives rest, in words: `web-1:/opt/backups`. */
  readonly places: readonly string[];
}

/** Opens an archive with gpg alone. `$KIT` is the kit's file, `$ARCHIVE` ends in `.gpg`. */
const OPEN_WITHOUT_COFRE = `gpg --import "$KIT" && gpg --output "\${ARCHIVE%.gpg}" --decrypt "$ARCHIVE"`;

interface Load {
  readonly what: string;
  readonly says: string;
  readonly commands: readonly string[];
}

/** Each command is one of FORMAT.md's, word for word, which the suite runs; nothing is indented, because a here-document ends at the margin. */
const LOADS: readonly Load[] = [
  {
    what: "PostgreSQL, .dump.zst",
    says: "Roles of the original are in ARCHIVE.globals.sql, owner and settings of the database in ARCHIVE.database.sql.",
    commands: [
      `docker exec "$CONTAINER" createdb -U "$DBUSER" -T template0 "$DATABASE"`,
      `zstd -dc "$ARCHIVE" | docker exec -i "$CONTAINER" pg_restore -U "$DBUSER" -d "$DATABASE" --exit-on-error --single-transaction`,
    ],
  },
  {
    what: "PostgreSQL, .sql.zst",
    says: "Made by createdb as above. It is read to its end first, because psql commits half a dump that was cut.",
    commands: [
      `zstd -tq "$ARCHIVE" &&
{ echo 'BEGIN;'; zstd -dc "$ARCHIVE"; echo 'COMMIT;'; } |
docker exec -i "$CONTAINER" psql -q -o /dev/null -v ON_ERROR_STOP=1 -U "$DBUSER" -d "$DATABASE"`,
    ],
  },
  {
    what: "MySQL and MariaDB, .sql.zst",
    says: "CLIENT is mysql for MySQL, mariadb for MariaDB; the password in MYSQL_PWD. Logins are in ARCHIVE.users.sql.",
    commands: [
      `docker exec -e MYSQL_PWD "$CONTAINER" "$CLIENT" -u "$DBUSER" -e "CREATE DATABASE \\\`$DATABASE\\\`"`,
      `zstd -dc "$ARCHIVE" | tail -n 1 | grep -q '^-- Dump completed on ' && zstd -tq "$ARCHIVE" &&
zstd -dc "$ARCHIVE" | docker exec -i -e MYSQL_PWD "$CONTAINER" "$CLIENT" --binary-mode --default-character-set=utf8mb4 -u "$DBUSER" "$DATABASE"`,
    ],
  },
  {
    what: "MongoDB, .archive.zst",
    says: "DATABASE is one of those in the archive; the password in DBPASSWORD. Users are in ARCHIVE.users.json.",
    commands: [
      `zstd -tq "$ARCHIVE" &&
zstd -dc "$ARCHIVE" | docker exec -i -e DBPASSWORD "$CONTAINER" sh -c '
mongorestore --archive --drop --stopOnError --nsInclude="$2.*" --username="$1" --config=/dev/fd/3 3<<END
password: |2-
  $DBPASSWORD
END' sh "$DBUSER" "$DATABASE"`,
    ],
  },
  {
    what: "Redis, .rdb.zst",
    says: "Into a new server: CONTAINER is its name, IMAGE an image of the version in the manifest, or newer.",
    commands: [
      `docker create --name "$CONTAINER" "$IMAGE" redis-server --appendonly no &&
zstd -dc "$ARCHIVE" > dump.rdb && chmod 644 dump.rdb && docker cp dump.rdb "$CONTAINER:/data/dump.rdb" && docker start "$CONTAINER" &&
while ! docker exec "$CONTAINER" redis-cli PING | grep -q PONG && docker top "$CONTAINER" > /dev/null; do sleep 1; done`,
    ],
  },
  {
    what: "Buckets, .tar.zst",
    says: "Each bucket becomes a folder in FOLDER; from there any client puts the objects back (mc mirror, aws s3 sync).",
    commands: [`mkdir -p "$FOLDER" && zstd -dc "$ARCHIVE" | tar -x -C "$FOLDER"`],
  },
  {
    what: "Files, .tar.zst",
    says: "Below FOLDER, a new one, each file has the whole path that it had. As root, to keep owners.",
    commands: [`mkdir -p "$FOLDER" && zstd -dc "$ARCHIVE" | tar -x -p --numeric-owner -C "$FOLDER"`],
  },
];

/** Every command of the kit, as it stands there. */
export const KIT_COMMANDS: readonly string[] = [
  OPEN_WITHOUT_COFRE,
  ...LOADS.flatMap(({ commands }) => commands),
];

/** The text that restores what is encrypted when Cofre is gone. It holds the private key: whoever has it and its passphrase reads every archive. */
export function recoveryKitText({ name, key, lockedKey, code, madeAt, places }: RecoveryKit): string {
  const where = places.length === 0 ? ["no store yet"] : places;
  return `COFRE RECOVERY KIT

Key          ${name} (${key.algorithm})
Fingerprint  ${inGroups(key.fingerprint)}
Made         ${madeAt.toISOString()}
Code         ${code}

Keep this file away from your servers, and its passphrase, which is not in it, in another place. With both you open every
archive of this key without Cofre; without them, and without Cofre, nobody can. Type the code into Cofre to say that the
kit is saved: nothing is encrypted for this key before.

WHERE THE ARCHIVES LIE (files that end in .gpg)
${where.map((place) => `  ${place}`).join("\n")}

OPEN AN ARCHIVE WITHOUT COFRE
On a machine with gpg (GnuPG 2.1 or newer). KIT is this file, ARCHIVE the one to open; gpg asks for the passphrase:

  KIT=${fileNameOf(name)} ARCHIVE=backup.dump.zst.gpg
  ${OPEN_WITHOUT_COFRE}

Use the result only when gpg ended without an error: it writes before it knows that the archive is whole. From here on
ARCHIVE is the name without .gpg. Then load it.

LOAD IT
By engine, which is the third part of the archive's path and "engine" in its manifest (its name and .json, which tells what
is inside): a .sql of MySQL is not for PostgreSQL. CONTAINER is the database's, DBUSER its superuser, DATABASE the name to
restore under; export them. Without containers leave out: docker exec -i "$CONTAINER". With .gz instead of .zst, say gzip
instead of zstd. Unless the last line ends with 0, drop what was made and begin again.

${LOADS.map(({ what, says, commands }) => [what, says, "", ...commands].join("\n")).join("\n\n")}

${lockedKey.replaceAll("\r\n", "\n").trim()}
`;
}

/** Where a browser should save it. */
export function fileNameOf(name: string): string {
  const plain = name
    .normalize("NFKD")
    .replace(/[^A-Za-z0-9]+/g, "-")
    .replace(/^-|-$/g, "");
  return `cofre-recovery-kit-${plain || "key"}.txt`;
}

function inGroups(fingerprint: string): string {
  return (fingerprint.match(/.{1,4}/g) ?? []).join(" ");
}
