/** Stable codes, one a cause. Documented in docs/errors.md; never renamed, only added. */
export type ErrorCode =
  | 'TEXTLESS_USAGE'
  | 'TEXTLESS_CONFIG'
  | 'TEXTLESS_PLAN'
  | 'TEXTLESS_NOT_FOUND'
  | 'TEXTLESS_NOT_MEDIA'
  | 'TEXTLESS_EMPTY'
  | 'TEXTLESS_INCOMPLETE'
  | 'TEXTLESS_ENCRYPTED'
  | 'TEXTLESS_UNSUPPORTED'
  | 'TEXTLESS_FFMPEG_MISSING'
  | 'TEXTLESS_DECODE'
  | 'TEXTLESS_ENCODE'
  | 'TEXTLESS_NO_SPACE'
  | 'TEXTLESS_OUTPUT'
  | 'TEXTLESS_MODEL'
  | 'TEXTLESS_DEVICE'
  | 'TEXTLESS_INFERENCE'
  | 'TEXTLESS_LANGUAGE'
  | 'TEXTLESS_LIBRARY'
  | 'TEXTLESS_VERIFY'
  | 'TEXTLESS_GATE'
  | 'TEXTLESS_STALLED'
  | 'TEXTLESS_RUNNING'
  | 'TEXTLESS_CANCELLED';

/** Exit statuses of the command line: 0 done, 2 usage or configuration, 3 input refused, 4 failed, 5 a person has to decide, 130 cancelled. */
const EXIT: Partial<Record<ErrorCode, number>> = {
  TEXTLESS_USAGE: 2,
  TEXTLESS_CONFIG: 2,
  TEXTLESS_PLAN: 2,
  TEXTLESS_RUNNING: 2,
  TEXTLESS_NOT_FOUND: 3,
  TEXTLESS_NOT_MEDIA: 3,
  TEXTLESS_EMPTY: 3,
  TEXTLESS_INCOMPLETE: 3,
  TEXTLESS_ENCRYPTED: 3,
  TEXTLESS_UNSUPPORTED: 3,
  TEXTLESS_GATE: 5,
  TEXTLESS_CANCELLED: 130,
};

/**
 * Every failure a person can meet. `message` is one sentence for that person; `detail` is the technical cause
 * (a command line, the last lines of a child's stderr) for the log.
 */
export class TextlessError extends Error {
  constructor(
    readonly code: ErrorCode,
    message: string,
    readonly detail = '',
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = 'TextlessError';
  }

  get exitStatus(): number {
    return EXIT[this.code] ?? 4;
  }
}

/** The error that an aborted signal stands for, whatever its reason was. */
export function cancelled(signal?: AbortSignal): TextlessError {
  const reason: unknown = signal?.reason;
  if (reason instanceof TextlessError) return reason;
  return new TextlessError('TEXTLESS_CANCELLED', 'Cancelled.', reason instanceof Error ? reason.message : '');
}

/** Throws {@link cancelled} once the signal is aborted. Call it once a frame. */
export function throwIfCancelled(signal?: AbortSignal): void {
  if (signal?.aborted) throw cancelled(signal);
}
