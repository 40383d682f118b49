// Written by codegen.ts from src/rest/operations.graphql: change that file, then run npm run codegen.
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

/** A LoRA adapter to put on a model. */
export type AdapterReferenceInput = {
  /** Name or alias of the stored adapter. */
  readonly model: string;
  /** How strong: 1 as it was trained, 0 for none of it; default 1. */
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

/** What is classified, and by what. */
export type ClassifyInput = {
  /** Any number of images; the answer has their order. */
  readonly images: ReadonlyArray<ImageInput>;
  /** Texts to tell the images apart by, for a model that embeds texts and images (zero-shot); default the labels of the model. */
  readonly labels?: ReadonlyArray<string> | null | undefined;
  /** Name or alias of a loaded model with the capability `CLASSIFY_IMAGE`, or of one that embeds texts and images. */
  readonly model: string;
  /** Text that each of `labels` is put into at its `{}`, e.g. `a photo of {}`; default the labels as they are. */
  readonly template?: string | null | undefined;
  /** Answer so many of the best labels, 1 to their number; default all. */
  readonly topK?: number | null | undefined;
};

/** Something that was said. */
export type ConversationMessageInput = {
  /** What. */
  readonly content: string;
  /** By whom. */
  readonly role: ConversationRole;
};

/** Who said something in a conversation that is kept. */
export type ConversationRole =
  /** The model. */
  | 'ASSISTANT'
  /** The person. */
  | 'USER';

/** A custom model to make from a stored one, whose files it shares. With a name alone it is a copy. */
export type CreateModelInput = {
  /** LoRA adapters to put on it. */
  readonly adapters?: ReadonlyArray<AdapterReferenceInput> | null | undefined;
  /** Name or alias of the stored model; needed here or as FROM of the Modelfile. */
  readonly from?: string | null | undefined;
  /** The same as Ollama's Modelfile says it, with a Jinja TEMPLATE; what is given beside it wins. */
  readonly modelfile?: string | null | undefined;
  /** Its name. A model that was made under it before is replaced. */
  readonly name: string;
  /** Store the weights of a GGUF in F32, F16 or BF16 as one of these, or as Q8_0; as they are by default. */
  readonly quantization?: string | null | undefined;
  /** What it does unless a request says otherwise; what is left out is as the stored model has it. */
  readonly settings?: ModelSettingsInput | null | undefined;
};

/** A file to make a model of, to open, to try and to serve, in one task. */
export type DeployModelInput = {
  /** A small file that comes with the request, below the limit of a body. */
  readonly file?: unknown;
  /** Equal for requests that are one and the same, sent again: all get the one task, also after its end. At most 200 characters. */
  readonly idempotencyKey?: string | null | undefined;
  /** The library that the checkpoint must be of; any by default. */
  readonly library?: ModelLibrary | null | undefined;
  /** The same as Ollama's Modelfile says it, with a Jinja TEMPLATE; what is given beside it wins. */
  readonly modelfile?: string | null | undefined;
  /** The name that it is served under; default is the file's without its ending. */
  readonly name?: string | null | undefined;
  /** How the weights are stored where safetensors become a GGUF: F16 (the default), F32, BF16 or Q8_0. */
  readonly quantization?: string | null | undefined;
  /** What it does unless a request says otherwise. */
  readonly settings?: ModelSettingsInput | null | undefined;
  /** Id of a finished resumable upload (the last part of its address at `/uploads`). Give exactly one of this and `file`. */
  readonly uploadId?: string | number | null | undefined;
  /** Keep what was uploaded as a model of its own too, under this name. */
  readonly uploadName?: string | null | undefined;
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

/** What a client did with a model. */
export type ModelUse =
  /** Preferred it. */
  | 'PRIORITY'
  /** Referred to it. */
  | 'REFERENCE'
  /** Used it again. */
  | 'REUSE'
  /** Searched for it. */
  | 'SEARCHED'
  /** Changed it. */
  | 'UPDATE';

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

/** What changes of a model's conversation; what is left out stays. */
export type SetConversationInput = {
  /** Id of the model, global or bare UUID. */
  readonly id?: string | number | null | undefined;
  /** What was said, oldest first, at most 400 messages; takes the place of all. */
  readonly messages?: ReadonlyArray<ConversationMessageInput> | null | undefined;
  /** Name or alias of the model. Give one of `name` and `id`. */
  readonly name?: string | null | undefined;
  /** What goes in front of every answer, at most 100000 characters; the empty text for nothing. */
  readonly system?: string | null | undefined;
};

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

/** What is made a model: a GGUF, or a zip or tar of a checkpoint, of a GGUF with its LoRA adapter, or of an adapter. */
export type UploadModelInput = {
  /** A small file that comes with the request, below the limit of a body. */
  readonly file?: unknown;
  /** The library that the checkpoint must be of; any by default. */
  readonly library?: ModelLibrary | null | undefined;
  /** Name that the model gets; default is the file's without its ending. A model that was uploaded under it before is replaced. */
  readonly name?: string | null | undefined;
  /** How the weights are stored where safetensors become a GGUF: F16 (the default), F32, BF16 or Q8_0. */
  readonly quantization?: string | null | undefined;
  /** Id of a finished resumable upload (the last part of its address at `/uploads`). Give exactly one of this and `file`. */
  readonly uploadId?: string | number | null | undefined;
};

export type IngrainEmbedQueryVariables = Exact<{
  name: string;
  input: EmbedInput;
  embeds: boolean;
}>;


export type IngrainEmbedQuery = { readonly embed?: { readonly embeddings: ReadonlyArray<{ readonly vector: readonly number[] | string }>, readonly timing: { readonly totalMs: number } } | null, readonly model?: { readonly name: string, readonly installed: boolean, readonly capabilities: ReadonlyArray<Capability>, readonly runtime: { readonly state: RuntimeState } | null } | null };

export type IngrainClassifyQueryVariables = Exact<{
  name: string;
  input: ClassifyInput;
  classifies: boolean;
}>;


export type IngrainClassifyQuery = { readonly classify?: { readonly classifications: ReadonlyArray<{ readonly probabilities: readonly number[] | string }>, readonly timing: { readonly totalMs: number } } | null, readonly model?: { readonly name: string, readonly installed: boolean, readonly capabilities: ReadonlyArray<Capability>, readonly runtime: { readonly state: RuntimeState } | null } | null };

export type IngrainNamesQueryVariables = Exact<{
  first: string;
  second: string;
  bare: string;
}>;


export type IngrainNamesQuery = { readonly first: { readonly name: string } | null, readonly second: { readonly name: string } | null, readonly bare: { readonly name: string, readonly aliases: ReadonlyArray<string>, readonly library: ModelLibrary | null } | null };

export type IngrainModelQueryVariables = Exact<{
  name: string;
}>;


export type IngrainModelQuery = { readonly model: { readonly dimensions: number | null, readonly labels: ReadonlyArray<string>, readonly name: string, readonly installed: boolean, readonly capabilities: ReadonlyArray<Capability>, readonly runtime: { readonly state: RuntimeState } | null } | null };

export type IngrainLoadedModelsQueryVariables = Exact<{ [key: string]: never; }>;


export type IngrainLoadedModelsQuery = { readonly server: { readonly loadedModels: ReadonlyArray<{ readonly name: string, readonly library: ModelLibrary | null, readonly capabilities: ReadonlyArray<Capability>, readonly runtime: { readonly state: RuntimeState } | null }> | null } | null };

export type IngrainRepositoryModelsQueryVariables = Exact<{
  after?: string | null | undefined;
}>;


export type IngrainRepositoryModelsQuery = { readonly models: { readonly nodes: ReadonlyArray<{ readonly name: string, readonly library: ModelLibrary | null, readonly installed: boolean, readonly capabilities: ReadonlyArray<Capability>, readonly runtime: { readonly state: RuntimeState } | null }>, readonly pageInfo: { readonly hasNextPage: boolean, readonly endCursor: string | null } } | null };

export type IngrainLoadLimitQueryVariables = Exact<{ [key: string]: never; }>;


export type IngrainLoadLimitQuery = { readonly server: { readonly limits: { readonly maxLoadedModels: number | null }, readonly loadedModels: ReadonlyArray<{ readonly name: string }> | null } | null };

export type IngrainLoadMutationVariables = Exact<{
  input: LoadModelInput;
  timeoutMs: number;
}>;


export type IngrainLoadMutation = { readonly loadModel:
    | { readonly code: ErrorCode, readonly message: string }
    | { readonly alreadyLoaded: boolean, readonly task: { readonly settled: { readonly state: TaskState, readonly error:
            | { readonly code: ErrorCode, readonly message: string }
            | { readonly code: ErrorCode, readonly message: string }
            | { readonly code: ErrorCode, readonly message: string }
            | { readonly code: ErrorCode, readonly message: string }
            | { readonly code: ErrorCode, readonly message: string }
            | { readonly code: ErrorCode, readonly message: string }
            | { readonly needBytes: number, readonly freeBytes: number, readonly code: ErrorCode, readonly message: string }
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
           | null } | null } }
    | { readonly code: ErrorCode, readonly message: string }
    | { readonly code: ErrorCode, readonly message: string }
    | { readonly code: ErrorCode, readonly message: string }
    | { readonly code: ErrorCode, readonly message: string }
   | null };

export type IngrainDownloadMutationVariables = Exact<{
  input: DownloadModelInput;
  timeoutMs: number;
}>;


export type IngrainDownloadMutation = { readonly downloadModel:
    | { readonly task: { readonly settled: { readonly state: TaskState, readonly error:
            | { readonly code: ErrorCode, readonly message: string }
            | { readonly code: ErrorCode, readonly message: string }
            | { readonly code: ErrorCode, readonly message: string }
            | { readonly code: ErrorCode, readonly message: string }
            | { readonly code: ErrorCode, readonly message: string }
            | { readonly code: ErrorCode, readonly message: string }
            | { readonly needBytes: number, readonly freeBytes: number, readonly code: ErrorCode, readonly message: string }
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
           | null } | null } }
    | { readonly code: ErrorCode, readonly message: string }
    | { readonly code: ErrorCode, readonly message: string }
    | { readonly code: ErrorCode, readonly message: string }
    | { readonly code: ErrorCode, readonly message: string }
    | { readonly code: ErrorCode, readonly message: string }
   | null };

export type IngrainUnloadMutationVariables = Exact<{
  name: string;
  timeoutMs: number;
}>;


export type IngrainUnloadMutation = { readonly unloadModel:
    | { readonly code: ErrorCode, readonly message: string }
    | { readonly code: ErrorCode, readonly message: string }
    | { readonly code: ErrorCode, readonly message: string }
    | { readonly wasLoaded: boolean, readonly task: { readonly settled: { readonly state: TaskState, readonly error:
            | { readonly code: ErrorCode, readonly message: string }
            | { readonly code: ErrorCode, readonly message: string }
            | { readonly code: ErrorCode, readonly message: string }
            | { readonly code: ErrorCode, readonly message: string }
            | { readonly code: ErrorCode, readonly message: string }
            | { readonly code: ErrorCode, readonly message: string }
            | { readonly needBytes: number, readonly freeBytes: number, readonly code: ErrorCode, readonly message: string }
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
           | null } | null } }
   | null };

export type IngrainDeleteMutationVariables = Exact<{
  name: string;
  timeoutMs: number;
}>;


export type IngrainDeleteMutation = { readonly deleteModel:
    | { readonly task: { readonly settled: { readonly state: TaskState, readonly error:
            | { readonly code: ErrorCode, readonly message: string }
            | { readonly code: ErrorCode, readonly message: string }
            | { readonly code: ErrorCode, readonly message: string }
            | { readonly code: ErrorCode, readonly message: string }
            | { readonly code: ErrorCode, readonly message: string }
            | { readonly code: ErrorCode, readonly message: string }
            | { readonly needBytes: number, readonly freeBytes: number, readonly code: ErrorCode, readonly message: string }
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
           | null } | null } }
    | { readonly code: ErrorCode, readonly message: string }
    | { readonly code: ErrorCode, readonly message: string }
    | { readonly code: ErrorCode, readonly message: string }
   | null };

export type IngrainModelStateFragment = { readonly name: string, readonly installed: boolean, readonly capabilities: ReadonlyArray<Capability>, readonly runtime: { readonly state: RuntimeState } | null };

export type IngrainTaskEndFragment = { readonly state: TaskState, readonly error:
    | { readonly code: ErrorCode, readonly message: string }
    | { readonly code: ErrorCode, readonly message: string }
    | { readonly code: ErrorCode, readonly message: string }
    | { readonly code: ErrorCode, readonly message: string }
    | { readonly code: ErrorCode, readonly message: string }
    | { readonly code: ErrorCode, readonly message: string }
    | { readonly needBytes: number, readonly freeBytes: number, readonly code: ErrorCode, readonly message: string }
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

export type IngrainMetricsQueryVariables = Exact<{ [key: string]: never; }>;


export type IngrainMetricsQuery = { readonly server: { readonly loadedModels: ReadonlyArray<{ readonly name: string, readonly capabilities: ReadonlyArray<Capability>, readonly statistics: { readonly inferenceCount: number, readonly executionCount: number, readonly lastInferenceAt: Date | string | null, readonly success: { readonly count: number, readonly totalNs: number }, readonly failure: { readonly count: number, readonly totalNs: number }, readonly queue: { readonly count: number, readonly totalNs: number }, readonly computeInput: { readonly count: number, readonly totalNs: number }, readonly computeInference: { readonly count: number, readonly totalNs: number }, readonly computeOutput: { readonly count: number, readonly totalNs: number }, readonly batches: ReadonlyArray<{ readonly size: number, readonly computeInput: { readonly count: number, readonly totalNs: number }, readonly computeInference: { readonly count: number, readonly totalNs: number }, readonly computeOutput: { readonly count: number, readonly totalNs: number } }> } | null, readonly text: { readonly inferenceCount: number, readonly executionCount: number, readonly lastInferenceAt: Date | string | null, readonly success: { readonly count: number, readonly totalNs: number }, readonly failure: { readonly count: number, readonly totalNs: number }, readonly queue: { readonly count: number, readonly totalNs: number }, readonly computeInput: { readonly count: number, readonly totalNs: number }, readonly computeInference: { readonly count: number, readonly totalNs: number }, readonly computeOutput: { readonly count: number, readonly totalNs: number }, readonly batches: ReadonlyArray<{ readonly size: number, readonly computeInput: { readonly count: number, readonly totalNs: number }, readonly computeInference: { readonly count: number, readonly totalNs: number }, readonly computeOutput: { readonly count: number, readonly totalNs: number } }> } | null, readonly images: { readonly inferenceCount: number, readonly executionCount: number, readonly lastInferenceAt: Date | string | null, readonly success: { readonly count: number, readonly totalNs: number }, readonly failure: { readonly count: number, readonly totalNs: number }, readonly queue: { readonly count: number, readonly totalNs: number }, readonly computeInput: { readonly count: number, readonly totalNs: number }, readonly computeInference: { readonly count: number, readonly totalNs: number }, readonly computeOutput: { readonly count: number, readonly totalNs: number }, readonly batches: ReadonlyArray<{ readonly size: number, readonly computeInput: { readonly count: number, readonly totalNs: number }, readonly computeInference: { readonly count: number, readonly totalNs: number }, readonly computeOutput: { readonly count: number, readonly totalNs: number } }> } | null }> | null } | null };

export type IngrainStatisticsFragment = { readonly inferenceCount: number, readonly executionCount: number, readonly lastInferenceAt: Date | string | null, readonly success: { readonly count: number, readonly totalNs: number }, readonly failure: { readonly count: number, readonly totalNs: number }, readonly queue: { readonly count: number, readonly totalNs: number }, readonly computeInput: { readonly count: number, readonly totalNs: number }, readonly computeInference: { readonly count: number, readonly totalNs: number }, readonly computeOutput: { readonly count: number, readonly totalNs: number }, readonly batches: ReadonlyArray<{ readonly size: number, readonly computeInput: { readonly count: number, readonly totalNs: number }, readonly computeInference: { readonly count: number, readonly totalNs: number }, readonly computeOutput: { readonly count: number, readonly totalNs: number } }> };

export type IngrainDurationFragment = { readonly count: number, readonly totalNs: number };

export type PiecesModelQueryVariables = Exact<{
  id: string | number;
}>;


export type PiecesModelQuery = { readonly model: { readonly uuid: string, readonly name: string, readonly description: string | null, readonly createdAt: Date | string, readonly custom: boolean, readonly sizeBytes: number, readonly quantization: string | null, readonly parameterCount: number | null, readonly contextLength: number | null, readonly architecture: string | null, readonly capabilities: ReadonlyArray<Capability>, readonly installed: boolean, readonly runtime: { readonly state: RuntimeState, readonly memoryBytes: number } | null, readonly card: { readonly type: string | null, readonly usage: string | null, readonly provider: string | null, readonly foundation: string | null, readonly unique: string | null, readonly description: string | null, readonly title: string | null, readonly details: string | null, readonly score: { readonly reuse: number, readonly update: number, readonly reference: number, readonly priority: number, readonly searched: number } }, readonly activeTask: { readonly uuid: string, readonly kind: TaskKind, readonly state: TaskState, readonly progress: number } | null, readonly tasks: { readonly nodes: ReadonlyArray<{ readonly state: TaskState }> } | null } | null };

export type PiecesModelOfNameQueryVariables = Exact<{
  name: string;
}>;


export type PiecesModelOfNameQuery = { readonly model: { readonly uuid: string, readonly name: string, readonly description: string | null, readonly createdAt: Date | string, readonly custom: boolean, readonly sizeBytes: number, readonly quantization: string | null, readonly parameterCount: number | null, readonly contextLength: number | null, readonly architecture: string | null, readonly capabilities: ReadonlyArray<Capability>, readonly installed: boolean, readonly runtime: { readonly state: RuntimeState, readonly memoryBytes: number } | null, readonly card: { readonly type: string | null, readonly usage: string | null, readonly provider: string | null, readonly foundation: string | null, readonly unique: string | null, readonly description: string | null, readonly title: string | null, readonly details: string | null, readonly score: { readonly reuse: number, readonly update: number, readonly reference: number, readonly priority: number, readonly searched: number } }, readonly activeTask: { readonly uuid: string, readonly kind: TaskKind, readonly state: TaskState, readonly progress: number } | null, readonly tasks: { readonly nodes: ReadonlyArray<{ readonly state: TaskState }> } | null } | null };

export type PiecesModelsQueryVariables = Exact<{
  after?: string | null | undefined;
}>;


export type PiecesModelsQuery = { readonly models: { readonly nodes: ReadonlyArray<{ readonly uuid: string, readonly name: string, readonly description: string | null, readonly createdAt: Date | string, readonly custom: boolean, readonly sizeBytes: number, readonly quantization: string | null, readonly parameterCount: number | null, readonly contextLength: number | null, readonly architecture: string | null, readonly capabilities: ReadonlyArray<Capability>, readonly installed: boolean, readonly runtime: { readonly state: RuntimeState, readonly memoryBytes: number } | null, readonly card: { readonly type: string | null, readonly usage: string | null, readonly provider: string | null, readonly foundation: string | null, readonly unique: string | null, readonly description: string | null, readonly title: string | null, readonly details: string | null, readonly score: { readonly reuse: number, readonly update: number, readonly reference: number, readonly priority: number, readonly searched: number } }, readonly activeTask: { readonly uuid: string, readonly kind: TaskKind, readonly state: TaskState, readonly progress: number } | null, readonly tasks: { readonly nodes: ReadonlyArray<{ readonly state: TaskState }> } | null }>, readonly pageInfo: { readonly hasNextPage: boolean, readonly endCursor: string | null } } | null };

export type PiecesWellKnownModelsQueryVariables = Exact<{ [key: string]: never; }>;


export type PiecesWellKnownModelsQuery = { readonly wellKnownModels: ReadonlyArray<{ readonly uuid: string, readonly name: string, readonly description: string | null, readonly createdAt: Date | string, readonly custom: boolean, readonly sizeBytes: number, readonly quantization: string | null, readonly parameterCount: number | null, readonly contextLength: number | null, readonly architecture: string | null, readonly capabilities: ReadonlyArray<Capability>, readonly installed: boolean, readonly runtime: { readonly state: RuntimeState, readonly memoryBytes: number } | null, readonly card: { readonly type: string | null, readonly usage: string | null, readonly provider: string | null, readonly foundation: string | null, readonly unique: string | null, readonly description: string | null, readonly title: string | null, readonly details: string | null, readonly score: { readonly reuse: number, readonly update: number, readonly reference: number, readonly priority: number, readonly searched: number } }, readonly activeTask: { readonly uuid: string, readonly kind: TaskKind, readonly state: TaskState, readonly progress: number } | null, readonly tasks: { readonly nodes: ReadonlyArray<{ readonly state: TaskState }> } | null }> | null };

export type PiecesLoadedModelsQueryVariables = Exact<{ [key: string]: never; }>;


export type PiecesLoadedModelsQuery = { readonly server: { readonly loadedModels: ReadonlyArray<{ readonly uuid: string }> | null } | null };

export type PiecesProgressSubscriptionVariables = Exact<{
  id: string | number;
}>;


export type PiecesProgressSubscription = { readonly modelChanged: { readonly installed: boolean, readonly activeTask: { readonly uuid: string, readonly kind: TaskKind, readonly state: TaskState, readonly progress: number } | null, readonly tasks: { readonly nodes: ReadonlyArray<{ readonly state: TaskState }> } | null } | null };

export type PiecesIdentifiersSubscriptionVariables = Exact<{ [key: string]: never; }>;


export type PiecesIdentifiersSubscription = { readonly modelChanges: { readonly uuid: string, readonly model: { readonly uuid: string } | null } | null };

export type PiecesDownloadMutationVariables = Exact<{
  id: string | number;
}>;


export type PiecesDownloadMutation = { readonly downloadModel:
    | { readonly task: { readonly uuid: string } }
    | { readonly code: ErrorCode, readonly message: string }
    | { readonly code: ErrorCode, readonly message: string }
    | { readonly code: ErrorCode, readonly message: string }
    | { readonly code: ErrorCode, readonly message: string }
    | { readonly code: ErrorCode, readonly message: string }
   | null };

export type PiecesCancelMutationVariables = Exact<{
  id: string | number;
}>;


export type PiecesCancelMutation = { readonly cancelTask:
    | { readonly task: { readonly state: TaskState } }
    | { readonly code: ErrorCode, readonly message: string }
    | { readonly code: ErrorCode, readonly message: string }
   | null };

export type PiecesLoadMutationVariables = Exact<{
  id: string | number;
  timeoutMs: number;
}>;


export type PiecesLoadMutation = { readonly loadModel:
    | { readonly code: ErrorCode, readonly message: string }
    | { readonly task: { readonly settled: { readonly state: TaskState, readonly error:
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
           | null } | null } }
    | { readonly code: ErrorCode, readonly message: string }
    | { readonly code: ErrorCode, readonly message: string }
    | { readonly code: ErrorCode, readonly message: string }
    | { readonly code: ErrorCode, readonly message: string }
   | null };

export type PiecesUnloadMutationVariables = Exact<{
  id: string | number;
  timeoutMs: number;
}>;


export type PiecesUnloadMutation = { readonly unloadModel:
    | { readonly code: ErrorCode, readonly message: string }
    | { readonly code: ErrorCode, readonly message: string }
    | { readonly code: ErrorCode, readonly message: string }
    | { readonly task: { readonly settled: { readonly state: TaskState, readonly error:
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
           | null } | null } }
   | null };

export type PiecesCreateMutationVariables = Exact<{
  input: RegisterModelInput;
}>;


export type PiecesCreateMutation = { readonly registerModel:
    | { readonly code: ErrorCode, readonly message: string }
    | { readonly code: ErrorCode, readonly message: string }
    | { readonly model: { readonly uuid: string, readonly name: string, readonly description: string | null, readonly createdAt: Date | string, readonly custom: boolean, readonly sizeBytes: number, readonly quantization: string | null, readonly parameterCount: number | null, readonly contextLength: number | null, readonly architecture: string | null, readonly capabilities: ReadonlyArray<Capability>, readonly installed: boolean, readonly runtime: { readonly state: RuntimeState, readonly memoryBytes: number } | null, readonly card: { readonly type: string | null, readonly usage: string | null, readonly provider: string | null, readonly foundation: string | null, readonly unique: string | null, readonly description: string | null, readonly title: string | null, readonly details: string | null, readonly score: { readonly reuse: number, readonly update: number, readonly reference: number, readonly priority: number, readonly searched: number } }, readonly activeTask: { readonly uuid: string, readonly kind: TaskKind, readonly state: TaskState, readonly progress: number } | null, readonly tasks: { readonly nodes: ReadonlyArray<{ readonly state: TaskState }> } | null } }
   | null };

export type PiecesUpdateMutationVariables = Exact<{
  input: UpdateModelInput;
}>;


export type PiecesUpdateMutation = { readonly updateModel:
    | { readonly code: ErrorCode, readonly message: string }
    | { readonly code: ErrorCode, readonly message: string }
    | { readonly code: ErrorCode, readonly message: string }
    | { readonly code: ErrorCode, readonly message: string }
    | { readonly code: ErrorCode, readonly message: string }
    | { readonly model: { readonly uuid: string, readonly name: string, readonly description: string | null, readonly createdAt: Date | string, readonly custom: boolean, readonly sizeBytes: number, readonly quantization: string | null, readonly parameterCount: number | null, readonly contextLength: number | null, readonly architecture: string | null, readonly capabilities: ReadonlyArray<Capability>, readonly installed: boolean, readonly runtime: { readonly state: RuntimeState, readonly memoryBytes: number } | null, readonly card: { readonly type: string | null, readonly usage: string | null, readonly provider: string | null, readonly foundation: string | null, readonly unique: string | null, readonly description: string | null, readonly title: string | null, readonly details: string | null, readonly score: { readonly reuse: number, readonly update: number, readonly reference: number, readonly priority: number, readonly searched: number } }, readonly activeTask: { readonly uuid: string, readonly kind: TaskKind, readonly state: TaskState, readonly progress: number } | null, readonly tasks: { readonly nodes: ReadonlyArray<{ readonly state: TaskState }> } | null } }
   | null };

export type PiecesScoreMutationVariables = Exact<{
  id: string | number;
  uses: ReadonlyArray<ModelUse>;
}>;


export type PiecesScoreMutation = { readonly scoreModel:
    | { readonly code: ErrorCode, readonly message: string }
    | { readonly code: ErrorCode, readonly message: string }
    | { readonly code: ErrorCode, readonly message: string }
    | { readonly model: { readonly uuid: string } }
   | null };

export type PiecesDeleteFilesMutationVariables = Exact<{
  id: string | number;
}>;


export type PiecesDeleteFilesMutation = { readonly deleteModelFiles:
    | { readonly model: { readonly uuid: string } }
    | { readonly code: ErrorCode, readonly message: string }
    | { readonly code: ErrorCode, readonly message: string }
    | { readonly code: ErrorCode, readonly message: string }
   | null };

export type PiecesDeleteMutationVariables = Exact<{
  id: string | number;
  timeoutMs: number;
}>;


export type PiecesDeleteMutation = { readonly deleteModel:
    | { readonly task: { readonly settled: { readonly state: TaskState, readonly error:
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
           | null } | null } }
    | { readonly code: ErrorCode, readonly message: string }
    | { readonly code: ErrorCode, readonly message: string }
    | { readonly code: ErrorCode, readonly message: string }
   | null };

type PiecesError_CanceledError_Fragment = { readonly code: ErrorCode, readonly message: string };

type PiecesError_ChecksumMismatchError_Fragment = { readonly code: ErrorCode, readonly message: string };

type PiecesError_ForbiddenError_Fragment = { readonly code: ErrorCode, readonly message: string };

type PiecesError_GenerationNotFoundError_Fragment = { readonly code: ErrorCode, readonly message: string };

type PiecesError_InputTooLongError_Fragment = { readonly code: ErrorCode, readonly message: string };

type PiecesError_InsufficientDiskError_Fragment = { readonly code: ErrorCode, readonly message: string };

type PiecesError_InsufficientMemoryError_Fragment = { readonly code: ErrorCode, readonly message: string };

type PiecesError_InternalError_Fragment = { readonly code: ErrorCode, readonly message: string };

type PiecesError_InterruptedError_Fragment = { readonly code: ErrorCode, readonly message: string };

type PiecesError_InvalidAnswerError_Fragment = { readonly code: ErrorCode, readonly message: string };

type PiecesError_InvalidArchiveError_Fragment = { readonly code: ErrorCode, readonly message: string };

type PiecesError_InvalidImageError_Fragment = { readonly code: ErrorCode, readonly message: string };

type PiecesError_InvalidInputError_Fragment = { readonly code: ErrorCode, readonly message: string };

type PiecesError_InvalidModelFileError_Fragment = { readonly code: ErrorCode, readonly message: string };

type PiecesError_ModelBusyError_Fragment = { readonly code: ErrorCode, readonly message: string };

type PiecesError_ModelLoadingError_Fragment = { readonly code: ErrorCode, readonly message: string };

type PiecesError_ModelNotFoundError_Fragment = { readonly code: ErrorCode, readonly message: string };

type PiecesError_ModelNotLoadedError_Fragment = { readonly code: ErrorCode, readonly message: string };

type PiecesError_NameTakenError_Fragment = { readonly code: ErrorCode, readonly message: string };

type PiecesError_OverloadedError_Fragment = { readonly code: ErrorCode, readonly message: string };

type PiecesError_RunnerCrashedError_Fragment = { readonly code: ErrorCode, readonly message: string };

type PiecesError_TaskNotFoundError_Fragment = { readonly code: ErrorCode, readonly message: string };

type PiecesError_TimeoutError_Fragment = { readonly code: ErrorCode, readonly message: string };

type PiecesError_UnauthenticatedError_Fragment = { readonly code: ErrorCode, readonly message: string };

type PiecesError_UnsafeUrlError_Fragment = { readonly code: ErrorCode, readonly message: string };

type PiecesError_UnsupportedCapabilityError_Fragment = { readonly code: ErrorCode, readonly message: string };

type PiecesError_UnsupportedModelError_Fragment = { readonly code: ErrorCode, readonly message: string };

type PiecesError_UpstreamFailedError_Fragment = { readonly code: ErrorCode, readonly message: string };

type PiecesError_UpstreamGatedError_Fragment = { readonly code: ErrorCode, readonly message: string };

export type PiecesErrorFragment =
  | PiecesError_CanceledError_Fragment
  | PiecesError_ChecksumMismatchError_Fragment
  | PiecesError_ForbiddenError_Fragment
  | PiecesError_GenerationNotFoundError_Fragment
  | PiecesError_InputTooLongError_Fragment
  | PiecesError_InsufficientDiskError_Fragment
  | PiecesError_InsufficientMemoryError_Fragment
  | PiecesError_InternalError_Fragment
  | PiecesError_InterruptedError_Fragment
  | PiecesError_InvalidAnswerError_Fragment
  | PiecesError_InvalidArchiveError_Fragment
  | PiecesError_InvalidImageError_Fragment
  | PiecesError_InvalidInputError_Fragment
  | PiecesError_InvalidModelFileError_Fragment
  | PiecesError_ModelBusyError_Fragment
  | PiecesError_ModelLoadingError_Fragment
  | PiecesError_ModelNotFoundError_Fragment
  | PiecesError_ModelNotLoadedError_Fragment
  | PiecesError_NameTakenError_Fragment
  | PiecesError_OverloadedError_Fragment
  | PiecesError_RunnerCrashedError_Fragment
  | PiecesError_TaskNotFoundError_Fragment
  | PiecesError_TimeoutError_Fragment
  | PiecesError_UnauthenticatedError_Fragment
  | PiecesError_UnsafeUrlError_Fragment
  | PiecesError_UnsupportedCapabilityError_Fragment
  | PiecesError_UnsupportedModelError_Fragment
  | PiecesError_UpstreamFailedError_Fragment
  | PiecesError_UpstreamGatedError_Fragment
;

export type PiecesTaskEndFragment = { readonly state: TaskState, readonly error:
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

export type PiecesModelFragment = { readonly uuid: string, readonly name: string, readonly description: string | null, readonly createdAt: Date | string, readonly custom: boolean, readonly sizeBytes: number, readonly quantization: string | null, readonly parameterCount: number | null, readonly contextLength: number | null, readonly architecture: string | null, readonly capabilities: ReadonlyArray<Capability>, readonly installed: boolean, readonly runtime: { readonly state: RuntimeState, readonly memoryBytes: number } | null, readonly card: { readonly type: string | null, readonly usage: string | null, readonly provider: string | null, readonly foundation: string | null, readonly unique: string | null, readonly description: string | null, readonly title: string | null, readonly details: string | null, readonly score: { readonly reuse: number, readonly update: number, readonly reference: number, readonly priority: number, readonly searched: number } }, readonly activeTask: { readonly uuid: string, readonly kind: TaskKind, readonly state: TaskState, readonly progress: number } | null, readonly tasks: { readonly nodes: ReadonlyArray<{ readonly state: TaskState }> } | null };

export type PiecesDownloadFragment = { readonly installed: boolean, readonly activeTask: { readonly uuid: string, readonly kind: TaskKind, readonly state: TaskState, readonly progress: number } | null, readonly tasks: { readonly nodes: ReadonlyArray<{ readonly state: TaskState }> } | null };

export type AfaiModelQueryVariables = Exact<{
  name: string;
}>;


export type AfaiModelQuery = { readonly model: { readonly name: string, readonly installed: boolean, readonly capabilities: ReadonlyArray<Capability>, readonly runtime: { readonly state: RuntimeState } | null, readonly conversation: { readonly system: string | null, readonly messages: ReadonlyArray<{ readonly role: ConversationRole, readonly content: string }> } | null } | null };

export type AfaiLoadedModelsQueryVariables = Exact<{ [key: string]: never; }>;


export type AfaiLoadedModelsQuery = { readonly server: { readonly loadedModels: ReadonlyArray<{ readonly name: string, readonly aliases: ReadonlyArray<string>, readonly runtime: { readonly state: RuntimeState, readonly loadedAt: Date | string | null } | null }> | null } | null };

export type AfaiDownloadMutationVariables = Exact<{
  input: DownloadModelInput;
  timeoutMs: number;
}>;


export type AfaiDownloadMutation = { readonly downloadModel:
    | { readonly task: { readonly settled: { readonly state: TaskState, readonly error:
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
           | null } | null } }
    | { readonly code: ErrorCode, readonly message: string }
    | { readonly code: ErrorCode, readonly message: string }
    | { readonly code: ErrorCode, readonly message: string }
    | { readonly code: ErrorCode, readonly message: string }
    | { readonly code: ErrorCode, readonly message: string }
   | null };

export type AfaiLoadMutationVariables = Exact<{
  input: LoadModelInput;
  timeoutMs: number;
}>;


export type AfaiLoadMutation = { readonly loadModel:
    | { readonly code: ErrorCode, readonly message: string }
    | { readonly task: { readonly settled: { readonly state: TaskState, readonly error:
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
           | null } | null } }
    | { readonly code: ErrorCode, readonly message: string }
    | { readonly code: ErrorCode, readonly message: string }
    | { readonly code: ErrorCode, readonly message: string }
    | { readonly code: ErrorCode, readonly message: string }
   | null };

export type AfaiUnloadMutationVariables = Exact<{
  name: string;
  timeoutMs: number;
}>;


export type AfaiUnloadMutation = { readonly unloadModel:
    | { readonly code: ErrorCode, readonly message: string }
    | { readonly code: ErrorCode, readonly message: string }
    | { readonly code: ErrorCode, readonly message: string }
    | { readonly wasLoaded: boolean, readonly task: { readonly settled: { readonly state: TaskState, readonly error:
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
           | null } | null } }
   | null };

export type AfaiDeleteMutationVariables = Exact<{
  name: string;
  timeoutMs: number;
}>;


export type AfaiDeleteMutation = { readonly deleteModel:
    | { readonly task: { readonly settled: { readonly state: TaskState, readonly error:
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
           | null } | null } }
    | { readonly code: ErrorCode, readonly message: string }
    | { readonly code: ErrorCode, readonly message: string }
    | { readonly code: ErrorCode, readonly message: string }
   | null };

export type AfaiGenerateSubscriptionVariables = Exact<{
  input: GenerateInput;
}>;


export type AfaiGenerateSubscription = { readonly generate:
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
       | null }
    | { readonly __typename: 'TextDelta', readonly text: string }
    | { readonly __typename: 'ToolCallDelta' }
   | null };

export type AfaiSetConversationMutationVariables = Exact<{
  input: SetConversationInput;
}>;


export type AfaiSetConversationMutation = { readonly setConversation:
    | { readonly code: ErrorCode, readonly message: string }
    | { readonly code: ErrorCode, readonly message: string }
    | { readonly model: { readonly name: string } }
   | null };

export type AfaiClearConversationMutationVariables = Exact<{
  name: string;
}>;


export type AfaiClearConversationMutation = { readonly clearConversation:
    | { readonly model: { readonly name: string } }
    | { readonly code: ErrorCode, readonly message: string }
    | { readonly code: ErrorCode, readonly message: string }
   | null };

export type AfaiConversationsQueryVariables = Exact<{
  after?: string | null | undefined;
}>;


export type AfaiConversationsQuery = { readonly models: { readonly nodes: ReadonlyArray<{ readonly name: string, readonly installed: boolean, readonly capabilities: ReadonlyArray<Capability>, readonly runtime: { readonly state: RuntimeState } | null, readonly conversation: { readonly system: string | null, readonly messages: ReadonlyArray<{ readonly role: ConversationRole, readonly content: string }> } | null }>, readonly pageInfo: { readonly hasNextPage: boolean, readonly endCursor: string | null } } | null };

export type AfaiModelFragment = { readonly name: string, readonly installed: boolean, readonly capabilities: ReadonlyArray<Capability>, readonly runtime: { readonly state: RuntimeState } | null, readonly conversation: { readonly system: string | null, readonly messages: ReadonlyArray<{ readonly role: ConversationRole, readonly content: string }> } | null };

export type AfaiTaskEndFragment = { readonly state: TaskState, readonly error:
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

type AfaiError_CanceledError_Fragment = { readonly code: ErrorCode, readonly message: string };

type AfaiError_ChecksumMismatchError_Fragment = { readonly code: ErrorCode, readonly message: string };

type AfaiError_ForbiddenError_Fragment = { readonly code: ErrorCode, readonly message: string };

type AfaiError_GenerationNotFoundError_Fragment = { readonly code: ErrorCode, readonly message: string };

type AfaiError_InputTooLongError_Fragment = { readonly code: ErrorCode, readonly message: string };

type AfaiError_InsufficientDiskError_Fragment = { readonly code: ErrorCode, readonly message: string };

type AfaiError_InsufficientMemoryError_Fragment = { readonly code: ErrorCode, readonly message: string };

type AfaiError_InternalError_Fragment = { readonly code: ErrorCode, readonly message: string };

type AfaiError_InterruptedError_Fragment = { readonly code: ErrorCode, readonly message: string };

type AfaiError_InvalidAnswerError_Fragment = { readonly code: ErrorCode, readonly message: string };

type AfaiError_InvalidArchiveError_Fragment = { readonly code: ErrorCode, readonly message: string };

type AfaiError_InvalidImageError_Fragment = { readonly code: ErrorCode, readonly message: string };

type AfaiError_InvalidInputError_Fragment = { readonly code: ErrorCode, readonly message: string };

type AfaiError_InvalidModelFileError_Fragment = { readonly code: ErrorCode, readonly message: string };

type AfaiError_ModelBusyError_Fragment = { readonly code: ErrorCode, readonly message: string };

type AfaiError_ModelLoadingError_Fragment = { readonly code: ErrorCode, readonly message: string };

type AfaiError_ModelNotFoundError_Fragment = { readonly code: ErrorCode, readonly message: string };

type AfaiError_ModelNotLoadedError_Fragment = { readonly code: ErrorCode, readonly message: string };

type AfaiError_NameTakenError_Fragment = { readonly code: ErrorCode, readonly message: string };

type AfaiError_OverloadedError_Fragment = { readonly code: ErrorCode, readonly message: string };

type AfaiError_RunnerCrashedError_Fragment = { readonly code: ErrorCode, readonly message: string };

type AfaiError_TaskNotFoundError_Fragment = { readonly code: ErrorCode, readonly message: string };

type AfaiError_TimeoutError_Fragment = { readonly code: ErrorCode, readonly message: string };

type AfaiError_UnauthenticatedError_Fragment = { readonly code: ErrorCode, readonly message: string };

type AfaiError_UnsafeUrlError_Fragment = { readonly code: ErrorCode, readonly message: string };

type AfaiError_UnsupportedCapabilityError_Fragment = { readonly code: ErrorCode, readonly message: string };

type AfaiError_UnsupportedModelError_Fragment = { readonly code: ErrorCode, readonly message: string };

type AfaiError_UpstreamFailedError_Fragment = { readonly code: ErrorCode, readonly message: string };

type AfaiError_UpstreamGatedError_Fragment = { readonly code: ErrorCode, readonly message: string };

export type AfaiErrorFragment =
  | AfaiError_CanceledError_Fragment
  | AfaiError_ChecksumMismatchError_Fragment
  | AfaiError_ForbiddenError_Fragment
  | AfaiError_GenerationNotFoundError_Fragment
  | AfaiError_InputTooLongError_Fragment
  | AfaiError_InsufficientDiskError_Fragment
  | AfaiError_InsufficientMemoryError_Fragment
  | AfaiError_InternalError_Fragment
  | AfaiError_InterruptedError_Fragment
  | AfaiError_InvalidAnswerError_Fragment
  | AfaiError_InvalidArchiveError_Fragment
  | AfaiError_InvalidImageError_Fragment
  | AfaiError_InvalidInputError_Fragment
  | AfaiError_InvalidModelFileError_Fragment
  | AfaiError_ModelBusyError_Fragment
  | AfaiError_ModelLoadingError_Fragment
  | AfaiError_ModelNotFoundError_Fragment
  | AfaiError_ModelNotLoadedError_Fragment
  | AfaiError_NameTakenError_Fragment
  | AfaiError_OverloadedError_Fragment
  | AfaiError_RunnerCrashedError_Fragment
  | AfaiError_TaskNotFoundError_Fragment
  | AfaiError_TimeoutError_Fragment
  | AfaiError_UnauthenticatedError_Fragment
  | AfaiError_UnsafeUrlError_Fragment
  | AfaiError_UnsupportedCapabilityError_Fragment
  | AfaiError_UnsupportedModelError_Fragment
  | AfaiError_UpstreamFailedError_Fragment
  | AfaiError_UpstreamGatedError_Fragment
;

export type InnodiskModelsQueryVariables = Exact<{
  after?: string | null | undefined;
}>;


export type InnodiskModelsQuery = { readonly models: { readonly nodes: ReadonlyArray<{ readonly name: string, readonly source: { readonly kind: ModelSourceKind } }>, readonly pageInfo: { readonly hasNextPage: boolean, readonly endCursor: string | null } } | null };

export type InnodiskModelQueryVariables = Exact<{
  name: string;
}>;


export type InnodiskModelQuery = { readonly model: { readonly uuid: string, readonly name: string } | null };

export type InnodiskActiveTasksQueryVariables = Exact<{
  after?: string | null | undefined;
}>;


export type InnodiskActiveTasksQuery = { readonly tasks: { readonly nodes: ReadonlyArray<{ readonly kind: TaskKind, readonly modelNames: ReadonlyArray<string> }>, readonly pageInfo: { readonly hasNextPage: boolean, readonly endCursor: string | null } } | null };

export type InnodiskUploadMutationVariables = Exact<{
  input: UploadModelInput;
}>;


export type InnodiskUploadMutation = { readonly uploadModel:
    | { readonly code: ErrorCode, readonly message: string }
    | { readonly code: ErrorCode, readonly message: string }
    | { readonly code: ErrorCode, readonly message: string }
    | { readonly code: ErrorCode, readonly message: string }
    | { readonly code: ErrorCode, readonly message: string }
    | { readonly task: { readonly uuid: string } }
   | null };

export type InnodiskCreateMutationVariables = Exact<{
  input: CreateModelInput;
}>;


export type InnodiskCreateMutation = { readonly createModel:
    | { readonly task: { readonly uuid: string } }
    | { readonly code: ErrorCode, readonly message: string }
    | { readonly code: ErrorCode, readonly message: string }
    | { readonly code: ErrorCode, readonly message: string }
    | { readonly code: ErrorCode, readonly message: string }
    | { readonly code: ErrorCode, readonly message: string }
   | null };

export type InnodiskDeployMutationVariables = Exact<{
  input: DeployModelInput;
}>;


export type InnodiskDeployMutation = { readonly deployModel:
    | { readonly task: { readonly uuid: string } }
    | { readonly code: ErrorCode, readonly message: string }
    | { readonly code: ErrorCode, readonly message: string }
    | { readonly code: ErrorCode, readonly message: string }
    | { readonly code: ErrorCode, readonly message: string }
    | { readonly code: ErrorCode, readonly message: string }
   | null };

export type InnodiskDeleteMutationVariables = Exact<{
  id: string | number;
}>;


export type InnodiskDeleteMutation = { readonly deleteModel:
    | { readonly task: { readonly uuid: string } }
    | { readonly code: ErrorCode, readonly message: string }
    | { readonly code: ErrorCode, readonly message: string }
    | { readonly code: ErrorCode, readonly message: string }
   | null };

export type InnodiskProgressSubscriptionVariables = Exact<{
  id: string | number;
}>;


export type InnodiskProgressSubscription = { readonly taskProgress: { readonly state: TaskState, readonly steps: ReadonlyArray<{ readonly name: string, readonly state: TaskState }>, readonly error:
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

export type InnodiskTaskFragment = { readonly state: TaskState, readonly steps: ReadonlyArray<{ readonly name: string, readonly state: TaskState }>, readonly error:
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

type InnodiskError_CanceledError_Fragment = { readonly code: ErrorCode, readonly message: string };

type InnodiskError_ChecksumMismatchError_Fragment = { readonly code: ErrorCode, readonly message: string };

type InnodiskError_ForbiddenError_Fragment = { readonly code: ErrorCode, readonly message: string };

type InnodiskError_GenerationNotFoundError_Fragment = { readonly code: ErrorCode, readonly message: string };

type InnodiskError_InputTooLongError_Fragment = { readonly code: ErrorCode, readonly message: string };

type InnodiskError_InsufficientDiskError_Fragment = { readonly code: ErrorCode, readonly message: string };

type InnodiskError_InsufficientMemoryError_Fragment = { readonly code: ErrorCode, readonly message: string };

type InnodiskError_InternalError_Fragment = { readonly code: ErrorCode, readonly message: string };

type InnodiskError_InterruptedError_Fragment = { readonly code: ErrorCode, readonly message: string };

type InnodiskError_InvalidAnswerError_Fragment = { readonly code: ErrorCode, readonly message: string };

type InnodiskError_InvalidArchiveError_Fragment = { readonly code: ErrorCode, readonly message: string };

type InnodiskError_InvalidImageError_Fragment = { readonly code: ErrorCode, readonly message: string };

type InnodiskError_InvalidInputError_Fragment = { readonly code: ErrorCode, readonly message: string };

type InnodiskError_InvalidModelFileError_Fragment = { readonly code: ErrorCode, readonly message: string };

type InnodiskError_ModelBusyError_Fragment = { readonly code: ErrorCode, readonly message: string };

type InnodiskError_ModelLoadingError_Fragment = { readonly code: ErrorCode, readonly message: string };

type InnodiskError_ModelNotFoundError_Fragment = { readonly code: ErrorCode, readonly message: string };

type InnodiskError_ModelNotLoadedError_Fragment = { readonly code: ErrorCode, readonly message: string };

type InnodiskError_NameTakenError_Fragment = { readonly code: ErrorCode, readonly message: string };

type InnodiskError_OverloadedError_Fragment = { readonly code: ErrorCode, readonly message: string };

type InnodiskError_RunnerCrashedError_Fragment = { readonly code: ErrorCode, readonly message: string };

type InnodiskError_TaskNotFoundError_Fragment = { readonly code: ErrorCode, readonly message: string };

type InnodiskError_TimeoutError_Fragment = { readonly code: ErrorCode, readonly message: string };

type InnodiskError_UnauthenticatedError_Fragment = { readonly code: ErrorCode, readonly message: string };

type InnodiskError_UnsafeUrlError_Fragment = { readonly code: ErrorCode, readonly message: string };

type InnodiskError_UnsupportedCapabilityError_Fragment = { readonly code: ErrorCode, readonly message: string };

type InnodiskError_UnsupportedModelError_Fragment = { readonly code: ErrorCode, readonly message: string };

type InnodiskError_UpstreamFailedError_Fragment = { readonly code: ErrorCode, readonly message: string };

type InnodiskError_UpstreamGatedError_Fragment = { readonly code: ErrorCode, readonly message: string };

export type InnodiskErrorFragment =
  | InnodiskError_CanceledError_Fragment
  | InnodiskError_ChecksumMismatchError_Fragment
  | InnodiskError_ForbiddenError_Fragment
  | InnodiskError_GenerationNotFoundError_Fragment
  | InnodiskError_InputTooLongError_Fragment
  | InnodiskError_InsufficientDiskError_Fragment
  | InnodiskError_InsufficientMemoryError_Fragment
  | InnodiskError_InternalError_Fragment
  | InnodiskError_InterruptedError_Fragment
  | InnodiskError_InvalidAnswerError_Fragment
  | InnodiskError_InvalidArchiveError_Fragment
  | InnodiskError_InvalidImageError_Fragment
  | InnodiskError_InvalidInputError_Fragment
  | InnodiskError_InvalidModelFileError_Fragment
  | InnodiskError_ModelBusyError_Fragment
  | InnodiskError_ModelLoadingError_Fragment
  | InnodiskError_ModelNotFoundError_Fragment
  | InnodiskError_ModelNotLoadedError_Fragment
  | InnodiskError_NameTakenError_Fragment
  | InnodiskError_OverloadedError_Fragment
  | InnodiskError_RunnerCrashedError_Fragment
  | InnodiskError_TaskNotFoundError_Fragment
  | InnodiskError_TimeoutError_Fragment
  | InnodiskError_UnauthenticatedError_Fragment
  | InnodiskError_UnsafeUrlError_Fragment
  | InnodiskError_UnsupportedCapabilityError_Fragment
  | InnodiskError_UnsupportedModelError_Fragment
  | InnodiskError_UpstreamFailedError_Fragment
  | InnodiskError_UpstreamGatedError_Fragment
;

export const IngrainModelStateFragmentDoc = {"kind":"Document","definitions":[{"kind":"FragmentDefinition","name":{"kind":"Name","value":"IngrainModelState"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Model"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"installed"}},{"kind":"Field","name":{"kind":"Name","value":"capabilities"}},{"kind":"Field","name":{"kind":"Name","value":"runtime"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"state"}}]}}]}}]} as unknown as DocumentNode<IngrainModelStateFragment, unknown>;
export const IngrainTaskEndFragmentDoc = {"kind":"Document","definitions":[{"kind":"FragmentDefinition","name":{"kind":"Name","value":"IngrainTaskEnd"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Task"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"state"}},{"kind":"Field","name":{"kind":"Name","value":"error"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"message"}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"InsufficientMemoryError"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"needBytes"}},{"kind":"Field","name":{"kind":"Name","value":"freeBytes"}}]}}]}}]}}]} as unknown as DocumentNode<IngrainTaskEndFragment, unknown>;
export const IngrainDurationFragmentDoc = {"kind":"Document","definitions":[{"kind":"FragmentDefinition","name":{"kind":"Name","value":"IngrainDuration"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"DurationStatistics"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"count"}},{"kind":"Field","name":{"kind":"Name","value":"totalNs"}}]}}]} as unknown as DocumentNode<IngrainDurationFragment, unknown>;
export const IngrainStatisticsFragmentDoc = {"kind":"Document","definitions":[{"kind":"FragmentDefinition","name":{"kind":"Name","value":"IngrainStatistics"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"ModelStatistics"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"inferenceCount"}},{"kind":"Field","name":{"kind":"Name","value":"executionCount"}},{"kind":"Field","name":{"kind":"Name","value":"lastInferenceAt"}},{"kind":"Field","name":{"kind":"Name","value":"success"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"IngrainDuration"}}]}},{"kind":"Field","name":{"kind":"Name","value":"failure"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"IngrainDuration"}}]}},{"kind":"Field","name":{"kind":"Name","value":"queue"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"IngrainDuration"}}]}},{"kind":"Field","name":{"kind":"Name","value":"computeInput"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"IngrainDuration"}}]}},{"kind":"Field","name":{"kind":"Name","value":"computeInference"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"IngrainDuration"}}]}},{"kind":"Field","name":{"kind":"Name","value":"computeOutput"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"IngrainDuration"}}]}},{"kind":"Field","name":{"kind":"Name","value":"batches"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"size"}},{"kind":"Field","name":{"kind":"Name","value":"computeInput"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"IngrainDuration"}}]}},{"kind":"Field","name":{"kind":"Name","value":"computeInference"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"IngrainDuration"}}]}},{"kind":"Field","name":{"kind":"Name","value":"computeOutput"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"IngrainDuration"}}]}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"IngrainDuration"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"DurationStatistics"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"count"}},{"kind":"Field","name":{"kind":"Name","value":"totalNs"}}]}}]} as unknown as DocumentNode<IngrainStatisticsFragment, unknown>;
export const PiecesErrorFragmentDoc = {"kind":"Document","definitions":[{"kind":"FragmentDefinition","name":{"kind":"Name","value":"PiecesError"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Error"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"message"}}]}}]} as unknown as DocumentNode<PiecesErrorFragment, unknown>;
export const PiecesTaskEndFragmentDoc = {"kind":"Document","definitions":[{"kind":"FragmentDefinition","name":{"kind":"Name","value":"PiecesTaskEnd"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Task"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"state"}},{"kind":"Field","name":{"kind":"Name","value":"error"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"message"}}]}}]}}]} as unknown as DocumentNode<PiecesTaskEndFragment, unknown>;
export const PiecesDownloadFragmentDoc = {"kind":"Document","definitions":[{"kind":"FragmentDefinition","name":{"kind":"Name","value":"PiecesDownload"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Model"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"installed"}},{"kind":"Field","name":{"kind":"Name","value":"activeTask"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"uuid"}},{"kind":"Field","name":{"kind":"Name","value":"kind"}},{"kind":"Field","name":{"kind":"Name","value":"state"}},{"kind":"Field","name":{"kind":"Name","value":"progress"}}]}},{"kind":"Field","name":{"kind":"Name","value":"tasks"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"filter"},"value":{"kind":"ObjectValue","fields":[{"kind":"ObjectField","name":{"kind":"Name","value":"kind"},"value":{"kind":"EnumValue","value":"DOWNLOAD"}}]}},{"kind":"Argument","name":{"kind":"Name","value":"last"},"value":{"kind":"IntValue","value":"1"}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"nodes"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"state"}}]}}]}}]}}]} as unknown as DocumentNode<PiecesDownloadFragment, unknown>;
export const PiecesModelFragmentDoc = {"kind":"Document","definitions":[{"kind":"FragmentDefinition","name":{"kind":"Name","value":"PiecesModel"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Model"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"uuid"}},{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"description"}},{"kind":"Field","name":{"kind":"Name","value":"createdAt"}},{"kind":"Field","name":{"kind":"Name","value":"custom"}},{"kind":"Field","name":{"kind":"Name","value":"sizeBytes"}},{"kind":"Field","name":{"kind":"Name","value":"quantization"}},{"kind":"Field","name":{"kind":"Name","value":"parameterCount"}},{"kind":"Field","name":{"kind":"Name","value":"contextLength"}},{"kind":"Field","name":{"kind":"Name","value":"architecture"}},{"kind":"Field","name":{"kind":"Name","value":"capabilities"}},{"kind":"Field","name":{"kind":"Name","value":"runtime"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"state"}},{"kind":"Field","name":{"kind":"Name","value":"memoryBytes"}}]}},{"kind":"Field","name":{"kind":"Name","value":"card"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"type"}},{"kind":"Field","name":{"kind":"Name","value":"usage"}},{"kind":"Field","name":{"kind":"Name","value":"provider"}},{"kind":"Field","name":{"kind":"Name","value":"foundation"}},{"kind":"Field","name":{"kind":"Name","value":"unique"}},{"kind":"Field","name":{"kind":"Name","value":"description"}},{"kind":"Field","name":{"kind":"Name","value":"title"}},{"kind":"Field","name":{"kind":"Name","value":"details"}},{"kind":"Field","name":{"kind":"Name","value":"score"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"reuse"}},{"kind":"Field","name":{"kind":"Name","value":"update"}},{"kind":"Field","name":{"kind":"Name","value":"reference"}},{"kind":"Field","name":{"kind":"Name","value":"priority"}},{"kind":"Field","name":{"kind":"Name","value":"searched"}}]}}]}},{"kind":"FragmentSpread","name":{"kind":"Name","value":"PiecesDownload"}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"PiecesDownload"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Model"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"installed"}},{"kind":"Field","name":{"kind":"Name","value":"activeTask"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"uuid"}},{"kind":"Field","name":{"kind":"Name","value":"kind"}},{"kind":"Field","name":{"kind":"Name","value":"state"}},{"kind":"Field","name":{"kind":"Name","value":"progress"}}]}},{"kind":"Field","name":{"kind":"Name","value":"tasks"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"filter"},"value":{"kind":"ObjectValue","fields":[{"kind":"ObjectField","name":{"kind":"Name","value":"kind"},"value":{"kind":"EnumValue","value":"DOWNLOAD"}}]}},{"kind":"Argument","name":{"kind":"Name","value":"last"},"value":{"kind":"IntValue","value":"1"}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"nodes"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"state"}}]}}]}}]}}]} as unknown as DocumentNode<PiecesModelFragment, unknown>;
export const AfaiModelFragmentDoc = {"kind":"Document","definitions":[{"kind":"FragmentDefinition","name":{"kind":"Name","value":"AfaiModel"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Model"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"installed"}},{"kind":"Field","name":{"kind":"Name","value":"capabilities"}},{"kind":"Field","name":{"kind":"Name","value":"runtime"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"state"}}]}},{"kind":"Field","name":{"kind":"Name","value":"conversation"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"system"}},{"kind":"Field","name":{"kind":"Name","value":"messages"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"role"}},{"kind":"Field","name":{"kind":"Name","value":"content"}}]}}]}}]}}]} as unknown as DocumentNode<AfaiModelFragment, unknown>;
export const AfaiTaskEndFragmentDoc = {"kind":"Document","definitions":[{"kind":"FragmentDefinition","name":{"kind":"Name","value":"AfaiTaskEnd"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Task"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"state"}},{"kind":"Field","name":{"kind":"Name","value":"error"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"message"}}]}}]}}]} as unknown as DocumentNode<AfaiTaskEndFragment, unknown>;
export const AfaiErrorFragmentDoc = {"kind":"Document","definitions":[{"kind":"FragmentDefinition","name":{"kind":"Name","value":"AfaiError"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Error"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"message"}}]}}]} as unknown as DocumentNode<AfaiErrorFragment, unknown>;
export const InnodiskTaskFragmentDoc = {"kind":"Document","definitions":[{"kind":"FragmentDefinition","name":{"kind":"Name","value":"InnodiskTask"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Task"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"state"}},{"kind":"Field","name":{"kind":"Name","value":"steps"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"state"}}]}},{"kind":"Field","name":{"kind":"Name","value":"error"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"message"}}]}}]}}]} as unknown as DocumentNode<InnodiskTaskFragment, unknown>;
export const InnodiskErrorFragmentDoc = {"kind":"Document","definitions":[{"kind":"FragmentDefinition","name":{"kind":"Name","value":"InnodiskError"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Error"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"message"}}]}}]} as unknown as DocumentNode<InnodiskErrorFragment, unknown>;
export const IngrainEmbedDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"IngrainEmbed"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"name"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"input"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"EmbedInput"}}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"embeds"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"Boolean"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"embed"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"input"},"value":{"kind":"Variable","name":{"kind":"Name","value":"input"}}}],"directives":[{"kind":"Directive","name":{"kind":"Name","value":"include"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"if"},"value":{"kind":"Variable","name":{"kind":"Name","value":"embeds"}}}]}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"embeddings"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"vector"}}]}},{"kind":"Field","name":{"kind":"Name","value":"timing"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"totalMs"}}]}}]}},{"kind":"Field","name":{"kind":"Name","value":"model"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"name"},"value":{"kind":"Variable","name":{"kind":"Name","value":"name"}}}],"directives":[{"kind":"Directive","name":{"kind":"Name","value":"skip"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"if"},"value":{"kind":"Variable","name":{"kind":"Name","value":"embeds"}}}]}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"IngrainModelState"}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"IngrainModelState"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Model"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"installed"}},{"kind":"Field","name":{"kind":"Name","value":"capabilities"}},{"kind":"Field","name":{"kind":"Name","value":"runtime"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"state"}}]}}]}}]} as unknown as DocumentNode<IngrainEmbedQuery, IngrainEmbedQueryVariables>;
export const IngrainClassifyDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"IngrainClassify"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"name"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"input"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"ClassifyInput"}}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"classifies"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"Boolean"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"classify"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"input"},"value":{"kind":"Variable","name":{"kind":"Name","value":"input"}}}],"directives":[{"kind":"Directive","name":{"kind":"Name","value":"include"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"if"},"value":{"kind":"Variable","name":{"kind":"Name","value":"classifies"}}}]}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"classifications"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"probabilities"}}]}},{"kind":"Field","name":{"kind":"Name","value":"timing"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"totalMs"}}]}}]}},{"kind":"Field","name":{"kind":"Name","value":"model"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"name"},"value":{"kind":"Variable","name":{"kind":"Name","value":"name"}}}],"directives":[{"kind":"Directive","name":{"kind":"Name","value":"skip"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"if"},"value":{"kind":"Variable","name":{"kind":"Name","value":"classifies"}}}]}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"IngrainModelState"}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"IngrainModelState"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Model"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"installed"}},{"kind":"Field","name":{"kind":"Name","value":"capabilities"}},{"kind":"Field","name":{"kind":"Name","value":"runtime"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"state"}}]}}]}}]} as unknown as DocumentNode<IngrainClassifyQuery, IngrainClassifyQueryVariables>;
export const IngrainNamesDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"IngrainNames"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"first"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"second"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"bare"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","alias":{"kind":"Name","value":"first"},"name":{"kind":"Name","value":"model"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"name"},"value":{"kind":"Variable","name":{"kind":"Name","value":"first"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"name"}}]}},{"kind":"Field","alias":{"kind":"Name","value":"second"},"name":{"kind":"Name","value":"model"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"name"},"value":{"kind":"Variable","name":{"kind":"Name","value":"second"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"name"}}]}},{"kind":"Field","alias":{"kind":"Name","value":"bare"},"name":{"kind":"Name","value":"model"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"name"},"value":{"kind":"Variable","name":{"kind":"Name","value":"bare"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"aliases"}},{"kind":"Field","name":{"kind":"Name","value":"library"}}]}}]}}]} as unknown as DocumentNode<IngrainNamesQuery, IngrainNamesQueryVariables>;
export const IngrainModelDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"IngrainModel"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"name"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"model"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"name"},"value":{"kind":"Variable","name":{"kind":"Name","value":"name"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"IngrainModelState"}},{"kind":"Field","name":{"kind":"Name","value":"dimensions"}},{"kind":"Field","name":{"kind":"Name","value":"labels"}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"IngrainModelState"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Model"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"installed"}},{"kind":"Field","name":{"kind":"Name","value":"capabilities"}},{"kind":"Field","name":{"kind":"Name","value":"runtime"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"state"}}]}}]}}]} as unknown as DocumentNode<IngrainModelQuery, IngrainModelQueryVariables>;
export const IngrainLoadedModelsDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"IngrainLoadedModels"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"server"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"loadedModels"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"library"}},{"kind":"Field","name":{"kind":"Name","value":"capabilities"}},{"kind":"Field","name":{"kind":"Name","value":"runtime"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"state"}}]}}]}}]}}]}}]} as unknown as DocumentNode<IngrainLoadedModelsQuery, IngrainLoadedModelsQueryVariables>;
export const IngrainRepositoryModelsDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"IngrainRepositoryModels"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"after"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"models"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"filter"},"value":{"kind":"ObjectValue","fields":[{"kind":"ObjectField","name":{"kind":"Name","value":"installed"},"value":{"kind":"BooleanValue","value":true}}]}},{"kind":"Argument","name":{"kind":"Name","value":"first"},"value":{"kind":"IntValue","value":"100"}},{"kind":"Argument","name":{"kind":"Name","value":"after"},"value":{"kind":"Variable","name":{"kind":"Name","value":"after"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"nodes"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"library"}},{"kind":"FragmentSpread","name":{"kind":"Name","value":"IngrainModelState"}}]}},{"kind":"Field","name":{"kind":"Name","value":"pageInfo"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"hasNextPage"}},{"kind":"Field","name":{"kind":"Name","value":"endCursor"}}]}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"IngrainModelState"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Model"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"installed"}},{"kind":"Field","name":{"kind":"Name","value":"capabilities"}},{"kind":"Field","name":{"kind":"Name","value":"runtime"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"state"}}]}}]}}]} as unknown as DocumentNode<IngrainRepositoryModelsQuery, IngrainRepositoryModelsQueryVariables>;
export const IngrainLoadLimitDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"IngrainLoadLimit"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"server"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"limits"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"maxLoadedModels"}}]}},{"kind":"Field","name":{"kind":"Name","value":"loadedModels"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"name"}}]}}]}}]}}]} as unknown as DocumentNode<IngrainLoadLimitQuery, IngrainLoadLimitQueryVariables>;
export const IngrainLoadDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"IngrainLoad"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"input"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"LoadModelInput"}}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"timeoutMs"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"Int"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"loadModel"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"input"},"value":{"kind":"Variable","name":{"kind":"Name","value":"input"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"LoadModelPayload"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"alreadyLoaded"}},{"kind":"Field","name":{"kind":"Name","value":"task"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"settled"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"timeoutMs"},"value":{"kind":"Variable","name":{"kind":"Name","value":"timeoutMs"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"IngrainTaskEnd"}}]}}]}}]}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Error"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"message"}}]}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"IngrainTaskEnd"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Task"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"state"}},{"kind":"Field","name":{"kind":"Name","value":"error"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"message"}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"InsufficientMemoryError"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"needBytes"}},{"kind":"Field","name":{"kind":"Name","value":"freeBytes"}}]}}]}}]}}]} as unknown as DocumentNode<IngrainLoadMutation, IngrainLoadMutationVariables>;
export const IngrainDownloadDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"IngrainDownload"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"input"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"DownloadModelInput"}}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"timeoutMs"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"Int"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"downloadModel"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"input"},"value":{"kind":"Variable","name":{"kind":"Name","value":"input"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"DownloadModelPayload"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"task"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"settled"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"timeoutMs"},"value":{"kind":"Variable","name":{"kind":"Name","value":"timeoutMs"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"IngrainTaskEnd"}}]}}]}}]}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Error"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"message"}}]}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"IngrainTaskEnd"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Task"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"state"}},{"kind":"Field","name":{"kind":"Name","value":"error"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"message"}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"InsufficientMemoryError"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"needBytes"}},{"kind":"Field","name":{"kind":"Name","value":"freeBytes"}}]}}]}}]}}]} as unknown as DocumentNode<IngrainDownloadMutation, IngrainDownloadMutationVariables>;
export const IngrainUnloadDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"IngrainUnload"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"name"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"timeoutMs"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"Int"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"unloadModel"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"input"},"value":{"kind":"ObjectValue","fields":[{"kind":"ObjectField","name":{"kind":"Name","value":"name"},"value":{"kind":"Variable","name":{"kind":"Name","value":"name"}}}]}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"UnloadModelPayload"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"wasLoaded"}},{"kind":"Field","name":{"kind":"Name","value":"task"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"settled"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"timeoutMs"},"value":{"kind":"Variable","name":{"kind":"Name","value":"timeoutMs"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"IngrainTaskEnd"}}]}}]}}]}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Error"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"message"}}]}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"IngrainTaskEnd"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Task"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"state"}},{"kind":"Field","name":{"kind":"Name","value":"error"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"message"}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"InsufficientMemoryError"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"needBytes"}},{"kind":"Field","name":{"kind":"Name","value":"freeBytes"}}]}}]}}]}}]} as unknown as DocumentNode<IngrainUnloadMutation, IngrainUnloadMutationVariables>;
export const IngrainDeleteDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"IngrainDelete"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"name"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"timeoutMs"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"Int"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"deleteModel"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"input"},"value":{"kind":"ObjectValue","fields":[{"kind":"ObjectField","name":{"kind":"Name","value":"name"},"value":{"kind":"Variable","name":{"kind":"Name","value":"name"}}}]}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"DeleteModelPayload"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"task"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"settled"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"timeoutMs"},"value":{"kind":"Variable","name":{"kind":"Name","value":"timeoutMs"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"IngrainTaskEnd"}}]}}]}}]}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Error"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"message"}}]}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"IngrainTaskEnd"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Task"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"state"}},{"kind":"Field","name":{"kind":"Name","value":"error"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"message"}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"InsufficientMemoryError"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"needBytes"}},{"kind":"Field","name":{"kind":"Name","value":"freeBytes"}}]}}]}}]}}]} as unknown as DocumentNode<IngrainDeleteMutation, IngrainDeleteMutationVariables>;
export const IngrainMetricsDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"IngrainMetrics"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"server"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"loadedModels"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"capabilities"}},{"kind":"Field","name":{"kind":"Name","value":"statistics"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"IngrainStatistics"}}]}},{"kind":"Field","alias":{"kind":"Name","value":"text"},"name":{"kind":"Name","value":"statistics"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"modality"},"value":{"kind":"EnumValue","value":"TEXT"}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"IngrainStatistics"}}]}},{"kind":"Field","alias":{"kind":"Name","value":"images"},"name":{"kind":"Name","value":"statistics"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"modality"},"value":{"kind":"EnumValue","value":"IMAGE"}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"IngrainStatistics"}}]}}]}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"IngrainDuration"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"DurationStatistics"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"count"}},{"kind":"Field","name":{"kind":"Name","value":"totalNs"}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"IngrainStatistics"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"ModelStatistics"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"inferenceCount"}},{"kind":"Field","name":{"kind":"Name","value":"executionCount"}},{"kind":"Field","name":{"kind":"Name","value":"lastInferenceAt"}},{"kind":"Field","name":{"kind":"Name","value":"success"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"IngrainDuration"}}]}},{"kind":"Field","name":{"kind":"Name","value":"failure"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"IngrainDuration"}}]}},{"kind":"Field","name":{"kind":"Name","value":"queue"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"IngrainDuration"}}]}},{"kind":"Field","name":{"kind":"Name","value":"computeInput"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"IngrainDuration"}}]}},{"kind":"Field","name":{"kind":"Name","value":"computeInference"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"IngrainDuration"}}]}},{"kind":"Field","name":{"kind":"Name","value":"computeOutput"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"IngrainDuration"}}]}},{"kind":"Field","name":{"kind":"Name","value":"batches"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"size"}},{"kind":"Field","name":{"kind":"Name","value":"computeInput"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"IngrainDuration"}}]}},{"kind":"Field","name":{"kind":"Name","value":"computeInference"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"IngrainDuration"}}]}},{"kind":"Field","name":{"kind":"Name","value":"computeOutput"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"IngrainDuration"}}]}}]}}]}}]} as unknown as DocumentNode<IngrainMetricsQuery, IngrainMetricsQueryVariables>;
export const PiecesModelDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"PiecesModel"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"id"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"ID"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"model"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"id"},"value":{"kind":"Variable","name":{"kind":"Name","value":"id"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"PiecesModel"}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"PiecesDownload"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Model"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"installed"}},{"kind":"Field","name":{"kind":"Name","value":"activeTask"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"uuid"}},{"kind":"Field","name":{"kind":"Name","value":"kind"}},{"kind":"Field","name":{"kind":"Name","value":"state"}},{"kind":"Field","name":{"kind":"Name","value":"progress"}}]}},{"kind":"Field","name":{"kind":"Name","value":"tasks"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"filter"},"value":{"kind":"ObjectValue","fields":[{"kind":"ObjectField","name":{"kind":"Name","value":"kind"},"value":{"kind":"EnumValue","value":"DOWNLOAD"}}]}},{"kind":"Argument","name":{"kind":"Name","value":"last"},"value":{"kind":"IntValue","value":"1"}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"nodes"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"state"}}]}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"PiecesModel"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Model"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"uuid"}},{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"description"}},{"kind":"Field","name":{"kind":"Name","value":"createdAt"}},{"kind":"Field","name":{"kind":"Name","value":"custom"}},{"kind":"Field","name":{"kind":"Name","value":"sizeBytes"}},{"kind":"Field","name":{"kind":"Name","value":"quantization"}},{"kind":"Field","name":{"kind":"Name","value":"parameterCount"}},{"kind":"Field","name":{"kind":"Name","value":"contextLength"}},{"kind":"Field","name":{"kind":"Name","value":"architecture"}},{"kind":"Field","name":{"kind":"Name","value":"capabilities"}},{"kind":"Field","name":{"kind":"Name","value":"runtime"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"state"}},{"kind":"Field","name":{"kind":"Name","value":"memoryBytes"}}]}},{"kind":"Field","name":{"kind":"Name","value":"card"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"type"}},{"kind":"Field","name":{"kind":"Name","value":"usage"}},{"kind":"Field","name":{"kind":"Name","value":"provider"}},{"kind":"Field","name":{"kind":"Name","value":"foundation"}},{"kind":"Field","name":{"kind":"Name","value":"unique"}},{"kind":"Field","name":{"kind":"Name","value":"description"}},{"kind":"Field","name":{"kind":"Name","value":"title"}},{"kind":"Field","name":{"kind":"Name","value":"details"}},{"kind":"Field","name":{"kind":"Name","value":"score"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"reuse"}},{"kind":"Field","name":{"kind":"Name","value":"update"}},{"kind":"Field","name":{"kind":"Name","value":"reference"}},{"kind":"Field","name":{"kind":"Name","value":"priority"}},{"kind":"Field","name":{"kind":"Name","value":"searched"}}]}}]}},{"kind":"FragmentSpread","name":{"kind":"Name","value":"PiecesDownload"}}]}}]} as unknown as DocumentNode<PiecesModelQuery, PiecesModelQueryVariables>;
export const PiecesModelOfNameDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"PiecesModelOfName"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"name"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"model"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"name"},"value":{"kind":"Variable","name":{"kind":"Name","value":"name"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"PiecesModel"}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"PiecesDownload"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Model"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"installed"}},{"kind":"Field","name":{"kind":"Name","value":"activeTask"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"uuid"}},{"kind":"Field","name":{"kind":"Name","value":"kind"}},{"kind":"Field","name":{"kind":"Name","value":"state"}},{"kind":"Field","name":{"kind":"Name","value":"progress"}}]}},{"kind":"Field","name":{"kind":"Name","value":"tasks"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"filter"},"value":{"kind":"ObjectValue","fields":[{"kind":"ObjectField","name":{"kind":"Name","value":"kind"},"value":{"kind":"EnumValue","value":"DOWNLOAD"}}]}},{"kind":"Argument","name":{"kind":"Name","value":"last"},"value":{"kind":"IntValue","value":"1"}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"nodes"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"state"}}]}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"PiecesModel"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Model"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"uuid"}},{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"description"}},{"kind":"Field","name":{"kind":"Name","value":"createdAt"}},{"kind":"Field","name":{"kind":"Name","value":"custom"}},{"kind":"Field","name":{"kind":"Name","value":"sizeBytes"}},{"kind":"Field","name":{"kind":"Name","value":"quantization"}},{"kind":"Field","name":{"kind":"Name","value":"parameterCount"}},{"kind":"Field","name":{"kind":"Name","value":"contextLength"}},{"kind":"Field","name":{"kind":"Name","value":"architecture"}},{"kind":"Field","name":{"kind":"Name","value":"capabilities"}},{"kind":"Field","name":{"kind":"Name","value":"runtime"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"state"}},{"kind":"Field","name":{"kind":"Name","value":"memoryBytes"}}]}},{"kind":"Field","name":{"kind":"Name","value":"card"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"type"}},{"kind":"Field","name":{"kind":"Name","value":"usage"}},{"kind":"Field","name":{"kind":"Name","value":"provider"}},{"kind":"Field","name":{"kind":"Name","value":"foundation"}},{"kind":"Field","name":{"kind":"Name","value":"unique"}},{"kind":"Field","name":{"kind":"Name","value":"description"}},{"kind":"Field","name":{"kind":"Name","value":"title"}},{"kind":"Field","name":{"kind":"Name","value":"details"}},{"kind":"Field","name":{"kind":"Name","value":"score"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"reuse"}},{"kind":"Field","name":{"kind":"Name","value":"update"}},{"kind":"Field","name":{"kind":"Name","value":"reference"}},{"kind":"Field","name":{"kind":"Name","value":"priority"}},{"kind":"Field","name":{"kind":"Name","value":"searched"}}]}}]}},{"kind":"FragmentSpread","name":{"kind":"Name","value":"PiecesDownload"}}]}}]} as unknown as DocumentNode<PiecesModelOfNameQuery, PiecesModelOfNameQueryVariables>;
export const PiecesModelsDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"PiecesModels"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"after"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"models"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"first"},"value":{"kind":"IntValue","value":"100"}},{"kind":"Argument","name":{"kind":"Name","value":"after"},"value":{"kind":"Variable","name":{"kind":"Name","value":"after"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"nodes"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"PiecesModel"}}]}},{"kind":"Field","name":{"kind":"Name","value":"pageInfo"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"hasNextPage"}},{"kind":"Field","name":{"kind":"Name","value":"endCursor"}}]}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"PiecesDownload"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Model"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"installed"}},{"kind":"Field","name":{"kind":"Name","value":"activeTask"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"uuid"}},{"kind":"Field","name":{"kind":"Name","value":"kind"}},{"kind":"Field","name":{"kind":"Name","value":"state"}},{"kind":"Field","name":{"kind":"Name","value":"progress"}}]}},{"kind":"Field","name":{"kind":"Name","value":"tasks"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"filter"},"value":{"kind":"ObjectValue","fields":[{"kind":"ObjectField","name":{"kind":"Name","value":"kind"},"value":{"kind":"EnumValue","value":"DOWNLOAD"}}]}},{"kind":"Argument","name":{"kind":"Name","value":"last"},"value":{"kind":"IntValue","value":"1"}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"nodes"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"state"}}]}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"PiecesModel"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Model"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"uuid"}},{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"description"}},{"kind":"Field","name":{"kind":"Name","value":"createdAt"}},{"kind":"Field","name":{"kind":"Name","value":"custom"}},{"kind":"Field","name":{"kind":"Name","value":"sizeBytes"}},{"kind":"Field","name":{"kind":"Name","value":"quantization"}},{"kind":"Field","name":{"kind":"Name","value":"parameterCount"}},{"kind":"Field","name":{"kind":"Name","value":"contextLength"}},{"kind":"Field","name":{"kind":"Name","value":"architecture"}},{"kind":"Field","name":{"kind":"Name","value":"capabilities"}},{"kind":"Field","name":{"kind":"Name","value":"runtime"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"state"}},{"kind":"Field","name":{"kind":"Name","value":"memoryBytes"}}]}},{"kind":"Field","name":{"kind":"Name","value":"card"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"type"}},{"kind":"Field","name":{"kind":"Name","value":"usage"}},{"kind":"Field","name":{"kind":"Name","value":"provider"}},{"kind":"Field","name":{"kind":"Name","value":"foundation"}},{"kind":"Field","name":{"kind":"Name","value":"unique"}},{"kind":"Field","name":{"kind":"Name","value":"description"}},{"kind":"Field","name":{"kind":"Name","value":"title"}},{"kind":"Field","name":{"kind":"Name","value":"details"}},{"kind":"Field","name":{"kind":"Name","value":"score"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"reuse"}},{"kind":"Field","name":{"kind":"Name","value":"update"}},{"kind":"Field","name":{"kind":"Name","value":"reference"}},{"kind":"Field","name":{"kind":"Name","value":"priority"}},{"kind":"Field","name":{"kind":"Name","value":"searched"}}]}}]}},{"kind":"FragmentSpread","name":{"kind":"Name","value":"PiecesDownload"}}]}}]} as unknown as DocumentNode<PiecesModelsQuery, PiecesModelsQueryVariables>;
export const PiecesWellKnownModelsDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"PiecesWellKnownModels"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"wellKnownModels"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"PiecesModel"}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"PiecesDownload"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Model"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"installed"}},{"kind":"Field","name":{"kind":"Name","value":"activeTask"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"uuid"}},{"kind":"Field","name":{"kind":"Name","value":"kind"}},{"kind":"Field","name":{"kind":"Name","value":"state"}},{"kind":"Field","name":{"kind":"Name","value":"progress"}}]}},{"kind":"Field","name":{"kind":"Name","value":"tasks"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"filter"},"value":{"kind":"ObjectValue","fields":[{"kind":"ObjectField","name":{"kind":"Name","value":"kind"},"value":{"kind":"EnumValue","value":"DOWNLOAD"}}]}},{"kind":"Argument","name":{"kind":"Name","value":"last"},"value":{"kind":"IntValue","value":"1"}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"nodes"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"state"}}]}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"PiecesModel"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Model"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"uuid"}},{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"description"}},{"kind":"Field","name":{"kind":"Name","value":"createdAt"}},{"kind":"Field","name":{"kind":"Name","value":"custom"}},{"kind":"Field","name":{"kind":"Name","value":"sizeBytes"}},{"kind":"Field","name":{"kind":"Name","value":"quantization"}},{"kind":"Field","name":{"kind":"Name","value":"parameterCount"}},{"kind":"Field","name":{"kind":"Name","value":"contextLength"}},{"kind":"Field","name":{"kind":"Name","value":"architecture"}},{"kind":"Field","name":{"kind":"Name","value":"capabilities"}},{"kind":"Field","name":{"kind":"Name","value":"runtime"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"state"}},{"kind":"Field","name":{"kind":"Name","value":"memoryBytes"}}]}},{"kind":"Field","name":{"kind":"Name","value":"card"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"type"}},{"kind":"Field","name":{"kind":"Name","value":"usage"}},{"kind":"Field","name":{"kind":"Name","value":"provider"}},{"kind":"Field","name":{"kind":"Name","value":"foundation"}},{"kind":"Field","name":{"kind":"Name","value":"unique"}},{"kind":"Field","name":{"kind":"Name","value":"description"}},{"kind":"Field","name":{"kind":"Name","value":"title"}},{"kind":"Field","name":{"kind":"Name","value":"details"}},{"kind":"Field","name":{"kind":"Name","value":"score"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"reuse"}},{"kind":"Field","name":{"kind":"Name","value":"update"}},{"kind":"Field","name":{"kind":"Name","value":"reference"}},{"kind":"Field","name":{"kind":"Name","value":"priority"}},{"kind":"Field","name":{"kind":"Name","value":"searched"}}]}}]}},{"kind":"FragmentSpread","name":{"kind":"Name","value":"PiecesDownload"}}]}}]} as unknown as DocumentNode<PiecesWellKnownModelsQuery, PiecesWellKnownModelsQueryVariables>;
export const PiecesLoadedModelsDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"PiecesLoadedModels"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"server"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"loadedModels"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"uuid"}}]}}]}}]}}]} as unknown as DocumentNode<PiecesLoadedModelsQuery, PiecesLoadedModelsQueryVariables>;
export const PiecesProgressDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"subscription","name":{"kind":"Name","value":"PiecesProgress"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"id"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"ID"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"modelChanged"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"id"},"value":{"kind":"Variable","name":{"kind":"Name","value":"id"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"PiecesDownload"}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"PiecesDownload"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Model"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"installed"}},{"kind":"Field","name":{"kind":"Name","value":"activeTask"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"uuid"}},{"kind":"Field","name":{"kind":"Name","value":"kind"}},{"kind":"Field","name":{"kind":"Name","value":"state"}},{"kind":"Field","name":{"kind":"Name","value":"progress"}}]}},{"kind":"Field","name":{"kind":"Name","value":"tasks"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"filter"},"value":{"kind":"ObjectValue","fields":[{"kind":"ObjectField","name":{"kind":"Name","value":"kind"},"value":{"kind":"EnumValue","value":"DOWNLOAD"}}]}},{"kind":"Argument","name":{"kind":"Name","value":"last"},"value":{"kind":"IntValue","value":"1"}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"nodes"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"state"}}]}}]}}]}}]} as unknown as DocumentNode<PiecesProgressSubscription, PiecesProgressSubscriptionVariables>;
export const PiecesIdentifiersDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"subscription","name":{"kind":"Name","value":"PiecesIdentifiers"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"modelChanges"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"snapshot"},"value":{"kind":"BooleanValue","value":false}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"uuid"}},{"kind":"Field","name":{"kind":"Name","value":"model"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"uuid"}}]}}]}}]}}]} as unknown as DocumentNode<PiecesIdentifiersSubscription, PiecesIdentifiersSubscriptionVariables>;
export const PiecesDownloadDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"PiecesDownload"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"id"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"ID"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"downloadModel"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"input"},"value":{"kind":"ObjectValue","fields":[{"kind":"ObjectField","name":{"kind":"Name","value":"id"},"value":{"kind":"Variable","name":{"kind":"Name","value":"id"}}}]}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"DownloadModelPayload"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"task"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"uuid"}}]}}]}},{"kind":"FragmentSpread","name":{"kind":"Name","value":"PiecesError"}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"PiecesError"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Error"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"message"}}]}}]} as unknown as DocumentNode<PiecesDownloadMutation, PiecesDownloadMutationVariables>;
export const PiecesCancelDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"PiecesCancel"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"id"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"ID"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"cancelTask"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"input"},"value":{"kind":"ObjectValue","fields":[{"kind":"ObjectField","name":{"kind":"Name","value":"id"},"value":{"kind":"Variable","name":{"kind":"Name","value":"id"}}}]}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"CancelTaskPayload"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"task"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"state"}}]}}]}},{"kind":"FragmentSpread","name":{"kind":"Name","value":"PiecesError"}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"PiecesError"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Error"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"message"}}]}}]} as unknown as DocumentNode<PiecesCancelMutation, PiecesCancelMutationVariables>;
export const PiecesLoadDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"PiecesLoad"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"id"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"ID"}}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"timeoutMs"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"Int"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"loadModel"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"input"},"value":{"kind":"ObjectValue","fields":[{"kind":"ObjectField","name":{"kind":"Name","value":"id"},"value":{"kind":"Variable","name":{"kind":"Name","value":"id"}}}]}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"LoadModelPayload"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"task"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"settled"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"timeoutMs"},"value":{"kind":"Variable","name":{"kind":"Name","value":"timeoutMs"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"PiecesTaskEnd"}}]}}]}}]}},{"kind":"FragmentSpread","name":{"kind":"Name","value":"PiecesError"}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"PiecesTaskEnd"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Task"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"state"}},{"kind":"Field","name":{"kind":"Name","value":"error"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"message"}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"PiecesError"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Error"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"message"}}]}}]} as unknown as DocumentNode<PiecesLoadMutation, PiecesLoadMutationVariables>;
export const PiecesUnloadDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"PiecesUnload"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"id"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"ID"}}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"timeoutMs"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"Int"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"unloadModel"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"input"},"value":{"kind":"ObjectValue","fields":[{"kind":"ObjectField","name":{"kind":"Name","value":"id"},"value":{"kind":"Variable","name":{"kind":"Name","value":"id"}}}]}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"UnloadModelPayload"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"task"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"settled"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"timeoutMs"},"value":{"kind":"Variable","name":{"kind":"Name","value":"timeoutMs"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"PiecesTaskEnd"}}]}}]}}]}},{"kind":"FragmentSpread","name":{"kind":"Name","value":"PiecesError"}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"PiecesTaskEnd"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Task"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"state"}},{"kind":"Field","name":{"kind":"Name","value":"error"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"message"}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"PiecesError"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Error"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"message"}}]}}]} as unknown as DocumentNode<PiecesUnloadMutation, PiecesUnloadMutationVariables>;
export const PiecesCreateDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"PiecesCreate"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"input"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"RegisterModelInput"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"registerModel"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"input"},"value":{"kind":"Variable","name":{"kind":"Name","value":"input"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"RegisterModelPayload"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"model"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"PiecesModel"}}]}}]}},{"kind":"FragmentSpread","name":{"kind":"Name","value":"PiecesError"}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"PiecesDownload"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Model"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"installed"}},{"kind":"Field","name":{"kind":"Name","value":"activeTask"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"uuid"}},{"kind":"Field","name":{"kind":"Name","value":"kind"}},{"kind":"Field","name":{"kind":"Name","value":"state"}},{"kind":"Field","name":{"kind":"Name","value":"progress"}}]}},{"kind":"Field","name":{"kind":"Name","value":"tasks"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"filter"},"value":{"kind":"ObjectValue","fields":[{"kind":"ObjectField","name":{"kind":"Name","value":"kind"},"value":{"kind":"EnumValue","value":"DOWNLOAD"}}]}},{"kind":"Argument","name":{"kind":"Name","value":"last"},"value":{"kind":"IntValue","value":"1"}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"nodes"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"state"}}]}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"PiecesModel"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Model"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"uuid"}},{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"description"}},{"kind":"Field","name":{"kind":"Name","value":"createdAt"}},{"kind":"Field","name":{"kind":"Name","value":"custom"}},{"kind":"Field","name":{"kind":"Name","value":"sizeBytes"}},{"kind":"Field","name":{"kind":"Name","value":"quantization"}},{"kind":"Field","name":{"kind":"Name","value":"parameterCount"}},{"kind":"Field","name":{"kind":"Name","value":"contextLength"}},{"kind":"Field","name":{"kind":"Name","value":"architecture"}},{"kind":"Field","name":{"kind":"Name","value":"capabilities"}},{"kind":"Field","name":{"kind":"Name","value":"runtime"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"state"}},{"kind":"Field","name":{"kind":"Name","value":"memoryBytes"}}]}},{"kind":"Field","name":{"kind":"Name","value":"card"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"type"}},{"kind":"Field","name":{"kind":"Name","value":"usage"}},{"kind":"Field","name":{"kind":"Name","value":"provider"}},{"kind":"Field","name":{"kind":"Name","value":"foundation"}},{"kind":"Field","name":{"kind":"Name","value":"unique"}},{"kind":"Field","name":{"kind":"Name","value":"description"}},{"kind":"Field","name":{"kind":"Name","value":"title"}},{"kind":"Field","name":{"kind":"Name","value":"details"}},{"kind":"Field","name":{"kind":"Name","value":"score"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"reuse"}},{"kind":"Field","name":{"kind":"Name","value":"update"}},{"kind":"Field","name":{"kind":"Name","value":"reference"}},{"kind":"Field","name":{"kind":"Name","value":"priority"}},{"kind":"Field","name":{"kind":"Name","value":"searched"}}]}}]}},{"kind":"FragmentSpread","name":{"kind":"Name","value":"PiecesDownload"}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"PiecesError"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Error"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"message"}}]}}]} as unknown as DocumentNode<PiecesCreateMutation, PiecesCreateMutationVariables>;
export const PiecesUpdateDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"PiecesUpdate"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"input"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"UpdateModelInput"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"updateModel"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"input"},"value":{"kind":"Variable","name":{"kind":"Name","value":"input"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"UpdateModelPayload"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"model"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"PiecesModel"}}]}}]}},{"kind":"FragmentSpread","name":{"kind":"Name","value":"PiecesError"}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"PiecesDownload"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Model"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"installed"}},{"kind":"Field","name":{"kind":"Name","value":"activeTask"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"uuid"}},{"kind":"Field","name":{"kind":"Name","value":"kind"}},{"kind":"Field","name":{"kind":"Name","value":"state"}},{"kind":"Field","name":{"kind":"Name","value":"progress"}}]}},{"kind":"Field","name":{"kind":"Name","value":"tasks"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"filter"},"value":{"kind":"ObjectValue","fields":[{"kind":"ObjectField","name":{"kind":"Name","value":"kind"},"value":{"kind":"EnumValue","value":"DOWNLOAD"}}]}},{"kind":"Argument","name":{"kind":"Name","value":"last"},"value":{"kind":"IntValue","value":"1"}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"nodes"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"state"}}]}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"PiecesModel"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Model"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"uuid"}},{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"description"}},{"kind":"Field","name":{"kind":"Name","value":"createdAt"}},{"kind":"Field","name":{"kind":"Name","value":"custom"}},{"kind":"Field","name":{"kind":"Name","value":"sizeBytes"}},{"kind":"Field","name":{"kind":"Name","value":"quantization"}},{"kind":"Field","name":{"kind":"Name","value":"parameterCount"}},{"kind":"Field","name":{"kind":"Name","value":"contextLength"}},{"kind":"Field","name":{"kind":"Name","value":"architecture"}},{"kind":"Field","name":{"kind":"Name","value":"capabilities"}},{"kind":"Field","name":{"kind":"Name","value":"runtime"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"state"}},{"kind":"Field","name":{"kind":"Name","value":"memoryBytes"}}]}},{"kind":"Field","name":{"kind":"Name","value":"card"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"type"}},{"kind":"Field","name":{"kind":"Name","value":"usage"}},{"kind":"Field","name":{"kind":"Name","value":"provider"}},{"kind":"Field","name":{"kind":"Name","value":"foundation"}},{"kind":"Field","name":{"kind":"Name","value":"unique"}},{"kind":"Field","name":{"kind":"Name","value":"description"}},{"kind":"Field","name":{"kind":"Name","value":"title"}},{"kind":"Field","name":{"kind":"Name","value":"details"}},{"kind":"Field","name":{"kind":"Name","value":"score"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"reuse"}},{"kind":"Field","name":{"kind":"Name","value":"update"}},{"kind":"Field","name":{"kind":"Name","value":"reference"}},{"kind":"Field","name":{"kind":"Name","value":"priority"}},{"kind":"Field","name":{"kind":"Name","value":"searched"}}]}}]}},{"kind":"FragmentSpread","name":{"kind":"Name","value":"PiecesDownload"}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"PiecesError"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Error"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"message"}}]}}]} as unknown as DocumentNode<PiecesUpdateMutation, PiecesUpdateMutationVariables>;
export const PiecesScoreDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"PiecesScore"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"id"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"ID"}}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"uses"}},"type":{"kind":"NonNullType","type":{"kind":"ListType","type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"ModelUse"}}}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"scoreModel"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"input"},"value":{"kind":"ObjectValue","fields":[{"kind":"ObjectField","name":{"kind":"Name","value":"id"},"value":{"kind":"Variable","name":{"kind":"Name","value":"id"}}},{"kind":"ObjectField","name":{"kind":"Name","value":"uses"},"value":{"kind":"Variable","name":{"kind":"Name","value":"uses"}}}]}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"ScoreModelPayload"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"model"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"uuid"}}]}}]}},{"kind":"FragmentSpread","name":{"kind":"Name","value":"PiecesError"}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"PiecesError"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Error"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"message"}}]}}]} as unknown as DocumentNode<PiecesScoreMutation, PiecesScoreMutationVariables>;
export const PiecesDeleteFilesDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"PiecesDeleteFiles"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"id"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"ID"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"deleteModelFiles"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"input"},"value":{"kind":"ObjectValue","fields":[{"kind":"ObjectField","name":{"kind":"Name","value":"id"},"value":{"kind":"Variable","name":{"kind":"Name","value":"id"}}}]}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"DeleteModelFilesPayload"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"model"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"uuid"}}]}}]}},{"kind":"FragmentSpread","name":{"kind":"Name","value":"PiecesError"}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"PiecesError"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Error"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"message"}}]}}]} as unknown as DocumentNode<PiecesDeleteFilesMutation, PiecesDeleteFilesMutationVariables>;
export const PiecesDeleteDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"PiecesDelete"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"id"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"ID"}}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"timeoutMs"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"Int"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"deleteModel"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"input"},"value":{"kind":"ObjectValue","fields":[{"kind":"ObjectField","name":{"kind":"Name","value":"id"},"value":{"kind":"Variable","name":{"kind":"Name","value":"id"}}}]}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"DeleteModelPayload"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"task"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"settled"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"timeoutMs"},"value":{"kind":"Variable","name":{"kind":"Name","value":"timeoutMs"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"PiecesTaskEnd"}}]}}]}}]}},{"kind":"FragmentSpread","name":{"kind":"Name","value":"PiecesError"}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"PiecesTaskEnd"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Task"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"state"}},{"kind":"Field","name":{"kind":"Name","value":"error"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"message"}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"PiecesError"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Error"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"message"}}]}}]} as unknown as DocumentNode<PiecesDeleteMutation, PiecesDeleteMutationVariables>;
export const AfaiModelDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"AfaiModel"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"name"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"model"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"name"},"value":{"kind":"Variable","name":{"kind":"Name","value":"name"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"AfaiModel"}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"AfaiModel"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Model"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"installed"}},{"kind":"Field","name":{"kind":"Name","value":"capabilities"}},{"kind":"Field","name":{"kind":"Name","value":"runtime"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"state"}}]}},{"kind":"Field","name":{"kind":"Name","value":"conversation"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"system"}},{"kind":"Field","name":{"kind":"Name","value":"messages"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"role"}},{"kind":"Field","name":{"kind":"Name","value":"content"}}]}}]}}]}}]} as unknown as DocumentNode<AfaiModelQuery, AfaiModelQueryVariables>;
export const AfaiLoadedModelsDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"AfaiLoadedModels"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"server"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"loadedModels"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"aliases"}},{"kind":"Field","name":{"kind":"Name","value":"runtime"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"state"}},{"kind":"Field","name":{"kind":"Name","value":"loadedAt"}}]}}]}}]}}]}}]} as unknown as DocumentNode<AfaiLoadedModelsQuery, AfaiLoadedModelsQueryVariables>;
export const AfaiDownloadDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"AfaiDownload"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"input"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"DownloadModelInput"}}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"timeoutMs"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"Int"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"downloadModel"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"input"},"value":{"kind":"Variable","name":{"kind":"Name","value":"input"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"DownloadModelPayload"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"task"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"settled"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"timeoutMs"},"value":{"kind":"Variable","name":{"kind":"Name","value":"timeoutMs"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"AfaiTaskEnd"}}]}}]}}]}},{"kind":"FragmentSpread","name":{"kind":"Name","value":"AfaiError"}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"AfaiTaskEnd"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Task"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"state"}},{"kind":"Field","name":{"kind":"Name","value":"error"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"message"}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"AfaiError"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Error"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"message"}}]}}]} as unknown as DocumentNode<AfaiDownloadMutation, AfaiDownloadMutationVariables>;
export const AfaiLoadDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"AfaiLoad"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"input"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"LoadModelInput"}}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"timeoutMs"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"Int"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"loadModel"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"input"},"value":{"kind":"Variable","name":{"kind":"Name","value":"input"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"LoadModelPayload"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"task"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"settled"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"timeoutMs"},"value":{"kind":"Variable","name":{"kind":"Name","value":"timeoutMs"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"AfaiTaskEnd"}}]}}]}}]}},{"kind":"FragmentSpread","name":{"kind":"Name","value":"AfaiError"}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"AfaiTaskEnd"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Task"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"state"}},{"kind":"Field","name":{"kind":"Name","value":"error"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"message"}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"AfaiError"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Error"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"message"}}]}}]} as unknown as DocumentNode<AfaiLoadMutation, AfaiLoadMutationVariables>;
export const AfaiUnloadDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"AfaiUnload"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"name"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"timeoutMs"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"Int"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"unloadModel"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"input"},"value":{"kind":"ObjectValue","fields":[{"kind":"ObjectField","name":{"kind":"Name","value":"name"},"value":{"kind":"Variable","name":{"kind":"Name","value":"name"}}}]}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"UnloadModelPayload"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"wasLoaded"}},{"kind":"Field","name":{"kind":"Name","value":"task"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"settled"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"timeoutMs"},"value":{"kind":"Variable","name":{"kind":"Name","value":"timeoutMs"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"AfaiTaskEnd"}}]}}]}}]}},{"kind":"FragmentSpread","name":{"kind":"Name","value":"AfaiError"}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"AfaiTaskEnd"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Task"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"state"}},{"kind":"Field","name":{"kind":"Name","value":"error"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"message"}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"AfaiError"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Error"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"message"}}]}}]} as unknown as DocumentNode<AfaiUnloadMutation, AfaiUnloadMutationVariables>;
export const AfaiDeleteDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"AfaiDelete"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"name"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"timeoutMs"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"Int"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"deleteModel"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"input"},"value":{"kind":"ObjectValue","fields":[{"kind":"ObjectField","name":{"kind":"Name","value":"name"},"value":{"kind":"Variable","name":{"kind":"Name","value":"name"}}}]}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"DeleteModelPayload"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"task"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"settled"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"timeoutMs"},"value":{"kind":"Variable","name":{"kind":"Name","value":"timeoutMs"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"AfaiTaskEnd"}}]}}]}}]}},{"kind":"FragmentSpread","name":{"kind":"Name","value":"AfaiError"}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"AfaiTaskEnd"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Task"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"state"}},{"kind":"Field","name":{"kind":"Name","value":"error"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"message"}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"AfaiError"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Error"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"message"}}]}}]} as unknown as DocumentNode<AfaiDeleteMutation, AfaiDeleteMutationVariables>;
export const AfaiGenerateDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"subscription","name":{"kind":"Name","value":"AfaiGenerate"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"input"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"GenerateInput"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"generate"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"input"},"value":{"kind":"Variable","name":{"kind":"Name","value":"input"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"__typename"}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"TextDelta"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"text"}}]}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"GenerationEnd"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"reason"}},{"kind":"Field","name":{"kind":"Name","value":"error"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"message"}}]}}]}}]}}]}}]} as unknown as DocumentNode<AfaiGenerateSubscription, AfaiGenerateSubscriptionVariables>;
export const AfaiSetConversationDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"AfaiSetConversation"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"input"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"SetConversationInput"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"setConversation"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"input"},"value":{"kind":"Variable","name":{"kind":"Name","value":"input"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"SetConversationPayload"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"model"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"name"}}]}}]}},{"kind":"FragmentSpread","name":{"kind":"Name","value":"AfaiError"}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"AfaiError"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Error"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"message"}}]}}]} as unknown as DocumentNode<AfaiSetConversationMutation, AfaiSetConversationMutationVariables>;
export const AfaiClearConversationDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"AfaiClearConversation"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"name"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"clearConversation"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"input"},"value":{"kind":"ObjectValue","fields":[{"kind":"ObjectField","name":{"kind":"Name","value":"name"},"value":{"kind":"Variable","name":{"kind":"Name","value":"name"}}}]}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"ClearConversationPayload"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"model"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"name"}}]}}]}},{"kind":"FragmentSpread","name":{"kind":"Name","value":"AfaiError"}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"AfaiError"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Error"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"message"}}]}}]} as unknown as DocumentNode<AfaiClearConversationMutation, AfaiClearConversationMutationVariables>;
export const AfaiConversationsDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"AfaiConversations"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"after"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"models"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"filter"},"value":{"kind":"ObjectValue","fields":[{"kind":"ObjectField","name":{"kind":"Name","value":"installed"},"value":{"kind":"BooleanValue","value":true}}]}},{"kind":"Argument","name":{"kind":"Name","value":"first"},"value":{"kind":"IntValue","value":"100"}},{"kind":"Argument","name":{"kind":"Name","value":"after"},"value":{"kind":"Variable","name":{"kind":"Name","value":"after"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"nodes"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"AfaiModel"}}]}},{"kind":"Field","name":{"kind":"Name","value":"pageInfo"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"hasNextPage"}},{"kind":"Field","name":{"kind":"Name","value":"endCursor"}}]}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"AfaiModel"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Model"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"installed"}},{"kind":"Field","name":{"kind":"Name","value":"capabilities"}},{"kind":"Field","name":{"kind":"Name","value":"runtime"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"state"}}]}},{"kind":"Field","name":{"kind":"Name","value":"conversation"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"system"}},{"kind":"Field","name":{"kind":"Name","value":"messages"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"role"}},{"kind":"Field","name":{"kind":"Name","value":"content"}}]}}]}}]}}]} as unknown as DocumentNode<AfaiConversationsQuery, AfaiConversationsQueryVariables>;
export const InnodiskModelsDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"InnodiskModels"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"after"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"models"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"filter"},"value":{"kind":"ObjectValue","fields":[{"kind":"ObjectField","name":{"kind":"Name","value":"installed"},"value":{"kind":"BooleanValue","value":true}}]}},{"kind":"Argument","name":{"kind":"Name","value":"first"},"value":{"kind":"IntValue","value":"100"}},{"kind":"Argument","name":{"kind":"Name","value":"after"},"value":{"kind":"Variable","name":{"kind":"Name","value":"after"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"nodes"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"source"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"kind"}}]}}]}},{"kind":"Field","name":{"kind":"Name","value":"pageInfo"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"hasNextPage"}},{"kind":"Field","name":{"kind":"Name","value":"endCursor"}}]}}]}}]}}]} as unknown as DocumentNode<InnodiskModelsQuery, InnodiskModelsQueryVariables>;
export const InnodiskModelDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"InnodiskModel"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"name"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"model"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"name"},"value":{"kind":"Variable","name":{"kind":"Name","value":"name"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"uuid"}},{"kind":"Field","name":{"kind":"Name","value":"name"}}]}}]}}]} as unknown as DocumentNode<InnodiskModelQuery, InnodiskModelQueryVariables>;
export const InnodiskActiveTasksDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"InnodiskActiveTasks"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"after"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"tasks"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"filter"},"value":{"kind":"ObjectValue","fields":[{"kind":"ObjectField","name":{"kind":"Name","value":"active"},"value":{"kind":"BooleanValue","value":true}}]}},{"kind":"Argument","name":{"kind":"Name","value":"first"},"value":{"kind":"IntValue","value":"100"}},{"kind":"Argument","name":{"kind":"Name","value":"after"},"value":{"kind":"Variable","name":{"kind":"Name","value":"after"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"nodes"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"kind"}},{"kind":"Field","name":{"kind":"Name","value":"modelNames"}}]}},{"kind":"Field","name":{"kind":"Name","value":"pageInfo"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"hasNextPage"}},{"kind":"Field","name":{"kind":"Name","value":"endCursor"}}]}}]}}]}}]} as unknown as DocumentNode<InnodiskActiveTasksQuery, InnodiskActiveTasksQueryVariables>;
export const InnodiskUploadDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"InnodiskUpload"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"input"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"UploadModelInput"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"uploadModel"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"input"},"value":{"kind":"Variable","name":{"kind":"Name","value":"input"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"UploadModelPayload"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"task"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"uuid"}}]}}]}},{"kind":"FragmentSpread","name":{"kind":"Name","value":"InnodiskError"}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"InnodiskError"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Error"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"message"}}]}}]} as unknown as DocumentNode<InnodiskUploadMutation, InnodiskUploadMutationVariables>;
export const InnodiskCreateDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"InnodiskCreate"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"input"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"CreateModelInput"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"createModel"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"input"},"value":{"kind":"Variable","name":{"kind":"Name","value":"input"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"CreateModelPayload"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"task"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"uuid"}}]}}]}},{"kind":"FragmentSpread","name":{"kind":"Name","value":"InnodiskError"}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"InnodiskError"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Error"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"message"}}]}}]} as unknown as DocumentNode<InnodiskCreateMutation, InnodiskCreateMutationVariables>;
export const InnodiskDeployDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"InnodiskDeploy"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"input"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"DeployModelInput"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"deployModel"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"input"},"value":{"kind":"Variable","name":{"kind":"Name","value":"input"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"DeployModelPayload"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"task"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"uuid"}}]}}]}},{"kind":"FragmentSpread","name":{"kind":"Name","value":"InnodiskError"}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"InnodiskError"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Error"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"message"}}]}}]} as unknown as DocumentNode<InnodiskDeployMutation, InnodiskDeployMutationVariables>;
export const InnodiskDeleteDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"InnodiskDelete"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"id"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"ID"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"deleteModel"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"input"},"value":{"kind":"ObjectValue","fields":[{"kind":"ObjectField","name":{"kind":"Name","value":"id"},"value":{"kind":"Variable","name":{"kind":"Name","value":"id"}}}]}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"DeleteModelPayload"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"task"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"uuid"}}]}}]}},{"kind":"FragmentSpread","name":{"kind":"Name","value":"InnodiskError"}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"InnodiskError"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Error"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"message"}}]}}]} as unknown as DocumentNode<InnodiskDeleteMutation, InnodiskDeleteMutationVariables>;
export const InnodiskProgressDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"subscription","name":{"kind":"Name","value":"InnodiskProgress"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"id"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"ID"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"taskProgress"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"id"},"value":{"kind":"Variable","name":{"kind":"Name","value":"id"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"InnodiskTask"}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"InnodiskTask"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Task"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"state"}},{"kind":"Field","name":{"kind":"Name","value":"steps"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"state"}}]}},{"kind":"Field","name":{"kind":"Name","value":"error"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"message"}}]}}]}}]} as unknown as DocumentNode<InnodiskProgressSubscription, InnodiskProgressSubscriptionVariables>;