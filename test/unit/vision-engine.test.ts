import { rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AutoModelForImageTextToText, AutoProcessor, env, RawImage } from '@huggingface/transformers';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type GenerateWork, type GenerationEvent, leastGeneration } from '../../src/engines/generation.ts';
import { type GenerationEngine, isGenerationEngine } from '../../src/engines/generation-engine.ts';
import { inspectCheckpoint, openEngine } from '../../src/engines/open.ts';
import { InternalError, ModelkeepError } from '../../src/errors.ts';
import { readVisionCheckpoint } from '../../src/formats/vision/vision-checkpoint.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { visionKinds } from '../support/vision-kinds.ts';
import { writeVisionModel } from '../support/vision-model.ts';
import { stripes } from '../support/vision-server.ts';

let root: Awaited<ReturnType<typeof temporaryFolder>>;
let folder: string;
let engine: GenerationEngine;
let one: Uint8Array;
let other: Uint8Array;

beforeAll(async () => {
  root = await temporaryFolder();
  folder = join(root.path, 'llava');
  await writeVisionModel(folder);
  engine = await openWriter(folder);
  one = await stripes(3);
  other = await stripes(99);
});
afterAll(async () => {
  await engine?.[Symbol.asyncDispose]();
  await root?.[Symbol.asyncDispose]();
});

async function openWriter(path: string, options: Partial<Parameters<typeof openEngine>[1]> = {}): Promise<GenerationEngine> {
  const opened = await openEngine(path, { threads: 1, ...options });
  return isGenerationEngine(opened) ? opened : expect.unreachable();
}

/** Runs one generation; `onEvent` sees each event as it comes. */
async function generate(
  work: Partial<GenerateWork>,
  { on = engine, signal = new AbortController().signal, onEvent = (_event: GenerationEvent) => {}, advanced = () => {} } = {},
) {
  const events: GenerationEvent[] = [];
  await on.generate(
    { ...leastGeneration, maxTokens: 24, ...work },
    {
      signal,
      advanced,
      explain: (error) => (error instanceof ModelkeepError ? error : new InternalError({ id: String(error) })),
      emit(event) {
        events.push(event);
        onEvent(event);
      },
    },
  );
  const end = events.at(-1);
  if (end?.type !== 'end') return expect.unreachable();
  return { text: events.map((event) => (event.type === 'text' ? event.text : '')).join(''), events, end };
}

function ask(shown: readonly Uint8Array[], content = 'What?'): Partial<GenerateWork> {
  const message = { role: 'USER' as const, content, images: [...shown.keys()] };
  return { input: { type: 'chat', messages: [message], template: null, tools: [], toolChoice: 'AUTO' }, images: [...shown] };
}

const drawn = { ...leastGeneration.sampling, temperature: 1, topP: 0.95, topK: 40, minP: 0.05 };

describe('a model that reads images', () => {
  it('writes what the library writes for the same prompt and image', async () => {
    env.allowRemoteModels = false;
    const options = { local_files_only: true, device: 'cpu', dtype: 'fp32' } as const;
    const processor: any = await AutoProcessor.from_pretrained(folder, options);
    const model: any = await AutoModelForImageTextToText.from_pretrained(folder, options);
    const { data, info } = await sharp(one).raw().toBuffer({ resolveWithObject: true });
    const inputs = await processor(
      new RawImage(new Uint8ClampedArray(data), info.width, info.height, 3),
      '<s>USER: <image>\nWhat? ASSISTANT:',
      {
        add_special_tokens: false,
      },
    );
    const tokens = (await model.generate({ ...inputs, max_new_tokens: 24, do_sample: false })).tolist()[0].map(Number);
    await model.dispose();
    const { text, end } = await generate(ask([one]));
    expect(text).toBe(processor.tokenizer.decode(tokens.slice(inputs.input_ids.dims[1]), { skip_special_tokens: true }));
    expect(end.usage).toEqual({ promptTokens: inputs.input_ids.dims[1], cachedPromptTokens: 0, completionTokens: 24 });
  });

  it('says the same of the same image, and something else of another, of two and of none', async () => {
    const texts = [];
    for (const shown of [[one], [one], [other], [one, other], []]) texts.push((await generate(ask(shown))).text);
    expect(texts[0]).toBe(texts[1]);
    expect(new Set(texts).size).toBe(4);
  });

  it('counts the tokens of images, and tells its time', async () => {
    const [none, two] = [await generate(ask([])), await generate(ask([one, other]))];
    // Each has four, and a new line after it.
    expect(two.end.usage.promptTokens - none.end.usage.promptTokens).toBe(2 * (4 + 1));
    expect(two.end.reason).toBe('LENGTH');
    expect(two.end.timing).toMatchObject({ firstTokenMs: expect.any(Number), tokensPerSecond: expect.any(Number) });
    expect(two.events.slice(0, -1).map((event) => (event as { index: number }).index)).toEqual([...two.events.slice(0, -1).keys()]);
  });

  it('draws the same with the same seed', async () => {
    const write = async (seed: number | null) => (await generate({ ...ask([one]), sampling: { ...drawn, seed } })).text;
    const [first, again, another] = [await write(1), await write(1), await write(2)];
    expect(again).toBe(first);
    expect(another).not.toBe(first);
  });

  it('ends at a stop text and at its own end', async () => {
    const whole = (await generate(ask([one]))).text;
    const stopped = await generate({ ...ask([one]), stop: [whole.slice(5, 8)] });
    expect([stopped.text, stopped.end.reason]).toEqual([whole.slice(0, whole.indexOf(whole.slice(5, 8))), 'STOP']);
    const ending = join(root.path, 'ending');
    await writeVisionModel(ending, { endBias: 100 });
    await using brief = await openWriter(ending);
    expect((await generate(ask([one]), { on: brief })).end).toMatchObject({ reason: 'STOP', usage: { completionTokens: 1 } });
  });

  it('tells log-probabilities that are sorted, and sum to no more than one', async () => {
    const { events } = await generate({ ...ask([one]), logprobs: 5, maxTokens: 3 });
    const told = events.flatMap((event) => (event.type === 'text' ? (event.logprobs ?? []) : []));
    expect(told).toHaveLength(3);
    for (const { token, logprob, top } of told) {
      expect(top[0]).toEqual({ token, logprob });
      expect(top.map((entry) => entry.logprob)).toEqual(top.map((entry) => entry.logprob).toSorted((a, b) => b - a));
      expect(top.reduce((sum, entry) => sum + Math.exp(entry.logprob), 0)).toBeLessThanOrEqual(1.000001);
    }
  });

  it('puts images where a raw prompt has places for them, else in front', async () => {
    const raw = (text: string, images = [one as Uint8Array]) => generate({ input: { type: 'prompt', text }, images });
    expect((await raw('<image>\nWhat?')).text).toBe((await raw('What?')).text);
    expect((await raw('What? <image>')).text).not.toBe((await raw('What?')).text);
    expect((await raw('<image> <image>')).end.error).toMatchObject({ code: 'INVALID_INPUT', field: 'input.images' });
  });

  it('takes special tokens in what a person says as plain text', async () => {
    const { end } = await generate({ ...ask([one], 'a <image> </s>'), echo: true, maxTokens: 1 });
    // Byte by byte: seven for the one, four for the other.
    const plain = await generate({ ...ask([one], 'a xxxxxxx xxxx'), maxTokens: 1 });
    expect(end.usage.promptTokens).toBe(plain.end.usage.promptTokens);
  });

  it('names the image that is none, and goes on with the next request', async () => {
    const { end } = await generate(ask([one as Uint8Array, Buffer.from('no image')]));
    expect(end).toMatchObject({ reason: 'ERROR', error: { code: 'INVALID_IMAGE', index: 1 } });
    expect((await generate(ask([one]))).end.reason).toBe('LENGTH');
  });

  it('refuses what is too long before it runs, or leaves the oldest turns out', async () => {
    const long = await generate(ask([one], 'x'.repeat(600)));
    expect(long.end).toMatchObject({ reason: 'ERROR', error: { code: 'INPUT_TOO_LONG', limit: 511 } });
    const turns = Array.from({ length: 20 }, () => ({ role: 'USER' as const, content: 'x'.repeat(50), images: [0] }));
    const input = { type: 'chat' as const, messages: [...turns, { role: 'USER' as const, content: 'What?', images: [1] }] };
    const cut = await generate({
      input: { ...input, template: null, tools: [], toolChoice: 'AUTO' },
      images: [one, other],
      truncate: 'START',
    });
    expect(cut.end).toMatchObject({ reason: 'LENGTH' });
    expect(cut.end.usage.promptTokens).toBeLessThan(512);
  });
});

describe('a generation that nobody waits for any more', () => {
  it('ends while images are encoded, and between two tokens', async () => {
    const slow = join(root.path, 'slow');
    await writeVisionModel(slow, { slowVision: 700, slowDecoder: 200 });
    await using writer = await openWriter(slow);
    const inVision = new AbortController();
    const steps: string[] = [];
    const advanced = () => {
      steps.push('step');
      // Four images are prepared, and the first of them is encoded.
      if (steps.length === 5) inVision.abort();
    };
    const { end: encoded } = await generate(ask([one, other, one, other]), { on: writer, signal: inVision.signal, advanced });
    expect(encoded).toMatchObject({ reason: 'CANCELED', usage: { promptTokens: expect.any(Number), completionTokens: 0 } });
    expect(steps).toHaveLength(5);
    const inText = new AbortController();
    let seen = 0;
    const { end } = await generate(ask([one]), {
      on: writer,
      signal: inText.signal,
      onEvent(event) {
        if (event.type === 'text') seen += 1;
        if (seen === 3) inText.abort();
      },
    });
    expect(end).toMatchObject({ reason: 'CANCELED', error: null });
    expect(end.usage.completionTokens).toBeLessThanOrEqual(4);
    expect((await generate(ask([one]), { on: writer })).end.reason).toBe('LENGTH');
  });
});

describe.each(Object.entries(visionKinds))('a model of the kind %s', (kind, write) => {
  it('sees one picture, and two of different sizes where it can', async () => {
    const path = join(root.path, kind);
    await write(path);
    await using writer = await openWriter(path);
    const large = await sharp(other).resize(120, 60).png().toBuffer();
    const shown = kind === 'florence2' ? [[one], [one], [other], []] : [[one], [one], [other], [], [one, large]];
    const answers = [];
    for (const images of shown) {
      const prompt = { input: { type: 'prompt' as const, text: '<CAPTION>' }, images };
      answers.push(await generate({ ...(kind === 'florence2' ? prompt : ask(images)), logprobs: 0 }, { on: writer }));
    }
    for (const { end } of answers) expect(end).toMatchObject({ reason: 'LENGTH', error: null });
    // Of so small a model the odds tell more than the letters.
    const texts = answers.map(({ events }) => JSON.stringify(events.slice(0, -1)));
    expect(texts[0]).toBe(texts[1]);
    expect(new Set(texts).size).toBe(shown.length - 1);
    const tokens = answers.map(({ end }) => end.usage.promptTokens);
    expect((tokens[0] ?? 0) - (tokens[3] ?? 0)).toBeGreaterThanOrEqual(4);
  });
});

describe('a folder of graphs', () => {
  it('is described without being run', async () => {
    expect(await inspectCheckpoint(folder)).toMatchObject({
      library: 'TRANSFORMERS',
      architecture: 'LlavaForConditionalGeneration',
      capabilities: ['GENERATE_TEXT', 'CHAT', 'GENERATE_FROM_IMAGE'],
      contextLength: 512,
      hasChatTemplate: true,
    });
    const bare = join(root.path, 'bare');
    await writeVisionModel(bare, { template: null });
    expect((await inspectCheckpoint(bare)).capabilities).toEqual(['GENERATE_TEXT', 'GENERATE_FROM_IMAGE']);
  });

  it('names the file that is missing or broken', async () => {
    const broken = join(root.path, 'broken');
    await writeVisionModel(broken);
    const graph = join(broken, 'onnx', 'vision_encoder.onnx');
    await rename(graph, join(root.path, 'kept.onnx'));
    await expect(inspectCheckpoint(broken)).rejects.toMatchObject({ code: 'INVALID_MODEL_FILE', file: 'onnx/vision_encoder.onnx' });
    await writeFile(graph, 'no graph');
    await expect(openWriter(broken)).rejects.toMatchObject({ code: 'INVALID_MODEL_FILE', message: expect.not.stringContaining(root.path) });
    await rename(join(root.path, 'kept.onnx'), graph);
    await rm(join(broken, 'tokenizer.json'));
    await expect(inspectCheckpoint(broken)).rejects.toMatchObject({ code: 'INVALID_MODEL_FILE', file: 'tokenizer.json' });
  });

  it('is opened in the most exact type that fits', async () => {
    const several = join(root.path, 'several');
    await writeVisionModel(several);
    for (const type of ['q4', 'fp16']) await writeFile(join(several, 'onnx', `decoder_model_merged_${type}.onnx`), 'x'.repeat(100));
    const typesWithin = async (budgetBytes: number) => (await readVisionCheckpoint(several, { budgetBytes }))?.types;
    expect(await typesWithin(1e9)).toEqual({ vision_encoder: 'fp32', embed_tokens: 'fp32', decoder_model_merged: 'fp32' });
    expect(await typesWithin(200_000)).toEqual({ vision_encoder: 'fp32', embed_tokens: 'fp32', decoder_model_merged: 'q4' });
  });

  it('takes no settings that are for GGUF models', async () => {
    await expect(openWriter(folder, { generation: { slots: 4 } })).rejects.toMatchObject({ field: 'input.generation.slots' });
    await expect(openWriter(folder, { generation: { cacheType: 'Q8_0' } })).rejects.toMatchObject({ field: 'input.generation.cacheType' });
    await expect(openWriter(folder, { precision: 'INT8' })).rejects.toMatchObject({ code: 'UNSUPPORTED_MODEL' });
  });
});
