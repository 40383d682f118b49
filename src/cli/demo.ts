import { resolve } from 'node:path';
import { writeBagOfWords } from '../demo/bag-of-words.ts';
import { writeQuickFox } from '../demo/quick-fox.ts';
import { type Client, createClient } from './client.ts';
import type { Command } from './command.ts';
import { type CurlExample, curlLine, demoExamples, runExample } from './curl-example.ts';
import { followTask, startedTask } from './follow-task.ts';
import { FindModelDocument, ImportModelDocument, LoadModelDocument } from './operations.generated.ts';
import { aborted } from './stop-signal.ts';
import type { Terminal } from './terminal.ts';

/** What is served: a model that embeds, and one that writes. */
const models = { embeds: 'demo/bag-of-words', writes: 'demo/quick-fox' };

/** Serves models that it makes itself, shows how to ask them, and keeps serving. Nothing of it touches the usual data folder. */
export const demo: Command = {
  name: 'demo',
  usage: '',
  about: 'Serve two small models that are made on the spot, and show how to ask them.',
  words: { least: 0, most: 0 },
  defaults: { data: './data/demo', 'log-level': 'warn' },
  async run({ config, terminal, signal }) {
    const { createApp } = await import('../app.ts');
    const made = resolve(config.dataFolder, 'made');
    await using app = await createApp({ config: { ...config, importRoots: [...config.importRoots, made] } });
    await writeBagOfWords(resolve(made, 'bag-of-words'));
    await writeQuickFox(resolve(made, 'quick-fox', 'quick-fox.gguf'));
    const { url } = await app.listen();
    const key = config.apiKeys[0];
    const context = { client: createClient({ url, key }), terminal, signal };
    await prepareModel(models.embeds, resolve(made, 'bag-of-words'), context);
    await prepareModel(models.writes, resolve(made, 'quick-fox'), context);
    terminal.print(`Modelkeep serves ${models.embeds} at ${url} (GraphiQL: ${url}/graphql), and ${models.writes}. Ctrl-C ends it.`);
    for (const example of demoExamples(models)) await showExample(example, { url, key, terminal, signal });
    await aborted(signal);
  },
};

/** Imports a checkpoint unless an earlier demo did, and takes it into memory: what any client would send. */
async function prepareModel(
  name: string,
  path: string,
  context: { client: Client; terminal: Terminal; signal: AbortSignal },
): Promise<void> {
  const { client, signal } = context;
  const { model } = await client.execute(FindModelDocument, { name }, signal);
  if (!model?.installed) {
    const { importModel } = await client.execute(ImportModelDocument, { input: { path, name } }, signal);
    await followTask(startedTask(importModel), context);
  }
  const { loadModel } = await client.execute(LoadModelDocument, { input: { name } }, signal);
  await followTask(startedTask(loadModel), context);
}

async function showExample(
  example: CurlExample,
  { url, key, terminal, signal }: { url: string; key: string | undefined; terminal: Terminal; signal: AbortSignal },
): Promise<void> {
  const answer = await runExample(example, { url, key, signal });
  terminal.print(`\n${example.about}\n${curlLine(example, { url, needsKey: key !== undefined })}\n${answer}`);
}
