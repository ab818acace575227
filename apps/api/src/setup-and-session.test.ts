import { expect, test } from "vitest";
import { newApiKey } from "./auth/api-key.ts";
import { resetPassword } from "./auth/password.ts";
import { readConfig } from "./config.ts";
import { eq } from "./db/orm.ts";
import { apiKeys } from "./db/schema/api-keys.ts";
import { auditEvents } from "./db/schema/audit-events.ts";
import { setUpFromEnvironment } from "./feature/setup/from-environment.ts";
import { ask, call } from "./testing/ask.ts";
import { type ControlPlane, describeOnEveryDatabase, type PlaneOptions } from "./testing/control-plane.ts";

const owner = { name: "Ana", email: "Ana@Example.com", password: "correct horse battery" };

async function setUp(plane: ControlPlane, code = plane.deps.setup.code) {
  return await call(plane, { name: "setup.complete", type: "mutation", input: { ...owner, code } });
}

function cookieOf(headers: Headers): string {
  return headers
    .getSetCookie()
    .map((cookie) => cookie.split(";")[0])
    .join("; ");
}

async function signIn(plane: ControlPlane, password = owner.password) {
  return await call(plane, {
    name: "session.signIn",
    type: "mutation",
    input: { email: owner.email, password },
  });
}

async function me(plane: ControlPlane, cookie: string) {
  return (await call(plane, { name: "session.me", type: "query" }, { cookie })).json.result.data;
}

describeOnEveryDatabase("the first start", ({ start }) => {
  test("is closed by whoever has the console's code, once, and signs them in", async () => {
    await using plane = await start();
    const state = async () =>
      (await call(plane, { name: "setup.state", type: "query" })).json.result.data.open;
    expect(await state()).toBe(true);
    const done = await setUp(plane, plane.deps.setup.code.toLowerCase().replaceAll("-", " "));
    expect(done.json.result.data).toMatchObject({
      email: "ana@example.com",
      role: "owner",
      isInstanceOwner: true,
    });
    expect(await me(plane, cookieOf(done.headers))).toMatchObject({ name: "Ana" });
    expect(await state()).toBe(false);
    expect((await setUp(plane)).json.error.data.fault.code).toBe("state.conflict");
  });

  test("stays open for a wrong code, which is told to the audit", async () => {
    await using plane = await start();
    const refused = await setUp(plane, "AAAA-BBBB-CCCC-DDDD");
    expect(refused.json.error.data.fault.code).toBe("auth.forbidden");
    const [event] = await plane.deps.db.select().from(auditEvents);
    expect(event).toMatchObject({ action: "setup.complete", result: "refused" });
    expect((await setUp(plane)).status).toBe(200);
  });

  test("needs no human when the environment says who owns it", async () => {
    const key = newApiKey();
    await using plane = await start({
      environment: {
        COFRE_ADMIN_EMAIL: owner.email,
        COFRE_ADMIN_PASSWORD: owner.password,
        COFRE_API_KEY: key,
      },
    });
    await setUpFromEnvironment(plane.deps);
    await setUpFromEnvironment(plane.deps);
    expect((await signIn(plane)).status).toBe(200);
    expect((await ask(plane, "GET /api/projects", { key })).json.items).toHaveLength(1);
    expect((await setUp(plane)).json.error.data.fault.code).toBe("state.conflict");
    expect(await plane.deps.db.select().from(apiKeys)).toHaveLength(1);
  });

  test("another key in the environment revokes the one before", async () => {
    const [first, second] = [newApiKey(), newApiKey()];
    await using plane = await start({ environment: { COFRE_API_KEY: first } });
    await setUpFromEnvironment(plane.deps);
    await setUpFromEnvironment({ ...plane.deps, config: readConfig({ COFRE_API_KEY: second }) });
    expect((await ask(plane, "GET /api/projects", { key: first })).status).toBe(401);
    expect((await ask(plane, "GET /api/projects", { key: second })).status).toBe(200);
  });
});

describeOnEveryDatabase("a session", ({ start }) => {
  const started = async (options?: PlaneOptions) => {
    const plane = await start(options);
    await setUp(plane);
    return plane;
  };

  test("begins with the right password, and ends at sign-out", async () => {
    await using plane = await started();
    const signedIn = await signIn(plane);
    const cookie = cookieOf(signedIn.headers);
    expect(signedIn.headers.getSetCookie().join()).toMatch(/HttpOnly/i);
    expect(signedIn.headers.getSetCookie().join()).toMatch(/SameSite=Lax/i);
    expect(await me(plane, cookie)).toMatchObject({ kind: "user" });
    await call(
      plane,
      { name: "session.signOut", type: "mutation" },
      { cookie, headers: { origin: "http://localhost" } },
    );
    expect(await me(plane, cookie)).toBeNull();
  });

  test("a wrong password and an unknown e-mail look the same, and both are told to the audit", async () => {
    await using plane = await started();
    const wrong = await signIn(plane, "not the password");
    const unknown = await call(plane, {
      name: "session.signIn",
      type: "mutation",
      input: { email: "nobody@example.com", password: owner.password },
    });
    expect(wrong.status).toBe(401);
    expect(wrong.json.error.message).toBe(unknown.json.error.message);
    const events = await plane.deps.db
      .select()
      .from(auditEvents)
      .where(eq(auditEvents.action, "session.signIn"));
    const refused = events.filter((event) => event.result === "refused");
    expect(refused.map((event) => event.actor.name)).toEqual(["ana@example.com", "nobody@example.com"]);
  });

  test("a change asked by another site's page is refused", async () => {
    await using plane = await started();
    const cookie = cookieOf((await signIn(plane)).headers);
    const change = (headers: Record<string, string>) =>
      call(plane, { name: "projects.create", type: "mutation", input: { name: "n" } }, { cookie, headers });
    expect((await change({ origin: "https://evil.example" })).status).toBe(403);
    expect((await change({ "sec-fetch-site": "cross-site" })).status).toBe(403);
    expect((await change({})).status).toBe(403);
    expect((await change({ origin: "http://localhost" })).status).toBe(200);
    expect((await change({ "sec-fetch-site": "same-origin" })).status).toBe(200);
  });

  test("behind a proxy the public address is our own origin, and cookies are secure", async () => {
    await using plane = await started({ environment: { COFRE_PUBLIC_URL: "https://cofre.example/" } });
    const signedIn = await signIn(plane);
    expect(signedIn.headers.getSetCookie().join()).toMatch(/Secure/);
    const asked = { cookie: cookieOf(signedIn.headers), headers: { origin: "https://cofre.example" } };
    expect(
      (await call(plane, { name: "projects.create", type: "mutation", input: { name: "n" } }, asked)).status,
    ).toBe(200);
  });

  test("a new password needs the old one, and ends the other sessions", async () => {
    await using plane = await started();
    const [here, there] = [cookieOf((await signIn(plane)).headers), cookieOf((await signIn(plane)).headers)];
    const change = (currentPassword: string) =>
      call(
        plane,
        {
          name: "session.changePassword",
          type: "mutation",
          input: { currentPassword, newPassword: "another long one" },
        },
        { cookie: here, headers: { origin: "http://localhost" } },
      );
    expect((await change("wrong")).json.error.data.fault.code).toBe("input.invalid");
    const changed = await change(owner.password);
    expect(changed.status, changed.text).toBe(200);
    expect(await me(plane, there)).toBeNull();
    expect((await signIn(plane)).status).toBe(401);
    expect((await signIn(plane, "another long one")).status).toBe(200);
  });

  test("ends when the console resets the password", async () => {
    await using plane = await started();
    const cookie = cookieOf((await signIn(plane)).headers);
    expect(await resetPassword(plane.deps.db, owner.email, "from the console")).toBe(true);
    expect(await me(plane, cookie)).toBeNull();
    expect((await signIn(plane, "from the console")).status).toBe(200);
    expect(await resetPassword(plane.deps.db, "nobody@example.com", "x")).toBe(false);
  });

  test("guessing is limited by account and by address, with the time to wait", async () => {
    await using plane = await started({ limitScale: 1 });
    const codes: string[] = [];
    for (let guess = 0; guess < 12; guess += 1) {
      const answer = await signIn(plane, `guess number ${guess}`);
      codes.push(answer.json.error.data.fault.code);
      if (guess === 11) expect(Number(answer.headers.get("retry-after"))).toBeGreaterThan(0);
    }
    expect(codes.filter((code) => code === "auth.required")).toHaveLength(10);
    expect(codes.slice(10)).toEqual(["rate.limited", "rate.limited"]);
    expect((await signIn(plane)).status).toBe(429);
  });
});

describeOnEveryDatabase("an API key", ({ start }) => {
  test("is shown once, kept as a digest, and worth nothing once revoked or expired", async () => {
    await using plane = await start();
    const own = await plane.key("owner");
    const created = await call(
      plane,
      { name: "apiKeys.create", type: "mutation", input: { name: "deploy", role: "viewer" } },
      { key: own },
    );
    const { key, apiKey } = created.json.result.data;
    expect(key).toMatch(/^cofre_[\w-]{43}$/);
    expect((await ask(plane, "GET /api/projects", { key })).status).toBe(200);
    const listed = await call(plane, { name: "apiKeys.list", type: "query", input: {} }, { key: own });
    expect(listed.text).not.toContain(key);
    expect(JSON.stringify(await plane.deps.db.select().from(apiKeys))).not.toContain(key);
    await call(plane, { name: "apiKeys.revoke", type: "mutation", input: { id: apiKey.id } }, { key: own });
    const refused = await ask(plane, "GET /api/projects", { key });
    expect(refused.status).toBe(401);
    expect(refused.json.detail).toContain("revoked");
    const events = await plane.deps.db.select().from(auditEvents);
    expect(events.map((event) => event.action)).toContain("key refused: this key was revoked");
    await plane.deps.db
      .update(apiKeys)
      .set({ revokedAt: null, expiresAt: new Date(Date.now() - 1) })
      .where(eq(apiKeys.id, apiKey.id));
    expect((await ask(plane, "GET /api/projects", { key })).json.detail).toContain("expired");
  });

  test("cannot make one that may do more than itself", async () => {
    await using plane = await start();
    const key = await plane.key("admin");
    const made = await call(
      plane,
      { name: "apiKeys.create", type: "mutation", input: { name: "n", role: "owner" } },
      { key },
    );
    expect(made.json.error.data.fault.code).toBe("auth.forbidden");
  });

  test("that is wrong is not forgiven for a good cookie", async () => {
    await using plane = await start();
    const cookie = cookieOf((await setUp(plane)).headers);
    const answer = await ask(plane, "GET /api/projects", { key: newApiKey(), cookie });
    expect(answer.status).toBe(401);
  });
});
