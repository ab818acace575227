import { pluralIn } from "../plural.ts";
import type { ptBr } from "../pt-br.ts";

const many = pluralIn("en");

export const sync: typeof ptBr.sync = {
  title: "Sync with another S3",
  about:
    "The buckets are copied to an S3 store, object by object, and compared each time. It does not replace the backup.",
  on: "Sync by schedule",
  onHelp: "Copies only what changed.",
  to: "To",
  noStore: "Syncing needs an S3 store.",
  deletions: "What is deleted here",
  deletion: { keep: "Stays there", mirror: "Is deleted there too" },
  deletionHelp: {
    keep: "Nothing is deleted at the destination.",
    mirror: "Only what the sync copied is deleted at the destination.",
  },
  now: "Sync now",
  save: "Save sync",
  saved: "Sync saved.",
  started: "Sync started.",
  report: "Last time",
  notEnded: "The sync did not come to its end",
  did: (facts) =>
    `${facts.when}: ${facts.copied} copied (${facts.size}), ${facts.deleted} deleted, of ${facts.objects} objects.`,
  same: "Both sides are the same.",
  differ: (count) => many(count, "object still differs:", "objects still differ:"),
  why: {
    missing: "missing at the destination",
    size: "another size",
    content: "other content",
    properties: "other properties",
    extra: "only at the destination",
  },
};
