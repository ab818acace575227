import { randomBytes } from "node:crypto";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { buffer } from "node:stream/consumers";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Fault } from "../../model/fault.ts";
import type { Server } from "../host.ts";

/** What the suite of connections is run against. */
export interface DialGround extends AsyncDisposable {
  readonly server: Server;
  /** This machine's address as that server sees it. */
  readonly home: string;
}

/** The promises of Server.dial, for any server. */
export function describeDialing(
  name: string,
  start: () => Promise<DialGround>,
  { skipped = null }: { readonly skipped?: string | null } = {},
): void {
  describe.skipIf(skipped)(`${name} dials as a server should`, { timeout: 60_000 }, () => {
    const echo = createServer({ allowHalfOpen: true }, (socket) => {
      sockets.add(socket.on("error", () => undefined));
      socket.pipe(socket);
    });
    const sockets = new Set<Socket>();
    let started: DialGround | undefined;
    beforeAll(async () => {
      started = await start();
      await new Promise<void>((resolve) => echo.listen(0, "0.0.0.0", resolve));
    });
    afterAll(async () => {
      await started?.[Symbol.asyncDispose]();
      for (const socket of sockets) socket.destroy();
      echo.close();
    });
    const ground = (): DialGround & { readonly port: number } => {
      if (started === undefined) throw new Error("the ground of this suite did not start");
      // checked: it listens on TCP, so its address is no path.
      return { ...started, port: (echo.address() as AddressInfo).port };
    };

    test("bytes go both ways, and an end of one side leaves the other open", async () => {
      const { server, home, port } = ground();
      const bytes = randomBytes(3_000_000);
      const stream = await server.dial(home, port);
      stream.end(bytes);
      expect((await buffer(stream)).equals(bytes)).toBe(true);
    });

    test("forty are open at once, and commands still find room", async () => {
      const { server, home, port } = ground();
      const streams = await Promise.all(Array.from({ length: 40 }, () => server.dial(home, port)));
      expect((await server.run({ argv: ["echo", "room"] })).stdout).toBe("room\n");
      for (const [index, stream] of streams.entries()) stream.end(`number ${index}`);
      const answers = await Promise.all(streams.map((stream) => buffer(stream)));
      expect(answers.map(String)).toEqual(streams.map((_, index) => `number ${index}`));
    });

    test("where nothing listens is told with its address, and an abort gives up", async () => {
      const { server, home, port } = ground();
      await expect(server.dial("127.0.0.1", 1)).rejects.toMatchObject({
        code: "target.unreachable",
        message: expect.stringContaining("127.0.0.1:1"),
      });
      await expect(server.dial(home, port, { signal: AbortSignal.abort() })).rejects.toMatchObject({
        code: "job.cancelled",
      });
    });

    test("a caller judges what the machine makes of a name, and nothing else is called", async () => {
      const { server, home, port } = ground();
      const told: string[] = [];
      const judge = (address: string) => {
        told.push(address);
        throw new Fault("target.unsuitable", "not there");
      };
      const refused = { code: "target.unsuitable" };
      await expect(server.dial(home, port, { judge })).rejects.toMatchObject(refused);
      await expect(server.dial("localhost", port, { judge })).rejects.toMatchObject(refused);
      expect(told).toEqual([home, expect.stringMatching(/^(127\.0\.0\.1|::1)$/)]);
      await expect(server.dial("nobody.invalid", port, { judge: () => undefined })).rejects.toMatchObject({
        code: "target.unreachable",
        message: expect.stringContaining("nobody.invalid"),
      });
    });
  });
}
