import { randomBytes } from "node:crypto";
import { appendAudit } from "./audit/append.ts";
import { resetPassword } from "./auth/password.ts";
import type { Config } from "./config.ts";
import { openCatalogue } from "./db/open.ts";
import { installation } from "./db/schema/installation.ts";

/**
 * The console command: gives a user a new password, which is printed here alone, and ends their sessions. False when nobody has
 * this e-mail.
 */
export async function resetFromConsole(
  config: Config,
  email: string,
  say: (line: string) => void,
): Promise<boolean> {
  const catalogue = await openCatalogue(config);
  try {
    const password = randomBytes(12).toString("base64url");
    const isKnown = await resetPassword(catalogue.db, email, password);
    if (!isKnown) {
      say(`There is no user ${email}.`);
      return false;
    }
    const [row] = await catalogue.db.select().from(installation);
    if (row !== undefined) {
      await appendAudit(catalogue.db, {
        organizationId: row.organizationId,
        at: new Date(),
        actor: { kind: "system", id: null, name: "console" },
        address: null,
        requestId: null,
        action: "session.resetPassword",
        target: { kind: "user", id: null, name: email.toLowerCase() },
        result: "ok",
        code: null,
      });
    }
    say(`The new password of ${email} is ${password}`);
    say("Sign in with it and choose another one. All sessions of this user were ended.");
    return true;
  } finally {
    await catalogue.close();
  }
}
