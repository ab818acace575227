import { registerHooks } from "node:module";

/** A module of Drizzle; all of its own are of one format. */
const IN_DRIZZLE = /\/node_modules\/drizzle-orm\/.*\.js$/;

// To know a module's format Node reads its package's whole list of exports again, 180 kB for each of Drizzle's four hundred imports of its
// own files: a fifth of every start. The hook has to be there before anything asks, so the program comes after it.
registerHooks({
  resolve: (specifier, context, next) => {
    const { parentURL } = context;
    if (parentURL === undefined || !/^\.\.?\//.test(specifier) || !IN_DRIZZLE.test(parentURL)) {
      return next(specifier, context);
    }
    const { href } = new URL(specifier, parentURL);
    return IN_DRIZZLE.test(href)
      ? { url: href, format: "module", shortCircuit: true }
      : next(specifier, context);
  },
});

await import("./program.ts");
