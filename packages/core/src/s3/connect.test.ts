import { createServer } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { HeadBucketCommand } from "@aws-sdk/client-s3";
import { describe, expect, test } from "vitest";
import { Secret } from "../model/secret.ts";
import { connectS3, type S3Target } from "./connect.ts";

const TARGET: S3Target = {
  endpoint: "http://s3.test",
  region: "us-east-1",
  accessKey: "access",
  secretKey: new Secret("a-secret-of-the-test"),
  pathStyle: true,
};

describe("the connection to an S3", () => {
  test.each([
    [true, { host: "s3.test", url: "/shop/" }],
    [false, { host: "shop.s3.test", url: "/" }],
  ])("with path style %s asks where that style says, through the given dial", async (pathStyle, expected) => {
    await using server = await listening();
    const dialled: string[] = [];
    const client = connectS3(
      { ...TARGET, pathStyle },
      {
        dial: async (host, port) => {
          dialled.push(`${host}:${port}`);
          return connect(server.port, "127.0.0.1");
        },
      },
    );
    await client.send(new HeadBucketCommand({ Bucket: "shop" }));
    client.destroy();
    expect(server.seen).toEqual([expected]);
    expect(dialled).toEqual([`${expected.host}:80`]);
  });

  test("tells what the dial found, as it found it", async () => {
    const error = new Error("no way there");
    const client = connectS3(TARGET, { dial: () => Promise.reject(error) });
    await expect(client.send(new HeadBucketCommand({ Bucket: "shop" }))).rejects.toBe(error);
  });

  test.each([
    "",
    "s3.test",
    "ftp://s3.test",
    "http://user@s3.test",
    "http://s3.test/bucket",
    "http://s3.test?x=1",
  ])("refuses the endpoint %j", (endpoint) => {
    expect(() => connectS3({ ...TARGET, endpoint })).toThrow(
      expect.objectContaining({ code: "input.invalid" }),
    );
  });
});

async function listening() {
  const seen: { host: string | undefined; url: string | undefined }[] = [];
  const server = createServer(({ headers, url }, answer) => {
    seen.push({ host: headers.host, url });
    answer.end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  // checked: it listens on TCP
  const { port } = server.address() as AddressInfo;
  return { seen, port, [Symbol.asyncDispose]: async () => void server.close() };
}
