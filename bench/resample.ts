import sharp from 'sharp';
import { filterImage } from '../src/engines/image/filter-image.ts';
import { defaultImageLimits } from '../src/engines/image/image-preprocessor.ts';
import { createLargeImageLock, createLockMemory } from '../src/engines/image/large-image-lock.ts';
import { axisWeights } from '../src/engines/image/pillow-weights.ts';
import { prepareImage } from '../src/engines/image/prepare-image.ts';
import { readOpenClipPreprocessing } from '../src/formats/preprocessing/open-clip.ts';
import { printTable } from './report.ts';
import { median } from './rounds.ts';

const [width, height, edge] = [1024, 768, 224];
const repetitions = 10;

interface Timed {
  readonly name: string;
  readonly base: string | null;
  run(): Promise<unknown>;
}

/** One image of 1024 × 768 to 224 × 224 on one thread: our resampler against sharp's, the pixels alone and with decoding. `--rounds 15`. */
export async function resampleBench(options: readonly string[]): Promise<void> {
  const rounds = Number(options[options.indexOf('--rounds') + 1] ?? 15) || 15;
  const contenders = await makeContenders();
  const times = new Map<string, number[]>(contenders.map(({ name }) => [name, []]));
  for (let round = -1; round < rounds; round += 1) {
    for (const { name, run } of round % 2 === 0 ? contenders : contenders.toReversed()) {
      for (let repetition = 0; repetition < repetitions; repetition += 1) {
        const start = performance.now();
        await run();
        // The first round lets the code get warm.
        if (round >= 0) times.get(name)?.push(performance.now() - start);
      }
    }
  }
  const rows = contenders.map(({ name, base }) => {
    const [mine = [], theirs = []] = [times.get(name), times.get(base ?? '')];
    const columns = [median, (values: readonly number[]) => Math.min(...values)].flatMap((summary) => [
      summary(mine).toFixed(2),
      base === null ? '' : (summary(mine) / summary(theirs)).toFixed(2),
    ]);
    return [name.trim(), ...columns];
  });
  printTable(`${width} × ${height} → ${edge}`, ['', 'median ms', "× sharp's", 'fastest ms', "× sharp's"], rows);
}

async function makeContenders(): Promise<Timed[]> {
  const data = texture();
  const raw = { raw: { width, height, channels: 3 } } as const;
  const jpeg = await sharp(data, raw).jpeg({ quality: 90 }).toBuffer();
  const preprocessing = readOpenClipPreprocessing({}, 'open_clip_config.json');
  const prepare = { preprocessing, limits: defaultImageLimits, lock: createLargeImageLock(createLockMemory()) };
  const cover = { kernel: 'cubic' } as const;
  const long = Math.trunc((edge * width) / height);
  const columns = { start: Math.round((long - edge) / 2), count: edge };
  const pixels = 'sharp, pixels to pixels';
  const decoded = 'sharp, JPEG to pixels, all of it decoded';
  const shrunk = 'sharp, JPEG to pixels, smaller while decoding';
  return [
    { name: pixels, base: null, run: () => sharp(data, raw).resize(edge, edge, cover).raw().toBuffer() },
    {
      name: 'ours, pixels to pixels',
      base: pixels,
      run: async () =>
        filterImage(
          { data, width, channels: 3 },
          axisWeights(width, long, columns, 'BICUBIC'),
          axisWeights(height, edge, { start: 0, count: edge }, 'BICUBIC'),
        ),
    },
    {
      name: decoded,
      base: null,
      run: () =>
        sharp(jpeg)
          .resize(edge, edge, { ...cover, fastShrinkOnLoad: false })
          .raw()
          .toBuffer(),
    },
    { name: shrunk, base: null, run: () => sharp(jpeg).resize(edge, edge, cover).raw().toBuffer() },
    { name: "ours, JPEG to the model's numbers", base: decoded, run: () => prepareImage(jpeg, { ...prepare, fast: false }) },
    { name: "ours, JPEG to the model's numbers ", base: shrunk, run: () => prepareImage(jpeg, { ...prepare, fast: false }) },
    { name: "ours, fast, JPEG to the model's numbers", base: shrunk, run: () => prepareImage(jpeg, { ...prepare, fast: true }) },
  ];
}

/** Something between noise and one colour, as photographs are. */
function texture(): Uint8Array {
  let state = 1;
  return Uint8Array.from({ length: width * height * 3 }, (_, index) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    const [x, y] = [Math.floor(index / 3) % width, Math.floor(index / 3 / width)];
    return 128 + 60 * Math.sin(x / 17 + (index % 3)) + 40 * Math.cos(y / 23) + (state >>> 27);
  });
}
