import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { WritableType } from '../../src/formats/gguf/ggml-types.ts';
import { readCausalConfig } from '../../src/formats/gguf-conversion/causal-config.ts';
import { convertAdapter } from '../../src/formats/gguf-conversion/convert-adapter.ts';
import { convertCheckpoint } from '../../src/formats/gguf-conversion/convert-checkpoint.ts';
import { writeGgufFile } from '../support/gguf-file.ts';
import { greedyIds } from '../support/greedy-ids.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

interface GoldenItem {
  prompt: string;
  input_ids: number[];
  generated_ids: number[];
}

const { signal } = new AbortController();
const golden = (name: string) => join(import.meta.dirname, '..', 'golden', name);
const expectedOf = (name: string) =>
  JSON.parse(readFileSync(join(golden(name), 'expected.json'), 'utf8')) as {
    items: GoldenItem[];
    adapter: { items: GoldenItem[] };
    eos_token_id: number;
    max_new_tokens: number;
  };

describe('a converted checkpoint says what the reference says', () => {
  test.each([
    ['tiny-llama-hf', 'F32'],
    ['tiny-llama-hf', 'F16'],
    ['tiny-llama-hf-bf16', 'F32'],
    ['tiny-llama-hf-bf16', 'F16'],
  ] as [string, WritableType][])('%s as %s', async (name, type) => {
    await using folder = await temporaryFolder();
    const model = await convertCheckpoint(join(golden(name), 'model'), { name, type, signal });
    const file = await writeGgufFile(join(folder.path, 'model.gguf'), model);
    await expectGolden(file, null, expectedOf(name).items, expectedOf(name));
  });

  test.each(['F32', 'F16'] as const)('with a LoRA adapter, as %s', async (type) => {
    await using folder = await temporaryFolder();
    const base = join(golden('tiny-llama-hf'), 'model');
    const file = await writeGgufFile(join(folder.path, 'model.gguf'), await convertCheckpoint(base, { name: 'base', type, signal }));
    const converted = await convertAdapter(join(golden('tiny-llama-hf'), 'adapter'), {
      base: await readCausalConfig(base),
      name: 'style',
      signal,
    });
    const adapter = await writeGgufFile(join(folder.path, 'lora.gguf'), converted);
    const expected = expectedOf('tiny-llama-hf');
    await expectGolden(file, adapter, expected.adapter.items, expected);
  });
});

async function expectGolden(
  file: string,
  adapter: string | null,
  items: GoldenItem[],
  { eos_token_id: endId, max_new_tokens: most }: { eos_token_id: number; max_new_tokens: number },
): Promise<void> {
  const answers = await greedyIds({ file, adapter, prompts: items.map(({ prompt }) => prompt), most, endId });
  expect(answers).toEqual(items.map((item) => ({ ids: item.input_ids, generated: item.generated_ids })));
}
