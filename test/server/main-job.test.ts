import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { graphql, postJson, type RunningApp, runningApp } from '../support/running-app.ts';
import { goldenFolder, type StandInHub, startStandInHub } from '../support/stand-in-hub.ts';

interface GoldenItem {
  text: string;
  input_ids: number[];
  embedding: number[];
  truncated: boolean;
  truncated_embeddings: Record<string, number[]>;
}

const golden = JSON.parse(readFileSync(new URL('../golden/tiny-bert-st/expected.json', import.meta.url), 'utf8')) as {
  items: GoldenItem[];
  tolerance: { embedding_atol: number };
};
const texts = golden.items.map(({ text }) => text);
const name = 'intfloat/e5-small-v2';

let hub: StandInHub;
let server: RunningApp;

beforeAll(async () => {
  hub = await startStandInHub({ repositories: { [name]: goldenFolder('tiny-bert-st') } });
  server = await runningApp({ hubEndpoint: hub.url });
  const { status, body } = await postJson(`${server.url}/load_model`, { name, library: 'sentence_transformers' });
  expect({ status, body }).toEqual({ status: 200, body: { message: `Model ${name} loaded successfully.` } });
});

afterAll(async () => {
  await server?.[Symbol.asyncDispose]();
  await hub?.[Symbol.asyncDispose]();
});

const embedDocument = `query ($input: EmbedInput!, $encoding: VectorEncoding!) {
  embed(input: $input) { embeddings { index tokenCount truncated dimensions vector(encoding: $encoding) } usage { inputTokens } timing { totalMs batchSize } }
}`;

async function embedAll(items: string[], input: object = {}, encoding = 'FLOAT') {
  const data = await graphql(server.url, embedDocument, {
    encoding,
    input: { model: name, items: items.map((text) => ({ text })), ...input },
  });
  return data.embed.embeddings as {
    index: number;
    tokenCount: number;
    truncated: boolean;
    dimensions: number;
    vector: number[] & string;
  }[];
}

function largestDifference(one: ArrayLike<number>, other: ArrayLike<number>): number {
  expect(one.length).toBe(other.length);
  return Math.max(...Array.from(one, (value, index) => Math.abs(value - (other[index] ?? Number.NaN))));
}

describe('a checkpoint from a hub', () => {
  it('has exactly the golden token ids', async () => {
    const data = await graphql(
      server.url,
      'query ($input: TokenizeInput!) { tokenize(input: $input) { items { ids tokenCount truncated } } }',
      {
        input: { model: name, texts },
      },
    );
    expect(data.tokenize.items.map(({ ids }: { ids: number[] }) => ids)).toEqual(golden.items.map((item) => item.input_ids));
  });

  it('gives the golden vectors in one mixed batch over GraphQL, with their counts', async () => {
    const embeddings = await embedAll(texts);
    for (const [index, item] of golden.items.entries()) {
      const embedding = embeddings[index];
      expect(largestDifference(embedding?.vector ?? [], item.embedding), item.text.slice(0, 40)).toBeLessThanOrEqual(
        golden.tolerance.embedding_atol,
      );
      expect(embedding).toMatchObject({ index, tokenCount: item.input_ids.length, truncated: item.truncated });
    }
  });

  it('gives the golden vectors one by one over /infer_text', async () => {
    for (const item of golden.items) {
      const { status, body } = await postJson(`${server.url}/infer_text`, {
        name,
        pretrained: null,
        text: item.text,
        normalize: true,
        n_dims: null,
      });
      expect(status).toBe(200);
      expect(largestDifference(body.embeddings[0], item.embedding)).toBeLessThanOrEqual(golden.tolerance.embedding_atol);
    }
  });

  it('gives every text the same vector alone, in any batch and beside other clients', async () => {
    const alone = await Promise.all(texts.map(async (text) => (await embedAll([text]))[0]?.vector ?? []));
    const shuffled = [...texts.keys()].sort((one, other) => ((one * 7919) % 31) - ((other * 7919) % 31));
    const batches = await Promise.all(
      [0, 1, 2, 3].map((offset) => embedAll(shuffled.filter((_, at) => at % 4 === offset).map((index) => texts[index] ?? ''))),
    );
    for (const [offset, batch] of batches.entries()) {
      const indices = shuffled.filter((_, at) => at % 4 === offset);
      for (const [at, { vector }] of batch.entries())
        expect(largestDifference(vector, alone[indices[at] ?? 0] ?? [])).toBeLessThanOrEqual(1e-5);
    }
  });

  it('cuts to dimensions and makes the rest of unit length, as the reference does', async () => {
    for (const dimensions of Object.keys(golden.items[0]?.truncated_embeddings ?? {}).map(Number)) {
      const embeddings = await embedAll(texts, { dimensions });
      for (const [index, item] of golden.items.entries()) {
        expect(largestDifference(embeddings[index]?.vector ?? [], item.truncated_embeddings[dimensions] ?? [])).toBeLessThanOrEqual(
          golden.tolerance.embedding_atol,
        );
      }
    }
  });

  it('normalises before it cuts on the Ingrain doors', async () => {
    const whole = (await postJson(`${server.url}/embed_text`, { name, text: 'hello world' })).body.embeddings[0];
    const cut = (await postJson(`${server.url}/embed_text`, { name, text: 'hello world', n_dims: 16 })).body.embeddings[0];
    expect(cut).toEqual(whole.slice(0, 16));
  });

  it('writes the same vector in every encoding', async () => {
    const [float] = await embedAll(['hello']);
    const [base64] = await embedAll(['hello'], {}, 'BASE64');
    const [int8] = await embedAll(['hello'], {}, 'INT8');
    const [binary] = await embedAll(['hello'], {}, 'BINARY');
    const bytes = Buffer.from(base64?.vector ?? '', 'base64');
    const decoded = Array.from({ length: bytes.length / 4 }, (_, index) => bytes.readFloatLE(index * 4));
    expect(decoded).toEqual(Array.from(float?.vector ?? []));
    const signs = Buffer.from(binary?.vector ?? '', 'base64');
    for (const [index, value] of decoded.entries()) expect(((signs[index >> 3] ?? 0) >> (7 - (index & 7))) & 1).toBe(value > 0 ? 1 : 0);
    const largest = Math.max(...decoded.map(Math.abs));
    const small = new Int8Array(Buffer.from(int8?.vector ?? '', 'base64'));
    for (const [index, value] of decoded.entries()) expect(small[index]).toBe(Math.round((value * 127) / largest));
  });

  it('answers a request of 3,000 texts in order', async () => {
    const many = Array.from({ length: 3000 }, (_, index) => texts[index % texts.length] ?? '');
    const embeddings = await embedAll(many, {}, 'FLOAT');
    expect(embeddings.map(({ index }) => index)).toEqual([...many.keys()]);
    for (const { index, vector } of embeddings) {
      expect(largestDifference(vector, golden.items[index % texts.length]?.embedding ?? [])).toBeLessThanOrEqual(
        golden.tolerance.embedding_atol,
      );
    }
  });

  it('is stored under its upstream name, pinned to the commit, each file with its digest', async () => {
    const { model } = await graphql(
      server.url,
      `{ model(name: "${name}") { name library revision capabilities dimensions maxTokens architecture installed files { path sha256 } runtime { state instances } } }`,
    );
    expect(model).toMatchObject({
      name,
      library: 'SENTENCE_TRANSFORMERS',
      capabilities: ['EMBED_TEXT'],
      dimensions: 48,
      maxTokens: 48,
      architecture: 'BertModel',
      installed: true,
    });
    expect(model.runtime.state).toBe('READY');
    expect(model.revision).toMatch(/^[0-9a-f]{40}$/);
    expect(model.files.map(({ path }: { path: string }) => path)).toContain('model.safetensors');
  });
});
