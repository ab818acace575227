import type { Config } from "../config.ts";
import { newId } from "../db/columns.ts";
import type { Database } from "../db/database.ts";
import { accounts } from "../db/schema/accounts.ts";
import { sessions } from "../db/schema/sessions.ts";
import { users } from "../db/schema/users.ts";
import { verifications } from "../db/schema/verifications.ts";

/** Sessions of people in browsers, as far as we use better-auth: its own routes are not mounted. */
export interface Sessions {
  /** Whose session the request's cookie carries; undefined without a valid one. Cookies are those to be renewed. */
  find(
    headers: Headers,
  ): Promise<{ readonly userId: string; readonly cookies: readonly string[] } | undefined>;
  /** Undefined when e-mail or password is wrong, without telling which. */
  signIn(request: SignInRequest): Promise<SignedIn | undefined>;
  /** Cookies that forget the session. */
  signOut(headers: Headers): Promise<readonly string[]>;
  /** Also ends every other session of the user. Undefined when the current password is wrong. */
  changePassword(request: PasswordChange): Promise<readonly string[] | undefined>;
}

export interface SignInRequest {
  readonly email: string;
  readonly password: string;
  readonly headers: Headers;
}

export interface SignedIn {
  readonly userId: string;
  readonly cookies: readonly string[];
}

export interface PasswordChange {
  readonly currentPassword: string;
  readonly newPassword: string;
  readonly headers: Headers;
}

export interface SessionParts {
  readonly db: Database;
  readonly config: Pick<Config, "publicUrl">;
  /** Signs cookies. */
  readonly secret: Buffer;
}

const WEEK_S = 7 * 24 * 3600;
const DAY_S = 24 * 3600;

/** Loaded with the first request that needs it: it is the slowest import of all and the first page does not. */
export function sessionsOf(parts: SessionParts): Sessions {
  let loading: Promise<Sessions> | undefined;
  const loaded = () => {
    loading ??= load(parts);
    return loading;
  };
  return {
    find: async (headers) => (hasCookie(headers) ? await (await loaded()).find(headers) : undefined),
    signIn: async (request) => await (await loaded()).signIn(request),
    signOut: async (headers) => (hasCookie(headers) ? await (await loaded()).signOut(headers) : []),
    changePassword: async (request) => await (await loaded()).changePassword(request),
  };
}

const COOKIE_PREFIX = "cofre";

function hasCookie(headers: Headers): boolean {
  return headers.get("cookie")?.includes(`${COOKIE_PREFIX}.session`) ?? false;
}

async function load(parts: SessionParts): Promise<Sessions> {
  const auth = await betterAuthOf(parts);
  const { isAPIError } = await import("better-auth/api");
  /** Undefined when better-auth refuses; whatever else goes wrong is thrown. */
  async function unlessRefused<Answer>(ask: () => Promise<Answer>): Promise<Answer | undefined> {
    try {
      return await ask();
    } catch (error) {
      if (isAPIError(error)) return undefined;
      throw error;
    }
  }
  return {
    find: async (headers) => {
      const answer = await auth.api.getSession({ headers, returnHeaders: true });
      if (answer.response === null) return undefined;
      return { userId: answer.response.user.id, cookies: answer.headers.getSetCookie() };
    },
    signIn: async ({ email, password, headers }) => {
      const body = { email, password, rememberMe: true };
      const answer = await unlessRefused(() => auth.api.signInEmail({ body, headers, returnHeaders: true }));
      if (answer === undefined) return undefined;
      return { userId: answer.response.user.id, cookies: answer.headers.getSetCookie() };
    },
    signOut: async (headers) => {
      const answer = await unlessRefused(() => auth.api.signOut({ headers, returnHeaders: true }));
      return answer?.headers.getSetCookie() ?? [];
    },
    changePassword: async ({ currentPassword, newPassword, headers }) => {
      const body = { currentPassword, newPassword, revokeOtherSessions: true };
      const answer = await unlessRefused(() =>
        auth.api.changePassword({ body, headers, returnHeaders: true }),
      );
      return answer?.headers.getSetCookie();
    },
  };
}

async function betterAuthOf({ db, config, secret }: SessionParts) {
  const [{ betterAuth }, { drizzleAdapter }] = await Promise.all([
    import("better-auth/minimal"),
    import("better-auth/adapters/drizzle"),
  ]);
  return betterAuth({
    appName: "Cofre",
    baseURL: config.publicUrl ?? "http://localhost",
    secret: secret.toString("base64"),
    database: drizzleAdapter(db, {
      provider: "pg",
      schema: { user: users, session: sessions, account: accounts, verification: verifications },
    }),
    emailAndPassword: { enabled: true, disableSignUp: true, minPasswordLength: 10, maxPasswordLength: 200 },
    session: { expiresIn: WEEK_S, updateAge: DAY_S },
    // Ours are at the door of every procedure.
    rateLimit: { enabled: false },
    logger: { disabled: true },
    telemetry: { enabled: false },
    advanced: {
      cookiePrefix: COOKIE_PREFIX,
      useSecureCookies: config.publicUrl?.startsWith("https:") ?? false,
      database: { generateId: () => newId() },
    },
  });
}
