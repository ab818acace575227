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

/** Opens an archive with gpg alone; the suite runs it as it stands. `$KIT` is the kit's file, `$ARCHIVE` ends in `.gpg`. */
const OPEN_WITHOUT_COFRE = `gpg --import "$KIT" && gpg --output "\${ARCHIVE%.gpg}" --decrypt "$ARCHIVE"`;

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

Use the result only when gpg ended without an error: it writes before it knows that the archive is whole. Then load it:

  .dump.zst  PostgreSQL  zstd -dc FILE | pg_restore -U postgres -d DATABASE --exit-on-error --single-transaction
  .sql.zst   SQL         zstd -dc FILE | psql -v ON_ERROR_STOP=1 -1 -U postgres -d DATABASE
  .rdb.zst   Redis       zstd -dc FILE > dump.rdb, in the folder of a stopped server without append-only file
  .tar.zst   files       zstd -dc FILE | tar -x -p --numeric-owner -C FOLDER

With .gz instead of .zst, say gzip instead of zstd. The archive's manifest (its name and .json) tells what is inside.

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
