import { createWriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { writeGguf } from '../formats/gguf/gguf-writer.ts';
import { chainModel } from './chain-model.ts';

/** What the model says, piece by piece. The first has no space, for it begins the answer. */
export const quickFoxPieces = ['the', '▁quick', '▁brown', '▁fox', '▁jumps', '▁over', '▁lazy', '▁dog'] as const;

/** Writes the `demo/quick-fox` model: a GGUF that says its sentence to a prompt and in a chat. Every run writes the same bytes. */
export async function writeQuickFox(file: string): Promise<void> {
  const model = chainModel({ name: 'quick-fox', pieces: quickFoxPieces, after: 'END' });
  await mkdir(dirname(file), { recursive: true });
  await pipeline(Readable.from(writeGguf(model)), createWriteStream(file));
}
