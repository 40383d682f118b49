// Written by codegen.ts from src/cli/operations.graphql: change that file, then run npm run codegen.
/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
import type { TypedQueryDocumentNode as DocumentNode } from 'graphql';
/** A LoRA adapter in the model's folder. */
export type AdapterInput = {
  /** Name of its GGUF file. */
  readonly file: string;
  /** How much of it is put on, -100 to 100; 1 as it was trained, 0 for none. Default 1. */
  readonly scale?: number | null | undefined;
};

/** How the keys and values of a model's context are stored. */
export type CacheType =
  /** As bfloat16. */
  | 'BF16'
  /** As 16-bit floats. */
  | 'F16'
  /** As 32-bit floats. */
  | 'F32'
  /** As 4-bit integers; needs flash attention, and turns it on. */
  | 'Q4_0'
  /** As 4-bit integers with a minimum for each block; needs flash attention, and turns it on. */
  | 'Q4_1'
  /** As 5-bit integers; needs flash attention, and turns it on. */
  | 'Q5_0'
  /** As 5-bit integers with a minimum for each block; needs flash attention, and turns it on. */
  | 'Q5_1'
  /** As 8-bit integers; needs flash attention, and turns it on. */
  | 'Q8_0';

/** The task to cancel. */
export type CancelTaskInput = {
  /** Id of the task, global or bare UUID. */
  readonly id: string | number;
  /** Keep what it has fetched, for 7 days: `retryTask`, or asking for the same again, goes on with it. Default false. */
  readonly keepPartial?: boolean | null | undefined;
};

/** What a model can be asked to do. */
export type Capability =
  /** Answers messages through its chat template. */
  | 'CHAT'
  /** Gives images labels. */
  | 'CLASSIFY_IMAGE'
  /** Turns images into vectors. */
  | 'EMBED_IMAGE'
  /** Turns texts into vectors. */
  | 'EMBED_TEXT'
  /** Answers with images in view. */
  | 'GENERATE_FROM_IMAGE'
  /** Continues a text. */
  | 'GENERATE_TEXT'
  /** Scores documents against a query. */
  | 'RERANK';

/** One message of a conversation. Special tokens in its text are plain text. */
export type ChatMessageInput = {
  /** What is said; may be empty beside calls. */
  readonly content: string;
  /** Images in front of what is said, of a message of the USER; for models with `GENERATE_FROM_IMAGE`. */
  readonly images?: ReadonlyArray<ImageInput> | null | undefined;
  /** Name of the tool or of the person, 1 to 64 letters, digits, dots, dashes or underscores. */
  readonly name?: string | null | undefined;
  /** Who says it. */
  readonly role: ChatRole;
  /** Which call it answers, of a message of a TOOL. */
  readonly toolCallId?: string | null | undefined;
  /** Calls that it made, of a message of the ASSISTANT. */
  readonly toolCalls?: ReadonlyArray<ToolCallInput> | null | undefined;
};

/** Who says a message. */
export type ChatRole =
  /** The model. As the last message it is the beginning of the answer, which goes on from there. */
  | 'ASSISTANT'
  /** Whoever set the conversation up. Where a template knows no system, it goes in front of what the user says first. */
  | 'SYSTEM'
  /** A tool that was called, with what it found. */
  | 'TOOL'
  /** The person. */
  | 'USER';

/** The model to delete. */
export type DeleteModelInput = {
  /** Id of the model, global or bare UUID. */
  readonly id?: string | number | null | undefined;
  /** Name or alias of the model. Give one of `name` and `id`. */
  readonly name?: string | null | undefined;
};

/** What is downloaded. Give one of `source`, `urls` and `id`. */
export type DownloadModelInput = {
  /** Patterns such as `*-f16*`; files that fit one are never taken. */
  readonly exclude?: ReadonlyArray<string> | null | undefined;
  /** Exactly these files with this content, where `source`'s revision is a commit: what a lock has. Default is what the choice gives. */
  readonly files?: ReadonlyArray<PinnedFileInput> | null | undefined;
  /** Id of a registered or well-known model, global or bare UUID: its own source is fetched. */
  readonly id?: string | number | null | undefined;
  /** Patterns such as `*.json`; only files that fit one are taken, in place of our own choice. */
  readonly include?: ReadonlyArray<string> | null | undefined;
  /** The library that the checkpoint must be of; any by default. */
  readonly library?: ModelLibrary | null | undefined;
  /** Name that the model gets; default is the repository's. */
  readonly name?: string | null | undefined;
  /** Which file of a GGUF repository, e.g. `Q4_K_M`, as after the colon in `owner/name:Q4_K_M`; default is that one or the nearest. Of a model of images and text in ONNX graphs their type, e.g. `FP16` or `Q4`; default is 8 bit. */
  readonly quantization?: string | null | undefined;
  /** A repository on the hub. */
  readonly source?: HubSourceInput | null | undefined;
  /** Token for a private or gated repository, in place of the server's own; it is sent to the hub alone, kept out of the log and the database, and forgotten when the task ends. */
  readonly token?: string | null | undefined;
  /** Single files; then `name` is needed. */
  readonly urls?: ReadonlyArray<FileUrlInput> | null | undefined;
};

/** What is embedded, and how. */
export type EmbedInput = {
  /** Keep so many of the first values, 1 to the model's width; default all. */
  readonly dimensions?: number | null | undefined;
  /** Any number of items; the answer has their order. */
  readonly items: ReadonlyArray<EmbedItem>;
  /** Name or alias of a loaded model. */
  readonly model: string;
  /** How the length of the vectors is set; default `UNIT`. */
  readonly normalization?: Normalization | null | undefined;
  /** A text of your own that goes in front of every text; wins over `promptName`. */
  readonly prompt?: string | null | undefined;
  /** Which of the model's prompts goes in front of every text; default is the model's own default. */
  readonly promptName?: string | null | undefined;
  /** What happens to a text that is too long; default `END`. */
  readonly truncate?: Truncation | null | undefined;
};

/** One thing to embed: a text or an image. */
export type EmbedItem =
  {   /** An image. */
  readonly image: ImageInput; readonly text?: never; }
  |  { readonly image?: never;   /** A text of at most 1000000 characters. */
  readonly text: string; };

/** The stable name of a failure; new ones may be added. */
export type ErrorCode =
  /** Somebody cancelled it, or the client left. */
  | 'CANCELED'
  /** A fetched file is not the one that was announced. */
  | 'CHECKSUM_MISMATCH'
  /** The caller may not do this. */
  | 'FORBIDDEN'
  /** No generation that is kept has this id. */
  | 'GENERATION_NOT_FOUND'
  /** A text has more tokens than the model takes. */
  | 'INPUT_TOO_LONG'
  /** The disk has no room for the files. */
  | 'INSUFFICIENT_DISK'
  /** The model does not fit into the memory budget. */
  | 'INSUFFICIENT_MEMORY'
  /** A failure nobody expected; the log has its cause. */
  | 'INTERNAL'
  /** The server stopped while the task ran. */
  | 'INTERRUPTED'
  /** A model's answer is not in the form that was asked for. */
  | 'INVALID_ANSWER'
  /** An archive is malformed, or has an entry that is not taken. */
  | 'INVALID_ARCHIVE'
  /** An image cannot be read, or is larger than images may be. */
  | 'INVALID_IMAGE'
  /** A value that the caller gave is wrong. */
  | 'INVALID_INPUT'
  /** A model file is malformed or missing. */
  | 'INVALID_MODEL_FILE'
  /** Another task works on the model. */
  | 'MODEL_BUSY'
  /** The model is being loaded: wait for the task, or come back. */
  | 'MODEL_LOADING'
  /** No model has this name, alias or id. */
  | 'MODEL_NOT_FOUND'
  /** The model is stored but not in memory. */
  | 'MODEL_NOT_LOADED'
  /** Another model has this name or alias. */
  | 'NAME_TAKEN'
  /** A queue is full: come back later. */
  | 'OVERLOADED'
  /** The process that runs the model died; it is started again. */
  | 'RUNNER_CRASHED'
  /** No task has this id. */
  | 'TASK_NOT_FOUND'
  /** Something took longer than it may. */
  | 'TIMEOUT'
  /** A key is needed, and none or a wrong one came. */
  | 'UNAUTHENTICATED'
  /** The address is one that this server does not fetch from. */
  | 'UNSAFE_URL'
  /** The model cannot do what was asked of it. */
  | 'UNSUPPORTED_CAPABILITY'
  /** The checkpoint is whole, but no engine here runs it. */
  | 'UNSUPPORTED_MODEL'
  /** Another server failed this one. */
  | 'UPSTREAM_FAILED'
  /** The repository is private or gated. */
  | 'UPSTREAM_GATED';

/** One file of a model, by its address. */
export type FileUrlInput = {
  /** Its path inside the model's folder, e.g. `1_Pooling/config.json`. */
  readonly path: string;
  /** sha256 that it must have, 64 hex digits, where it is known. */
  readonly sha256?: string | null | undefined;
  /** Its size in bytes, where it is known. */
  readonly sizeBytes?: number | null | undefined;
  /** Its address, http or https. */
  readonly url: string;
};

/** Whether attention is computed without its whole matrix in memory. */
export type FlashAttention =
  /** Where the model and the machine can do it. */
  | 'AUTO'
  /** Never. */
  | 'OFF'
  /** Always. */
  | 'ON';

/** What is generated, and how. */
export type GenerateInput = {
  /** Go on from the model's conversation (`Model.conversation`): its system and its messages go in front of `messages`, the oldest turns give way where they do not fit, and the turn is kept once the answer is whole. Default false. */
  readonly conversation?: boolean | null | undefined;
  /** Go on when the client leaves, and keep what is written for 5 minutes after the end: see `Subscription.generation`. Default false. */
  readonly detached?: boolean | null | undefined;
  /** Whether the answer begins with the text of the prompt, which has no log-probabilities; default false. */
  readonly echo?: boolean | null | undefined;
  /** Taken from the odds of a token for each time that it was there, -2 to 2. Default 0. */
  readonly frequencyPenalty?: number | null | undefined;
  /** An id of your own for the generation, a UUID that is not in use; by default a new one. */
  readonly id?: string | number | null | undefined;
  /** Images of the prompt, in the order of their places in it, or in front of it where it has none; with `messages`, those of the last message of the USER. For models with `GENERATE_FROM_IMAGE`. Errors count these first, then those of each message. */
  readonly images?: ReadonlyArray<ImageInput> | null | undefined;
  /** Tell the log-probability of each token, and of so many alternatives, 0 to 20; by default none of it. */
  readonly logprobs?: number | null | undefined;
  /** The most tokens to write, from 1; default is what the context has room for. */
  readonly maxTokens?: number | null | undefined;
  /** A conversation to answer, at most 2000 messages, through the model's chat template. */
  readonly messages?: ReadonlyArray<ChatMessageInput> | null | undefined;
  /** Leave out tokens less likely than this share of the likeliest, 0 to 1; 0 for off. Default 0.05. */
  readonly minP?: number | null | undefined;
  /** Name or alias of a loaded model. */
  readonly model: string;
  /** Taken from the odds of tokens that were there before, -2 to 2. Default 0. */
  readonly presencePenalty?: number | null | undefined;
  /** A raw text to go on from, in which special tokens count. Give exactly one of this and `messages`. */
  readonly prompt?: string | null | undefined;
  /** Divides the odds of tokens that were there before, 0.01 to 10; 1 for off. Default 1. */
  readonly repeatPenalty?: number | null | undefined;
  /** What the answer must look like; free text by default. */
  readonly responseFormat?: ResponseFormatInput | null | undefined;
  /** Makes the answer repeatable, 0 to 4294967295; drawn by default. */
  readonly seed?: number | null | undefined;
  /** Texts that end the answer and are no part of it, at most 16 of 1 to 256 characters. */
  readonly stop?: ReadonlyArray<string> | null | undefined;
  /** A message of the SYSTEM in front of `messages`. */
  readonly system?: string | null | undefined;
  /** How evenly tokens are drawn, 0 to 5; 0 takes the likeliest. Default 0.8. */
  readonly temperature?: number | null | undefined;
  /** A Jinja template in place of the model's own; the model then need not have one. */
  readonly template?: string | null | undefined;
  /** Whether it calls them; default is the mode `AUTO`. */
  readonly toolChoice?: ToolChoiceInput | null | undefined;
  /** Functions that it may ask to be called, at most 128. */
  readonly tools?: ReadonlyArray<ToolInput> | null | undefined;
  /** Draw from so many of the likeliest tokens, 0 to 1000000; 0 for off. Default 40. */
  readonly topK?: number | null | undefined;
  /** Draw from the likeliest tokens that have this much probability together, 0 to 1; 1 for off. Default 0.95. */
  readonly topP?: number | null | undefined;
  /** What happens to messages that do not fit; default `NONE`. */
  readonly truncate?: PromptTruncation | null | undefined;
};

/** Why a generation ended. */
export type GenerationEndReason =
  /** `cancelGeneration` ended it. */
  | 'CANCELED'
  /** It failed: `error` says how. */
  | 'ERROR'
  /** `maxTokens` or the context came to its end; of a detached one also the room for what is kept, 1048576 characters. */
  | 'LENGTH'
  /** The model ended it, or a stop text did. */
  | 'STOP'
  /** It waits for the tools that it calls. */
  | 'TOOL_CALLS';

/** How a model that generates text is held in memory. A model that is loaded keeps what it has until it is unloaded. */
export type GenerationLoadInput = {
  /** LoRA adapters that are put on it, at most 16; default all in its folder, each as it was trained. */
  readonly adapters?: ReadonlyArray<AdapterInput> | null | undefined;
  /** How keys and values are stored; default `F16`. */
  readonly cacheType?: CacheType | null | undefined;
  /** Tokens that one prompt and its answer may have together, from 16; default 4096, or what the model was trained for where that is less. More than it was trained for only where it is said here. */
  readonly contextSize?: number | null | undefined;
  /** Whether attention needs less memory; default `AUTO`. */
  readonly flashAttention?: FlashAttention | null | undefined;
  /** Whether a graphics processor is used; default `AUTO`. */
  readonly gpu?: GpuMode | null | undefined;
  /** Layers that it takes, from 0; default as many as fit. */
  readonly gpuLayers?: number | null | undefined;
  /** Generations that run side by side, each with a context of its own, 1 to 64; default 4, and 1 for a model that reads images, which takes no more. */
  readonly slots?: number | null | undefined;
};

/** Whether a graphics processor is used. */
export type GpuMode =
  /** Where there is one that llama.cpp can use. */
  | 'AUTO'
  /** Never. */
  | 'OFF';

/** A header of the request that fetches an image. */
export type HeaderInput = {
  /** Its name. */
  readonly name: string;
  /** Its value. */
  readonly value: string;
};

/** A repository on the hub that this server is pointed at. */
export type HubSourceInput = {
  /** Name of the repository, e.g. `intfloat/e5-small-v2`; a prefix `hf-hub:` is dropped, `MobileCLIP-S2/datacompdr` is how open_clip names a checkpoint, and `:Q4_K_M` at its end chooses among GGUF files. */
  readonly repository: string;
  /** Branch, tag or commit; default `main`. It is pinned to the commit it names now. */
  readonly revision?: string | null | undefined;
};

/** An image (JPEG, PNG, WebP, GIF, TIFF, AVIF): give exactly one of `url`, `base64` and `upload`. Of an animation the first frame counts; the orientation that EXIF names is not applied, as in the reference libraries. */
export type ImageInput = {
  /** Its bytes as base64, or as a data URI `data:image/…;base64,…`. */
  readonly base64?: string | null | undefined;
  /** Headers for fetching `url`. */
  readonly headers?: ReadonlyArray<HeaderInput> | null | undefined;
  /** A file that comes with the request. */
  readonly upload?: unknown;
  /** Address to fetch it from, http or https, within 30 seconds. Redirects are not followed. */
  readonly url?: string | null | undefined;
};

/** What is imported. */
export type ImportModelInput = {
  /** The library that the checkpoint must be of; any by default. */
  readonly library?: ModelLibrary | null | undefined;
  /** Name that the model gets; default is the folder's. */
  readonly name?: string | null | undefined;
  /** A folder on the server, below one of its IMPORT_ROOTS. */
  readonly path: string;
  /** Which GGUF of several, e.g. `Q4_K_M`; or how the weights are stored where safetensors become a GGUF: F16 (the default), F32, BF16 or Q8_0. */
  readonly quantization?: string | null | undefined;
};

/** Which model to take into memory, and how. */
export type LoadModelInput = {
  /** Fetch the files first where they are not here; default false. */
  readonly downloadIfMissing?: boolean | null | undefined;
  /** Unload idle models where there is no room otherwise; default true. */
  readonly evict?: boolean | null | undefined;
  /** Resize images with the decoder's own filters: faster, but not the pixels of the reference libraries; default false. A model that is loaded keeps what it has until it is unloaded. */
  readonly fast?: boolean | null | undefined;
  /** How it is held in memory, of a model that generates text. */
  readonly generation?: GenerationLoadInput | null | undefined;
  /** Id of a stored model, global or bare UUID. */
  readonly id?: string | number | null | undefined;
  /** Processes that may run it at once, 1 to 64; default is the thread budget, at most 4. */
  readonly instances?: number | null | undefined;
  /** Seconds that it stays in memory unused; -1 for ever; default is the server's KEEP_ALIVE. */
  readonly keepAliveSeconds?: number | null | undefined;
  /** The library that the checkpoint must be of; any by default. */
  readonly library?: ModelLibrary | null | undefined;
  /** Name or alias of a stored model. Give one of `name`, `id` and `source`. */
  readonly name?: string | null | undefined;
  /** Never evict it; by default false, or as it is for a model in memory. */
  readonly pinned?: boolean | null | undefined;
  /** How its weights are kept in memory; default `F32`. A model that is loaded keeps what it has until it is unloaded. */
  readonly precision?: Precision | null | undefined;
  /** Repository to fetch it from; a stored model of that name is taken as it is. */
  readonly source?: HubSourceInput | null | undefined;
  /** Threads of each process, 1 to 256; default 1. */
  readonly threads?: number | null | undefined;
  /** Token for a private or gated repository, in place of the server's own; it is sent to the hub alone, kept out of the log and the database, and forgotten when the task ends. */
  readonly token?: string | null | undefined;
};

/** Free facts to store with a model. */
export type ModelCardInput = {
  /** The client's own description. */
  readonly description?: string | null | undefined;
  /** Further facts: the text of a JSON object, at most 20000 characters. */
  readonly details?: string | null | undefined;
  /** The model that it is made from. */
  readonly foundation?: string | null | undefined;
  /** Who made it. */
  readonly provider?: string | null | undefined;
  /** A name for people. */
  readonly title?: string | null | undefined;
  /** What kind of model, in the client's words. */
  readonly type?: string | null | undefined;
  /** The client's own key for it. */
  readonly unique?: string | null | undefined;
  /** What it is for. */
  readonly usage?: string | null | undefined;
};

/** The upstream library whose layout a checkpoint has. */
export type ModelLibrary =
  /** llama.cpp: a GGUF file. */
  | 'LLAMA_CPP'
  /** open_clip. */
  | 'OPEN_CLIP'
  /** sentence-transformers, or a transformers text encoder that it would load. */
  | 'SENTENCE_TRANSFORMERS'
  /** timm. */
  | 'TIMM'
  /** transformers. */
  | 'TRANSFORMERS';

/** Defaults of a generation; what is left out is as the server has it. */
export type ModelParametersInput = {
  /** Taken from the odds of a token for each time that it was there. */
  readonly frequencyPenalty?: number | null | undefined;
  /** The most tokens to write. */
  readonly maxTokens?: number | null | undefined;
  /** Leave out tokens less likely than this share of the likeliest. */
  readonly minP?: number | null | undefined;
  /** Taken from the odds of tokens that were there before. */
  readonly presencePenalty?: number | null | undefined;
  /** Divides the odds of tokens that were there before. */
  readonly repeatPenalty?: number | null | undefined;
  /** Makes answers repeatable. */
  readonly seed?: number | null | undefined;
  /** Texts that end an answer. */
  readonly stop?: ReadonlyArray<string> | null | undefined;
  /** How evenly tokens are drawn. */
  readonly temperature?: number | null | undefined;
  /** Draw from so many of the likeliest tokens. */
  readonly topK?: number | null | undefined;
  /** Draw from the likeliest tokens that have this much probability together. */
  readonly topP?: number | null | undefined;
};

/** What a custom model does unless a request says otherwise. */
export type ModelSettingsInput = {
  /** Tokens that a prompt and its answer may have together, when it is loaded. */
  readonly contextSize?: number | null | undefined;
  /** Its licence, as a text. */
  readonly license?: string | null | undefined;
  /** Come after that, in front of what a client says; at most 100. */
  readonly messages?: ReadonlyArray<SettingsMessageInput> | null | undefined;
  /** Defaults of a generation. */
  readonly parameters?: ModelParametersInput | null | undefined;
  /** Goes in front of every conversation. */
  readonly system?: string | null | undefined;
  /** A Jinja chat template in place of its own. */
  readonly template?: string | null | undefined;
};

/** Where a model's files came from. */
export type ModelSourceKind =
  /** Another model here. */
  | 'CREATED'
  /** A folder on the server. */
  | 'FOLDER'
  /** A repository on a hub. */
  | 'HUB'
  /** Nowhere yet: the entry was registered. */
  | 'NONE'
  /** A file that a client sent. */
  | 'UPLOAD'
  /** Addresses that a client gave. */
  | 'URLS';

/** How the length of a vector is set. */
export type Normalization =
  /** As the model gives it, cut to `dimensions`. */
  | 'NONE'
  /** Cut to `dimensions`, then divided by its L2 norm. */
  | 'UNIT'
  /** Divided by its L2 norm, then cut to `dimensions`: not of unit length when cut. */
  | 'UNIT_BEFORE_CUT';

/** One file of a repository with its content, as a lock has it. */
export type PinnedFileInput = {
  /** Its path in the repository. */
  readonly path: string;
  /** sha256 of its content, 64 hex digits. */
  readonly sha256: string;
  /** Its size in bytes. */
  readonly sizeBytes: number;
};

/** How the weights of a loaded model are kept in memory, and multiplied. */
export type Precision =
  /** As 32-bit floats: the numbers of the reference libraries, whatever shares a batch. */
  | 'F32'
  /** As 8-bit integers, made from the same files while loading: faster, and less memory. Vectors have a cosine of 0.99 or more to those of F32 on the models that it is tested with; the scores of a reranker have no such bound. It is not batch-invariant: where a value lies between two integers, what shares the batch can decide how it is rounded. */
  | 'INT8';

/** What happens to a conversation that does not fit the context. */
export type PromptTruncation =
  /** It is refused with `INPUT_TOO_LONG`. */
  | 'NONE'
  /** The oldest turns are left out, never what the SYSTEM says. */
  | 'START';

/** An entry to make. */
export type RegisterModelInput = {
  /** Free facts to store with it. */
  readonly card?: ModelCardInput | null | undefined;
  /** The upstream library, where it is known. */
  readonly library?: ModelLibrary | null | undefined;
  /** Its name; unique without regard to case. */
  readonly name: string;
  /** Where its files can be fetched from, later. */
  readonly source?: HubSourceInput | null | undefined;
};

/** What the answer must look like. A grammar holds it while it is written; JSON is checked once more at the end. */
export type ResponseFormatInput =
  {   /** A grammar in the GBNF of llama.cpp. */
  readonly grammar: string; readonly json?: never; readonly jsonSchema?: never; }
  |  { readonly grammar?: never;   /** `true` for any JSON object. */
  readonly json: boolean; readonly jsonSchema?: never; }
  |  { readonly grammar?: never; readonly json?: never;   /** A JSON schema; what cannot be held is INVALID_INPUT that names it. Properties come in their order, others only where additionalProperties is said. Lengths above 1000, and those beside a pattern, are only checked at the end. */
  readonly jsonSchema: Record<string, unknown>; };

/** Where a model in memory stands. */
export type RuntimeState =
  /** Its process ended again and again; load it again to try anew. */
  | 'FAILED'
  /** Its process is starting. */
  | 'LOADING'
  /** It answers. */
  | 'READY'
  /** It lets running requests finish, then leaves memory. */
  | 'UNLOADING';

/** A message that every conversation begins with. */
export type SettingsMessageInput = {
  /** What is said. */
  readonly content: string;
  /** Who says it. */
  readonly role: SettingsRole;
};

/** Who says a message that every conversation begins with. */
export type SettingsRole =
  /** The model. */
  | 'ASSISTANT'
  /** The person. */
  | 'USER';

/** What a task does. */
export type TaskKind =
  /** Makes a model from a stored one. */
  | 'CREATE'
  /** Removes a model. */
  | 'DELETE'
  /** Uploads, creates and loads. */
  | 'DEPLOY'
  /** Fetches a model from a hub or from addresses, and installs it. */
  | 'DOWNLOAD'
  /** Copies a model from a folder on the server. */
  | 'IMPORT'
  /** Takes a model into memory, after fetching it where that was asked for. */
  | 'LOAD'
  /** Takes a model out of memory. */
  | 'UNLOAD'
  /** Receives a model from a client. */
  | 'UPLOAD'
  /** Reads the files of a model again and compares their sha256. */
  | 'VERIFY';

/** Where a task, or one of its steps, stands. */
export type TaskState =
  /** Was cancelled. */
  | 'CANCELED'
  /** Ended with an error; `retryTask` tries again. */
  | 'FAILED'
  /** Was paused; `resumeTask` goes on, also after a restart. */
  | 'PAUSED'
  /** Waits for its turn. */
  | 'QUEUED'
  /** Is at work. */
  | 'RUNNING'
  /** Is done. */
  | 'SUCCEEDED';

/** A call that an earlier answer made. */
export type ToolCallInput = {
  /** Its arguments as JSON text of an object. */
  readonly arguments: string;
  /** Its id, at most 128 characters. */
  readonly id: string;
  /** Name of the tool. */
  readonly name: string;
};

/** Whether tools are called, or the one that must be. */
export type ToolChoiceInput =
  {   /** Whether any is. */
  readonly mode: ToolChoiceMode; readonly name?: never; }
  |  { readonly mode?: never;   /** Name of the tool that must be called, once. */
  readonly name: string; };

/** Whether tools are called. */
export type ToolChoiceMode =
  /** The model decides. */
  | 'AUTO'
  /** It is not told of them. */
  | 'NONE'
  /** It must call one or more. */
  | 'REQUIRED';

/** A function that the model may ask to be called. */
export type ToolInput = {
  /** What it is for, in words for the model. */
  readonly description?: string | null | undefined;
  /** Its name, 1 to 64 letters, digits, dots, dashes or underscores. */
  readonly name: string;
  /** JSON schema of its arguments, of type object; none by default. */
  readonly parameters?: Record<string, unknown> | null | undefined;
};

/** What happens to a text that has more tokens than the model takes. */
export type Truncation =
  /** Its end is cut off. */
  | 'END'
  /** It is refused with `INPUT_TOO_LONG`. */
  | 'NONE';

/** A custom model, and what changes about it; what is left out stays. */
export type UpdateModelInput = {
  /** Its new aliases, all of them. */
  readonly aliases?: ReadonlyArray<string> | null | undefined;
  /** Its new free facts, all of them. */
  readonly card?: ModelCardInput | null | undefined;
  /** Its new description. */
  readonly description?: string | null | undefined;
  /** Id of the model, global or bare UUID. */
  readonly id?: string | number | null | undefined;
  /** Name or alias of the model. Give one of `name` and `id`. */
  readonly name?: string | null | undefined;
  /** Its new name. */
  readonly newName?: string | null | undefined;
  /** What it does unless a request says otherwise, all of it. */
  readonly settings?: ModelSettingsInput | null | undefined;
  /** Where its next download fetches it from. */
  readonly source?: HubSourceInput | null | undefined;
};

/** The model to verify. */
export type VerifyModelInput = {
  /** Id of the model, global or bare UUID. */
  readonly id?: string | number | null | undefined;
  /** Name or alias of the model. Give one of `name` and `id`. */
  readonly name?: string | null | undefined;
};

export type TaskStatusFragment = { readonly id: string, readonly kind: TaskKind, readonly state: TaskState, readonly progress: number, readonly etaSeconds: number | null, readonly bytes: { readonly done: number, readonly total: number | null, readonly perSecond: number | null } | null, readonly model: { readonly name: string, readonly sizeBytes: number } | null, readonly error:
    | { readonly code: ErrorCode, readonly message: string }
    | { readonly code: ErrorCode, readonly message: string }
    | { readonly code: ErrorCode, readonly message: string }
    | { readonly code: ErrorCode, readonly message: string }
    | { readonly code: ErrorCode, readonly message: string }
    | { readonly code: ErrorCode, readonly message: string }
    | { readonly code: ErrorCode, readonly message: string }
    | { readonly code: ErrorCode, readonly message: string }
    | { readonly code: ErrorCode, readonly message: string }
    | { readonly code: ErrorCode, readonly message: string }
    | { readonly code: ErrorCode, readonly message: string }
    | { readonly code: ErrorCode, readonly message: string }
    | { readonly code: ErrorCode, readonly message: string }
    | { readonly code: ErrorCode, readonly message: string }
    | { readonly code: ErrorCode, readonly message: string }
    | { readonly code: ErrorCode, readonly message: string }
    | { readonly code: ErrorCode, readonly message: string }
    | { readonly code: ErrorCode, readonly message: string }
    | { readonly code: ErrorCode, readonly message: string }
    | { readonly code: ErrorCode, readonly message: string }
    | { readonly code: ErrorCode, readonly message: string }
    | { readonly code: ErrorCode, readonly message: string }
    | { readonly code: ErrorCode, readonly message: string }
    | { readonly code: ErrorCode, readonly message: string }
    | { readonly code: ErrorCode, readonly message: string }
    | { readonly code: ErrorCode, readonly message: string }
    | { readonly code: ErrorCode, readonly message: string }
    | { readonly code: ErrorCode, readonly message: string }
    | { readonly code: ErrorCode, readonly message: string }
   | null };

export type FollowTaskSubscriptionVariables = Exact<{
  id: string | number;
}>;


export type FollowTaskSubscription = { readonly taskProgress: { readonly id: string, readonly kind: TaskKind, readonly state: TaskState, readonly progress: number, readonly etaSeconds: number | null, readonly bytes: { readonly done: number, readonly total: number | null, readonly perSecond: number | null } | null, readonly model: { readonly name: string, readonly sizeBytes: number } | null, readonly error:
      | { readonly code: ErrorCode, readonly message: string }
      | { readonly code: ErrorCode, readonly message: string }
      | { readonly code: ErrorCode, readonly message: string }
      | { readonly code: ErrorCode, readonly message: string }
      | { readonly code: ErrorCode, readonly message: string }
      | { readonly code: ErrorCode, readonly message: string }
      | { readonly code: ErrorCode, readonly message: string }
      | { readonly code: ErrorCode, readonly message: string }
      | { readonly code: ErrorCode, readonly message: string }
      | { readonly code: ErrorCode, readonly message: string }
      | { readonly code: ErrorCode, readonly message: string }
      | { readonly code: ErrorCode, readonly message: string }
      | { readonly code: ErrorCode, readonly message: string }
      | { readonly code: ErrorCode, readonly message: string }
      | { readonly code: ErrorCode, readonly message: string }
      | { readonly code: ErrorCode, readonly message: string }
      | { readonly code: ErrorCode, readonly message: string }
      | { readonly code: ErrorCode, readonly message: string }
      | { readonly code: ErrorCode, readonly message: string }
      | { readonly code: ErrorCode, readonly message: string }
      | { readonly code: ErrorCode, readonly message: string }
      | { readonly code: ErrorCode, readonly message: string }
      | { readonly code: ErrorCode, readonly message: string }
      | { readonly code: ErrorCode, readonly message: string }
      | { readonly code: ErrorCode, readonly message: string }
      | { readonly code: ErrorCode, readonly message: string }
      | { readonly code: ErrorCode, readonly message: string }
      | { readonly code: ErrorCode, readonly message: string }
      | { readonly code: ErrorCode, readonly message: string }
     | null } | null };

export type ListModelsQueryVariables = Exact<{
  after?: string | null | undefined;
}>;


export type ListModelsQuery = { readonly models: { readonly nodes: ReadonlyArray<{ readonly name: string, readonly library: ModelLibrary | null, readonly sizeBytes: number, readonly installed: boolean, readonly runtime: { readonly state: RuntimeState } | null }>, readonly pageInfo: { readonly hasNextPage: boolean, readonly endCursor: string | null } } | null };

export type ListLoadedModelsQueryVariables = Exact<{ [key: string]: never; }>;


export type ListLoadedModelsQuery = { readonly server: { readonly memory: { readonly budgetBytes: number, readonly usedBytes: number }, readonly loadedModels: ReadonlyArray<{ readonly name: string, readonly runtime: { readonly state: RuntimeState, readonly instances: number, readonly memoryBytes: number, readonly queueDepth: number, readonly lastUsedAt: Date | string | null } | null }> | null } | null };

export type FindModelQueryVariables = Exact<{
  name: string;
}>;


export type FindModelQuery = { readonly model: { readonly name: string, readonly installed: boolean } | null };

export type EmbedTextsQueryVariables = Exact<{
  input: EmbedInput;
}>;


export type EmbedTextsQuery = { readonly embed: { readonly embeddings: ReadonlyArray<{ readonly vector: readonly number[] | string }> } | null };

export type DownloadModelMutationVariables = Exact<{
  input: DownloadModelInput;
}>;


export type DownloadModelMutation = { readonly downloadModel:
    | { readonly task: { readonly id: string, readonly kind: TaskKind, readonly state: TaskState, readonly progress: number, readonly etaSeconds: number | null, readonly bytes: { readonly done: number, readonly total: number | null, readonly perSecond: number | null } | null, readonly model: { readonly name: string, readonly sizeBytes: number } | null, readonly error:
          | { readonly code: ErrorCode, readonly message: string }
          | { readonly code: ErrorCode, readonly message: string }
          | { readonly code: ErrorCode, readonly message: string }
          | { readonly code: ErrorCode, readonly message: string }
          | { readonly code: ErrorCode, readonly message: string }
          | { readonly code: ErrorCode, readonly message: string }
          | { readonly code: ErrorCode, readonly message: string }
          | { readonly code: ErrorCode, readonly message: string }
          | { readonly code: ErrorCode, readonly message: string }
          | { readonly code: ErrorCode, readonly message: string }
          | { readonly code: ErrorCode, readonly message: string }
          | { readonly code: ErrorCode, readonly message: string }
          | { readonly code: ErrorCode, readonly message: string }
          | { readonly code: ErrorCode, readonly message: string }
          | { readonly code: ErrorCode, readonly message: string }
          | { readonly code: ErrorCode, readonly message: string }
          | { readonly code: ErrorCode, readonly message: string }
          | { readonly code: ErrorCode, readonly message: string }
          | { readonly code: ErrorCode, readonly message: string }
          | { readonly code: ErrorCode, readonly message: string }
          | { readonly code: ErrorCode, readonly message: string }
          | { readonly code: ErrorCode, readonly message: string }
          | { readonly code: ErrorCode, readonly message: string }
          | { readonly code: ErrorCode, readonly message: string }
          | { readonly code: ErrorCode, readonly message: string }
          | { readonly code: ErrorCode, readonly message: string }
          | { readonly code: ErrorCode, readonly message: string }
          | { readonly code: ErrorCode, readonly message: string }
          | { readonly code: ErrorCode, readonly message: string }
         | null } }
    | { readonly code: ErrorCode, readonly message: string }
    | { readonly code: ErrorCode, readonly message: string }
    | { readonly code: ErrorCode, readonly message: string }
    | { readonly code: ErrorCode, readonly message: string }
    | { readonly code: ErrorCode, readonly message: string }
   | null };

export type ImportModelMutationVariables = Exact<{
  input: ImportModelInput;
}>;


export type ImportModelMutation = { readonly importModel:
    | { readonly task: { readonly id: string, readonly kind: TaskKind, readonly state: TaskState, readonly progress: number, readonly etaSeconds: number | null, readonly bytes: { readonly done: number, readonly total: number | null, readonly perSecond: number | null } | null, readonly model: { readonly name: string, readonly sizeBytes: number } | null, readonly error:
          | { readonly code: ErrorCode, readonly message: string }
          | { readonly code: ErrorCode, readonly message: string }
          | { readonly code: ErrorCode, readonly message: string }
          | { readonly code: ErrorCode, readonly message: string }
          | { readonly code: ErrorCode, readonly message: string }
          | { readonly code: ErrorCode, readonly message: string }
          | { readonly code: ErrorCode, readonly message: string }
          | { readonly code: ErrorCode, readonly message: string }
          | { readonly code: ErrorCode, readonly message: string }
          | { readonly code: ErrorCode, readonly message: string }
          | { readonly code: ErrorCode, readonly message: string }
          | { readonly code: ErrorCode, readonly message: string }
          | { readonly code: ErrorCode, readonly message: string }
          | { readonly code: ErrorCode, readonly message: string }
          | { readonly code: ErrorCode, readonly message: string }
          | { readonly code: ErrorCode, readonly message: string }
          | { readonly code: ErrorCode, readonly message: string }
          | { readonly code: ErrorCode, readonly message: string }
          | { readonly code: ErrorCode, readonly message: string }
          | { readonly code: ErrorCode, readonly message: string }
          | { readonly code: ErrorCode, readonly message: string }
          | { readonly code: ErrorCode, readonly message: string }
          | { readonly code: ErrorCode, readonly message: string }
          | { readonly code: ErrorCode, readonly message: string }
          | { readonly code: ErrorCode, readonly message: string }
          | { readonly code: ErrorCode, readonly message: string }
          | { readonly code: ErrorCode, readonly message: string }
          | { readonly code: ErrorCode, readonly message: string }
          | { readonly code: ErrorCode, readonly message: string }
         | null } }
    | { readonly code: ErrorCode, readonly message: string }
    | { readonly code: ErrorCode, readonly message: string }
    | { readonly code: ErrorCode, readonly message: string }
    | { readonly code: ErrorCode, readonly message: string }
    | { readonly code: ErrorCode, readonly message: string }
   | null };

export type LoadModelMutationVariables = Exact<{
  input: LoadModelInput;
}>;


export type LoadModelMutation = { readonly loadModel:
    | { readonly code: ErrorCode, readonly message: string }
    | { readonly task: { readonly id: string, readonly kind: TaskKind, readonly state: TaskState, readonly progress: number, readonly etaSeconds: number | null, readonly bytes: { readonly done: number, readonly total: number | null, readonly perSecond: number | null } | null, readonly model: { readonly name: string, readonly sizeBytes: number } | null, readonly error:
          | { readonly code: ErrorCode, readonly message: string }
          | { readonly code: ErrorCode, readonly message: string }
          | { readonly code: ErrorCode, readonly message: string }
          | { readonly code: ErrorCode, readonly message: string }
          | { readonly code: ErrorCode, readonly message: string }
          | { readonly code: ErrorCode, readonly message: string }
          | { readonly code: ErrorCode, readonly message: string }
          | { readonly code: ErrorCode, readonly message: string }
          | { readonly code: ErrorCode, readonly message: string }
          | { readonly code: ErrorCode, readonly message: string }
          | { readonly code: ErrorCode, readonly message: string }
          | { readonly code: ErrorCode, readonly message: string }
          | { readonly code: ErrorCode, readonly message: string }
          | { readonly code: ErrorCode, readonly message: string }
          | { readonly code: ErrorCode, readonly message: string }
          | { readonly code: ErrorCode, readonly message: string }
          | { readonly code: ErrorCode, readonly message: string }
          | { readonly code: ErrorCode, readonly message: string }
          | { readonly code: ErrorCode, readonly message: string }
          | { readonly code: ErrorCode, readonly message: string }
          | { readonly code: ErrorCode, readonly message: string }
          | { readonly code: ErrorCode, readonly message: string }
          | { readonly code: ErrorCode, readonly message: string }
          | { readonly code: ErrorCode, readonly message: string }
          | { readonly code: ErrorCode, readonly message: string }
          | { readonly code: ErrorCode, readonly message: string }
          | { readonly code: ErrorCode, readonly message: string }
          | { readonly code: ErrorCode, readonly message: string }
          | { readonly code: ErrorCode, readonly message: string }
         | null } }
    | { readonly code: ErrorCode, readonly message: string }
    | { readonly code: ErrorCode, readonly message: string }
    | { readonly code: ErrorCode, readonly message: string }
    | { readonly code: ErrorCode, readonly message: string }
   | null };

export type DeleteModelMutationVariables = Exact<{
  input: DeleteModelInput;
}>;


export type DeleteModelMutation = { readonly deleteModel:
    | { readonly task: { readonly id: string, readonly kind: TaskKind, readonly state: TaskState, readonly progress: number, readonly etaSeconds: number | null, readonly bytes: { readonly done: number, readonly total: number | null, readonly perSecond: number | null } | null, readonly model: { readonly name: string, readonly sizeBytes: number } | null, readonly error:
          | { readonly code: ErrorCode, readonly message: string }
          | { readonly code: ErrorCode, readonly message: string }
          | { readonly code: ErrorCode, readonly message: string }
          | { readonly code: ErrorCode, readonly message: string }
          | { readonly code: ErrorCode, readonly message: string }
          | { readonly code: ErrorCode, readonly message: string }
          | { readonly code: ErrorCode, readonly message: string }
          | { readonly code: ErrorCode, readonly message: string }
          | { readonly code: ErrorCode, readonly message: string }
          | { readonly code: ErrorCode, readonly message: string }
          | { readonly code: ErrorCode, readonly message: string }
          | { readonly code: ErrorCode, readonly message: string }
          | { readonly code: ErrorCode, readonly message: string }
          | { readonly code: ErrorCode, readonly message: string }
          | { readonly code: ErrorCode, readonly message: string }
          | { readonly code: ErrorCode, readonly message: string }
          | { readonly code: ErrorCode, readonly message: string }
          | { readonly code: ErrorCode, readonly message: string }
          | { readonly code: ErrorCode, readonly message: string }
          | { readonly code: ErrorCode, readonly message: string }
          | { readonly code: ErrorCode, readonly message: string }
          | { readonly code: ErrorCode, readonly message: string }
          | { readonly code: ErrorCode, readonly message: string }
          | { readonly code: ErrorCode, readonly message: string }
          | { readonly code: ErrorCode, readonly message: string }
          | { readonly code: ErrorCode, readonly message: string }
          | { readonly code: ErrorCode, readonly message: string }
          | { readonly code: ErrorCode, readonly message: string }
          | { readonly code: ErrorCode, readonly message: string }
         | null } }
    | { readonly code: ErrorCode, readonly message: string }
    | { readonly code: ErrorCode, readonly message: string }
    | { readonly code: ErrorCode, readonly message: string }
   | null };

export type CancelTaskMutationVariables = Exact<{
  input: CancelTaskInput;
}>;


export type CancelTaskMutation = { readonly cancelTask:
    | { readonly task: { readonly id: string, readonly kind: TaskKind, readonly state: TaskState, readonly progress: number, readonly etaSeconds: number | null, readonly bytes: { readonly done: number, readonly total: number | null, readonly perSecond: number | null } | null, readonly model: { readonly name: string, readonly sizeBytes: number } | null, readonly error:
          | { readonly code: ErrorCode, readonly message: string }
          | { readonly code: ErrorCode, readonly message: string }
          | { readonly code: ErrorCode, readonly message: string }
          | { readonly code: ErrorCode, readonly message: string }
          | { readonly code: ErrorCode, readonly message: string }
          | { readonly code: ErrorCode, readonly message: string }
          | { readonly code: ErrorCode, readonly message: string }
          | { readonly code: ErrorCode, readonly message: string }
          | { readonly code: ErrorCode, readonly message: string }
          | { readonly code: ErrorCode, readonly message: string }
          | { readonly code: ErrorCode, readonly message: string }
          | { readonly code: ErrorCode, readonly message: string }
          | { readonly code: ErrorCode, readonly message: string }
          | { readonly code: ErrorCode, readonly message: string }
          | { readonly code: ErrorCode, readonly message: string }
          | { readonly code: ErrorCode, readonly message: string }
          | { readonly code: ErrorCode, readonly message: string }
          | { readonly code: ErrorCode, readonly message: string }
          | { readonly code: ErrorCode, readonly message: string }
          | { readonly code: ErrorCode, readonly message: string }
          | { readonly code: ErrorCode, readonly message: string }
          | { readonly code: ErrorCode, readonly message: string }
          | { readonly code: ErrorCode, readonly message: string }
          | { readonly code: ErrorCode, readonly message: string }
          | { readonly code: ErrorCode, readonly message: string }
          | { readonly code: ErrorCode, readonly message: string }
          | { readonly code: ErrorCode, readonly message: string }
          | { readonly code: ErrorCode, readonly message: string }
          | { readonly code: ErrorCode, readonly message: string }
         | null } }
    | { readonly code: ErrorCode, readonly message: string }
    | { readonly code: ErrorCode, readonly message: string }
   | null };

export type GenerateSubscriptionVariables = Exact<{
  input: GenerateInput;
}>;


export type GenerateSubscription = { readonly generate:
    | { readonly __typename: 'GenerationEnd', readonly reason: GenerationEndReason, readonly error:
        | { readonly code: ErrorCode, readonly message: string }
        | { readonly code: ErrorCode, readonly message: string }
        | { readonly code: ErrorCode, readonly message: string }
        | { readonly code: ErrorCode, readonly message: string }
        | { readonly code: ErrorCode, readonly message: string }
        | { readonly code: ErrorCode, readonly message: string }
        | { readonly code: ErrorCode, readonly message: string }
        | { readonly code: ErrorCode, readonly message: string }
        | { readonly code: ErrorCode, readonly message: string }
        | { readonly code: ErrorCode, readonly message: string }
        | { readonly code: ErrorCode, readonly message: string }
        | { readonly code: ErrorCode, readonly message: string }
        | { readonly code: ErrorCode, readonly message: string }
        | { readonly code: ErrorCode, readonly message: string }
        | { readonly code: ErrorCode, readonly message: string }
        | { readonly code: ErrorCode, readonly message: string }
        | { readonly code: ErrorCode, readonly message: string }
        | { readonly code: ErrorCode, readonly message: string }
        | { readonly code: ErrorCode, readonly message: string }
        | { readonly code: ErrorCode, readonly message: string }
        | { readonly code: ErrorCode, readonly message: string }
        | { readonly code: ErrorCode, readonly message: string }
        | { readonly code: ErrorCode, readonly message: string }
        | { readonly code: ErrorCode, readonly message: string }
        | { readonly code: ErrorCode, readonly message: string }
        | { readonly code: ErrorCode, readonly message: string }
        | { readonly code: ErrorCode, readonly message: string }
        | { readonly code: ErrorCode, readonly message: string }
        | { readonly code: ErrorCode, readonly message: string }
       | null, readonly usage: { readonly promptTokens: number, readonly completionTokens: number }, readonly timing: { readonly tokensPerSecond: number | null } }
    | { readonly __typename: 'TextDelta', readonly text: string }
    | { readonly __typename: 'ToolCallDelta' }
   | null };

export type FindGeneratorQueryVariables = Exact<{
  name: string;
}>;


export type FindGeneratorQuery = { readonly model: { readonly name: string, readonly installed: boolean, readonly capabilities: ReadonlyArray<Capability> } | null };

export type LockModelsQueryVariables = Exact<{
  after?: string | null | undefined;
}>;


export type LockModelsQuery = { readonly models: { readonly nodes: ReadonlyArray<{ readonly name: string, readonly library: ModelLibrary | null, readonly revision: string | null, readonly installed: boolean, readonly custom: boolean, readonly aliases: ReadonlyArray<string>, readonly description: string | null, readonly source: { readonly kind: ModelSourceKind, readonly repository: string | null, readonly revision: string | null, readonly urls: ReadonlyArray<{ readonly path: string, readonly url: string }> }, readonly card: { readonly type: string | null, readonly usage: string | null, readonly provider: string | null, readonly foundation: string | null, readonly unique: string | null, readonly description: string | null, readonly title: string | null, readonly details: string | null }, readonly files: ReadonlyArray<{ readonly path: string, readonly sizeBytes: number, readonly sha256: string }>, readonly runtime: { readonly pinned: boolean, readonly precision: Precision } | null }>, readonly pageInfo: { readonly hasNextPage: boolean, readonly endCursor: string | null } } | null };

export type VerifyModelMutationVariables = Exact<{
  input: VerifyModelInput;
}>;


export type VerifyModelMutation = { readonly verifyModel:
    | { readonly code: ErrorCode, readonly message: string }
    | { readonly code: ErrorCode, readonly message: string }
    | { readonly task: { readonly id: string, readonly kind: TaskKind, readonly state: TaskState, readonly progress: number, readonly etaSeconds: number | null, readonly bytes: { readonly done: number, readonly total: number | null, readonly perSecond: number | null } | null, readonly model: { readonly name: string, readonly sizeBytes: number } | null, readonly error:
          | { readonly code: ErrorCode, readonly message: string }
          | { readonly code: ErrorCode, readonly message: string }
          | { readonly code: ErrorCode, readonly message: string }
          | { readonly code: ErrorCode, readonly message: string }
          | { readonly code: ErrorCode, readonly message: string }
          | { readonly code: ErrorCode, readonly message: string }
          | { readonly code: ErrorCode, readonly message: string }
          | { readonly code: ErrorCode, readonly message: string }
          | { readonly code: ErrorCode, readonly message: string }
          | { readonly code: ErrorCode, readonly message: string }
          | { readonly code: ErrorCode, readonly message: string }
          | { readonly code: ErrorCode, readonly message: string }
          | { readonly code: ErrorCode, readonly message: string }
          | { readonly code: ErrorCode, readonly message: string }
          | { readonly code: ErrorCode, readonly message: string }
          | { readonly code: ErrorCode, readonly message: string }
          | { readonly code: ErrorCode, readonly message: string }
          | { readonly code: ErrorCode, readonly message: string }
          | { readonly code: ErrorCode, readonly message: string }
          | { readonly code: ErrorCode, readonly message: string }
          | { readonly code: ErrorCode, readonly message: string }
          | { readonly code: ErrorCode, readonly message: string }
          | { readonly code: ErrorCode, readonly message: string }
          | { readonly code: ErrorCode, readonly message: string }
          | { readonly code: ErrorCode, readonly message: string }
          | { readonly code: ErrorCode, readonly message: string }
          | { readonly code: ErrorCode, readonly message: string }
          | { readonly code: ErrorCode, readonly message: string }
          | { readonly code: ErrorCode, readonly message: string }
         | null } }
   | null };

export type RegisterModelMutationVariables = Exact<{
  input: RegisterModelInput;
}>;


export type RegisterModelMutation = { readonly registerModel:
    | { readonly code: ErrorCode, readonly message: string }
    | { readonly code: ErrorCode, readonly message: string }
    | { readonly model: { readonly name: string } }
   | null };

export type UpdateModelMutationVariables = Exact<{
  input: UpdateModelInput;
}>;


export type UpdateModelMutation = { readonly updateModel:
    | { readonly code: ErrorCode, readonly message: string }
    | { readonly code: ErrorCode, readonly message: string }
    | { readonly code: ErrorCode, readonly message: string }
    | { readonly code: ErrorCode, readonly message: string }
    | { readonly code: ErrorCode, readonly message: string }
    | { readonly model: { readonly name: string } }
   | null };

export const TaskStatusFragmentDoc = {"kind":"Document","definitions":[{"kind":"FragmentDefinition","name":{"kind":"Name","value":"TaskStatus"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Task"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"kind"}},{"kind":"Field","name":{"kind":"Name","value":"state"}},{"kind":"Field","name":{"kind":"Name","value":"progress"}},{"kind":"Field","name":{"kind":"Name","value":"bytes"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"done"}},{"kind":"Field","name":{"kind":"Name","value":"total"}},{"kind":"Field","name":{"kind":"Name","value":"perSecond"}}]}},{"kind":"Field","name":{"kind":"Name","value":"etaSeconds"}},{"kind":"Field","name":{"kind":"Name","value":"model"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"sizeBytes"}}]}},{"kind":"Field","name":{"kind":"Name","value":"error"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"message"}}]}}]}}]} as unknown as DocumentNode<TaskStatusFragment, unknown>;
export const FollowTaskDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"subscription","name":{"kind":"Name","value":"FollowTask"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"id"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"ID"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"taskProgress"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"id"},"value":{"kind":"Variable","name":{"kind":"Name","value":"id"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"TaskStatus"}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"TaskStatus"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Task"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"kind"}},{"kind":"Field","name":{"kind":"Name","value":"state"}},{"kind":"Field","name":{"kind":"Name","value":"progress"}},{"kind":"Field","name":{"kind":"Name","value":"bytes"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"done"}},{"kind":"Field","name":{"kind":"Name","value":"total"}},{"kind":"Field","name":{"kind":"Name","value":"perSecond"}}]}},{"kind":"Field","name":{"kind":"Name","value":"etaSeconds"}},{"kind":"Field","name":{"kind":"Name","value":"model"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"sizeBytes"}}]}},{"kind":"Field","name":{"kind":"Name","value":"error"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"message"}}]}}]}}]} as unknown as DocumentNode<FollowTaskSubscription, FollowTaskSubscriptionVariables>;
export const ListModelsDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"ListModels"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"after"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"models"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"first"},"value":{"kind":"IntValue","value":"100"}},{"kind":"Argument","name":{"kind":"Name","value":"after"},"value":{"kind":"Variable","name":{"kind":"Name","value":"after"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"nodes"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"library"}},{"kind":"Field","name":{"kind":"Name","value":"sizeBytes"}},{"kind":"Field","name":{"kind":"Name","value":"installed"}},{"kind":"Field","name":{"kind":"Name","value":"runtime"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"state"}}]}}]}},{"kind":"Field","name":{"kind":"Name","value":"pageInfo"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"hasNextPage"}},{"kind":"Field","name":{"kind":"Name","value":"endCursor"}}]}}]}}]}}]} as unknown as DocumentNode<ListModelsQuery, ListModelsQueryVariables>;
export const ListLoadedModelsDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"ListLoadedModels"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"server"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"memory"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"budgetBytes"}},{"kind":"Field","name":{"kind":"Name","value":"usedBytes"}}]}},{"kind":"Field","name":{"kind":"Name","value":"loadedModels"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"runtime"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"state"}},{"kind":"Field","name":{"kind":"Name","value":"instances"}},{"kind":"Field","name":{"kind":"Name","value":"memoryBytes"}},{"kind":"Field","name":{"kind":"Name","value":"queueDepth"}},{"kind":"Field","name":{"kind":"Name","value":"lastUsedAt"}}]}}]}}]}}]}}]} as unknown as DocumentNode<ListLoadedModelsQuery, ListLoadedModelsQueryVariables>;
export const FindModelDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"FindModel"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"name"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"model"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"name"},"value":{"kind":"Variable","name":{"kind":"Name","value":"name"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"installed"}}]}}]}}]} as unknown as DocumentNode<FindModelQuery, FindModelQueryVariables>;
export const EmbedTextsDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"EmbedTexts"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"input"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"EmbedInput"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"embed"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"input"},"value":{"kind":"Variable","name":{"kind":"Name","value":"input"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"embeddings"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"vector"}}]}}]}}]}}]} as unknown as DocumentNode<EmbedTextsQuery, EmbedTextsQueryVariables>;
export const DownloadModelDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"DownloadModel"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"input"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"DownloadModelInput"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"downloadModel"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"input"},"value":{"kind":"Variable","name":{"kind":"Name","value":"input"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"DownloadModelPayload"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"task"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"TaskStatus"}}]}}]}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Error"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"message"}}]}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"TaskStatus"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Task"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"kind"}},{"kind":"Field","name":{"kind":"Name","value":"state"}},{"kind":"Field","name":{"kind":"Name","value":"progress"}},{"kind":"Field","name":{"kind":"Name","value":"bytes"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"done"}},{"kind":"Field","name":{"kind":"Name","value":"total"}},{"kind":"Field","name":{"kind":"Name","value":"perSecond"}}]}},{"kind":"Field","name":{"kind":"Name","value":"etaSeconds"}},{"kind":"Field","name":{"kind":"Name","value":"model"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"sizeBytes"}}]}},{"kind":"Field","name":{"kind":"Name","value":"error"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"message"}}]}}]}}]} as unknown as DocumentNode<DownloadModelMutation, DownloadModelMutationVariables>;
export const ImportModelDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"ImportModel"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"input"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"ImportModelInput"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"importModel"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"input"},"value":{"kind":"Variable","name":{"kind":"Name","value":"input"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"ImportModelPayload"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"task"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"TaskStatus"}}]}}]}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Error"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"message"}}]}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"TaskStatus"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Task"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"kind"}},{"kind":"Field","name":{"kind":"Name","value":"state"}},{"kind":"Field","name":{"kind":"Name","value":"progress"}},{"kind":"Field","name":{"kind":"Name","value":"bytes"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"done"}},{"kind":"Field","name":{"kind":"Name","value":"total"}},{"kind":"Field","name":{"kind":"Name","value":"perSecond"}}]}},{"kind":"Field","name":{"kind":"Name","value":"etaSeconds"}},{"kind":"Field","name":{"kind":"Name","value":"model"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"sizeBytes"}}]}},{"kind":"Field","name":{"kind":"Name","value":"error"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"message"}}]}}]}}]} as unknown as DocumentNode<ImportModelMutation, ImportModelMutationVariables>;
export const LoadModelDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"LoadModel"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"input"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"LoadModelInput"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"loadModel"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"input"},"value":{"kind":"Variable","name":{"kind":"Name","value":"input"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"LoadModelPayload"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"task"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"TaskStatus"}}]}}]}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Error"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"message"}}]}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"TaskStatus"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Task"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"kind"}},{"kind":"Field","name":{"kind":"Name","value":"state"}},{"kind":"Field","name":{"kind":"Name","value":"progress"}},{"kind":"Field","name":{"kind":"Name","value":"bytes"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"done"}},{"kind":"Field","name":{"kind":"Name","value":"total"}},{"kind":"Field","name":{"kind":"Name","value":"perSecond"}}]}},{"kind":"Field","name":{"kind":"Name","value":"etaSeconds"}},{"kind":"Field","name":{"kind":"Name","value":"model"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"sizeBytes"}}]}},{"kind":"Field","name":{"kind":"Name","value":"error"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"message"}}]}}]}}]} as unknown as DocumentNode<LoadModelMutation, LoadModelMutationVariables>;
export const DeleteModelDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"DeleteModel"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"input"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"DeleteModelInput"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"deleteModel"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"input"},"value":{"kind":"Variable","name":{"kind":"Name","value":"input"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"DeleteModelPayload"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"task"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"TaskStatus"}}]}}]}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Error"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"message"}}]}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"TaskStatus"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Task"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"kind"}},{"kind":"Field","name":{"kind":"Name","value":"state"}},{"kind":"Field","name":{"kind":"Name","value":"progress"}},{"kind":"Field","name":{"kind":"Name","value":"bytes"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"done"}},{"kind":"Field","name":{"kind":"Name","value":"total"}},{"kind":"Field","name":{"kind":"Name","value":"perSecond"}}]}},{"kind":"Field","name":{"kind":"Name","value":"etaSeconds"}},{"kind":"Field","name":{"kind":"Name","value":"model"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"sizeBytes"}}]}},{"kind":"Field","name":{"kind":"Name","value":"error"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"message"}}]}}]}}]} as unknown as DocumentNode<DeleteModelMutation, DeleteModelMutationVariables>;
export const CancelTaskDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"CancelTask"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"input"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"CancelTaskInput"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"cancelTask"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"input"},"value":{"kind":"Variable","name":{"kind":"Name","value":"input"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"CancelTaskPayload"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"task"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"TaskStatus"}}]}}]}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Error"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"message"}}]}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"TaskStatus"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Task"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"kind"}},{"kind":"Field","name":{"kind":"Name","value":"state"}},{"kind":"Field","name":{"kind":"Name","value":"progress"}},{"kind":"Field","name":{"kind":"Name","value":"bytes"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"done"}},{"kind":"Field","name":{"kind":"Name","value":"total"}},{"kind":"Field","name":{"kind":"Name","value":"perSecond"}}]}},{"kind":"Field","name":{"kind":"Name","value":"etaSeconds"}},{"kind":"Field","name":{"kind":"Name","value":"model"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"sizeBytes"}}]}},{"kind":"Field","name":{"kind":"Name","value":"error"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"message"}}]}}]}}]} as unknown as DocumentNode<CancelTaskMutation, CancelTaskMutationVariables>;
export const GenerateDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"subscription","name":{"kind":"Name","value":"Generate"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"input"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"GenerateInput"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"generate"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"input"},"value":{"kind":"Variable","name":{"kind":"Name","value":"input"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"__typename"}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"TextDelta"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"text"}}]}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"GenerationEnd"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"reason"}},{"kind":"Field","name":{"kind":"Name","value":"error"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"message"}}]}},{"kind":"Field","name":{"kind":"Name","value":"usage"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"promptTokens"}},{"kind":"Field","name":{"kind":"Name","value":"completionTokens"}}]}},{"kind":"Field","name":{"kind":"Name","value":"timing"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"tokensPerSecond"}}]}}]}}]}}]}}]} as unknown as DocumentNode<GenerateSubscription, GenerateSubscriptionVariables>;
export const FindGeneratorDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"FindGenerator"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"name"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"model"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"name"},"value":{"kind":"Variable","name":{"kind":"Name","value":"name"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"installed"}},{"kind":"Field","name":{"kind":"Name","value":"capabilities"}}]}}]}}]} as unknown as DocumentNode<FindGeneratorQuery, FindGeneratorQueryVariables>;
export const LockModelsDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"LockModels"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"after"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"models"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"first"},"value":{"kind":"IntValue","value":"100"}},{"kind":"Argument","name":{"kind":"Name","value":"after"},"value":{"kind":"Variable","name":{"kind":"Name","value":"after"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"nodes"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"library"}},{"kind":"Field","name":{"kind":"Name","value":"source"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"kind"}},{"kind":"Field","name":{"kind":"Name","value":"repository"}},{"kind":"Field","name":{"kind":"Name","value":"revision"}},{"kind":"Field","name":{"kind":"Name","value":"urls"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"path"}},{"kind":"Field","name":{"kind":"Name","value":"url"}}]}}]}},{"kind":"Field","name":{"kind":"Name","value":"revision"}},{"kind":"Field","name":{"kind":"Name","value":"installed"}},{"kind":"Field","name":{"kind":"Name","value":"custom"}},{"kind":"Field","name":{"kind":"Name","value":"aliases"}},{"kind":"Field","name":{"kind":"Name","value":"description"}},{"kind":"Field","name":{"kind":"Name","value":"card"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"type"}},{"kind":"Field","name":{"kind":"Name","value":"usage"}},{"kind":"Field","name":{"kind":"Name","value":"provider"}},{"kind":"Field","name":{"kind":"Name","value":"foundation"}},{"kind":"Field","name":{"kind":"Name","value":"unique"}},{"kind":"Field","name":{"kind":"Name","value":"description"}},{"kind":"Field","name":{"kind":"Name","value":"title"}},{"kind":"Field","name":{"kind":"Name","value":"details"}}]}},{"kind":"Field","name":{"kind":"Name","value":"files"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"path"}},{"kind":"Field","name":{"kind":"Name","value":"sizeBytes"}},{"kind":"Field","name":{"kind":"Name","value":"sha256"}}]}},{"kind":"Field","name":{"kind":"Name","value":"runtime"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"pinned"}},{"kind":"Field","name":{"kind":"Name","value":"precision"}}]}}]}},{"kind":"Field","name":{"kind":"Name","value":"pageInfo"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"hasNextPage"}},{"kind":"Field","name":{"kind":"Name","value":"endCursor"}}]}}]}}]}}]} as unknown as DocumentNode<LockModelsQuery, LockModelsQueryVariables>;
export const VerifyModelDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"VerifyModel"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"input"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"VerifyModelInput"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"verifyModel"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"input"},"value":{"kind":"Variable","name":{"kind":"Name","value":"input"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"VerifyModelPayload"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"task"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"TaskStatus"}}]}}]}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Error"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"message"}}]}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"TaskStatus"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Task"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"kind"}},{"kind":"Field","name":{"kind":"Name","value":"state"}},{"kind":"Field","name":{"kind":"Name","value":"progress"}},{"kind":"Field","name":{"kind":"Name","value":"bytes"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"done"}},{"kind":"Field","name":{"kind":"Name","value":"total"}},{"kind":"Field","name":{"kind":"Name","value":"perSecond"}}]}},{"kind":"Field","name":{"kind":"Name","value":"etaSeconds"}},{"kind":"Field","name":{"kind":"Name","value":"model"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"sizeBytes"}}]}},{"kind":"Field","name":{"kind":"Name","value":"error"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"message"}}]}}]}}]} as unknown as DocumentNode<VerifyModelMutation, VerifyModelMutationVariables>;
export const RegisterModelDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"RegisterModel"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"input"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"RegisterModelInput"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"registerModel"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"input"},"value":{"kind":"Variable","name":{"kind":"Name","value":"input"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"RegisterModelPayload"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"model"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"name"}}]}}]}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Error"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"message"}}]}}]}}]}}]} as unknown as DocumentNode<RegisterModelMutation, RegisterModelMutationVariables>;
export const UpdateModelDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"UpdateModel"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"input"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"UpdateModelInput"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"updateModel"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"input"},"value":{"kind":"Variable","name":{"kind":"Name","value":"input"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"UpdateModelPayload"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"model"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"name"}}]}}]}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Error"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"message"}}]}}]}}]}}]} as unknown as DocumentNode<UpdateModelMutation, UpdateModelMutationVariables>;