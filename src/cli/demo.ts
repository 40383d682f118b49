import { resolve } from 'node:path';
import { writeBagOfWords } from '../demo/bag-of-words.ts';
import { type Client, createClient } from './client.ts';
import type { Command } from './command.ts';
import { type CurlExample, curlLine, demoExamples, runExample } from './curl-example.ts';
import { followTask, startedTask } from './follow-task.ts';
import { FindModelDocument, ImportModelDocument, LoadModelDocument } from './operations.generated.ts';
import { aborted } from './stop-signal.ts';
import type { Terminal } from './terminal.ts';

const modelName = 'demo/bag-of-words';

/** Serves a model that it makes itself, shows how to ask it, and keeps serving. Nothing of it touches the usual data folder. */
export const demo: Command = {
  name: 'demo',
  usage: '',
  about: 'Serve a small model that is made on the spot, and show how to ask it.',
  words: { least: 0, most: 0 },
  defaults: { data: './data/demo', 'log-level': 'warn' },
  async run({ config, terminal, signal }) {
    const { createApp } = await import('../app.ts');
    const checkpoint = resolve(config.dataFolder, 'made', 'bag-of-words');
    await using app = await createApp({ config: { ...config, importRoots: [...config.importRoots, resolve(checkpoint, '..')] } });
    await writeBagOfWords(checkpoint);
    const { url } = await app.listen();
    const key = config.apiKeys[0];
    await prepareModel(checkpoint, { client: createClient({ url, key }), terminal, signal });
    terminal.print(`Modelkeep serves ${modelName} at ${url} (GraphiQL: ${url}/graphql). Ctrl-C ends it.`);
    for (const example of demoExamples(modelName)) await showExample(example, { url, key, terminal, signal });
    await aborted(signal);
  },
};

/** Imports the checkpoint unless an earlier demo did, and takes it into memory: what any client would send. */
async function prepareModel(path: string, context: { client: Client; terminal: Terminal; signal: AbortSignal }): Promise<void> {
  const { client, signal } = context;
  const { model } = await client.execute(FindModelDocument, { name: modelName }, signal);
  if (!model?.installed) {
    const { importModel } = await client.execute(ImportModelDocument, { input: { path, name: modelName } }, signal);
    await followTask(startedTask(importModel), context);
  }
  const { loadModel } = await client.execute(LoadModelDocument, { input: { name: modelName } }, signal);
  await followTask(startedTask(loadModel), context);
}

async function showExample(
  example: CurlExample,
  { url, key, terminal, signal }: { url: string; key: string | undefined; terminal: Terminal; signal: AbortSignal },
): Promise<void> {
  const answer = await runExample(example, { url, key, signal });
  terminal.print(`\n${example.about}\n${curlLine(example, { url, needsKey: key !== undefined })}\n${answer}`);
}
