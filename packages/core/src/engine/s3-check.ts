import { z } from "zod";
import type { CheckPlan } from "./engine.ts";
import { readBuckets } from "./s3-read.ts";

const Facts = z.array(
  z.object({
    name: z.string(),
    counts: z.record(z.string(), z.number()),
    digests: z.record(z.string(), z.string()),
  }),
);

/** Reads every object of an archive and counts it; needs nothing but the bytes. */
export function checkBuckets(): CheckPlan {
  return {
    sink: {
      via: "stream",
      drain: async (dump, signal) => {
        const facts = await readBuckets(dump, {
          onObject: async (_one, bytes) => {
            for await (const _ of bytes()) signal.throwIfAborted();
          },
        });
        return JSON.stringify(facts);
      },
    },
    conclude: (output) => Facts.parse(JSON.parse(output)),
  };
}
