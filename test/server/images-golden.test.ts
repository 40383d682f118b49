import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { expectClose } from '../support/golden.ts';
import { goldenImages, imageItem } from '../support/golden-images.ts';
import { graphql, type RunningApp, runningApp } from '../support/running-app.ts';
import { goldenFolder } from '../support/stand-in-hub.ts';

const clips = [
  'tiny-clip-openai',
  'tiny-clip-laion',
  'tiny-clip-hf',
  'tiny-siglip-hf',
  'tiny-mobileclip',
  'tiny-eva02-clip',
  'tiny-clip-coca',
];
const classifiers = ['tiny-vit-timm', 'tiny-vit-timm-avg', 'tiny-resnet-timm', 'tiny-convnext-timm', 'tiny-mobilenetv3-timm'].concat([
  'tiny-mobilenetv4-timm',
  'tiny-efficientnet-timm',
  'tiny-tf-efficientnet-timm',
]);

const documents = {
  import:
    'mutation ($input: ImportModelInput!) { importModel(input: $input) { ... on ImportModelPayload { task { settled(timeoutMs: 60000) { state error { message } } } } ... on Error { message } } }',
  load: 'mutation ($input: LoadModelInput!) { loadModel(input: $input) { ... on LoadModelPayload { task { settled(timeoutMs: 60000) { state error { message } } } model { library capabilities labels dimensions } } ... on Error { message } } }',
  unload:
    'mutation ($input: UnloadModelInput!) { unloadModel(input: $input) { ... on UnloadModelPayload { task { settled(timeoutMs: 60000) { state } } } } }',
  embed: 'query ($input: EmbedInput!) { embed(input: $input) { embeddings { index vector tokenCount } } }',
  classify:
    'query ($input: ClassifyInput!) { classify(input: $input) { classifications { index probabilities logits labels { index label probability logit } } } }',
};

let server: RunningApp;
const ask = (document: string, input: object) => graphql(server.url, document, { input });

beforeAll(async () => {
  server = await runningApp({ importRoots: [goldenFolder('').replace(/[^/]*\/model$/, '')] });
});

afterAll(async () => {
  await server?.[Symbol.asyncDispose]();
});

/** Imports and loads a golden checkpoint, and takes it out of memory at the end. */
async function loaded(name: string) {
  const imported = await ask(documents.import, { path: goldenFolder(name), name });
  expect(imported.importModel.task?.settled).toMatchObject({ state: 'SUCCEEDED', error: null });
  const { loadModel } = await ask(documents.load, { name });
  expect(loadModel.task?.settled).toMatchObject({ state: 'SUCCEEDED', error: null });
  return { ...loadModel.model, [Symbol.asyncDispose]: async () => void (await ask(documents.unload, { name })) };
}

describe.each(clips)('%s', (name) => {
  test('embeds texts and images of one request, and tells images apart by texts, as its own library does', async () => {
    await using model = await loaded(name);
    const { texts = [], image_items: images = [], zero_shot: zeroShot, tolerance } = goldenImages(name);
    expect(model).toMatchObject({ library: 'OPEN_CLIP', capabilities: ['EMBED_TEXT', 'EMBED_IMAGE'] });
    // open_clip repairs wrongly decoded text, which is not done here: such texts have other ids.
    const readAlike = texts.filter((text) => !text.input_ids_from_tokenizer_json);
    const all = [
      ...images.map((item) => ({ input: imageItem(item.image), expected: item.image_features })),
      ...readAlike.map((item) => ({ input: { text: item.text }, expected: item.text_features })),
    ];
    // Mixed, so that the order of the answer is put to the test too.
    const places = new Map(all.map((item, index) => [item, (index * 37) % 101]));
    const items = all.toSorted((first, second) => (places.get(first) ?? 0) - (places.get(second) ?? 0));
    const { embed } = await ask(documents.embed, { model: name, items: items.map(({ input }) => input), normalization: 'NONE' });
    for (const [index, { expected }] of items.entries()) {
      expectClose(embed.embeddings[index].vector, expected, tolerance.features_atol ?? 0, `item ${index}`);
    }
    const columns = (zeroShot?.texts ?? []).flatMap((text, column) => (texts[text]?.input_ids_from_tokenizer_json ? [] : { text, column }));
    const labels = columns.map(({ text }) => texts[text]?.text ?? '');
    const input = { model: name, images: images.map(({ image }) => imageItem(image).image), labels, topK: 2 };
    const { classify } = await ask(documents.classify, input);
    const logits = zeroShot?.logits ?? zeroShot?.logits_per_image ?? [];
    for (const [index, { logits: given, probabilities, labels: best }] of classify.classifications.entries()) {
      const values = (row: number[] | undefined) => columns.map(({ column }) => row?.[column] ?? Number.NaN);
      expectClose(given, values(logits[index]), tolerance.logits_atol ?? 0, `logits of image ${index}`);
      const expected = values(zeroShot?.probabilities[index]);
      // Of the texts that are left the softmax has a sum of its own.
      const sum = name.includes('siglip') ? 1 : expected.reduce((total, value) => total + value, 0);
      const shares = expected.map((value) => value / sum);
      expectClose(probabilities, shares, (tolerance.probabilities_atol ?? 0) / Math.min(1, sum), `probabilities of image ${index}`);
      expect(best).toHaveLength(2);
      expect(best[0].logit).toBe(Math.max(...given));
      expect(best[0].label).toBe(labels[best[0].index]);
    }
  });
});

describe.each(classifiers)('%s', (name) => {
  test('classifies as timm does, and gives the features under its head', async () => {
    await using model = await loaded(name);
    const { items = [], tolerance } = goldenImages(name);
    expect(model).toMatchObject({ library: 'TIMM', capabilities: ['EMBED_IMAGE', 'CLASSIFY_IMAGE'] });
    const images = items.map(({ image }) => imageItem(image));
    const topK = Math.min(5, model.labels.length);
    const { classify } = await ask(documents.classify, { model: name, images: images.map(({ image }) => image), topK });
    const { embed } = await ask(documents.embed, { model: name, items: images, normalization: 'NONE' });
    for (const [index, item] of items.entries()) {
      const { logits, probabilities, labels } = classify.classifications[index];
      expectClose(logits, item.logits, tolerance.logits_atol ?? 0, `logits of ${item.image}`);
      expectClose(probabilities, item.probabilities, tolerance.probabilities_atol ?? 0, `probabilities of ${item.image}`);
      expect(labels.map(({ index: label }: { index: number }) => label)).toEqual(item.top5.map(([label]) => label));
      expect(labels.map(({ label }: { label: string }) => label)).toEqual(item.top5.map(([label]) => model.labels[label]));
      expectClose(embed.embeddings[index].vector, item.features, tolerance.features_atol ?? 0, `features of ${item.image}`);
    }
  });
});
