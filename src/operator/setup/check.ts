import { TextlessError } from '../../core/errors.js';

/** One thing that was looked at. `advice`: it works, but could be better. */
export interface Check {
  readonly name: string;
  readonly ok: boolean;
  readonly advice?: boolean;
  readonly says: string;
}

/** An answer that is no fault: it works, but somebody should know. */
export class Advice {
  constructor(readonly says: string) {}
}

/** Runs a check; a thrown error is its answer. */
export async function check(name: string, look: () => Promise<string | Advice> | string | Advice): Promise<Check> {
  try {
    const says = await look();
    return says instanceof Advice ? { name, ok: true, advice: true, says: says.says } : { name, ok: true, says };
  } catch (error) {
    const says = error instanceof TextlessError ? error.message : String(error instanceof Error ? error.message : error);
    return { name, ok: false, says };
  }
}
