import { z } from "zod";

export const OverviewView = z.object({
  projects: z.number(),
  resources: z.number(),
  servers: z.number(),
  backupCount: z.number(),
  storedBytes: z.number(),
  openJobs: z.number(),
  /** Of the last 30 days, oldest first. */
  days: z.array(
    z.object({ day: z.string(), completed: z.number(), failed: z.number(), storedBytes: z.number() }),
  ),
});
export type OverviewView = z.infer<typeof OverviewView>;
