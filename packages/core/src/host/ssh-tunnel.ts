import { Duplex } from "node:stream";
import type { ClientChannel } from "ssh2";
import type { SshConnection } from "./ssh-connection.ts";

/**
 * A forwarded channel as a stream that keeps the promises of streams. ssh2's own channel cannot be destroyed with an error, and ends as
 * if in peace when its connection is lost.
 */
export function tunnelOf(channel: ClientChannel, connection: SshConnection): Duplex {
  const tunnel = new Duplex({
    allowHalfOpen: true,
    read: () => void channel.resume(),
    write: (chunk: Buffer, _encoding, done) => {
      if (channel.write(chunk)) done();
      else channel.once("drain", done);
    },
    final: (done) => {
      channel.end();
      done();
    },
    destroy: (error, done) => {
      forget();
      channel.resume().close();
      done(error);
    },
  });
  // An error that nobody hears must not end the process: a pool holds tunnels that nobody reads.
  tunnel.on("error", () => undefined);
  const forget = connection.onLost(() => tunnel.destroy(connection.lostBecause()));
  passOn(channel, connection, tunnel);
  return tunnel;
}

/** What comes back, and how it ends. The loss of a connection may be told after the end of its channels. */
function passOn(channel: ClientChannel, connection: SshConnection, tunnel: Duplex): void {
  const finish = () => {
    const lost = connection.lostBecause();
    if (lost !== undefined) tunnel.destroy(lost);
    else if (!tunnel.destroyed && !tunnel.readableEnded) tunnel.push(null);
  };
  channel.on("data", (chunk: Buffer) => {
    if (!tunnel.destroyed && !tunnel.push(chunk)) channel.pause();
  });
  channel.once("end", () => void setImmediate(finish));
  channel.on("error", (error: Error) => tunnel.destroy(error));
  channel.once("close", () => {
    setImmediate(() => {
      if (!tunnel.writableFinished) tunnel.destroy(connection.lostBecause());
    });
  });
}
