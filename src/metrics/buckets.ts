/** Upper bounds in seconds: from what a cache answers to what a client gives up on. */
export const requestSeconds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

/** Upper bounds in seconds of a part of a request, which may be much shorter. */
export const stageSeconds = [0.0001, 0.0005, ...requestSeconds];

/** Upper bounds of how many items. */
export const itemCounts = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512];

/** Upper bounds of how many tokens. */
export const tokenCounts = [8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096, 8192];
