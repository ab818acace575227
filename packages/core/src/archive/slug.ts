import { createHash } from "node:crypto";

const MOST_CHARACTERS = 64;
const DIGEST_CHARACTERS = 8;
const COMBINING = /\p{M}+/gu;
/** Letters that Unicode does not take apart into a Latin letter and a mark. */
const LIGATURES: Readonly<Record<string, string>> = {
  ß: "ss",
  æ: "ae",
  œ: "oe",
  ø: "o",
  ł: "l",
  đ: "d",
  ð: "d",
  þ: "th",
  ı: "i",
};

/**
 * A name as a part of a file name and of a URL: at most 64 characters of [a-z0-9_-], never empty, the same for the same name, and
 * unchanged when it is one already. Where letters, digits or signs were lost or cut off, eight characters of the name's digest keep
 * it apart from others.
 */
export function slugify(name: string): string {
  if (name === "") return "unnamed";
  const latin = Array.from(name.normalize("NFKD").replace(COMBINING, "").toLowerCase(), (character) => {
    return LIGATURES[character] ?? character;
  }).join("");
  const hasLost = /[^\p{ASCII}\p{Z}\p{P}\p{C}]/u.test(latin);
  const slug = latin.replace(/[^a-z0-9_]+/g, "-").replace(/^-+|-+$/g, "");
  if (slug !== "" && !hasLost && slug.length <= MOST_CHARACTERS) return slug;
  const kept = slug.slice(0, MOST_CHARACTERS - DIGEST_CHARACTERS - 1).replace(/-+$/, "");
  return `${kept === "" ? "x" : kept}-${digestOf(name)}`;
}

function digestOf(name: string): string {
  return createHash("sha256").update(name).digest("hex").slice(0, DIGEST_CHARACTERS);
}
