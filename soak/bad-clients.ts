import { connect, type Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { WebSocket } from 'ws';
import { startServerProcess } from '../test/support/server-process.ts';
import { goldenFolder, startStandInHub } from '../test/support/stand-in-hub.ts';
import { temporaryFolder } from '../test/support/temporary-folder.ts';
import { embed, eventually, load, unload } from './client.ts';
import { createTally, type SoakRow, type SoakScale } from './part.ts';
import { childrenOf, descriptorsOf, memoryOf } from './processes.ts';

const name = 'org/encoder';
/** How long a health check may take among them. */
const mostLiveMs = 1000;
const mostGrowthBytes = 60e6;

/** Subscribers that do not read, clients that leave, sockets that say nothing, bodies and headers that come byte by byte. */
export async function badClients({ badClients: count, patienceMs }: SoakScale): Promise<SoakRow> {
  const complaints: string[] = [];
  const tally = createTally();
  await using data = await temporaryFolder();
  await using hub = await startStandInHub({ repositories: { [name]: goldenFolder('tiny-bert-st') } });
  await using server = await startServerProcess({ DATA: data.path, HF_ENDPOINT: hub.url, LOG_LEVEL: 'error' });
  const { url } = server;
  const serverId = server.child.pid ?? 0;
  await load(url, name);
  await embed(url, name, ['warm']);
  const before = { memory: memoryOf(serverId), descriptors: descriptorsOf(serverId) };

  const subscribers = await Promise.all(Array.from({ length: count }, () => sleepySubscriber(url)));
  const halfOpen = Array.from({ length: count }, () => rawClient(url, ''));
  const slowHeaders = Array.from({ length: count }, () => drip(rawClient(url, 'GET /live HTTP/1.1\r\nx-slow: ')));
  const slowBodies = Array.from({ length: count }, () =>
    drip(
      rawClient(url, 'POST /infer_text HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\ncontent-length: 100000\r\n\r\n{'),
    ),
  );
  for (let index = 0; index < count; index += 1) leave(url);

  let slowestLiveMs = 0;
  for (let round = 0; round < 5; round += 1) {
    const startedMs = performance.now();
    if ((await fetch(`${url}/live`)).status !== 200) complaints.push('/live failed');
    slowestLiveMs = Math.max(slowestLiveMs, performance.now() - startedMs);
    tally.add((await embed(url, name, ['good client'])).code);
    // Each is an event for every subscriber.
    await unload(url, name);
    await load(url, name);
    await pause(50);
  }
  if (slowestLiveMs > mostLiveMs) complaints.push(`/live took ${Math.round(slowestLiveMs)} ms`);
  for (const code of tally.names()) if (code !== 'OK') complaints.push(`a good client got ${code}`);

  const areOut = (sockets: readonly Socket[]) => eventually(() => sockets.every((socket) => socket.destroyed), { timeoutMs: patienceMs });
  if (patienceMs > 0 && !(await areOut(slowHeaders))) complaints.push('clients with slow headers were not thrown out');
  if (patienceMs > 0 && !(await areOut(halfOpen))) complaints.push('clients that say nothing were not thrown out');
  for (const socket of [...halfOpen, ...slowHeaders, ...slowBodies]) socket.destroy();
  for (const subscriber of subscribers) subscriber.terminate();
  const isBack = await eventually(() => descriptorsOf(serverId) <= before.descriptors + 5);
  if (!isBack) complaints.push(`${descriptorsOf(serverId)} descriptors are open, ${before.descriptors} before`);
  const grown = memoryOf(serverId) - before.memory;
  if (grown > mostGrowthBytes) complaints.push(`the server grew by ${Math.round(grown / 1e6)} MB`);
  if (childrenOf(serverId).length > 2) complaints.push('more runners than before');
  return {
    what: `${count} each: subscribers that do not read, clients that leave, half-open, slow headers, slow bodies`,
    figures: `good clients: ${tally}; slowest /live ${Math.round(slowestLiveMs)} ms; descriptors ${before.descriptors} before, ${descriptorsOf(serverId)} after; server grew ${Math.round(grown / 1e6)} MB`,
    complaints,
  };
}

async function sleepySubscriber(url: string): Promise<WebSocket> {
  const socket = new WebSocket(`${url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws');
  await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
  socket.on('error', () => {});
  socket.send('{"type":"connection_init"}');
  await new Promise((resolve) => socket.once('message', resolve));
  const query = 'subscription { modelChanged { name card description runtime { state error { message } } statistics { inferenceCount } } }';
  for (let id = 0; id < 10; id += 1) socket.send(JSON.stringify({ type: 'subscribe', id: `${id}`, payload: { query } }));
  socket.pause();
  return socket;
}

function rawClient(url: string, start: string): Socket {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  socket.on('error', () => {});
  // Unread data would keep the end of the connection from being seen.
  socket.resume();
  socket.write(start);
  return socket;
}

/** A byte every half second. */
function drip(socket: Socket): Socket {
  const timer = setInterval(() => socket.write('x'), 500);
  socket.once('close', () => clearInterval(timer));
  return socket;
}

function leave(url: string): void {
  const body = JSON.stringify({ name, text: new Array<string>(200).fill('a long text of many words '.repeat(10)) });
  const socket = rawClient(url, `POST /infer_text HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-length: ${body.length}\r\n\r\n${body}`);
  setTimeout(() => socket.destroy(), Math.random() * 100);
}
