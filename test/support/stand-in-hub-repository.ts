import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';

/** What a test says about a repository: a folder, some files, or both (the files win). */
export interface StandInRepositoryInput {
  /** Served as it lies, recursively. */
  folder?: string;
  /** Path → content; a path may be as hostile as a test wants it. */
  files?: Record<string, string | Uint8Array>;
  /** Every request needs `Authorization: Bearer <token>`; without it the answer is 401, as for a name that does not exist. */
  token?: string;
  /** The listing is open, the files answer 403 GatedRepo unless the token is sent. */
  gated?: boolean;
  /** Branch or tag names that point to the commit; default `main`. */
  branches?: readonly string[];
}

/** One file with everything the hub says about it. */
export interface StandInFile {
  path: string;
  content: Buffer;
  sha256: string;
  /** sha1 of `blob <size>\0<content>`; for an LFS file the hub gives the pointer's, here the same kind of number. */
  gitSha1: string;
  isLfs: boolean;
}

/** A repository as the stand-in hub serves it. */
export interface StandInRepository {
  name: string;
  /** 40 hex digits; changes with the content. */
  commit: string;
  branches: readonly string[];
  files: Map<string, StandInFile>;
  token: string | null;
  isGated: boolean;
}

const lfsExtensions = ['.safetensors', '.onnx', '.onnx_data', '.bin', '.pt', '.pth', '.h5', '.msgpack', '.ot', '.gguf', '.pkl', '.ckpt'];
const lfsThresholdBytes = 10 * 1024 ** 2;

/** Reads and digests everything once, so that answers cost nothing later. */
export function readRepository(name: string, input: string | StandInRepositoryInput): StandInRepository {
  const { folder, files = {}, token, gated = false, branches = ['main'] } = typeof input === 'string' ? { folder: input } : input;
  const contents = new Map<string, Buffer>();
  for (const path of folder === undefined ? [] : filesBelow(folder)) contents.set(path, readFileSync(join(folder ?? '', path)));
  for (const [path, content] of Object.entries(files)) contents.set(path, Buffer.from(content));
  const described = [...contents].map(([path, content]) => describe(path, content));
  return {
    name,
    commit: sha1(described.map((file) => `${file.path} ${file.sha256}`).join('\n')),
    branches,
    files: new Map(described.map((file) => [file.path, file])),
    token: token ?? null,
    isGated: gated,
  };
}

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => !entry.isDirectory())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .sort();
}

function describe(path: string, content: Buffer): StandInFile {
  return {
    path,
    content,
    sha256: createHash('sha256').update(content).digest('hex'),
    gitSha1: createHash('sha1').update(`blob ${content.length}\0`).update(content).digest('hex'),
    isLfs: content.length > lfsThresholdBytes || lfsExtensions.some((extension) => path.endsWith(extension)),
  };
}

function sha1(text: string): string {
  return createHash('sha1').update(text).digest('hex');
}

/** The folder's files with other weights: the last bytes are the seed's, so that no stored model has the same blob. */
export function withOwnWeights(folder: string, seed: string): StandInRepositoryInput {
  const weights = readFileSync(join(folder, 'model.safetensors'));
  createHash('sha256')
    .update(seed)
    .digest()
    .copy(weights, weights.length - 4, 0, 2);
  return { folder, files: { 'model.safetensors': weights } };
}
