import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { expectClose, type GoldenText, goldenExpected } from '../support/golden.ts';
import { graphql, postJson, type RunningApp, runningApp } from '../support/running-app.ts';

const cases = ['bert', 'roberta', 'xlm-roberta', 'distilbert', 'mpnet', 'modernbert', 'nomic', 'gte', 'qwen3', 'gemma3'].map(
  (family) => `tiny-${family}-st`,
);
const goldenRoot = fileURLToPath(new URL('../golden', import.meta.url));

const importDocument = `mutation ($input: ImportModelInput!) {
  importModel(input: $input) { ... on ImportModelPayload { task { settled(timeoutMs: 30000) { state error { message } } } } ... on Error { message } }
}`;
const loadDocument = `mutation ($input: LoadModelInput!) {
  loadModel(input: $input) { ... on LoadModelPayload { task { settled(timeoutMs: 30000) { state error { message } } } } ... on Error { message } }
}`;
const embedDocument = `query ($input: EmbedInput!) { embed(input: $input) { embeddings { index tokenCount truncated vector } } }`;
const tokenizeDocument = `query ($input: TokenizeInput!) { tokenize(input: $input) { items { ids tokens truncated } } }`;

let server: RunningApp;

beforeAll(async () => {
  server = await runningApp({ importRoots: [goldenRoot] });
});

afterAll(async () => {
  await server?.[Symbol.asyncDispose]();
});

describe.each(cases)('%s on a server', (name) => {
  const golden = goldenExpected(name);
  const { embedding_atol: tolerance } = golden.tolerance;
  const byPrompt = [...Map.groupBy(golden.items, ({ prompt_name: promptName }) => promptName ?? null)];

  async function embedAll(items: readonly GoldenText[], options: object = {}) {
    const input = { model: name, items: items.map(({ text }) => ({ text })), ...options };
    const { embed } = await graphql(server.url, embedDocument, { input });
    return embed.embeddings as { index: number; tokenCount: number; truncated: boolean; vector: number[] }[];
  }

  beforeAll(async () => {
    const imported = await graphql(server.url, importDocument, { input: { path: `${goldenRoot}/${name}/model`, name } });
    expect(imported.importModel.task.settled).toEqual({ state: 'SUCCEEDED', error: null });
    const loaded = await graphql(server.url, loadDocument, { input: { name } });
    expect(loaded.loadModel.task.settled).toEqual({ state: 'SUCCEEDED', error: null });
  });

  test('has the reference ids, with and without a prompt', async () => {
    for (const [promptName, items] of byPrompt) {
      const input = { model: name, texts: items.map(({ text }) => text), promptName };
      const { tokenize } = await graphql(server.url, tokenizeDocument, { input });
      expect(tokenize.items).toEqual(items.map(({ input_ids: ids, tokens, truncated }) => ({ ids, tokens, truncated })));
    }
  });

  test('embeds all texts in one request, by the name of a prompt and by its text', async () => {
    const { model } = await graphql(server.url, `query ($name: String!) { model(name: $name) { prompts { name text } } }`, { name });
    for (const [promptName, items] of byPrompt) {
      const text = model.prompts.find((prompt: { name: string }) => prompt.name === promptName)?.text ?? '';
      for (const options of [{ promptName }, { prompt: text }]) {
        for (const [index, { vector, tokenCount, truncated }] of (await embedAll(items, options)).entries()) {
          const item = items[index];
          expectClose(vector, item?.embedding ?? [], tolerance, item?.text);
          expect({ tokenCount, truncated }).toEqual({ tokenCount: item?.input_ids.length, truncated: item?.truncated });
        }
      }
    }
  });

  test('cuts vectors as the reference does', async () => {
    for (const dimensions of Object.keys(golden.items[0]?.truncated_embeddings ?? {})) {
      const items = golden.items.filter(({ prompt_name: promptName }) => promptName === undefined);
      for (const [index, { vector }] of (await embedAll(items, { dimensions: Number(dimensions) })).entries()) {
        expectClose(vector, items[index]?.truncated_embeddings[dimensions] ?? [], tolerance);
      }
    }
  });

  test('embeds one text at a time on /embed_text', async () => {
    for (const item of golden.items.filter(({ prompt_name: promptName }) => promptName === undefined)) {
      const { status, body } = await postJson(`${server.url}/embed_text`, { name, text: item.text });
      expect(status).toBe(200);
      expectClose(body.embeddings[0], item.embedding, tolerance, item.text);
    }
  });
});
