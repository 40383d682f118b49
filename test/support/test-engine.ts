import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Engine, EngineOpener, PreparedText } from '../../src/engines/engine.ts';
import { InputTooLongError, InvalidModelFileError } from '../../src/errors.ts';
import type { CheckpointFacts } from '../../src/formats/checkpoint-facts.ts';

/** What a folder's `engine.json` may ask of the engine. */
export interface TestEngineSettings {
  /** What opening and inspecting do. */
  open?: 'well' | 'fail' | 'crash' | 'hang';
  /** Opens well only so many times; then the process dies. */
  opens?: number;
  memoryBytes?: number;
}

/** Width of the vectors. */
export const testDimensions = 4;

/**
 * An engine whose texts say what happens to them, for tests of what is around an engine. A text's vector is a function of
 * its characters alone. `crash` kills the process, `throw` ends it by an exception that nobody catches, `hang` never ends, `fail` fails its batch, `long` is INPUT_TOO_LONG,
 * `gate:NAME` holds the engine (as a native run would) until the folder has a file of that name. Every text that was run is
 * a line of the folder's `ran.log`; every opening is one of `opened.log`.
 */
export const testEngineOpener: EngineOpener = {
  async inspect(folder) {
    return opened(folder);
  },
  async open(folder) {
    appendFileSync(join(folder, 'opened.log'), `${process.pid}\n`);
    return createTestEngine(folder, opened(folder));
  },
};

/** The vector that a text gets. */
export function testVector(text: string): number[] {
  return [text.length, text.charCodeAt(0) || 0, text.charCodeAt(text.length - 1) || 0, 1];
}

function opened(folder: string): CheckpointFacts {
  const settings = JSON.parse(readFileSync(join(folder, 'engine.json'), 'utf8')) as TestEngineSettings;
  if (settings.open === 'fail') throw new InvalidModelFileError({ file: 'engine.json', message: 'asks to fail' });
  if (settings.open === 'crash' || openings(folder) > (settings.opens ?? Number.POSITIVE_INFINITY)) crash();
  while (settings.open === 'hang') hold();
  return testFacts(settings);
}

/** Facts of a model that this engine runs. */
export function testFacts({ memoryBytes = 64e6 }: TestEngineSettings = {}): CheckpointFacts {
  return {
    library: 'SENTENCE_TRANSFORMERS',
    architecture: 'TestModel',
    capabilities: ['EMBED_TEXT'],
    description: 'A test engine.',
    parameterCount: null,
    quantization: 'F32',
    dimensions: testDimensions,
    maxTokens: 512,
    labels: [],
    prompts: {},
    defaultPromptName: null,
    memoryBytes,
  };
}

function createTestEngine(folder: string, facts: CheckpointFacts): Engine {
  return {
    facts,
    async prepare(work) {
      return work.items.map((item, index) => {
        const text = typeof item === 'string' ? item : Buffer.from(item).toString();
        if (text === 'long') return new InputTooLongError({ index: work.firstIndex + index, tokens: 1000, limit: 512 });
        return prepared(('prompt' in work ? work.prompt : '') + text, work.kind === 'tokenizeTexts');
      });
    },
    async embed(batch, timing) {
      const texts = batch.map(({ ids }) => String.fromCharCode(...ids));
      appendFileSync(join(folder, 'ran.log'), `${texts.join('\n')}\n`);
      appendFileSync(join(folder, 'batches.log'), `${texts.length}\n`);
      for (const text of texts) {
        if (text === 'crash') crash();
        while (text === 'hang') hold();
        while (text.startsWith('gate:') && !existsSync(join(folder, text.slice('gate:'.length)))) hold();
      }
      if (texts.includes('throw')) return throwLater();
      if (texts.includes('fail')) throw new Error('the batch failed');
      timing.inferenceNs = 1000;
      return texts.map((text) => Float32Array.from(testVector(text)));
    },
    async [Symbol.asyncDispose]() {},
  };
}

/** One token per character, so that the engine can read the text back. */
function prepared(text: string, wantsTokens: boolean): PreparedText {
  const ids = Uint32Array.from(text, (character) => character.charCodeAt(0));
  return {
    ids,
    typeIds: new Uint32Array(ids.length),
    tokens: wantsTokens ? [...text] : null,
    tokensBeforeTruncation: ids.length,
    truncated: false,
    unpooledTokens: 0,
  };
}

function openings(folder: string): number {
  return existsSync(join(folder, 'opened.log')) ? readFileSync(join(folder, 'opened.log'), 'utf8').trim().split('\n').length : 0;
}

function crash(): never {
  process.kill(process.pid, 'SIGKILL');
  throw new Error('A killed process goes no further.');
}

function throwLater(): Promise<never> {
  setImmediate(() => {
    throw new Error('nobody catches this');
  });
  return new Promise(() => {});
}

/** Holds the thread, as native code does. */
function hold(): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
}
