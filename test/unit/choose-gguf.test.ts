import { describe, expect, test } from 'vitest';
import { chooseCheckpoint } from '../../src/sources/choose-checkpoint.ts';
import { chooseGguf, ggufQuantizations } from '../../src/sources/choose-gguf.ts';
import { matchesGlob } from '../../src/sources/glob.ts';
import { splitQuantization } from '../../src/sources/repository-name.ts';

const quants = ['Q2_K', 'Q3_K_M', 'Q4_0', 'Q5_K_M', 'Q6_K', 'Q8_0', 'f16'];
const usual = [...quants, 'Q4_K_M'].map((quant) => `Llama-3.2-1B-Instruct-${quant}.gguf`);

describe('of a repository of GGUF files', () => {
  test('Q4_K_M is chosen, or what is nearest to it', () => {
    expect(chooseGguf(usual, null)).toEqual(['Llama-3.2-1B-Instruct-Q4_K_M.gguf']);
    expect(chooseGguf(['m-Q8_0.gguf', 'm-Q4_K_S.gguf', 'm-Q2_K.gguf'], null)).toEqual(['m-Q4_K_S.gguf']);
    expect(chooseGguf(['m.Q8_0.gguf', 'm.F16.gguf'], null)).toEqual(['m.Q8_0.gguf']);
    expect(chooseGguf(['m-UD-Q4_K_XL.gguf', 'm-Q4_K_M.gguf'], null)).toEqual(['m-Q4_K_M.gguf']);
    expect(chooseGguf(['only.gguf'], null)).toEqual(['only.gguf']);
  });

  test('the one that is asked for is taken, without regard to case, or the refusal names what there is', () => {
    expect(chooseGguf(usual, 'q8_0')).toEqual(['Llama-3.2-1B-Instruct-Q8_0.gguf']);
    expect(chooseGguf(usual, 'F16')).toEqual(['Llama-3.2-1B-Instruct-f16.gguf']);
    expect(chooseGguf(usual, 'llama-3.2-1b-instruct-q6_k.gguf')).toEqual(['Llama-3.2-1B-Instruct-Q6_K.gguf']);
    expect(() => chooseGguf(usual, 'IQ1_S')).toThrow(/Q2_K, Q3_K_M, Q4_0, Q4_K_M/);
    expect(ggufQuantizations(usual)).toEqual(['Q2_K', 'Q3_K_M', 'Q4_0', 'Q4_K_M', 'Q5_K_M', 'Q6_K', 'Q8_0', 'F16']);
  });

  test('all shards come together, and a missing one is told', () => {
    const shards = [1, 2, 3].map((number) => `Q4_K_M/big-Q4_K_M-0000${number}-of-00003.gguf`);
    const others = [1, 2].map((number) => `Q8_0/big-Q8_0-0000${number}-of-00002.gguf`);
    expect(chooseGguf([...others, ...shards.toReversed()], null)).toEqual(shards);
    expect(() => chooseGguf(shards.slice(1), null)).toThrow(/00001-of-00003/);
  });

  test('projectors, importance matrices and adapters are left out', () => {
    const beside = ['mmproj-model-f16.gguf', 'imatrix.gguf', 'model-lora-f16.gguf', 'Llama.imatrix.gguf'];
    expect(chooseGguf([...beside, 'model-Q8_0.gguf'], null)).toEqual(['model-Q8_0.gguf']);
    expect(ggufQuantizations(beside)).toEqual([]);
  });

  test('the choice of a repository takes them, unless it is one that runs from safetensors', async () => {
    const readText = async () => '{"model_type":"bert","architectures":["BertModel"]}';
    const choose = (paths: string[], isBuilt: boolean) => chooseCheckpoint({ paths, readText, isBuiltArchitecture: () => isBuilt });
    expect(await choose(['README.md', ...usual], false)).toEqual(['Llama-3.2-1B-Instruct-Q4_K_M.gguf']);
    expect(await choose(['config.json', ...usual], false)).toEqual(['Llama-3.2-1B-Instruct-Q4_K_M.gguf']);
    expect(await choose(['config.json', 'model.safetensors', ...usual], true)).toEqual(['config.json', 'model.safetensors']);
  });
});

test('a quantization stands after a colon of the name', () => {
  expect(splitQuantization('hf-hub:owner/name:Q4_K_M')).toEqual({ repository: 'owner/name', quantization: 'Q4_K_M' });
  expect(splitQuantization('owner/name')).toEqual({ repository: 'owner/name', quantization: null });
  expect(() => splitQuantization('owner/name:')).toThrow(/after the colon/);
});

test.each([
  ['model.safetensors', '*.safetensors', true],
  ['onnx/model.onnx', '*.onnx', true],
  ['onnx/model.onnx', 'onnx/', true],
  ['onnx/model.onnx', 'onnx/*_q4.onnx', false],
  ['a.json', '?.json', true],
  ['ab.json', '?.json', false],
  ['a.json', 'A.json', false],
  ['model-00001-of-00002.gguf', '*-0000?-of-*', true],
  ['a'.repeat(2000), `${'*a'.repeat(90)}b`, false],
])('the path %s against %s: %s', (path, pattern, fits) => {
  expect(matchesGlob(path, pattern)).toBe(fits);
});
