import type { ShownFault } from "../ui/fault-card.tsx";
import { faultCode } from "./fault-code.ts";

/** What a route of bytes refused, told as every other fault is. */
export class BytesFault extends Error {
  readonly fault: ShownFault;

  constructor(fault: ShownFault) {
    super(fault.message);
    this.fault = fault;
  }
}

/** Calls a route of bytes; a refusal is thrown with what its problem document says. */
export async function callBytes(url: string, init: RequestInit = {}): Promise<Response> {
  const response = await fetch(url, init).catch((error: unknown) => {
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    throw offline();
  });
  if (response.ok) return response;
  throw problemIn(await response.text());
}

/** The first bytes of an answer as text, at most so many; the rest is not fetched. */
export async function readBeginning(url: string, mostBytes: number, signal: AbortSignal): Promise<string> {
  const { body } = await callBytes(url, { signal });
  if (body === null) return "";
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let text = "";
  for (let count = 0; count < mostBytes; ) {
    const { value, done } = await reader.read();
    if (done) return text + decoder.decode();
    const part = value.subarray(0, mostBytes - count);
    count += part.length;
    text += decoder.decode(part, { stream: true });
  }
  await reader.cancel();
  return text;
}

/** A whole answer of a size that fits into memory. */
export async function readWhole(url: string, signal: AbortSignal): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await (await callBytes(url, { signal })).arrayBuffer());
}

interface Sending {
  readonly file: Blob;
  /** Between 0 and 1. */
  readonly onProgress: (share: number) => void;
}

/** Puts a file; `fetch` cannot tell how far it has come. */
export function sendBytes(url: string, { file, onProgress }: Sending): Promise<void> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("PUT", url);
    request.setRequestHeader("content-type", file.type || "application/octet-stream");
    request.upload.addEventListener("progress", ({ loaded, total }) =>
      onProgress(loaded / Math.max(1, total)),
    );
    request.addEventListener("error", () => reject(offline()));
    request.addEventListener("load", () =>
      request.status < 300 ? resolve() : reject(problemIn(request.responseText)),
    );
    request.send(file);
  });
}

function offline(): BytesFault {
  return new BytesFault({ code: "offline", message: "no answer", hint: null });
}

function problemIn(text: string): BytesFault {
  const told = readable(text);
  return new BytesFault({
    code: faultCode(textOf(told.code) ?? "bug"),
    message: textOf(told.detail) ?? textOf(told.title) ?? text.slice(0, 200),
    hint: textOf(told.hint),
    requestId: textOf(told.requestId) ?? "",
  });
}

function readable(text: string): Readonly<Record<string, unknown>> {
  try {
    const told: unknown = JSON.parse(text);
    return typeof told === "object" && told !== null ? { ...told } : {};
  } catch {
    // Not a problem document: something between us and the API answered.
    return {};
  }
}

function textOf(value: unknown): string | null {
  return typeof value === "string" ? value : null;
}
