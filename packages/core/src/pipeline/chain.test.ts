import { PassThrough, Readable, Transform } from "node:stream";
import { buffer } from "node:stream/consumers";
import { describe, expect, test } from "vitest";
import { Fault } from "../model/fault.ts";
import { chain } from "./chain.ts";

function endless(): Readable {
  return new Readable({
    read() {
      this.push(Buffer.alloc(1024));
    },
  });
}

function failingAfter(chunks: number, error: Error): Transform {
  let seen = 0;
  return new Transform({
    transform(chunk, _encoding, done) {
      seen += 1;
      done(seen > chunks ? error : null, chunk);
    },
  });
}

describe("a chain of streams", () => {
  test("gives what its last stream gives", async () => {
    const upper = new Transform({
      transform: (chunk, _encoding, done) => done(null, String(chunk).toUpperCase()),
    });
    const joined = chain(Readable.from([Buffer.from("abc"), Buffer.from("def")]), upper, new PassThrough());
    expect((await buffer(joined)).toString()).toBe("ABCDEF");
  });

  test("of one source alone is that source", async () => {
    expect((await buffer(chain(Readable.from([Buffer.from("x")])))).toString()).toBe("x");
  });

  test("hands an error of its source to the reader as it was thrown, and never merely ends", async () => {
    const fault = new Fault("dump.failed", "pg_dump exited 1");
    const source = new Readable({
      read() {
        this.push("half");
        this.destroy(fault);
      },
    });
    await expect(buffer(chain(source, new PassThrough(), new PassThrough()))).rejects.toBe(fault);
  });

  test("hands an error of the middle to the reader and destroys the source", async () => {
    const fault = new Fault("archive.damaged", "cut");
    const source = endless();
    await expect(buffer(chain(source, failingAfter(3, fault), new PassThrough()))).rejects.toBe(fault);
    expect(source.destroyed).toBe(true);
  });

  test("destroys every stream when the reader goes away", async () => {
    const source = endless();
    const middle = new PassThrough();
    for await (const _ of chain(source, middle, new PassThrough())) break;
    await new Promise(setImmediate);
    expect([source.destroyed, middle.destroyed]).toEqual([true, true]);
  });

  test("destroys every stream when the reader is destroyed with an error", async () => {
    const source = endless();
    const joined = chain(source, new PassThrough());
    joined.on("error", () => undefined);
    joined.destroy(new Error("no longer wanted"));
    await new Promise(setImmediate);
    expect(source.destroyed).toBe(true);
  });

  test("errors at once when its source had already been destroyed", async () => {
    const source = endless();
    source.destroy();
    await expect(buffer(chain(source, new PassThrough()))).rejects.toThrow();
  });

  test("holds a fast source back while nobody reads", async () => {
    let pushed = 0;
    const source = new Readable({
      read() {
        pushed += 1;
        this.push(Buffer.alloc(16_384));
      },
    });
    const joined = chain(source, new PassThrough(), new PassThrough());
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(pushed).toBeLessThan(64);
    joined.destroy();
  });
});
