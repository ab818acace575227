import type { appRouter } from "./trpc/root.ts";

/** The one thing that clients know of the server. */
export type AppRouter = typeof appRouter;
