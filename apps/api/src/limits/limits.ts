import { Fault } from "@cofre/core/model";
import { RateLimiterMemory, RateLimiterPostgres, RateLimiterRes } from "rate-limiter-flexible";
import type { Catalogue } from "../db/catalogue.ts";

/** How many points each budget has, and for how many seconds. */
const BUDGETS = {
  /** Everything one address asks. */
  address: { points: 1_200, duration: 60 },
  /** Everything one key or user asks. */
  caller: { points: 600, duration: 60 },
  /** Wrong passwords and set-up codes, per address. */
  login: { points: 20, duration: 300 },
  /** Wrong passwords per account, from wherever. */
  account: { points: 10, duration: 900 },
  /** Keys that were refused, per address. Good ones from there go on: a program that was left with an old key must not stop them. */
  refusedKey: { points: 20, duration: 300 },
  download: { points: 60, duration: 60 },
  restore: { points: 20, duration: 60 },
  /** Every answer reads the whole catalogue. */
  metrics: { points: 30, duration: 60 },
  /** Streams of events that are opened; each then lives as long as its job. */
  events: { points: 60, duration: 60 },
} as const;

export type Budget = keyof typeof BUDGETS;

/** These decide about break-ins and heavy work, so every process draws from the same purse. */
const COMMON = new Set<Budget>(["login", "account", "refusedKey", "download", "restore"]);

export interface Limits {
  /** @throws Fault `rate.limited`, with the seconds to wait in its context. */
  take(budget: Budget, who: string): Promise<void>;
  /** Gives a point back: the attempt was a good one. */
  giveBack(budget: Budget, who: string): Promise<void>;
}

/** @param scale multiplies every budget: tests that are not about limits make many calls. */
export function limitsOf(catalogue: Catalogue, scale = 1): Limits {
  const limiters = new Map<Budget, RateLimiterMemory | RateLimiterPostgres>();
  for (const [budget, { points, duration }] of entries()) {
    const options = { keyPrefix: budget, points: points * scale, duration };
    limiters.set(budget, limiterOf(catalogue, options, COMMON.has(budget)));
  }
  const of = (budget: Budget) => {
    const limiter = limiters.get(budget);
    if (limiter === undefined) throw new Error(`no limit is named ${budget}`);
    return limiter;
  };
  return {
    take: async (budget, who) => {
      try {
        await of(budget).consume(who);
      } catch (error) {
        throw error instanceof RateLimiterRes ? tooMany(error) : error;
      }
    },
    giveBack: async (budget, who) => {
      await of(budget).reward(who);
    },
  };
}

function entries() {
  // checked: the keys of a literal object are its own
  return Object.entries(BUDGETS) as [Budget, (typeof BUDGETS)[Budget]][];
}

interface LimiterOptions {
  readonly keyPrefix: string;
  readonly points: number;
  readonly duration: number;
}

function limiterOf(catalogue: Catalogue, options: LimiterOptions, common: boolean) {
  const memory = new RateLimiterMemory(options);
  // On the embedded database there is only one process: its memory is the common purse.
  if (!common || catalogue.kind === "embedded") return memory;
  return new RateLimiterPostgres({
    ...options,
    storeClient: poolOf(catalogue),
    storeType: "pool",
    tableName: "rate_limits",
    tableCreated: true,
    clearExpiredByTimeout: false,
    insuranceLimiter: memory,
  });
}

/** The little of a `pg` pool that the limiter calls. */
function poolOf(catalogue: Catalogue) {
  return {
    query: ({ text, values }: { readonly text: string; readonly values: readonly unknown[] }) =>
      catalogue.sql.query(text, values),
  };
}

function tooMany(refusal: RateLimiterRes): Fault {
  const seconds = Math.max(1, Math.ceil(refusal.msBeforeNext / 1000));
  return new Fault("rate.limited", "too many requests of this kind in a short time", {
    hint: `Try again in ${seconds} seconds.`,
    context: { retryAfterSeconds: seconds },
  });
}
