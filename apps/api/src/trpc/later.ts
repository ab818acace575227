export function later(): never {
  throw new Error("not written yet");
}
