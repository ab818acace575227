import type { Server } from "../host/host.ts";
import type { Secret } from "../model/secret.ts";
import { decrypting, encrypting } from "./openpgp-data.ts";
import { newSessionKey, type PublicKey } from "./openpgp-keys.ts";
import type { Packer, Unpacker } from "./stage.ts";

/** For manifests and for finding the stage again. */
export const OPENPGP = "openpgp";
const TOOL = "gpg";

/** Each public key comes to gpg on a descriptor of its own, and POSIX shells know nine of them. */
export const MOST_RECIPIENTS = 6;

/**
 * Nothing of gpg's stays on the server, not even for the moment: no keyring is read or made, and a home folder that is not there is
 * not missed (seen with 2.2.40 and 2.4.7).
 */
const GPG = [
  "gpg --homedir /nonexistent --no-options --batch --quiet --no-tty",
  "--no-keyring --lock-never --no-random-seed-file",
].join(" ");

/** What came from the codec does not get smaller: with its default gpg would compress it again, three times slower. */
const ENCRYPT = `${GPG} --trust-model always --compress-algo none --cipher-algo AES256 --enable-special-filenames`;

/** Encrypts for several public keys; whoever holds the private part of one of them can open it, with gpg alone. */
export function openpgpFor(recipients: readonly PublicKey[]): Packer {
  const fds = recipients.map((_key, index) => index + 3);
  const options = fds.map((fd) => ` --recipient-file -\\&${fd}`).join("");
  const documents = fds
    .map((fd, index) => `exec ${fd}<<COFRE_END\n$COFRE_RECIPIENT_${index}\nCOFRE_END\n`)
    .join("");
  const env = Object.fromEntries(recipients.map((key, index) => [`COFRE_RECIPIENT_${index}`, key.armored]));
  return {
    id: OPENPGP,
    extension: ".gpg",
    tool: TOOL,
    pack: () => ({ argv: ["sh", "-c", `${documents}exec ${ENCRYPT}${options} --encrypt`], env }),
    packer: () => encrypting(() => newSessionKey(recipients)),
  };
}

/**
 * The key of one archive goes to gpg on a descriptor; its program's environment never has it. gpg tells that key on stderr
 * (`DBG: seskey`), from where it would come into the journal: those lines are taken out. It exits 0 on what was cut so short that
 * it finds nothing to decrypt: its status must say that the whole was decrypted and is what was encrypted.
 */
const DECRYPT = `exec 4<&0 5>&1
said=$({ printf '%s\n' "$COFRE_SESSION_KEY" | { unset COFRE_SESSION_KEY; exec ${GPG} --status-fd 2 --override-session-key-fd 3 --decrypt 3<&0 0<&4 4<&- 1>&5 5>&-; } } 2>&1)
code=$?
printf '%s\n' "$said" | grep -v -e seskey -e '^\\[GNUPG:]' -e '^$' >&2
case $said in
*'[GNUPG:] DECRYPTION_OKAY'*) exit $code ;;
*) [ "$code" != 0 ] || echo 'gpg found nothing whole to decrypt' >&2 && exit 2 ;;
esac`;

/** Opens one archive with its session key: neither server nor gpg there ever sees a private key. */
export function openpgpWith(sessionKey: Secret): Unpacker {
  return {
    id: OPENPGP,
    tool: TOOL,
    unpack: () => ({ argv: ["sh", "-c", DECRYPT], secrets: { COFRE_SESSION_KEY: sessionKey } }),
    unpacker: () => decrypting(sessionKey),
  };
}

const PROBE = `options=$(gpg --dump-options 2>/dev/null) || exit 1
for option in --recipient-file --override-session-key-fd; do
  printf '%s\\n' "$options" | grep -qx -e "$option" || exit 1
done`;

/** Whether that machine has a gpg that can be handed keys without a keyring (2.1.14 or later). */
export async function hasUsableGpg(server: Server, signal?: AbortSignal): Promise<boolean> {
  const ran = await server.run({ argv: ["sh", "-c", PROBE] }, signal === undefined ? {} : { signal });
  return ran.code === 0;
}
