/** How many random cases a test tries: few by default, the soak asks for the full count. */
export const fuzzRuns = Number(process.env.FUZZ_RUNS ?? 300);

/** Where the random cases start; the same seed gives the same cases. */
export const fuzzSeed = Number(process.env.FUZZ_SEED ?? 4);
