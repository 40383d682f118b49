import { capabilities, embeddingOutputs, modelLibraries, modelUses, precisions } from '../../models/model.ts';
import { taskKinds, taskStates } from '../../tasks/task.ts';
import { builder } from '../builder.ts';
import { vectorEncodings } from './vector-encoding.ts';

/** Makes an enum from a closed list of names; every value has its sentence, or the compiler complains. */
export function enumOf<const Name extends string>(
  name: string,
  values: readonly Name[],
  { description, about }: { description: string; about: Record<Name, string> },
) {
  return builder.enumType(name, {
    description,
    values: Object.fromEntries(values.map((value) => [value, { description: about[value] }])) as Record<Name, { description: string }>,
  });
}

export const ModelLibraryEnum = enumOf('ModelLibrary', modelLibraries, {
  description: 'The upstream library whose layout a checkpoint has.',
  about: {
    SENTENCE_TRANSFORMERS: 'sentence-transformers, or a transformers text encoder that it would load.',
    OPEN_CLIP: 'open_clip.',
    TIMM: 'timm.',
    TRANSFORMERS: 'transformers.',
    LLAMA_CPP: 'llama.cpp: a GGUF file.',
  },
});

export const CapabilityEnum = enumOf('Capability', capabilities, {
  description: 'What a model can be asked to do.',
  about: {
    EMBED_TEXT: 'Turns texts into vectors.',
    EMBED_IMAGE: 'Turns images into vectors.',
    CLASSIFY_IMAGE: 'Gives images labels.',
    RERANK: 'Scores documents against a query.',
    GENERATE_TEXT: 'Continues a text.',
    CHAT: 'Answers messages through its chat template.',
    GENERATE_FROM_IMAGE: 'Answers with images in view.',
  },
});

export const ModelUseEnum = enumOf('ModelUse', modelUses, {
  description: 'What a client did with a model.',
  about: {
    REUSE: 'Used it again.',
    UPDATE: 'Changed it.',
    REFERENCE: 'Referred to it.',
    PRIORITY: 'Preferred it.',
    SEARCHED: 'Searched for it.',
  },
});

export const EmbeddingOutputEnum = enumOf('EmbeddingOutput', embeddingOutputs, {
  description: 'What one pass of a model can give of a text.',
  about: {
    DENSE: 'One vector: `Embedding.vector`.',
    SPARSE: "Weights of some of the vocabulary's tokens: `Embedding.sparse`.",
    TOKENS: 'A vector for each token: `Embedding.tokenVectors`.',
  },
});

export const PrecisionEnum = enumOf('Precision', precisions, {
  description: 'How the weights of a loaded model are kept in memory, and multiplied.',
  about: {
    F32: 'As 32-bit floats: the numbers of the reference libraries, whatever shares a batch.',
    INT8:
      'As 8-bit integers, made from the same files while loading: faster, and less memory. Vectors have a cosine of 0.99 or more to those of F32 on the models that it is tested with; the scores of a reranker have no such bound. ' +
      'It is not batch-invariant: where a value lies between two integers, what shares the batch can decide how it is rounded.',
  },
});

export const TaskKindEnum = enumOf('TaskKind', taskKinds, {
  description: 'What a task does.',
  about: {
    DOWNLOAD: 'Fetches a model from a hub or from addresses, and installs it.',
    UPLOAD: 'Receives a model from a client.',
    IMPORT: 'Copies a model from a folder on the server.',
    CREATE: 'Makes a model from a stored one.',
    DEPLOY: 'Uploads, creates and loads.',
    LOAD: 'Takes a model into memory, after fetching it where that was asked for.',
    UNLOAD: 'Takes a model out of memory.',
    DELETE: 'Removes a model.',
    VERIFY: 'Reads the files of a model again and compares their sha256.',
  },
});

export const TaskStateEnum = enumOf('TaskState', taskStates, {
  description: 'Where a task, or one of its steps, stands.',
  about: {
    QUEUED: 'Waits for its turn.',
    RUNNING: 'Is at work.',
    PAUSED: 'Was paused; `resumeTask` goes on, also after a restart.',
    SUCCEEDED: 'Is done.',
    FAILED: 'Ended with an error; `retryTask` tries again.',
    CANCELED: 'Was cancelled.',
  },
});

export const VectorEncodingEnum = enumOf('VectorEncoding', vectorEncodings, {
  description: 'How a vector is written down.',
  about: {
    FLOAT: 'A list of numbers.',
    BASE64: 'Little-endian 32-bit floats, as base64.',
    INT8: 'Signed bytes scaled so that the largest magnitude is 127, as base64: keeps cosines, not lengths.',
    BINARY: 'One bit a value, set where it is above 0, the first in the highest bit, as base64.',
  },
});

export const TruncationEnum = enumOf('Truncation', ['END', 'NONE'], {
  description: 'What happens to a text that has more tokens than the model takes.',
  about: { END: 'Its end is cut off.', NONE: 'It is refused with `INPUT_TOO_LONG`.' },
});

export const NormalizationEnum = enumOf('Normalization', ['UNIT', 'UNIT_BEFORE_CUT', 'NONE'], {
  description: 'How the length of a vector is set.',
  about: {
    UNIT: 'Cut to `dimensions`, then divided by its L2 norm.',
    UNIT_BEFORE_CUT: 'Divided by its L2 norm, then cut to `dimensions`: not of unit length when cut.',
    NONE: 'As the model gives it, cut to `dimensions`.',
  },
});

export const RuntimeStateEnum = enumOf('RuntimeState', ['LOADING', 'READY', 'UNLOADING', 'FAILED'], {
  description: 'Where a model in memory stands.',
  about: {
    LOADING: 'Its process is starting.',
    READY: 'It answers.',
    UNLOADING: 'It lets running requests finish, then leaves memory.',
    FAILED: 'Its process ended again and again; load it again to try anew.',
  },
});

export const ModelSourceKindEnum = enumOf('ModelSourceKind', ['HUB', 'URLS', 'FOLDER', 'UPLOAD', 'CREATED', 'NONE'], {
  description: "Where a model's files came from.",
  about: {
    HUB: 'A repository on a hub.',
    URLS: 'Addresses that a client gave.',
    FOLDER: 'A folder on the server.',
    UPLOAD: 'A file that a client sent.',
    CREATED: 'Another model here.',
    NONE: 'Nowhere yet: the entry was registered.',
  },
});
