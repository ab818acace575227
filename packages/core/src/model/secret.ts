const INSPECT = Symbol.for("nodejs.util.inspect.custom");

/** A value that cannot print itself: text, JSON and inspection all show `[secret]`. Only `reveal` lets it out. */
export class Secret {
  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
  }

  /** The value in clear. Call it only where the value enters the program that needs it. */
  reveal(): string {
    return this.#value;
  }

  toString(): string {
    return "[secret]";
  }

  toJSON(): string {
    return "[secret]";
  }

  [INSPECT](): string {
    return "[secret]";
  }
}

/** Replaces every occurrence of the given secrets in a text that is about to be shown or stored. */
export function redact(text: string, secrets: readonly Secret[]): string {
  let clean = text;
  for (const secret of secrets) {
    const value = secret.reveal();
    if (value.length >= 3) clean = clean.replaceAll(value, "[secret]");
  }
  return clean;
}
