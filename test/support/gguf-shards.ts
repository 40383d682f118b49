import type { GgufToWrite } from '../../src/formats/gguf/gguf-writer.ts';
import { withMetadata } from './gguf-bytes.ts';

/** A model in so many parts, as llama.cpp's own splitter makes and names them, by path: `<stem>-00001-of-00002.gguf` and so on. */
export function ggufShards(model: GgufToWrite, { stem, count }: { stem: string; count: number }): Record<string, GgufToWrite> {
  const five = (number: number) => String(number).padStart(5, '0');
  const all = {
    'split.count': { type: 'u16', value: count },
    'split.tensors.count': { type: 'i32', value: model.tensors.length },
  } as const;
  return Object.fromEntries(
    Array.from({ length: count }, (_, index) => [
      `${stem}-${five(index + 1)}-of-${five(count)}.gguf`,
      {
        ...withMetadata(index === 0 ? model : { metadata: [], tensors: [] }, { ...all, 'split.no': { type: 'u16', value: index } }),
        tensors: model.tensors.filter((_tensor, place) => place % count === index),
      },
    ]),
  );
}
