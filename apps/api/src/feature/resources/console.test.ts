import { describe, expect, test } from "vitest";
import { type ConsolePage, type ConsolePlace, consoleAt } from "./console.ts";

const page = { port: 9001, tls: false, url: null, published: null, isLoopback: false, address: "172.17.0.5" };
const far = { host: "loja.com.br", isHere: false, ssh: ["-p", "2222", "deploy@loja.com.br"] };
const here = { host: "localhost", isHere: true, ssh: ["localhost"] };

describe("the way to a console", () => {
  const throughTunnel = (to: string) => ({
    command: `ssh -N -L 9001:${to} -p 2222 deploy@loja.com.br`,
    url: "http://localhost:9001",
  });

  test.each<[string, Partial<ConsolePage>, ConsolePlace, unknown]>([
    [
      "that is published is its server's port, or a tunnel to it",
      { published: 19001 },
      far,
      { url: "http://loja.com.br:19001", tunnel: throughTunnel("127.0.0.1:19001"), forward: null },
    ],
    [
      "that is published to its server alone is a tunnel",
      { published: 19001, isLoopback: true },
      far,
      { url: null, tunnel: throughTunnel("127.0.0.1:19001"), forward: null },
    ],
    [
      "that is not published is a tunnel to the container",
      {},
      far,
      { url: null, tunnel: throughTunnel("172.17.0.5:9001"), forward: null },
    ],
    [
      "of a container without an address is none",
      { address: null },
      far,
      { url: null, tunnel: null, forward: null },
    ],
    [
      "is first of all what its owner says",
      { url: "https://minio.loja.com.br" },
      far,
      { url: "https://minio.loja.com.br", tunnel: throughTunnel("172.17.0.5:9001"), forward: null },
    ],
    [
      "on the machine that the page came from is its port, or one more forward of the reader's tunnel",
      { published: 19001, isLoopback: true, tls: true },
      here,
      {
        url: "https://localhost:19001",
        tunnel: null,
        forward: { words: "-L 9001:127.0.0.1:19001", url: "https://localhost:9001" },
      },
    ],
    [
      "on the machine that the page came from is its container, or one more forward",
      {},
      here,
      {
        url: "http://172.17.0.5:9001",
        tunnel: null,
        forward: { words: "-L 9001:172.17.0.5:9001", url: "http://localhost:9001" },
      },
    ],
    [
      "by an address of IPv6 has brackets",
      { published: 9001 },
      { ...far, host: "2001:db8::1", ssh: ["root@2001:db8::1"] },
      {
        url: "http://[2001:db8::1]:9001",
        tunnel: { command: "ssh -N -L 9001:127.0.0.1:9001 root@2001:db8::1", url: "http://localhost:9001" },
        forward: null,
      },
    ],
  ])("%s", (_, more, place, expected) => {
    expect(consoleAt({ ...page, ...more }, place)).toEqual(expected);
  });
});
