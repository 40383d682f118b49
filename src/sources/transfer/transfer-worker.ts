import { setFlagsFromString } from 'node:v8';
import { parentPort, workerData } from 'node:worker_threads';
import { errorToWire, ModelkeepError } from '../../errors.ts';
import { createGuardedFetch } from '../../net/guarded-fetch.ts';
import type { TransferEnd, TransferReply, TransferRequest, TransferThreadData } from './transfer-protocol.ts';
import { createTransfers, type Transfer } from './transfers.ts';

/** The thread that fetches: see `transfer-thread.ts`. It is ended from outside. */
const port = parentPort;
if (port === null) throw new Error('the thread that fetches was not started as a worker');
// Helper threads sweep what sockets gave. While they wait for a core, V8 takes it for used and collects the whole heap instead.
setFlagsFromString('--no-concurrent-array-buffer-sweeping');
const { settings, fetchAllow, isVerbose } = workerData as TransferThreadData;
const say = (reply: TransferReply) => port.postMessage(reply);
const log = { debug: (fields: object, message: string) => say({ type: 'log', fields, message }) };
const transfers = createTransfers({ ...settings, fetch: createGuardedFetch({ allow: fetchAllow, ...(isVerbose ? { log } : {}) }) });
const opened = new Map<number, Transfer>();
const running = new Map<number, AbortController>();

function transferOf(id: number | null): Transfer | undefined {
  if (id === null) return undefined;
  const transfer = opened.get(id) ?? transfers.open();
  opened.set(id, transfer);
  return transfer;
}

async function work(request: Extract<TransferRequest, { type: 'fetch' | 'digest' }>, signal: AbortSignal): Promise<TransferEnd> {
  const { id } = request;
  if (request.type === 'digest') {
    return { type: 'digested', id, sha256: await transfers.digest(request.path, request.sizeBytes, signal) };
  }
  const { source, target, transferId, journalPath } = request;
  const file = await transfers.fetch(source, target, {
    transfer: transferOf(transferId),
    journalPath,
    onProgress: (progress) => say({ type: 'progress', id, progress }),
    onNote: (note) => say({ type: 'note', id, note }),
    signal,
  });
  return { type: 'fetched', id, file };
}

async function run(request: Extract<TransferRequest, { type: 'fetch' | 'digest' }>): Promise<void> {
  const { id } = request;
  const controller = new AbortController();
  running.set(id, controller);
  try {
    say(await work(request, controller.signal));
  } catch (error) {
    if (error instanceof ModelkeepError) say({ type: 'failed', id, error: errorToWire(error, 'transfer') });
    else say({ type: 'broken', id, stack: error instanceof Error ? (error.stack ?? error.message) : String(error) });
  } finally {
    running.delete(id);
  }
}

port.on('message', (request: TransferRequest) => {
  if (request.type === 'cancel') running.get(request.id)?.abort();
  else if (request.type === 'close') {
    opened.get(request.transferId)?.[Symbol.dispose]();
    opened.delete(request.transferId);
  } else void run(request);
});
