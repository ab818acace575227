import { once } from "node:events";
import { type AddressInfo, createServer, type Server } from "node:net";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { newId } from "../../db/columns.ts";
import { eq } from "../../db/orm.ts";
import { bucketSyncs } from "../../db/schema/bucket-syncs.ts";
import { servers } from "../../db/schema/servers.ts";
import { stores } from "../../db/schema/stores.ts";
import { ask } from "../../testing/ask.ts";
import { embedded } from "../../testing/catalogues.ts";
import { type ControlPlane, startControlPlane } from "../../testing/control-plane.ts";
import { type Belongings, writeBelongings } from "../../testing/paper.ts";

const METADATA = "http://169.254.169.254";
const PLACE = { bucket: "archives", accessKey: "key", secretKey: "secret" };

let plane: ControlPlane;
let ids: Belongings;
let owner: string;
let member: string;
/** Something of Cofre's own network; it hangs up on everybody and remembers that they came. */
let inside: Server;
let endpoint: string;
let calls = 0;

beforeAll(async () => {
  plane = await startControlPlane(await embedded.open());
  ids = await writeBelongings(plane.deps, plane.deps.installation.organizationId);
  [owner, member] = [await plane.key("owner"), await plane.key("admin")];
  inside = createServer((socket) => {
    calls += 1;
    socket.destroy();
  }).listen(0, "127.0.0.1");
  await once(inside, "listening");
  // checked: it listens on a port
  endpoint = `http://127.0.0.1:${(inside.address() as AddressInfo).port}`;
});
beforeEach(() => {
  calls = 0;
});
afterAll(async () => {
  inside?.close();
  await plane?.[Symbol.asyncDispose]();
});

const add = (key: string, s3: object, test = true) =>
  ask(plane, "POST /api/stores", { key, body: { name: "s", kind: "s3", s3: { ...PLACE, ...s3 }, test } });
const trust = async (id: string) =>
  (await plane.deps.db.select().from(stores).where(eq(stores.id, id)))[0]?.settings?.mayBePrivate;

test("a member's store in Cofre's own network is refused and never called, saved untried or not", async () => {
  for (const wanted of [endpoint, METADATA]) {
    const refused = await add(member, { endpoint: wanted });
    expect(refused.json).toMatchObject({ code: "store.unavailable" });
    expect(refused.json.detail).toContain("private network");
    const saved = await add(member, { endpoint: wanted }, false);
    expect(saved.status, saved.text).toBe(201);
    const tried = await ask(plane, `POST /api/stores/${saved.json.id}/test`, { key: owner });
    expect(tried.json, tried.text).toMatchObject({ ok: false });
    expect(tried.text).toContain("private network");
  }
  expect(calls).toBe(0);
});

test("the installation's owner may, until a member gives the endpoint again", async () => {
  expect((await add(owner, { endpoint })).status).toBe(502);
  expect(calls).toBeGreaterThan(0);
  const { id } = (await add(owner, { endpoint }, false)).json;
  const change = (s3: object) =>
    ask(plane, `PUT /api/stores/${id}`, { key: member, body: { s3, test: false } });
  expect([(await change({ region: "eu-west-1" })).status, await trust(id)]).toEqual([200, true]);
  expect([(await change({ endpoint })).status, await trust(id)]).toEqual([200, false]);
});

test("so it is with where buckets are mirrored to", async () => {
  const resource = await ask(plane, `POST /api/projects/${ids.projectId}/resources`, {
    key: owner,
    body: {
      name: "buckets",
      type: "s3",
      serverId: ids.serverId,
      config: { endpoint: "https://s3.example.org", accessKey: "a", secretKey: "b" },
      test: false,
    },
  });
  expect(resource.status, resource.text).toBe(201);
  const put = async (key: string, destination: object) => {
    const when = { enabled: false, preset: "daily", at: "03:00", timeZone: "UTC" };
    const body = { ...when, destination: { endpoint, accessKey: "key", ...destination } };
    const answer = await ask(plane, `PUT /api/resources/${resource.json.id}/sync`, { key, body });
    expect(answer.status, answer.text).toBe(200);
    const [row] = await plane.deps.db.select().from(bucketSyncs);
    return row?.destination?.mayBePrivate;
  };
  expect(await put(owner, { secretKey: "secret" })).toBe(true);
  expect(await put(member, { bucket: "mirror" })).toBe(true);
  expect(await put(member, { secretKey: "secret" })).toBe(false);
  expect(await put(member, { endpoint: METADATA, secretKey: "secret" })).toBe(false);
});

test("a bucket reached from the machine that Cofre runs on is its owner's alone to name, and to change", async () => {
  const { db, installation } = plane.deps;
  const here = { id: newId(), organizationId: installation.organizationId, name: "here" };
  await db.insert(servers).values({ ...here, kind: "local" });
  const base = `/api/projects/${ids.projectId}/resources`;
  const add = (key: string, config: object, test = true) => {
    const keys = { accessKey: "a", secretKey: "b" };
    const wanted = { name: "inside", type: "s3", serverId: here.id, config: { ...keys, ...config }, test };
    return ask(plane, `POST ${base}`, { key, body: wanted });
  };
  for (const config of [{ endpoint }, { host: "127.0.0.1" }, { endpoint: METADATA }]) {
    for (const isTried of [true, false]) {
      expect((await add(member, config, isTried)).json).toMatchObject({ code: "auth.forbidden" });
    }
  }
  expect(calls).toBe(0);
  const { json } = await add(owner, { endpoint: "https://s3.example.org" }, false);
  const body = { config: { endpoint }, test: true };
  const changed = await ask(plane, `PUT ${base}/${json.id}`, { key: member, body });
  expect([changed.json.code, calls]).toEqual(["auth.forbidden", 0]);
  expect((await add(owner, { endpoint })).json.code).toBe("target.unreachable");
  expect(calls).toBeGreaterThan(0);
  expect((await add(owner, { endpoint: METADATA })).json.code).toBe("target.unsuitable");
});
