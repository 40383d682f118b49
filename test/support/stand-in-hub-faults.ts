import type { ServerResponse } from 'node:http';

/** What goes wrong, for requests whose path (with query) contains `match`. */
export interface FaultInput {
  /** Part of the request's address, or a pattern; default every request. */
  match?: string | RegExp;
  method?: 'GET' | 'HEAD';
  /** How many requests it hits; default 1. `Infinity` for all. */
  times?: number;
  /** Answer with this status instead of the content. */
  status?: number;
  /** Added to (or put over) the answer's headers; null removes one. */
  headers?: Record<string, string | null>;
  /** The body of a `status` answer. */
  body?: string;
  /** Send so many bytes of the body, then break the connection. */
  cutAtByte?: number;
  /** Send so many bytes, then wait for `release()`. 0 still sends the headers. */
  pauseAtByte?: number;
  /** Throttle the body. */
  bytesPerSecond?: number;
  /** Flip the first byte that is sent. */
  corrupt?: boolean;
  /** Answer 200 with the whole file to a Range request. */
  ignoreRange?: boolean;
  /** Break the connection before any answer. */
  reset?: boolean;
}

/** A fault in force. */
export interface Fault extends FaultInput {
  /** How often it was applied. */
  readonly uses: number;
  /** Resolves when a `pauseAtByte` was reached the first time. */
  readonly reached: Promise<void>;
  /** Lets the paused answers go on, now and later. */
  release(): void;
}

interface LiveFault extends Fault {
  take(method: string, url: string): boolean;
  markReached(): void;
  readonly released: Promise<void>;
}

/** The faults of one hub; the first that matches and is not used up is applied. */
export interface Faults {
  add(input: FaultInput): Fault;
  clear(): void;
}

export function createFaults() {
  let faults: LiveFault[] = [];
  return {
    add(input: FaultInput): Fault {
      const fault = createFault(input);
      faults.push(fault);
      return fault;
    },
    clear() {
      for (const fault of faults) fault.release();
      faults = [];
    },
    take: (method: string, url: string) => faults.find((fault) => fault.take(method, url)) ?? null,
  };
}

function createFault(input: FaultInput): LiveFault {
  const { promise: reached, resolve: markReached } = Promise.withResolvers<void>();
  const { promise: released, resolve: release } = Promise.withResolvers<void>();
  const { match = '', method, times = 1 } = input;
  let uses = 0;
  return {
    ...input,
    get uses() {
      return uses;
    },
    reached,
    markReached,
    released,
    release,
    take(requestMethod, url) {
      const fits = typeof match === 'string' ? url.includes(match) : match.test(url);
      if (!fits || uses >= times || (method !== undefined && method !== requestMethod)) return false;
      uses += 1;
      return true;
    },
  };
}

/** Sends a body, with what the fault does to it; tells how many bytes have left. */
export async function sendBody(
  response: ServerResponse,
  body: Buffer,
  { fault, onSent }: { fault: LiveFault | null; onSent: (bytes: number) => void },
): Promise<void> {
  const content = fault?.corrupt && body.length > 0 ? Buffer.concat([Buffer.from([(body[0] ?? 0) ^ 0xff]), body.subarray(1)]) : body;
  const cutAt = fault?.cutAtByte ?? null;
  if (cutAt !== null && cutAt < content.length) {
    await write(response, content.subarray(0, cutAt), onSent);
    return void response.destroy();
  }
  const pauseAt = fault?.pauseAtByte ?? null;
  if (fault !== null && pauseAt !== null && pauseAt < content.length) {
    await write(response, content.subarray(0, pauseAt), onSent);
    fault.markReached();
    await Promise.race([fault.released, closed(response)]);
    await end(response, content.subarray(pauseAt), onSent);
  } else if (fault?.bytesPerSecond) await drip(response, content, { bytesPerSecond: fault.bytesPerSecond, onSent });
  else await end(response, content, onSent);
}

async function drip(
  response: ServerResponse,
  content: Buffer,
  { bytesPerSecond, onSent }: { bytesPerSecond: number; onSent: (bytes: number) => void },
): Promise<void> {
  const stepMs = 50;
  const gone = closed(response);
  const stepBytes = Math.max(1, Math.round((bytesPerSecond * stepMs) / 1000));
  for (let offset = 0; offset < content.length && !response.destroyed; offset += stepBytes) {
    await write(response, content.subarray(offset, offset + stepBytes), onSent, gone);
    await new Promise((resolve) => setTimeout(resolve, stepMs));
  }
  await end(response, Buffer.alloc(0), onSent);
}

/** Also sends the headers, when nothing else was sent yet. */
async function write(response: ServerResponse, bytes: Buffer, onSent: (bytes: number) => void, gone = closed(response)): Promise<void> {
  if (response.destroyed) return;
  response.flushHeaders();
  const sent = new Promise<void>((resolve) =>
    response.write(bytes, (error) => {
      if (!error) onSent(bytes.length);
      resolve();
    }),
  );
  await Promise.race([sent, gone]);
}

async function end(response: ServerResponse, bytes: Buffer, onSent: (bytes: number) => void): Promise<void> {
  if (response.destroyed) return;
  response.once('finish', () => onSent(bytes.length));
  await Promise.race([new Promise<void>((resolve) => response.end(bytes, resolve)), closed(response)]);
}

function closed(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => (response.destroyed ? resolve() : response.once('close', resolve)));
}
