import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { pipeline } from "node:stream/promises";
import { zstdDecompressSync } from "node:zlib";
import { makePrivateKey, openpgpWith, openSessionKey } from "@cofre/core";
import { absentReason } from "@cofre/lab";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { encryptionKeys } from "../../db/schema/encryption-keys.ts";
import { embedded } from "../../testing/catalogues.ts";
import { type BackupAnswer, type Client, clientOf } from "../../work/testing/client.ts";
import { openShop, type Shop } from "../../work/testing/shop.ts";
import { type StartedApi, startApi } from "../../work/testing/start-api.ts";
import type { EncryptionKeyView, RecoveryKitView } from "./view.ts";

vi.setConfig({ testTimeout: 300_000, hookTimeout: 300_000 });

const FILL = `create table orders as select n, md5(n::text) as word from generate_series(1, 500) n`;
const FINGERPRINT = `select count(*) || ' ' || md5(string_agg(word, ',' order by n)) from orders`;

describe.skipIf(absentReason({ engine: "postgres", version: "15" }))(
  "encryption of a customer's backups",
  () => {
    let api: StartedApi;
    let client: Client;
    let shop: Shop;

    beforeAll(async () => {
      api = await startApi({ catalogue: await embedded.open() });
      client = clientOf(async (path, init) => api.app.request(path, init), api.apiKey);
      shop = await openShop(client);
      await shop.database.sql(FILL);
    });
    afterAll(async () => {
      await api?.[Symbol.asyncDispose]();
      await shop?.[Symbol.asyncDispose]();
    });

    const kitOf = (id: string) => client.post<RecoveryKitView>(`/api/keys/${id}/recovery-kit`);
    const codeIn = (kit: RecoveryKitView) => /^Code +(\S+)$/m.exec(kit.text)?.[1] ?? "";
    const confirm = (id: string, code: string) =>
      client.post<EncryptionKeyView>(`/api/keys/${id}/recovery-kit/confirm`, { code });

    async function newKey(body: object): Promise<EncryptionKeyView> {
      const key = await client.post<EncryptionKeyView>("/api/keys", body);
      expect(key.state).toBe("unconfirmed");
      return await confirm(
        key.id,
        codeIn(await kitOf(key.id))
          .slice(-4)
          .toLowerCase(),
      );
    }

    async function taken(body: object = { units: ["shop"] }): Promise<BackupAnswer> {
      const { job } = await shop.backup(body);
      const ended = await client.ended(job.id);
      expect(ended).toMatchObject({ status: "succeeded", error: null });
      return await client.get(`/api/resources/${shop.resource.id}/backups/${ended.backupIds[0]}`);
    }

    async function restored(backup: BackupAnswer): Promise<void> {
      const before = await shop.database.sql(FINGERPRINT);
      await shop.database.sql("delete from orders where n > 10");
      const { job } = await shop.restore(backup.id);
      expect(await client.ended(job.id)).toMatchObject({ status: "succeeded", error: null });
      expect(await shop.database.sql(FINGERPRINT)).toBe(before);
    }

    const choose = (keyIds: readonly string[]) =>
      client.put(`/api/resources/${shop.resource.id}/encryption`, { mode: "encrypted", keyIds });

    test("begins only when the recovery kit was saved, and then covers every backup", async () => {
      const { id } = await client.post<EncryptionKeyView>("/api/keys", { name: "Loja" });
      await expect(shop.backup({ units: ["shop"], encrypt: true })).rejects.toMatchObject({ status: 409 });
      await expect(choose([id])).rejects.toMatchObject({ status: 409 });
      const kit = await kitOf(id);
      expect(kit.text).toContain("BEGIN PGP PRIVATE KEY BLOCK");
      expect(kit.text).not.toContain(kit.passphrase);
      expect(kit.text).toContain(shop.root);
      await expect(confirm(id, "2222")).rejects.toMatchObject({ status: 409 });
      expect(await confirm(id, codeIn(kit))).toMatchObject({ state: "active", canDecrypt: true });
      await choose([id]);

      const backup = await taken();
      expect(backup.filename).toMatch(/\.dump\.zst\.gpg$/);
      expect(backup.stages).toEqual(["zstd", "openpgp"]);
      await expect(shop.backup({ units: ["shop"], encrypt: false })).rejects.toMatchObject({ status: 409 });
      await expect(client.remove(`/api/keys/${id}`)).rejects.toMatchObject({ status: 409 });

      const base = `/api/resources/${shop.resource.id}/backups/${backup.id}`;
      const asked = await client.post<{ job: { id: string } }>(`${base}/validate`, { depth: "readable" });
      expect(await client.ended(asked.job.id)).toMatchObject({ status: "succeeded", error: null });
      const stored = Buffer.from(await (await client.raw(`${base}/download`)).arrayBuffer());
      expect(stored.length).toBe(backup.size);
      const opened = await client.raw(`${base}/download?decrypt=true`);
      expect(opened.headers.get("content-disposition")).not.toContain(".gpg");
      const dump = zstdDecompressSync(Buffer.from(await opened.arrayBuffer()));
      expect(dump.subarray(0, 5).toString()).toBe("PGDMP");
      await restored(backup);
    });

    test("goes on with a new key, and what the old one closed still opens", async () => {
      const first = (await client.get<{ items: EncryptionKeyView[] }>("/api/keys")).items.find(
        ({ state }) => state === "active",
      );
      const old = await taken();
      const second = await newKey({ name: "Loja 2027", replaces: first?.id });
      const { items } = await client.get<{ items: EncryptionKeyView[] }>("/api/keys");
      expect(items.find(({ id }) => id === first?.id)?.state).toBe("retired");
      expect(await client.get(`/api/resources/${shop.resource.id}/encryption`)).toEqual({
        mode: "encrypted",
        keyIds: [second.id],
      });
      const fresh = await taken();
      expect(fresh.stages).toEqual(["zstd", "openpgp"]);
      await restored(old);
      await restored(fresh);
    });

    test("takes keys that somebody else holds only beside one that Cofre can open with", async () => {
      const { id: ours, publicKey } = await newKey({ name: "ours" });
      await expect(client.post("/api/keys", { name: "again", publicKey })).rejects.toMatchObject({
        status: 409,
      });
      const nonsense = client.post("/api/keys", { name: "nonsense", publicKey: "ssh-ed25519 AAAA" });
      await expect(nonsense).rejects.toMatchObject({ status: 422 });

      const escrow = await makePrivateKey("escrow");
      const given = { name: "escrow", publicKey: escrow.known.armored };
      const theirs = await client.post<EncryptionKeyView>("/api/keys", given);
      expect(theirs).toMatchObject({ state: "active", canDecrypt: false });
      await expect(choose([theirs.id])).rejects.toMatchObject({ status: 409 });
      await choose([ours, theirs.id]);
      const backup = await taken();
      const download = `/api/resources/${shop.resource.id}/backups/${backup.id}/download`;
      const stored = Buffer.from(await (await client.raw(download)).arrayBuffer());
      const sessionKey = await openSessionKey(stored, [escrow.armored]);
      if (sessionKey === undefined) throw new Error("whoever holds the other key cannot open it");
      const packed = await pipeline(Readable.from([stored]), openpgpWith(sessionKey).unpacker(), buffer);
      expect(zstdDecompressSync(packed).subarray(0, 5).toString()).toBe("PGDMP");
      await restored(backup);
    });

    test("leaves no private key and no passphrase in the database, in a log or in another answer", async () => {
      const rows = JSON.stringify(await api.deps.db.select().from(encryptionKeys));
      for (const text of [rows, api.logged()]) expect(text).not.toContain("PRIVATE KEY");
      const { text } = await (await client.raw("/api/keys")).text().then((body) => ({ text: body }));
      expect(text).not.toMatch(/PRIVATE KEY|sealed/i);
    });
  },
);
