import { join } from 'node:path';
import { expect } from 'vitest';
import type { GgufToWrite } from '../../src/formats/gguf/gguf-writer.ts';
import { writeGgufFile } from './gguf-file.ts';
import { graphql, type RunningApp, runningApp } from './running-app.ts';
import { temporaryFolder } from './temporary-folder.ts';

const importDocument = `mutation ($input: ImportModelInput!) {
  importModel(input: $input) { ... on ImportModelPayload { task { settled(timeoutMs: 30000) { state error { message } } } } ... on Error { message } }
}`;
const loadDocument = `mutation ($input: LoadModelInput!) {
  loadModel(input: $input) { ... on LoadModelPayload { task { settled(timeoutMs: 60000) { state error { message } } } } ... on Error { message } }
}`;

/** A whole server with GGUF models; each name is given its file, and how it is loaded where it is. */
export async function generatingServer(
  models: Record<string, { model: GgufToWrite; generation?: Record<string, unknown>; isLoaded?: boolean }>,
  settings: Parameters<typeof runningApp>[0] = {},
): Promise<RunningApp> {
  await using undo = new AsyncDisposableStack();
  const roots = undo.use(await temporaryFolder());
  const server = undo.use(await runningApp({ importRoots: [roots.path], threads: 1, ...settings }));
  for (const [name, { model, generation = {}, isLoaded = true }] of Object.entries(models)) {
    const folder = join(roots.path, name);
    await writeGgufFile(join(folder, 'model.gguf'), model);
    const { importModel } = await graphql(server.url, importDocument, { input: { path: folder, name } });
    expect(importModel).toMatchObject({ task: { settled: { state: 'SUCCEEDED' } } });
    if (!isLoaded) continue;
    const { loadModel } = await graphql(server.url, loadDocument, { input: { name, generation } });
    expect(loadModel).toMatchObject({ task: { settled: { state: 'SUCCEEDED' } } });
  }
  const kept = undo.move();
  return { ...server, [Symbol.asyncDispose]: () => kept.disposeAsync() };
}

/** All that a generation can tell. */
export const eventFields = `
  ... on TextDelta { __typename generationId index text logprobs { token logprob top { token logprob } } }
  ... on ToolCallDelta { __typename generationId index call { id name arguments } }
  ... on GenerationEnd { __typename generationId reason usage { promptTokens cachedPromptTokens completionTokens }
    timing { queueMs promptMs firstTokenMs generationMs tokensPerSecond } error { code message } }`;
export const generateSubscription = `subscription ($input: GenerateInput!) { generate(input: $input) { ${eventFields} } }`;
export const generateQuery = `query ($input: GenerateInput!) { generate(input: $input) { id model { name } text toolCalls { id name arguments }
  reason usage { promptTokens cachedPromptTokens completionTokens } timing { queueMs promptMs firstTokenMs generationMs tokensPerSecond }
  logprobs { token logprob top { token logprob } } } }`;

/** The text of the deltas, and the end, of a whole stream. */
export async function readGeneration(events: AsyncIterable<any>, field = 'generate'): Promise<{ text: string; events: any[]; end: any }> {
  const seen: any[] = [];
  for await (const { data, errors } of events) {
    if (errors) throw Object.assign(new Error(errors[0].message), { extensions: errors[0].extensions });
    seen.push(data[field]);
  }
  const end = seen.at(-1);
  return { text: seen.map(({ text = '' }) => text).join(''), events: seen, end };
}
