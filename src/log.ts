import { type Logger, pino } from 'pino';

/** Structured log: one JSON line per event, on standard error so that a CLI's answers stay clean. */
export type Log = Logger;

/** How much is logged: a level shows itself and all the more serious ones; `silent` shows nothing. */
export const logLevels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;

export interface LogOptions {
  level: (typeof logLevels)[number];
  /** Members that every line gets, read when it is written; a line's own win over them. */
  members?: () => Record<string, unknown>;
}

/** The one place that writes to the console. Keys and tokens are never logged, whoever passes them. */
export function createLog({ level, members }: LogOptions): Log {
  return pino(
    {
      level,
      base: null,
      ...(members ? { mixin: members } : {}),
      redact: {
        paths: ['*.authorization', '*.token', '*.key', '*.apiKeys', 'authorization', 'token', 'key', 'apiKeys'],
        censor: '[redacted]',
      },
    },
    pino.destination({ dest: 2, sync: true }),
  );
}
