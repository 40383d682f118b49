const longestLine = 500;

/** Finds in what a dying process wrote the line that tells why. */
export interface LastWords {
  hear(line: string): void;
  /** Empty when it wrote nothing. */
  readonly text: string;
}

/**
 * The last line, as our own handlers write the reason last; native code writes stacks and a remark after it, so of a Rust panic
 * the line below its place counts, and of a C++ exception its `what()`. The first of those: what follows is the aftermath.
 */
export function createLastWords(): LastWords {
  let last = '';
  let reason: string | null = null;
  let isPanic = false;

  return {
    hear(line) {
      const text = line.trim().slice(0, longestLine);
      if (text === '') return;
      last = text;
      if (isPanic) reason ??= text;
      isPanic = /^thread .* panicked at /.test(text);
      const [, what] = /^what\(\):\s*(.+)/.exec(text) ?? [];
      if (what !== undefined) reason ??= what;
    },
    get text() {
      return reason ?? last;
    },
  };
}
