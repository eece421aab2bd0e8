import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { Socket } from 'node:net';

/** Every address this thread tried to connect to by TCP since it was made, like `127.0.0.1:80`. */
export function recordSockets(): { readonly opened: string[]; stop(): void } {
  const opened: string[] = [];
  const hear = (message: unknown) => {
    const { socket } = message as { socket: Socket };
    socket.on('connectionAttempt', (address: string, port: number) => opened.push(`${address}:${port}`));
  };
  subscribe('net.client.socket', hear);
  return { opened, stop: () => void unsubscribe('net.client.socket', hear) };
}
