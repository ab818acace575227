import { createCipheriv, createHash, randomBytes, randomInt } from "node:crypto";
import { absentReason, sshServer, startContainer } from "@cofre/lab";
import { describe, expect, test } from "vitest";
import { Secret } from "../model/secret.ts";
import { connectSsh } from "./ssh.ts";
import { readHostKey } from "./ssh-connection.ts";
import { createGcmDecipher } from "./ssh-fast-gcm.ts";

/** Packets as a server would send them (RFC 5647), from a starting counter. */
function sealed(payloads: readonly Buffer[], start = 0n) {
  const key = randomBytes(16);
  const fixed = randomBytes(4);
  let counter = start;
  const nextIv = () => {
    const count = Buffer.alloc(8);
    count.writeBigUInt64BE(counter);
    counter = BigInt.asUintN(64, counter + 1n);
    return Buffer.concat([fixed, count]);
  };
  const iv = Buffer.concat([fixed, Buffer.alloc(8)]);
  iv.writeBigUInt64BE(start, 4);
  const wire = payloads.map((payload) => {
    const least = 16 - ((payload.length + 1) % 16);
    const padded = least < 4 || payload.length % 2 === 0 ? least + 16 : least;
    const body = Buffer.concat([Buffer.from([padded]), payload, randomBytes(padded)]);
    const length = Buffer.alloc(4);
    length.writeUInt32BE(body.length);
    const cipher = createCipheriv("aes-128-gcm", key, nextIv(), { authTagLength: 16 });
    cipher.setAAD(length);
    return Buffer.concat([length, cipher.update(body), cipher.final(), cipher.getAuthTag()]);
  });
  return { key, iv, wire: Buffer.concat(wire) };
}

function opener(key: Buffer, iv: Buffer) {
  const got: Buffer[] = [];
  const decipher = createGcmDecipher("aes-128-gcm", {
    inbound: {
      seqno: 0xfffffffe,
      onPayload: (payload) => {
        got.push(Buffer.from(payload));
        return undefined;
      },
      decipherInfo: { sslName: "aes-128-gcm" },
      decipherKey: key,
      decipherIV: Buffer.from(iv),
    },
  });
  return { got, decipher };
}

describe("the fast AES-GCM decipher", () => {
  const payloads = Array.from({ length: 200 }, (_, i) =>
    randomBytes(i % 50 === 0 ? 30_000 : 1 + ((i * 37) % 900)),
  );

  test("opens packets however the stream is cut, from a buffer that is used again", () => {
    const { key, iv, wire } = sealed(payloads);
    for (const largest of [1, 3, 17, 1000, 70_000, wire.length]) {
      const { got, decipher } = opener(key, iv);
      const answers = new Set<unknown>();
      const buffer = Buffer.alloc(largest);
      for (let at = 0; at < wire.length; ) {
        const bytes = Math.min(wire.length - at, largest === 1 ? 1 : randomInt(1, largest + 1));
        wire.copy(buffer, 0, at, at + bytes);
        answers.add(decipher.decrypt(buffer, 0, bytes));
        buffer.fill(0xee);
        at += bytes;
      }
      expect([...answers]).toEqual([undefined]);
      expect(Buffer.concat(got).equals(Buffer.concat(payloads))).toBe(true);
      expect(got.length).toBe(payloads.length);
      expect(decipher.inSeqno).toBe((0xfffffffe + payloads.length) % 2 ** 32);
    }
  });

  test("carries its counter over", () => {
    const { key, iv, wire } = sealed(payloads.slice(0, 5), 2n ** 64n - 3n);
    const { got, decipher } = opener(key, iv);
    decipher.decrypt(wire, 0, wire.length);
    expect(got.length).toBe(5);
  });

  test("hands out nothing of a packet that was changed by a bit", () => {
    const { key, iv, wire } = sealed(payloads.slice(0, 3));
    const second = payloads[0] ? sealedBytes(wire, 0) : 0;
    for (const at of [second + 5, second + 40, second + sealedBytes(wire, second) - 1]) {
      const { got, decipher } = opener(key, iv);
      const damaged = Buffer.from(wire);
      damaged[at] = (damaged[at] ?? 0) ^ 1;
      expect(() => decipher.decrypt(damaged, 0, damaged.length)).toThrow();
      expect(got.length).toBe(1);
    }
  });

  test("refuses a length that no packet has, before it reserves room for it", () => {
    for (const length of [0, 15, 17, 40_000, 0xffffffff]) {
      const { decipher } = opener(randomBytes(16), Buffer.alloc(12));
      const wire = Buffer.alloc(4);
      wire.writeUInt32BE(length);
      expect(() => decipher.decrypt(wire, 0, 4)).toThrow(/Bad packet length/);
    }
  });

  test("stops where its receiver says, so that new keys start at the next packet", () => {
    const { key, iv, wire } = sealed(payloads.slice(0, 3));
    const decipher = createGcmDecipher("aes-128-gcm", {
      inbound: {
        seqno: 0,
        onPayload: () => false,
        decipherInfo: { sslName: "aes-128-gcm" },
        decipherKey: key,
        decipherIV: iv,
      },
    });
    expect(decipher.decrypt(wire, 0, wire.length)).toBe(sealedBytes(wire, 0));
  });
});

function sealedBytes(wire: Buffer, at: number): number {
  return 4 + wire.readUInt32BE(at) + 16;
}

/** An sshd that asks for new keys every 16 MB. */
async function startRekeyingServer() {
  const { privateKey } = sshServer("plain").key("ed25519");
  const script = [
    "ssh-keygen -A > /dev/null; mkdir -p -m 700 /root/.ssh",
    'printf "%s" "$PRIVATE_KEY" > /tmp/k; chmod 600 /tmp/k; ssh-keygen -y -f /tmp/k > /root/.ssh/authorized_keys',
    "exec /usr/sbin/sshd -D -e -o 'RekeyLimit 16M' -o 'LogLevel DEBUG1'",
  ].join("; ");
  return await startContainer({
    image: "cofre-lab/host:plain",
    name: "rekey",
    env: { PRIVATE_KEY: privateKey },
    options: ["--entrypoint", "sh"],
    cmd: ["-c", script],
    port: 22,
  });
}

describe.skipIf(absentReason({ ssh: "plain" }))("a long transfer over SSH", () => {
  test("of 200 MB there and back keeps its digest while the keys change every 16 MB", async () => {
    await using container = await startRekeyingServer();
    const address = { host: container.host, port: container.port };
    await expect.poll(() => readHostKey(address).catch(() => undefined), { timeout: 20_000 }).toBeTruthy();
    const auth = { privateKey: new Secret(sshServer("plain").key("ed25519").privateKey) };
    await using server = await connectSsh({
      name: "rekey",
      ...address,
      user: "root",
      auth,
      hostKey: await readHostKey(address),
    });
    const script = "head -c 200000000 /dev/urandom > /tmp/big; sha256sum < /tmp/big; exit 0";
    const { stdout } = await server.run({ argv: ["sh", "-c", script] });
    const sha256 = stdout.slice(0, 64);
    const hash = createHash("sha256");
    let bytes = 0;
    for await (const chunk of server.read({ argv: ["cat", "/tmp/big"] })) {
      bytes += chunk.length;
      hash.update(chunk);
    }
    expect(bytes).toBe(200_000_000);
    expect(hash.digest("hex")).toBe(sha256);
    const back = await server.write({ argv: ["sha256sum"] }, server.read({ argv: ["cat", "/tmp/big"] }));
    expect(back.stdout.slice(0, 64)).toBe(sha256);
    const exchanges = (await container.logs()).match(/SSH2_MSG_NEWKEYS received/g) ?? [];
    expect(exchanges.length).toBeGreaterThan(20);
  });
});
