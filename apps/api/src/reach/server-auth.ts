import { Secret } from "@cofre/core/model";
import { z } from "zod";
import type { Sealer } from "../seal/seal.ts";

/** What opens a server's door. */
const Auth = z.object({
  password: z.string().optional(),
  privateKey: z.string().optional(),
  passphrase: z.string().optional(),
});
export type ClearAuth = z.infer<typeof Auth>;

const place = (serverId: string) => ({ table: "servers", row: serverId, column: "sealed_auth" });

/** As it rests in the server's row: sealed, with the names of what is in it. */
export function sealAuth(sealer: Sealer, serverId: string, auth: ClearAuth) {
  const fields = Object.keys(auth).filter((name) => Reflect.get(auth, name) !== undefined);
  const sealedAuth = fields.length === 0 ? null : sealer.seal(place(serverId), JSON.stringify(auth));
  return { sealedAuth, authFields: fields };
}

export function openAuth(sealer: Sealer, serverId: string, sealed: string | null): ClearAuth {
  return sealed === null ? {} : Auth.parse(JSON.parse(sealer.open(place(serverId), sealed)));
}

/** As core wants it: secrets that cannot print themselves. */
export function toSshAuth(auth: ClearAuth) {
  return {
    ...(auth.password === undefined ? {} : { password: new Secret(auth.password) }),
    ...(auth.privateKey === undefined ? {} : { privateKey: new Secret(auth.privateKey) }),
    ...(auth.passphrase === undefined ? {} : { passphrase: new Secret(auth.passphrase) }),
  };
}
