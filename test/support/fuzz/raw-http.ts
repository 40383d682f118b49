import { connect } from 'node:net';

/** What came back on a connection. */
export interface RawAnswer {
  /** Null when the connection ended, or the time was over, without a whole status line. */
  status: number | null;
  /** All that came after the headers, chunk sizes included. */
  body: string;
  /** The server closed, or the answer was whole; false when the time was over first. */
  ended: boolean;
}

/**
 * Writes bytes as they are to a port and reads until an answer is whole, the server closes or the time is over; then leaves.
 * No client library stands between, so the bytes may be anything.
 */
export function sendRaw(url: string, bytes: Uint8Array, { timeoutMs }: { timeoutMs: number }): Promise<RawAnswer> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve) => {
    const socket = connect(Number(port), hostname);
    const chunks: Buffer[] = [];
    const finish = (ended: boolean) => {
      clearTimeout(timer);
      socket.destroy();
      resolve({ ...parse(Buffer.concat(chunks).toString('latin1')), ended });
    };
    const timer = setTimeout(() => finish(false), timeoutMs);
    socket.on('error', () => finish(true));
    socket.on('close', () => finish(true));
    socket.on('data', (chunk: Buffer) => {
      chunks.push(chunk);
      if (isWhole(Buffer.concat(chunks).toString('latin1'))) finish(true);
    });
    socket.write(bytes);
  });
}

function parse(text: string): { status: number | null; body: string } {
  const [, status] = /^HTTP\/1\.1 (\d{3})/.exec(text) ?? [];
  const end = text.indexOf('\r\n\r\n');
  return {
    status: status === undefined ? null : Number(status),
    body: end < 0 ? '' : Buffer.from(text.slice(end + 4), 'latin1').toString(),
  };
}

function isWhole(text: string): boolean {
  const end = text.indexOf('\r\n\r\n');
  if (end < 0) return false;
  const head = text.slice(0, end);
  const body = text.slice(end + 4);
  if (/^HTTP\/1\.1 (1\d\d)/.test(head)) return isWhole(body);
  if (/\r\ntransfer-encoding: chunked/i.test(head)) return body.endsWith('0\r\n\r\n');
  const [, length] = /\r\ncontent-length: (\d+)/i.exec(head) ?? [];
  return length === undefined ? /^HTTP\/1\.1 (204|304)/.test(head) : body.length >= Number(length);
}
