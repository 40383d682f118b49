import { cp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readImageCheckpoint } from '../../src/formats/read-image-checkpoint.ts';
import { readSafetensors } from '../../src/formats/safetensors.ts';
import { isFloating } from '../../src/formats/safetensors-types.ts';
import { goldenFolder } from '../support/golden.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const file = 'model.safetensors';
/** DINOv2 needs it only while it learns. */
const idle = /mask_token$/;

/** The same bytes, with one tensor under another name that counts for nothing. */
function withoutTensor(bytes: Buffer, name: string): Buffer {
  const length = Number(bytes.readBigUInt64LE(0));
  const header = bytes.toString('utf8', 8, 8 + length).replace(JSON.stringify(name), '"x.num_batches_tracked"');
  const prefix = Buffer.alloc(8);
  prefix.writeBigUInt64LE(BigInt(Buffer.byteLength(header)));
  return Buffer.concat([prefix, Buffer.from(header), bytes.subarray(8 + length)]);
}

test.each([
  'tiny-vit-timm',
  'tiny-vit-registers-timm',
  'tiny-vit-map-timm',
  'tiny-deit-distilled-timm',
  'tiny-resnext-timm',
  'tiny-ecaresnet-timm',
  'tiny-convnext-timm',
  'tiny-convnextv2-timm',
  'tiny-mobilenetv3-timm',
  'tiny-mobilenetv4-hybrid-timm',
  'tiny-tf-efficientnetv2-timm',
  'tiny-fastvit-timm',
  'tiny-vit-hf',
  'tiny-deit-hf',
  'tiny-dinov2-registers-hf',
])('%s without a tensor of any kind is refused', async (name) => {
  await using folder = await temporaryFolder();
  await cp(goldenFolder(name), folder.path, { recursive: true });
  const bytes = await readFile(join(folder.path, file));
  const tensors = (await readSafetensors(folder.path, file)).filter(({ dtype, name: tensor }) => isFloating(dtype) && !idle.test(tensor));
  // Blocks are alike: of tensors whose names differ in numbers only, the last one.
  const kinds = new Map(tensors.map((tensor) => [tensor.name.replaceAll(/\d+/g, '#'), tensor]));
  for (const tensor of kinds.values()) {
    await writeFile(join(folder.path, file), withoutTensor(bytes, tensor.name));
    await expect(readImageCheckpoint(folder.path), tensor.name).rejects.toMatchObject({ code: 'INVALID_MODEL_FILE' });
  }
});
