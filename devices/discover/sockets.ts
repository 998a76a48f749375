import { createSocket, type RemoteInfo, type Socket, type SocketOptions } from "node:dgram";

/** A UDP socket for as long as a search goes on. */
export interface Ear extends AsyncDisposable {
  readonly socket: Socket;
}

interface Place {
  /** Any by default. */
  address?: string;
  /** Any free one by default. */
  port?: number;
  options?: Omit<SocketOptions, "type">;
}

/** Binds a socket. Rejects when the place can't be had; what goes wrong later is nothing, as all of UDP. */
export async function openEar(
  { address, port = 0, options = {} }: Place,
  heard: (datagram: Buffer, from: RemoteInfo) => void,
): Promise<Ear> {
  const socket = createSocket({ type: "udp4", ...options });
  const closed = new Promise<void>((resolve) => socket.once("close", resolve));
  socket.on("message", heard);
  try {
    await new Promise<void>((resolve, reject) => socket.once("error", reject).bind(port, address, resolve));
  } catch (error) {
    socket.close();
    throw error;
  }
  socket.removeAllListeners("error").on("error", () => {});
  return {
    socket,
    async [Symbol.asyncDispose]() {
      socket.close();
      await closed;
    },
  };
}

/** Why the network did not let us, in a word. */
export const codeOf = (error: unknown): string =>
  error instanceof Error && "code" in error ? String(error.code) : String(error);
