import type { ActorContext } from "../../trpc/procedures.ts";
import { absent } from "../absent.ts";
import { cutPage, DEFAULT_LIMIT, type Page, type PageRequest } from "../page.ts";
import { type KeyRow, selectKeys, selectKeysById } from "./rows.ts";
import type { EncryptionKeyView } from "./view.ts";

type Asked = Pick<ActorContext, "deps" | "actor">;

/** @throws Fault `not.found` */
export async function findKey({ deps, actor }: Asked, id: string): Promise<KeyRow> {
  const [row] = await selectKeysById(deps.db, actor, [id]);
  if (row === undefined) throw absent("key");
  return row;
}

export async function getKey(ctx: Asked, { id }: { readonly id: string }): Promise<EncryptionKeyView> {
  return toKeyView(await findKey(ctx, id));
}

export async function listKeys({ deps, actor }: Asked, input: PageRequest): Promise<Page<EncryptionKeyView>> {
  const rows = await selectKeys(deps.db, actor, input);
  const { items, nextCursor } = cutPage(rows, input.limit ?? DEFAULT_LIMIT);
  return { items: items.map(toKeyView), nextCursor };
}

export function toKeyView(row: KeyRow): EncryptionKeyView {
  const { id, name, fingerprint, algorithm, origin, publicKey, replacesId } = row;
  return {
    id,
    name,
    fingerprint,
    algorithm,
    origin,
    canDecrypt: row.sealedPrivateKey !== null,
    state: stateOf(row),
    publicKey,
    expiresAt: row.expiresAt?.toISOString() ?? null,
    replacesId,
    confirmedAt: row.confirmedAt?.toISOString() ?? null,
    retiredAt: row.retiredAt?.toISOString() ?? null,
    createdAt: row.createdAt.toISOString(),
  };
}

function stateOf({ confirmedAt, retiredAt }: KeyRow): EncryptionKeyView["state"] {
  if (retiredAt !== null) return "retired";
  return confirmedAt === null ? "unconfirmed" : "active";
}
