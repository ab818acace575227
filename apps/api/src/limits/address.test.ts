import { describe, expect, test } from "vitest";
import { addressesBehind } from "./address.ts";

describe("the client's address", () => {
  test("is the connection's, whatever it claims, when no proxy is trusted", () => {
    expect(addressesBehind([])("203.0.113.9", "198.51.100.1")).toBe("203.0.113.9");
  });

  test("is the last hop before the trusted proxies", () => {
    const addressOf = addressesBehind(["127.0.0.1", "10.0.0.0/8"]);
    expect(addressOf("127.0.0.1", "198.51.100.1, 203.0.113.9, 10.1.2.3")).toBe("203.0.113.9");
    expect(addressOf("::ffff:127.0.0.1", "203.0.113.9")).toBe("203.0.113.9");
  });

  test("stays the proxy's when it forwards nonsense", () => {
    const addressOf = addressesBehind(["127.0.0.1"]);
    expect(addressOf("127.0.0.1", "not an address")).toBe("127.0.0.1");
    expect(addressOf("127.0.0.1", undefined)).toBe("127.0.0.1");
  });

  test("a range of version 6 is understood", () => {
    expect(addressesBehind(["fd00::/8"])("fd00::1", "2001:db8::5")).toBe("2001:db8::5");
  });

  test.each(["10.0.0.0/33", "proxy", "10.0.0.0/x", "/8"])("%s is refused by name", (entry) => {
    expect(() => addressesBehind([entry])).toThrow(entry);
  });
});
